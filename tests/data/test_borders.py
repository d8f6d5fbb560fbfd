"""Where colours end: told of labels, found in flat art, and left open where nobody can say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

pytest.importorskip("fsspec")

from inkhue.data.borders import (
    UNKNOWN,
    borders_of_flats,
    borders_of_labels,
    borders_of_paintings,
)
from inkhue.data.drawn import drawings
from inkhue.data.shards import read_shards

SIDE, MIDDLE = 96, 48
RED, BLUE, SAND = (200, 60, 50), (60, 90, 200), (200, 180, 90)


def paper():
    return np.full((SIDE, SIDE), 255, np.uint8)


def halves(one, other, thick=0, ink=0):
    """Two flats that meet in the middle, with a line between them or none."""
    rgb, line = np.full((SIDE, SIDE, 3), one, np.uint8), paper()
    rgb[:, MIDDLE:] = other
    if thick:
        span = np.s_[:, MIDDLE - thick // 2 : MIDDLE + (thick + 1) // 2]
        rgb[span], line[span] = ink, ink
    return rgb, line


def columns(borders):
    """Columns of which most is border."""
    return np.flatnonzero((borders == 0).mean(axis=0) > 0.5)


def test_borders_of_labels_part_every_two_that_differ():
    labels = np.zeros((12, 13), np.int32)
    labels[2:10, 3:10] = 5
    labels[7:10, 3:10] = 2
    borders = borders_of_labels(labels)
    assert set(np.unique(borders)) == {0, 255}
    for axis in (0, 1):
        differs = np.diff(labels, axis=axis) != 0
        here, there = (np.delete(borders == 0, edge, axis=axis) for edge in (-1, 0))
        assert ((here & there) >= differs).all()
    assert (borders[:1] == 255).all()
    assert (borders[3:6, 4:9] == 255).all()


def test_one_region_has_no_borders():
    assert (borders_of_labels(np.full((5, 7), -1, np.int32)) == 255).all()


def test_an_edge_without_a_line_is_a_border():
    borders = borders_of_flats(*halves(RED, BLUE))
    assert set(columns(borders)) == {MIDDLE - 1, MIDDLE}
    assert (borders[:, : MIDDLE - 3] == 255).all()
    assert (borders[:, MIDDLE + 3 :] == 255).all()


def test_a_smoothed_edge_is_a_border_too():
    rgb, line = halves(RED, BLUE)
    found = columns(borders_of_flats(cv2.GaussianBlur(rgb, (0, 0), 1), line))
    assert {MIDDLE - 1, MIDDLE} <= set(found)
    assert len(found) <= 6


@pytest.mark.parametrize("thick", [1, 2, 5, 9, 16])
def test_under_a_line_the_border_is_in_its_middle(thick):
    found = columns(borders_of_flats(*halves(RED, BLUE, thick)))
    assert 1 <= len(found) <= 3
    assert abs(found.mean() - (MIDDLE - 0.5)) <= 1


@pytest.mark.parametrize("thick", [1, 4, 9])
def test_a_line_between_equal_colours_is_no_border(thick):
    assert (borders_of_flats(*halves(RED, RED, thick)) == 255).all()


def test_hatching_is_no_border_but_what_it_lies_on_is():
    rgb, line = halves(SAND, BLUE)
    for x in range(-SIDE, SIDE, 8):
        for canvas, ink in ((rgb, (0, 0, 0)), (line, 0)):
            cv2.line(canvas, (x, 0), (x + SIDE, SIDE), ink, 1, cv2.LINE_AA)
    borders = borders_of_flats(rgb, line)
    assert (borders == UNKNOWN).sum() == 0
    assert {MIDDLE - 1, MIDDLE} <= set(columns(borders))
    beside = np.delete(borders, range(MIDDLE - 4, MIDDLE + 4), axis=1)
    assert (beside == 0).mean() < 0.01


def test_many_colours_between_fine_lines_are_no_texture():
    rgb, line = np.empty((SIDE, SIDE, 3), np.uint8), paper()
    rgb[:] = np.where(np.arange(SIDE)[None, :, None] // 8 % 2, RED, BLUE)
    rgb[:, ::8], line[:, ::8] = 0, 0
    borders = borders_of_flats(rgb, line)
    assert (borders != UNKNOWN).all()
    assert len(columns(borders)) >= SIDE // 8 - 1


def test_shading_is_no_border():
    ramp = np.linspace(60, 200, SIDE).astype(np.uint8)
    rgb = np.repeat(np.repeat(ramp[None, :, None], SIDE, 0), 3, 2)
    assert (borders_of_flats(rgb, paper()) == 255).all()


def test_nobody_can_say_of_noise_or_of_all_ink(rng):
    noise = rng.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    assert (borders_of_flats(noise, paper()) == UNKNOWN).all()
    assert (borders_of_flats(noise, paper() * 0) == UNKNOWN).all()


def test_a_drawing_by_code_knows_its_borders_as_its_flats_show_them():
    (picture,) = drawings(1, 4)
    known, line = picture.borders(), picture.line()
    assert known.shape == line.shape
    assert set(np.unique(known)) == {0, 255}
    found = borders_of_flats(picture.rgb(), line)
    assert (found != UNKNOWN).all()
    near = cv2.dilate((known == 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    # Regions of one colour meet without a border to be seen; what is seen is known.
    assert near[found == 0].mean() > 0.7
    assert (found == 0).any()


def test_real_flats_mostly_know_their_borders(art):
    pictures = [p for p in read_shards([str(art / "flats.tar")]) if p.encoded_line is not None]
    found = [p.borders() for p in pictures[:: len(pictures) // 8]]
    known = [b for b in found if not (b == UNKNOWN).any()]
    assert len(known) >= len(found) / 2
    assert all(0.0005 < (b == 0).mean() < 0.3 for b in known)


def brushed(rgb, rng):
    """The same picture, painted."""
    return np.clip(rgb + rng.normal(0, 6, (SIDE, SIDE, 1)), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("thick", [0, 3])
def test_of_paintings_borders_are_where_colours_end_and_nowhere_else(thick, rng):
    rgb, line = halves(RED, BLUE, thick)
    line[MIDDLE // 2] = 0  # drawn after a fold of the same colour
    found = borders_of_paintings(brushed(rgb, rng), line)
    assert len(columns(found))
    assert np.abs(columns(found) - (MIDDLE - 0.5)).max() <= 2
    beside = np.delete(found, range(MIDDLE - 4, MIDDLE + 4), axis=1)
    assert (beside == 255).mean() > 0.98


def test_of_paintings_faint_borders_are_left_open():
    found = borders_of_paintings(*halves((120, 120, 120), (146, 146, 146)))
    assert (found[:, MIDDLE - 2 : MIDDLE + 2] == UNKNOWN).any(axis=1).all()
    assert not (found == 0).any()


def test_nobody_can_say_of_a_painting_that_is_all_ink():
    assert (borders_of_paintings(halves(RED, BLUE)[0], paper() * 0) == UNKNOWN).all()


def test_a_picture_without_true_lines_knows_its_borders_from_its_colours(art):
    pictures = read_shards([str(art / "val.tar")])
    alone = [p for p in pictures if p.encoded_line is None][:4]
    for picture in alone:
        borders = picture.borders()
        assert borders.shape == picture.rgb().shape[:2]
        assert 0.001 < (borders == 0).mean() < 0.3
        assert (borders == 255).mean() > 0.5
