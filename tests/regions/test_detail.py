"""The borders of spread hints are as sharp on the page as they are, whatever the grid was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkhue.hints import Hint, Hints
from inkhue.regions import find_regions, spread, spread_planes, surrounded, with_borders

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(side: int) -> np.ndarray:
    """A page that one thin line parts."""
    line = np.full((side, side), 255, np.uint8)
    line[:, side * 45 // 100] = 0
    return line


def two(side: int) -> Hints:
    left, right = ((side * share / 100, side / 2) for share in (20, 80))
    return Hints(side, side, (Hint((left,), RED, 2), Hint((right,), BLUE, 2)))


def seen_at(side: int, grid: int) -> tuple:
    """Spread hints on a page, and what a network's grid shows of them, enlarged."""
    found = spread(find_regions(halves(side)), two(side))
    flats, sure = spread_planes(found, two(side), (grid, grid), (grid, grid))
    around = surrounded(flats, sure)
    full = [cv2.resize(plane, (4 * grid, 4 * grid)) for plane in around]
    return found, np.rint(255 * np.dstack(full)).astype(np.uint8)


@pytest.mark.parametrize("side", [37, 128, 500])
def test_a_network_that_adds_nothing_leaves_the_hints_as_sharp_as_they_are(side: int) -> None:
    found, seen = seen_at(side, 32)
    made = with_borders(seen, seen, found, two(side))
    table = np.array([RED, BLUE], np.uint8)
    assert made.shape == (side, side, 3)
    assert (found.labels >= 0).all()
    assert (made == table[found.labels]).all()


def test_what_a_network_adds_is_added_on_the_page() -> None:
    found, seen = seen_at(300, 32)
    added = np.linspace(-20, 20, 128).astype(int)[:, None, None]
    painted = np.clip(seen.astype(int) + added, 0, 255).astype(np.uint8)
    made = with_borders(painted, seen, found, two(300)).astype(int)
    change = made[..., 0] - np.array([RED[0], BLUE[0]])[found.labels]
    wanted = np.linspace(-20, 20, 300)[:, None]
    assert np.abs(change - wanted).max() <= 1.5


def test_where_no_hint_reaches_the_networks_picture_is_enlarged() -> None:
    hints = two(64)
    found = spread(find_regions(np.zeros((64, 64), np.uint8)), hints)
    assert (found.labels == -1).all()  # all ink: nothing to reach
    seen = np.zeros((64, 64, 3), np.uint8)
    painted = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert (with_borders(painted, seen, found, hints) == painted).all()


def test_cells_without_a_hint_are_shown_the_nearest() -> None:
    flats, sure = np.zeros((3, 5, 9), np.float32), np.zeros((1, 5, 9), np.float32)
    for column, color in ((0, 0.25), (8, 0.75)):
        flats[:, 2, column], sure[:, 2, column] = color, 1
    around = surrounded(flats, sure)
    assert (around[:, :, :4] == 0.25).all()
    assert (around[:, :, 5:] == 0.75).all()


def test_cells_with_a_hint_stay_and_without_any_nothing_comes() -> None:
    flats = np.random.default_rng(0).random((3, 4, 4), np.float32)
    full, none = np.ones((1, 4, 4), np.float32), np.zeros((1, 4, 4), np.float32)
    assert (surrounded(flats, full) == flats).all()
    assert (surrounded(0 * flats, none) == 0).all()
    some = full.copy()
    some[0, 1:3] = 0
    made = surrounded(flats * some, some)
    assert (made[:, some[0] > 0] == flats[:, some[0] > 0]).all()
    assert (made[:, 1] == flats[:, 0]).all()
