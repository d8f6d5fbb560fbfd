"""Augmentation: windows, colours, lines."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.data.augment import (
    Window,
    break_lines,
    change_thickness,
    draw_window,
    main_colors,
    recolor,
    redraw_lines,
    vignette,
)


def flat_picture(side=64):
    """Return white paper with a red square and a blue disc."""
    rgb = np.full((side, side, 3), 255, np.uint8)
    cv2.rectangle(rgb, (8, 8), (28, 28), (200, 30, 40), -1)
    cv2.circle(rgb, (44, 44), 12, (30, 60, 190), -1)
    return rgb


def flat_line(side=64):
    line = np.full((side, side), 255, np.uint8)
    cv2.rectangle(line, (8, 8), (40, 40), 0, 2)
    return line


def test_a_straight_window_is_the_pictures_own_pixels():
    rgb = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    cut = Window(x=20, y=18, side=16, angle=0, flip=False).cut(rgb, 16)
    assert np.array_equal(cut, rgb[10:26, 12:28])


def test_a_flipped_window_is_mirrored():
    rgb = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    plain, flipped = (Window(20, 18, 16, 0, flip).cut(rgb, 16) for flip in (False, True))
    assert np.array_equal(flipped, plain[:, ::-1])


def test_a_quarter_turn():
    rgb = np.random.default_rng(0).integers(0, 256, (32, 32), dtype=np.uint8)
    assert np.array_equal(Window(16, 16, 32, 90, False).cut(rgb, 32), np.rot90(rgb))


def test_a_reduced_window_takes_the_mean():
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    cut = Window(32, 32, 64, 0, False).cut(rgb, 16)
    mean = rgb.reshape(16, 4, 16, 4).mean(axis=(1, 3))
    assert np.abs(cut - mean).max() <= 1


def test_outside_the_picture_lies_paper():
    rgb = np.zeros((20, 20, 3), np.uint8)
    cut = Window(10, 10, 40, 0, False).cut(rgb, 40)
    assert (cut[:9] == 255).all()
    assert (cut[:, :9] == 255).all()
    assert (cut[11:29, 11:29] == 0).all()
    assert Window(10, 10, 40, 30, True).cut(rgb[..., 0], 40)[0, 0] == 255


@settings(max_examples=50, deadline=None)
@given(st.integers(5, 200), st.integers(5, 200), st.integers(8, 300), st.integers(0, 9999))
def test_windows_lie_within_the_picture(height, width, side, seed):
    window = draw_window((height, width, 3), side, np.random.default_rng(seed), whole=0)
    assert 0.6 * side <= window.side <= 1.3 * side
    for middle, length in ((window.x, width), (window.y, height)):
        if window.side >= length:
            assert middle == length / 2
        else:
            assert window.side / 2 <= middle <= length - window.side / 2


def test_whole_windows_hold_the_whole_picture():
    for seed in range(20):
        window = draw_window((30, 90, 3), 10, np.random.default_rng(seed), whole=1)
        assert 90 <= window.side <= 90 * 1.15
        assert (window.x, window.y) == (45, 15)


def test_windows_vary():
    windows = [draw_window((90, 90), 40, np.random.default_rng(s), whole=0) for s in range(80)]
    assert 0.1 < np.mean([w.angle != 0 for w in windows]) < 0.45
    assert 0.3 < np.mean([w.flip for w in windows]) < 0.7
    assert len({w.x for w in windows}) > 60


def test_recoloured_pictures_keep_their_areas_and_mostly_their_paper():
    rgb = flat_picture()
    red, blue, paper = (rgb == rgb[y, x] for y, x in ((18, 18), (44, 44), (2, 60)))
    moved, white = [], []
    for seed in range(40):
        out = recolor(rgb, np.random.default_rng(seed))
        assert out.dtype == np.uint8
        assert out.shape == rgb.shape
        for area in (red, blue, paper):
            colors = out[area.all(axis=2)].astype(int)
            assert np.ptp(colors, axis=0).max() <= 2  # a flat area stays flat
        moved.append(np.abs(out.astype(int) - rgb)[red.all(axis=2)].max() > 40)
        white.append(bool((out[2, 60] > 240).all()))
    assert np.mean(moved) > 0.6
    assert np.mean(white) > 0.7


def test_recolouring_changes_nothing_in_place():
    rgb = flat_picture()
    before = rgb.copy()
    first, second, third = (recolor(rgb, np.random.default_rng(s)) for s in (1, 1, 2))
    assert np.array_equal(rgb, before)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_one_colour_alone_can_be_recoloured():
    for seed in range(8):
        out = recolor(np.full((16, 16, 3), 120, np.uint8), np.random.default_rng(seed))
        assert np.ptp(out.reshape(-1, 3).astype(int), axis=0).max() <= 1


def test_main_colours_are_the_pictures():
    lab = cv2.cvtColor(flat_picture().astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    centers, nearest = main_colors(lab, np.random.default_rng(0))
    assert np.abs(centers[nearest] - lab).max() < 1


def test_thickness_changes_the_amount_of_ink_both_ways():
    line = flat_line()
    ink = [(255.0 - change_thickness(line, np.random.default_rng(s))).sum() for s in range(20)]
    before = (255.0 - line).sum()
    assert min(ink) < before < max(ink)


def test_gaps_take_ink_away_and_add_none():
    line = flat_line()
    broken = break_lines(line, np.random.default_rng(0))
    assert (broken >= line).all()
    assert (broken > line).any()
    assert (broken < 128).any()


def test_some_gaps_are_wide():
    line = np.full((512, 512), 255, np.uint8)
    line[250:260] = 0
    gone = [
        np.flatnonzero(break_lines(line, np.random.default_rng(seed))[255] == 255)
        for seed in range(30)
    ]
    widest = [max(map(len, np.split(x, np.flatnonzero(np.diff(x) > 1) + 1))) for x in gone]
    assert min(widest) < 8
    assert max(widest) > 40


def test_a_vignette_ends_its_picture_in_one_straight_cut():
    rgb = np.full((64, 64, 3), (200, 30, 40), np.uint8)
    line, known = np.zeros((64, 64), np.uint8), np.full((64, 64), 128, np.uint8)
    sides = set()
    for seed in range(40):
        color, cut_line, borders = vignette(rgb, line, known, np.random.default_rng(seed))
        bare = (color == 255).all(axis=2)
        assert 0.05 < bare.mean() < 0.7
        assert (cut_line[bare] == 255).all()
        assert (cut_line[~bare] == 0).all()
        assert (borders[bare] == 255).all()
        rows, columns = bare.all(axis=1), bare.all(axis=0)
        assert rows.any() != columns.any()
        sides.add((rows[0], rows[-1], columns[0], columns[-1]))
        # The border is the last row or column that shows the picture.
        beside = cv2.dilate(bare.view(np.uint8), np.ones((3, 3))) > bare
        assert np.array_equal(borders == 0, beside)
    assert len(sides) == 4
    assert (rgb == (200, 30, 40)).all()
    assert (known == 128).all()


def test_a_cut_through_paper_is_no_border(rng):
    rgb, line = np.full((32, 32, 3), 255, np.uint8), np.full((32, 32), 255, np.uint8)
    _, _, borders = vignette(rgb, line, line, rng)
    assert (borders == 255).all()


def test_a_blank_page_has_no_lines_to_break():
    blank = np.full((20, 20), 255, np.uint8)
    assert np.array_equal(break_lines(blank, np.random.default_rng(0)), blank)


@pytest.mark.parametrize("line", [flat_line(), np.full((32, 32), 255, np.uint8)])
def test_redrawn_lines_stay_lines(line):
    before = line.copy()
    drawn = [redraw_lines(line, np.random.default_rng(seed)) for seed in range(60)]
    assert np.array_equal(line, before)
    far = cv2.dilate(255 - line, np.ones((5, 5), np.uint8)) == 0
    for out in drawn:
        assert out.dtype == np.uint8
        assert out.shape == line.shape
        assert out[far].mean() > 215  # paper stays light, toned at most
    if line.min() == 0:
        inked = np.array([out[line == 0].mean() for out in drawn])
        assert (inked < 190).all()
        assert np.ptp(inked) > 60
    assert np.array_equal(drawn[3], redraw_lines(line, np.random.default_rng(3)))


@pytest.mark.parametrize("times", [2, 3, 4])
def test_thin_lines_stay_dark_when_they_are_reduced(times):
    """Wherever a line of one pixel falls between the pixels that are kept."""
    side = 32 * times
    for shift in range(times):
        line = np.full((side, side), 255, np.uint8)
        line[:, side // 2 + shift] = 0
        window = Window(side / 2, side / 2, side, 0, False)
        assert window.cut(line, 32).min(axis=1).max() >= 100  # it would fade
        kept = window.cut_thin(line, 32)
        assert kept.min(axis=1).max() <= 85
        assert (kept < 200).sum(axis=1).max() <= 3
        assert 14 <= kept.argmin(axis=1).min() <= kept.argmin(axis=1).max() <= 17


def test_thin_lines_stay_dark_in_turned_windows(rng):
    for _ in range(20):
        line = np.full((256, 256), 255, np.uint8)
        line[128] = 0
        x, y = rng.uniform(124, 132, 2)
        kept = Window(x, y, 128, rng.normal(0, 12), False).cut_thin(line, 32)
        assert kept.min(axis=0).max() <= 130


def test_windows_that_need_no_reducing_are_cut_as_they_are():
    line = flat_line()
    window = Window(30, 30, 32, 0, True)
    assert np.array_equal(window.cut_thin(line, 32), window.cut(line, 32))


def test_whether_a_window_shows_ink():
    line = np.full((100, 200), 255, np.uint8)
    line[40:50, 150:160] = 0
    assert Window(155, 45, 20, 0, False).shows_ink(line)
    assert Window(100, 50, 300, 0, False).shows_ink(line)
    assert not Window(50, 50, 60, 0, False).shows_ink(line)
    line[:] = np.where(line == 0, 200, 255)
    assert not Window(155, 45, 20, 0, False).shows_ink(line)  # too faint to be ink
