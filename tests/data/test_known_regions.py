"""What a network that knows the regions is shown in training is what it is shown at a user's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from inkhue.colorizer import Colorizer
from inkhue.data.borders import UNKNOWN, borders_of_labels
from inkhue.data.known_regions import RARE, known_borders, planes, spread_hints, to_cells
from inkhue.hints import Hint, Hints
from inkhue.regions import find_regions

SIDE, GRID = 128, 32
RED, BLUE, SAND = (200, 60, 50), (60, 90, 200), (200, 180, 90)


def boxes(scale=1):
    """Two boxes side by side on paper."""
    line = np.full((SIDE, SIDE), 255, np.uint8)
    cv2.rectangle(line, (12, 20), (64, 108), 0, 2)
    cv2.rectangle(line, (64, 20), (116, 108), 0, 2)
    return np.repeat(np.repeat(line, scale, 0), scale, 1)


def cells(*hints):
    """Hints (row, column, colour) as cells of the grid."""
    hint = np.zeros((4, GRID, GRID), np.float32)
    for row, column, color in hints:
        hint[:3, row, column] = np.array(color, np.float32) / 255
        hint[3, row, column] = 1
    return hint


GIVEN = ((16, 9, RED), (16, 22, BLUE), (2, 2, SAND), (17, 22, BLUE), (16, 16, SAND))
HINT = cells(*GIVEN)
OPEN = np.full((SIDE, SIDE), UNKNOWN, np.uint8)


def as_page_hints(scale, *given):
    """The same hints as a user's: dots of the cells' size."""
    side = SIDE * scale
    dots = [
        Hint((((column + 0.5) * 4 * scale, (row + 0.5) * 4 * scale),), color, 1.9 * scale)
        for row, column, color in given
    ]
    return Hints(side, side, tuple(dots))


def seen_by(model, line, hints):
    """What the pipeline shows its networks of these hints, by regions without a boundary map."""
    prepared = Colorizer(model, threads=1).prepare(line, size=SIDE)
    prepared.regions = find_regions(line)
    return {name: part[0] for name, part in prepared.seen(hints).items()}


def test_planes_are_the_pipelines(tiny_light):
    rgba = np.rint(255 * HINT.transpose(1, 2, 0)).astype(np.uint8)
    masks = np.repeat(np.repeat(rgba, 4, 0), 4, 1)
    from inkhue.hint_files import from_pixels

    user = seen_by(tiny_light, boxes(), from_pixels(masks))
    made = planes(find_regions(boxes()), HINT)
    assert np.array_equal(user["hint"], HINT)
    assert np.array_equal(user["flats"], made["flats"])
    assert np.array_equal(user["sure"], made["sure"])
    assert len(np.unique(made["flats"].reshape(3, -1), axis=1).T) >= 3


@pytest.mark.parametrize("scale", [1, 3])
def test_planes_are_nearly_those_of_a_users_dots_at_any_page_size(tiny_light, scale):
    given = GIVEN[:3]
    user = seen_by(tiny_light, boxes(scale), as_page_hints(scale, *given))
    made = planes(find_regions(boxes()), cells(*given))
    same = (np.abs(user["flats"] - made["flats"]) < 1e-6).all(axis=0)
    assert same.mean() > 0.97
    assert np.abs(user["sure"] - made["sure"]).mean() < 0.05


def test_every_region_takes_its_hint_and_areas_have_their_tones():
    made = planes(find_regions(boxes()), HINT)
    shown = np.rint(255 * made["flats"]).astype(int)
    assert tuple(shown[:, 20, 6]) == RED
    assert tuple(shown[:, 10, 24]) == BLUE
    assert tuple(shown[:, 30, 30]) == SAND
    area, tone = made["area"], np.rint(255 * made["tone"]).astype(int)
    assert (area >= 0).all()
    for y, x, color in ((80, 24, RED), (40, 100, BLUE), (120, 120, SAND)):
        assert tuple(tone[:, y, x]) == color
        assert len(np.unique(tone[:, area == area[y, x]], axis=1).T) == 1
    assert made["sure"].max() <= 1
    assert (made["sure"][0][HINT[3] > 0] > 0.9).mean() > 0.7  # one lies on the wall


def test_without_hints_nothing_is_reached():
    made = planes(find_regions(boxes()), cells())
    assert (made["area"] == -1).all()
    assert not made["flats"].any()
    assert not made["sure"].any()
    assert not made["tone"].any()


def test_colours_run_into_each_other_where_no_line_parts_them():
    blank = np.full((SIDE, SIDE), 255, np.uint8)
    apart, together = (planes(find_regions(line), HINT)["run"] for line in (boxes(), blank))
    assert np.abs(together).max() > np.abs(apart).max()
    assert 0 < (np.abs(together).max(axis=0) > 0).mean() < 0.5


def test_a_blot_of_ink_takes_no_hints():
    black = np.zeros((SIDE, SIDE), np.uint8)
    made = planes(find_regions(black), HINT)
    assert (made["area"] == -1).all()
    assert np.isfinite(made["tone"]).all()


def test_shapes_and_types(rng):
    made = spread_hints(boxes(), HINT, OPEN, rng)
    shapes = {name: (part.shape, part.dtype) for name, part in made.items()}
    small, full = (GRID, GRID), (SIDE, SIDE)
    assert shapes == {
        "flats": ((3, *small), np.float32),
        "sure": ((1, *small), np.float32),
        "around": ((3, *small), np.float32),
        "area": (full, np.int32),
        "tone": ((3, *full), np.float32),
        "run": ((3, *full), np.float32),
        "border": ((1, *small), np.float32),
        "known": ((1, *small), np.float32),
    }
    assert not made["known"].any()


def test_half_of_the_crops_stop_at_borders_without_a_line():
    """A page without a line on which two colours meet: whether regions know is drawn."""
    labels = np.zeros((SIDE, SIDE), np.int32)
    labels[:, 60:] = 1
    borders, blank = borders_of_labels(labels), np.full((SIDE, SIDE), 255, np.uint8)
    hint = cells((16, 2, RED), (16, 17, BLUE))
    right = np.zeros((GRID, GRID), bool)
    right[:, 15:] = True

    def wrong(made):
        return ((np.rint(255 * made["flats"][2]) == BLUE[2]) != right).mean()

    plain, crossed = planes(find_regions(blank), hint), []
    for seed in range(24):
        made = spread_hints(blank, hint, borders, np.random.default_rng(seed))
        assert np.array_equal(np.flatnonzero(made["border"][0].mean(axis=0) > 0.5), [14, 15])
        assert made["known"].all()
        if not np.array_equal(made["flats"], plain["flats"]):
            crossed.append(wrong(made))
    assert 6 <= len(crossed) <= 18
    assert wrong(plain) > 0.1
    assert np.median(crossed) < 0.05  # now and then a patch is missed


def test_unknown_borders_are_given_to_nobody():
    plain = planes(find_regions(boxes()), HINT)
    for seed in range(4):
        made = spread_hints(boxes(), HINT, OPEN, np.random.default_rng(seed))
        assert all(np.array_equal(made[name], part) for name, part in plain.items())


def test_the_same_seed_gives_the_same():
    borders = borders_of_labels((boxes() > 0).astype(np.int32))
    one, other = (spread_hints(boxes(), HINT, borders, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_borders_that_no_line_draws_count_more():
    """Two colours, the line between them ending half way down."""
    labels = np.zeros((SIDE, SIDE), np.int32)
    labels[:, 66:] = 1
    line = np.full((SIDE, SIDE), 255, np.uint8)
    line[: SIDE // 2, 64:68] = 0
    found = known_borders(borders_of_labels(labels), line)
    border, known = found["border"][0], found["known"][0]
    assert border[:, 16].all()
    assert (border.sum(axis=1) <= 2).all()
    assert (known[: GRID // 2] == 1).all()
    assert np.array_equal(known[GRID // 2 + 1 :] == RARE, border[GRID // 2 + 1 :] == 1)
    beside = known_borders(np.full((SIDE, SIDE), UNKNOWN, np.uint8), line)
    assert not beside["known"].any()


def test_cells_of_borders():
    borders = np.full((16, 16), 255, np.uint8)
    borders[5, 6] = 0
    borders[12:, 12:] = UNKNOWN
    border, known = to_cells(borders)
    assert np.argwhere(border).tolist() == [[1, 1]]
    assert np.argwhere(known == 0).tolist() == [[3, 3]]
