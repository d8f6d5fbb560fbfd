"""Hint error: the mean colour under what shows of each hint."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from skimage.color import deltaE_ciede2000, rgb2lab

from inkhue.evaluate.metrics.hint_error import errors
from inkhue.hints import Hint, Hints

RED, BLUE = (200, 30, 30), (40, 60, 200)


def page(*dots):
    return Hints(40, 30, tuple(Hint((point,), color, radius) for point, color, radius in dots))


def paint(color):
    return np.full((30, 40, 3), color, np.uint8)


PAPER = np.full((30, 40), 255, np.uint8)


def difference(a, b):
    a, b = (rgb2lab(np.array(color) / 255) for color in (a, b))
    return float(deltaE_ciede2000(a, b))


def test_each_hint_is_compared_with_the_colour_under_it():
    hints = page(((10, 10), RED, 2), ((30, 20), BLUE, 3))
    assert errors(paint(RED), hints, PAPER) == pytest.approx([0, difference(RED, BLUE)])


def test_the_mean_counts_not_single_pixels():
    hints = page(((10, 10), (100, 100, 100), 2))
    layer = paint((90, 90, 90))
    layer[:, 10:] = 110
    assert errors(layer, hints, PAPER) == pytest.approx([0])


def test_what_a_later_hint_covers_does_not_count():
    hints = page(((10, 10), RED, 4), ((10, 10), BLUE, 2), ((30, 20), RED, 2), ((30, 20), BLUE, 2))
    layer = paint(RED)
    layer[hints.owner() == 1] = BLUE
    layer[hints.owner() == 3] = BLUE
    # The third does not show at all.
    assert errors(layer, hints, PAPER) == pytest.approx([0, 0, 0])


def test_only_hints_wholly_under_full_ink_are_left_out():
    hints = page(((10, 10), RED, 2), ((20, 10), BLUE, 2), ((30, 10), RED, 2))
    line = PAPER.copy()
    line[:, :25] = 0
    line[10, 20] = 1
    assert errors(paint(RED), hints, line) == pytest.approx([difference(RED, BLUE), 0])


def test_a_transparent_hint_asks_for_white():
    hints = page(((10, 10), None, 2))
    assert errors(paint((255, 255, 255)), hints, PAPER) == pytest.approx([0])


def test_no_hints_no_errors():
    assert errors(paint(RED), page(), PAPER).shape == (0,)
    assert errors(paint(RED), page(((9, 9), RED, 2)), np.zeros_like(PAPER)).shape == (0,)
