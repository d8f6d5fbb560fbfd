"""Regions of a flat picture: what is one, what is none, and what colour it has."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("fsspec", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.evaluate.sets import Item
from inkhue.evaluate.true_regions import true_regions


def blank():
    return np.full((512, 512, 3), 255, np.uint8), np.full((512, 512), 255, np.uint8)


def regions_of(original, line):
    return true_regions(Item("a", "flats", "a", original, line, True))


def test_lines_and_edges_of_colour_part_regions():
    original, line = blank()
    original[100:200, 100:200] = (200, 30, 30)  # an edge without a line
    line[300:303] = 0  # a line on one colour
    original[300:303] = 0
    regions = regions_of(original, line)
    assert regions.colors.tolist() == [[255, 255, 255], [200, 30, 30], [255, 255, 255]]
    # On both sides of an edge of colour a pixel is lost.
    assert (regions.labels == 2).sum() == 98 * 98
    assert regions.labels[98, 150] == 1
    assert regions.labels[99, 150] == regions.labels[100, 150] == 0
    assert regions.labels[101, 150] == 2
    assert regions.labels[400, 5] == 3


@pytest.mark.parametrize(("level", "count"), [(200, 2), (201, 1)])
def test_grey_of_200_is_a_line(level, count):
    original, line = blank()
    line[250] = level
    assert len(regions_of(original, line)) == count


@pytest.mark.parametrize(("missing", "count"), [(0, 2), (1, 1)])
def test_64_pixels_are_the_smallest_region(missing, count):
    original, line = blank()
    line[99:109, 99:109] = 0
    line[100:108, 100:108] = 255
    line[107, 108 - missing : 108] = 0
    regions = regions_of(original, line)
    assert len(regions) == count
    assert regions.labels[103, 103] == (2 if count == 2 else 0)


def test_regions_do_not_meet_over_a_corner():
    original, line = blank()
    line[:256, 256:] = line[256:, :256] = 0
    regions = regions_of(original, line)
    assert len(regions) == 2
    assert (regions.labels[:256, :256] == 1).all()
    assert (regions.labels[256:, 256:] == 2).all()


@pytest.mark.parametrize(("span", "count"), [(47, 1), (50, 0)])
def test_a_steep_gradient_is_no_region(span, count):
    """A gradient's mean deviation from its median is a quarter of its range: 12 for 48."""
    original, line = blank()
    line[:100] = line[200:] = 0
    original[:] = np.rint(150 + np.linspace(0, span, 512))[None, :, None]
    assert len(regions_of(original, line)) == count


def test_a_regions_colour_is_the_median_of_each_channel():
    original, line = blank()
    line[:100] = 0
    original[:300] = (100, 150, 200)
    original[300:] = (101, 149, 201)  # no edge: too near
    regions = regions_of(original, line)
    assert regions.colors.tolist() == [[101, 149, 201]]
    assert (regions.labels[100:] > 0).all()


def test_a_page_of_ink_has_none():
    original, line = blank()
    regions = regions_of(original, np.zeros_like(line))
    assert len(regions) == 0
    assert regions.colors.shape == (0, 3)
    assert not regions.labels.any()
