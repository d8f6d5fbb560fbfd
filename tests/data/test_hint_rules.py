"""Simulated hints: the protocol's cells, the paper's counts, people's dabs."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.data.hint_rules import (
    CI_CHANCE,
    GRID,
    PEOPLE_NONE,
    RULES,
    ci2018,
    count_for,
    many,
    none,
    paper,
    paper_colorize,
    people,
    place,
    protocol_cells,
    widen,
)


def noise(seed=0, side=GRID):
    return np.random.default_rng(seed).random((side, side, 3), dtype=np.float32)


def drawing(side=GRID):
    """Return line art with one ring in the middle, 1 = paper."""
    line = np.ones((side, side), np.float32)
    cv2.circle(line, (side // 2, side // 2), side // 4, 0.0, 2)
    return line


def cells_of(hint):
    return np.flatnonzero(hint[3])


def test_protocol_cells_are_what_every_scorer_draws():
    # Generator(PCG64([crc32(id), N])).choice(16384, N, replace=False), pinned once.
    wanted = [645, 6457, 8890, 6054, 5688, 7200, 6866, 11551, 3267, 4921]
    assert protocol_cells("openmoji-1F600", 10).tolist() == wanted
    assert protocol_cells("é/ß", 2).tolist() == [8912, 6379]


@pytest.mark.parametrize("number", [0, 10, 40, 140, 400])
def test_protocol_cells_never_repeat(number):
    cells = protocol_cells("a", number)
    assert len(np.unique(cells)) == number
    assert ((cells >= 0) & (cells < GRID**2)).all()


def test_a_placed_hint_has_its_cells_exact_colour():
    color = noise()
    cells = protocol_cells("b", 40)
    hint = place(cells, color)
    assert hint.shape == (4, GRID, GRID)
    assert hint.dtype == np.float32
    assert set(cells_of(hint)) == set(cells)
    rows, columns = cells // GRID, cells % GRID
    assert np.array_equal(hint[:3, rows, columns].T, color[rows, columns])
    assert not hint[:3, hint[3] == 0].any()


@pytest.mark.parametrize("rule", [paper, paper_colorize])
def test_the_papers_hints_are_colours_of_cells_nearby(rule):
    """Single cells have the exact colour; widened ones the exact colour of a neighbour."""
    color = noise(3)
    padded = np.pad(color, ((1, 1), (1, 1), (0, 0)), constant_values=-1)
    single = 0
    for seed in range(30):
        hint = rule(color, drawing(), np.random.default_rng(seed))
        rows, columns = np.nonzero(hint[3])
        shown = hint[:3, rows, columns].T
        around = [padded[rows + y, columns + x] for y in range(3) for x in range(3)]
        assert np.any([np.all(shown == near, axis=1) for near in around], axis=0).all()
        single += len(rows) > 0 and bool((shown == color[rows, columns]).all())
    assert single > 10


def test_the_papers_counts(monkeypatch):
    monkeypatch.setattr("inkhue.data.hint_rules.scatter", lambda color, number, rng: number)
    rng = np.random.default_rng(1)
    color = np.zeros((GRID, GRID, 3), np.float32)
    counts = np.array([paper(color, color[..., 0], rng) for _ in range(2000)])
    few, many = counts[(counts > 0) & (counts < 16)], counts[counts >= 16]
    # Three deviations of a share of 2000 draws: 0.033 at most.
    assert np.mean(counts == 0) == pytest.approx(0.40, abs=0.033)
    assert len(few) / 2000 == pytest.approx(0.42, abs=0.033)
    assert len(many) / 2000 == pytest.approx(0.18, abs=0.026)
    assert (few.min(), few.max()) == (2, 15)
    assert many.min() < 20
    assert 115 < many.max() < 120
    second = [paper_colorize(color, color[..., 0], rng) for _ in range(2000)]
    assert (min(second), max(second)) == (16, 127)


def test_counts_follow_the_grids_area():
    assert count_for(140, (128, 128)) == 140
    assert count_for(140, (64, 64)) == 35
    assert count_for(2, (32, 32)) == 1  # a hint never vanishes
    assert count_for(0, (256, 256)) == 0


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("side", [16, 32, 128])
def test_every_rule_gives_colours_under_a_mask(rule, side):
    for seed in range(15):
        hint = rule(noise(seed, side), drawing(side), np.random.default_rng(seed))
        assert hint.shape == (4, side, side)
        assert hint.dtype == np.float32
        assert set(np.unique(hint[3])) <= {0, 1}
        assert not hint[:3, hint[3] == 0].any()
        assert hint.min() >= 0
        assert hint.max() <= 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_same_seed_draws_the_same_hints(rule):
    drawn = [rule(noise(), drawing(), np.random.default_rng(k)) for k in (7, 7, 8, 9, 10)]
    assert np.array_equal(drawn[0], drawn[1])
    assert rule is none or any(not np.array_equal(drawn[0], other) for other in drawn[2:])


def test_people_leave_some_pictures_alone_and_keep_off_the_ink():
    line, color = drawing(), noise()
    hints = [people(color, line, np.random.default_rng(seed)) for seed in range(400)]
    sizes = np.array([hint[3].sum() for hint in hints])
    assert np.mean(sizes == 0) == pytest.approx(PEOPLE_NONE, abs=0.07)
    assert sizes.max() < 0.1 * GRID**2
    hinted = np.sum([hint[3] for hint in hints], axis=0)
    inked, edge = line < 0.6, np.zeros_like(line, bool)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    assert hinted[inked].mean() < 0.5 * hinted[~inked & ~edge].mean()


def test_peoples_dabs_at_a_corner_stay_within_the_grid():
    line = np.zeros((16, 16), np.float32)
    line[1:3, 1:3] = 1  # the only paper lies in the corner
    seen = [people(noise(1, 16), line, np.random.default_rng(seed))[3] for seed in range(60)]
    assert sum(mask[:5, :5].any() for mask in seen) > 20


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 12 * 9 - 1), unique=True, max_size=20),
    st.integers(1, 2),
    st.integers(0, 1000),
)
def test_widening_never_averages_and_keeps_every_hint(cells, by, seed):
    color = np.random.default_rng(seed).uniform(0.1, 1, (9, 12, 3)).astype(np.float32)
    hint = place(np.array(cells, np.int64), color)
    wide = widen(hint, by)
    kernel = np.ones((2 * by + 1,) * 2, np.uint8)
    assert np.array_equal(wide[3], cv2.dilate(hint[3], kernel))
    assert np.array_equal(wide[:, hint[3] > 0], hint[:, hint[3] > 0])
    given_colors = {tuple(c) for c in hint[:3, hint[3] > 0].T}
    assert {tuple(c) for c in wide[:3, wide[3] > 0].T} <= given_colors
    assert not wide[:3, wide[3] == 0].any()


def test_many_are_twelve_to_three_hundred_dots(rng):
    """Dots of up to 5 x 5 cells; dots that meet count once."""
    color = rng.random((128, 128, 3)).astype(np.float32)
    line = np.ones((128, 128), np.float32)
    masks = [many(color, line, rng)[3] for _ in range(60)]
    counts = [cv2.connectedComponents(m.astype(np.uint8))[0] - 1 for m in masks]
    assert min(counts) >= 10
    assert max(counts) <= 300
    assert min(counts) < 25
    assert max(counts) > 120


def test_ci_leaves_half_of_the_pictures_alone_and_hints_cells_by_chance():
    color = np.ones((64, 64, 3), np.float32)
    rng = np.random.default_rng(2)
    counts = np.array([ci2018(color, color[..., 0], rng)[3].sum() for _ in range(2000)])
    # The mean size of a normal number is 0.8 of its deviation; few of those hinted come out at 0.
    assert np.mean(counts == 0) == pytest.approx(0.52, abs=0.045)
    assert counts.mean() == pytest.approx(0.5 * 0.8 * CI_CHANCE * 64**2, rel=0.1)


def test_none_is_no_hint():
    assert not none(noise(), drawing(), np.random.default_rng(0)).any()
