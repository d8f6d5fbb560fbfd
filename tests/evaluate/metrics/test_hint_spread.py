"""Hint spread: the mean colour of the disc around a region's hint, cut to the region."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")
pytest.importorskip("fsspec", reason="pip install inkhue[evaluate]")

from skimage.color import deltaE_ciede2000, rgb2lab

from inkhue.evaluate.metrics.hint_spread import errors
from inkhue.evaluate.sets import Regions, region_hints

GREY, GREEN = (100, 100, 100), (30, 160, 60)


def two_regions():
    labels = np.zeros((512, 512), np.int32)
    labels[200:301, 200:301] = 1
    labels[:9, :9] = 2
    regions = Regions(labels, np.array([GREY, GREEN], np.uint8))
    return regions, region_hints(regions)


def difference(a, b):
    a, b = (rgb2lab(np.array(color) / 255) for color in (a, b))
    return float(deltaE_ciede2000(a, b))


def test_the_regions_own_colours_have_no_error():
    regions, hints = two_regions()
    layer = np.zeros((512, 512, 3), np.uint8)
    layer[regions.labels == 1] = GREY
    layer[regions.labels == 2] = GREEN
    assert errors(layer, regions, hints) == pytest.approx([0, 0])


def test_only_the_disc_counts():
    regions, hints = two_regions()
    y, x = np.mgrid[:512, :512] - 250
    disc = x**2 + y**2 <= 12**2
    layer = np.full((512, 512, 3), GREEN, np.uint8)
    layer[disc] = GREY
    assert errors(layer, regions, hints) == pytest.approx([0, 0])
    layer[disc] = GREEN
    layer[~disc] = GREY
    assert errors(layer, regions, hints)[0] == pytest.approx(difference(GREY, GREEN))


def test_it_is_the_error_of_the_mean():
    regions, hints = two_regions()
    layer = np.full((512, 512, 3), GREY, np.uint8)
    layer[:250] = 90  # as many rows of the disc as below the middle one
    layer[251:] = 110
    layer[regions.labels == 2] = GREEN
    assert errors(layer, regions, hints) == pytest.approx([0, 0], abs=1e-3)


def test_the_disc_is_cut_to_the_region():
    regions, hints = two_regions()
    layer = np.full((512, 512, 3), GREY, np.uint8)
    layer[:9, :9] = GREEN
    layer[:9, :4] = (255, 0, 0)
    mean = (np.array(GREEN) * 5 + np.array((255, 0, 0)) * 4) / 9
    assert errors(layer, regions, hints)[1] == pytest.approx(difference(mean, GREEN))
