"""What no hint reaches borrows from hinted land around it, and from that alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.hints import Hint, Hints
from inkhue.regions import Spread, find_regions, spread, with_borders
from inkhue.regions.lend import SHARE

RED, GREEN, SKY = (200, 40, 30), (40, 160, 60), (180, 210, 250)
GREY = 120  # what the network paints
LEFT, POCKET, RIGHT = (80, 96), (128, 96), (176, 96)  # x, y in the figure's three areas
OUTSIDE = (10, 10)


def figure() -> np.ndarray:
    """A page with a box that two lines cut in three."""
    line = np.full((192, 256), 255, np.uint8)
    cv2.rectangle(line, (48, 48), (208, 144), 0, 2)
    for x in (112, 144):
        cv2.line(line, (x, 48), (x, 144), 0, 2)
    return line


def hinted(*dots: tuple[tuple[int, int], tuple[int, int, int]]) -> Hints:
    return Hints(256, 192, tuple(Hint((place,), color, 3) for place, color in dots))


def brought(hints: Hints) -> tuple[np.ndarray, Spread]:
    """Bring a grey network's picture to the page, before hints are obeyed."""
    found = spread(find_regions(figure()), hints)
    grey = np.full((192, 256, 3), GREY, np.uint8)
    return with_borders(grey, grey, found, hints), found


def at(picture: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    return picture[place[1], place[0]].astype(int)


def test_a_pocket_borrows_its_share_from_the_area_beside() -> None:
    made, _ = brought(hinted((LEFT, RED), (OUTSIDE, SKY)))
    wanted = GREY + SHARE * (np.array(RED) - GREY)
    assert np.abs(at(made, POCKET) - wanted).max() <= 2
    # Of two lenders the nearer counts more.
    made, _ = brought(hinted((LEFT, RED), (RIGHT, GREEN)))
    near_left, near_right = at(made, (118, 96)), at(made, (138, 96))
    assert near_left[0] > near_right[0] + 5
    assert near_left[1] < near_right[1] - 5


def test_what_surrounds_the_figure_neither_lends_nor_borrows() -> None:
    made, found = brought(hinted((OUTSIDE, SKY)))
    assert (made[found.labels < 0] == GREY).all()
    made, found = brought(hinted((LEFT, RED)))
    assert (at(made, OUTSIDE) == GREY).all()
    assert at(made, POCKET)[0] > GREY


def test_hinted_land_has_its_own_colour() -> None:
    made, found = brought(hinted((LEFT, RED), (OUTSIDE, SKY)))
    assert (made[found.labels == 0] == RED).all()
    assert (made[found.labels == 1] == SKY).all()


@pytest.mark.parametrize("scale", [2, 5])
def test_a_larger_page_borrows_the_same(scale: int) -> None:
    hints = hinted((LEFT, RED), (OUTSIDE, SKY))
    small, _ = brought(hints)
    line = np.kron(figure(), np.ones((scale, scale), np.uint8))
    large_hints = hints.fitted(256 * scale, 192 * scale)
    found = spread(find_regions(line), large_hints)
    grey = np.full((192, 256, 3), GREY, np.uint8)
    large = with_borders(grey, grey, found, large_hints)
    place = (POCKET[0] * scale, POCKET[1] * scale)
    assert np.abs(at(large, place) - at(small, POCKET)).max() <= 2


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_on_any_page_only_what_no_hint_reaches_changes(data: st.DataObject) -> None:
    height, width = data.draw(st.tuples(st.integers(1, 90), st.integers(1, 90)))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    line = np.full((height, width), 255, np.uint8)
    for _ in range(data.draw(st.integers(0, 9))):
        ends = rng.integers(0, (width, height), (2, 2))
        cv2.line(line, ends[0].tolist(), ends[1].tolist(), 0, int(rng.integers(1, 5)))
    places = rng.integers(0, (width, height), (data.draw(st.integers(1, 5)), 2))
    colors = rng.integers(0, 256, (len(places), 3)).tolist()
    dots = [Hint((tuple(p),), tuple(c), 1) for p, c in zip(places.tolist(), colors, strict=True)]
    hints = Hints(width, height, tuple(dots))
    found = spread(find_regions(line), hints)
    borrows = found.lent.borrows
    assert not borrows[found.labels >= 0].any()
    low, high = np.array(colors).min(axis=0), np.array(colors).max(axis=0)
    if borrows.any():
        assert (found.lent.colors >= low).all()
        assert (found.lent.colors <= high).all()
