"""Straight cuts in which figures end."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.hints import Hint, Hints
from inkhue.regions import find_regions, spread
from inkhue.regions.cuts import find_cuts, usual_run

RED, BLUE = (200, 30, 30), (30, 30, 200)


def bust(thick: int = 4, side: int = 160) -> np.ndarray:
    """A head on shoulders that end in the open, (side, side), 255 = paper."""
    line = np.full((side, side), 255, np.uint8)
    middle, unit = side // 2, side // 16
    cv2.circle(line, (middle, 5 * unit), 3 * unit, 0, thick)
    cv2.ellipse(line, (middle, 13 * unit), (5 * unit, 4 * unit), 0, 180, 360, 0, thick)
    line[13 * unit :] = 255
    for x in (middle - 5 * unit, middle + 5 * unit):
        line[13 * unit - 1 : 14 * unit, x - thick // 2 : x - thick // 2 + thick] = 0
    return line


def legs() -> np.ndarray:
    """Two legs that end in closed feet."""
    line = np.full((160, 160), 255, np.uint8)
    cv2.rectangle(line, (40, 20), (120, 60), 0, 4)
    for x in (40, 96):
        cv2.rectangle(line, (x, 60), (x + 24, 140), 0, 4)
    return line


@pytest.mark.parametrize("thick", [2, 3, 4, 7, 10])
def test_a_bust_is_closed_below(thick):
    line = bust(thick)
    cuts = find_cuts(line < 128)
    rows, columns = np.nonzero(cuts)
    assert set(rows) == {138, 139}
    assert 25 <= columns.min() <= 38
    assert 122 <= columns.max() <= 136
    assert len(rows) == 2 * len(np.unique(columns)) == 2 * (columns.max() - columns.min() + 1)


@pytest.mark.parametrize("turns", range(4))
def test_it_is_so_on_every_side(turns):
    wall = bust() < 128
    assert np.array_equal(find_cuts(np.rot90(wall, turns)), np.rot90(find_cuts(wall), turns))


def test_closed_feet_are_no_ends():
    assert not find_cuts(legs() < 128).any()


def test_a_figure_that_the_pages_edge_cuts_needs_none():
    assert not find_cuts(bust()[:139] < 128).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (30, 30)])
@pytest.mark.parametrize("inked", [False, True])
def test_blank_and_black_pages_have_none(shape, inked):
    assert not find_cuts(np.full(shape, inked)).any()
    assert usual_run(np.zeros(shape, np.bool_)) == 0


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.3))
def test_cuts_lie_within_what_is_drawn(seed, share):
    rng = np.random.default_rng(seed)
    wall = rng.random(tuple(rng.integers(1, 50, 2))) < share
    cuts = find_cuts(wall)
    ys, xs = np.nonzero(wall)
    for found, inside in zip(np.nonzero(cuts), (ys, xs), strict=True):
        if len(found):
            assert inside.min() - 1 <= found.min() <= found.max() <= inside.max() + 1


def test_a_shirts_colour_stays_in_the_shirt():
    line = bust(6, 320)
    hints = Hints(320, 320, (Hint(((160, 250),), RED, 3), Hint(((20, 300),), BLUE, 3)))
    labels = spread(find_regions(line), hints).labels
    assert (labels[284:] == 1).mean() > 0.98
    assert (labels[220:270, 80:240] == 0).all()
