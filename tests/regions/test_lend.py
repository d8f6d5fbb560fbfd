"""What no hint reaches borrows from hinted land around it, and from that alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.hints import Hint, Hints
from inkhue.regions import Spread, borrow, find_regions, spread
from inkhue.regions.lend import SHARE, find_lent

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


def brought(hints: Hints, line: np.ndarray) -> tuple[np.ndarray, Spread]:
    """Let a grey network's picture borrow, before hints are obeyed."""
    regions = find_regions(line)
    found = spread(regions, hints)
    grey = np.full((*line.shape, 3), GREY, np.uint8)
    borrow(grey, regions, found, hints, 1.0)
    return grey, found


def at(picture: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    return picture[place[1], place[0]].astype(int)


def test_a_pocket_borrows_its_share_from_the_area_beside() -> None:
    made, _ = brought(hinted((LEFT, RED), (OUTSIDE, SKY)), figure())
    wanted = GREY + SHARE * (np.array(RED) - GREY)
    assert np.abs(at(made, POCKET) - wanted).max() <= 2
    # Of two lenders the nearer counts more.
    made, _ = brought(hinted((LEFT, RED), (RIGHT, GREEN)), figure())
    near_left, near_right = at(made, (118, 96)), at(made, (138, 96))
    assert near_left[0] > near_right[0] + 5
    assert near_left[1] < near_right[1] - 5


def test_what_surrounds_the_figure_neither_lends_nor_borrows() -> None:
    made, found = brought(hinted((OUTSIDE, SKY)), figure())
    assert (made[found.labels < 0] == GREY).all()
    made, found = brought(hinted((LEFT, RED)), figure())
    assert (at(made, OUTSIDE) == GREY).all()
    assert at(made, POCKET)[0] > GREY


def test_hinted_land_does_not_borrow() -> None:
    made, found = brought(hinted((LEFT, RED), (OUTSIDE, SKY)), figure())
    assert (made[found.labels >= 0] == GREY).all()  # that is for obey to give


@pytest.mark.parametrize("scale", [2, 5])
def test_a_larger_page_borrows_the_same(scale: int) -> None:
    hints = hinted((LEFT, RED), (OUTSIDE, SKY))
    small, _ = brought(hints, figure())
    line = np.kron(figure(), np.ones((scale, scale), np.uint8))
    large, _ = brought(hints.fitted(256 * scale, 192 * scale), line)
    place = (POCKET[0] * scale, POCKET[1] * scale)
    assert np.abs(at(large, place) - at(small, POCKET)).max() <= 2


def test_a_gap_does_not_make_a_pocket_part_of_the_surroundings() -> None:
    line = figure()
    line[46:51, 126:129] = 255
    made, _ = brought(hinted((LEFT, RED), (RIGHT, GREEN)), line)
    assert np.abs(at(made, POCKET) - GREY).max() > 10
    assert (at(made, OUTSIDE) == GREY).all()


def test_what_is_to_be_transparent_lends_nothing() -> None:
    hints = Hints(256, 192, (Hint((LEFT,), None, 3), Hint((RIGHT,), GREEN, 3)))
    made, _ = brought(hints, figure())
    assert np.abs(at(made, POCKET) - (GREY + SHARE * (np.array(GREEN) - GREY))).max() <= 2
    made, _ = brought(Hints(256, 192, hints.items[:1]), figure())
    assert (made == GREY).all()


def test_it_grows_with_obedience() -> None:
    hints = hinted((LEFT, RED))
    regions = find_regions(figure())
    found = spread(regions, hints)
    given = []
    for share in (0.0, 0.5, 1.0):
        layer = np.full((192, 256, 3), GREY, np.uint8)
        borrow(layer, regions, found, hints, share)
        given.append(at(layer, POCKET)[0] - GREY)
    assert given[0] == 0
    assert abs(given[1] - SHARE * (RED[0] - GREY) / 2) <= 1
    assert abs(given[2] - SHARE * (RED[0] - GREY)) <= 1


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
    regions = find_regions(line)
    found = spread(regions, hints)
    layer = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    made = layer.copy()
    borrow(made, regions, found, hints, 1.0)
    assert (made[found.labels >= 0] == layer[found.labels >= 0]).all()
    lent = find_lent(regions, found, hints)
    if lent is not None:
        assert lent.borrows.any()
        assert (lent.colors >= np.array(colors).min(axis=0)).all()
        assert (lent.colors <= np.array(colors).max(axis=0)).all()
