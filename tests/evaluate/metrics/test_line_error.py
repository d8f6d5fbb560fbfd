"""Line error: nothing for what inkhue itself lays over, something for any other picture."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inkhue.evaluate.metrics.line_error import errors
from inkhue.page import lines_layer, over
from inkhue.pixels import WHITE


def laid(page, layer):
    return over(lines_layer(page, WHITE), layer)


def test_the_scorers_code_and_inkhues_agree_on_every_grey_line_and_colour():
    page = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 256, 1).repeat(3, 2)
    layer = page.transpose(1, 0, 2).copy()
    assert errors(laid(page, layer), layer, page) == (0, 0)


def test_they_agree_on_coloured_lines_but_for_ties_of_rounding(rng):
    page = rng.integers(0, 256, (90, 70, 3), dtype=np.uint8)
    page[:5] = 0
    layer = rng.integers(0, 256, page.shape, dtype=np.uint8)
    error, in_ink = errors(laid(page, layer), layer, page)
    assert error < 0.001
    assert in_ink == 0


def test_redrawn_lines_show(rng):
    page = np.full((10, 10, 3), 255, np.uint8)
    page[4] = 0
    layer = np.full((10, 10, 3), 180, np.uint8)
    image = laid(page, layer)
    image[4] = 30
    assert errors(image, layer, page) == pytest.approx((3, 30))
    image[4] = 0
    image[0] += 20
    assert errors(image, layer, page) == pytest.approx((2, 0))


def test_a_page_without_full_ink_has_no_error_there():
    page = np.full((10, 10, 3), 255, np.uint8)
    page[4] = 1
    error, in_ink = errors(page, page, page)
    assert error > 0
    assert math.isnan(in_ink)
