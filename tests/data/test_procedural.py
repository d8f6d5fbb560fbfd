"""Drawings made by code: true regions, lines, colours, and variety."""

from __future__ import annotations

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.data import procedural
from inkhue.data.procedural import draw
from inkhue.data.procedural.cast import BEASTS, FURNITURE, HOUSES, PEOPLE, PLANTS, SIGNS, THINGS
from inkhue.data.procedural.colors import APART, KINDS, assign, distance
from inkhue.data.procedural.curves import blob, box, ellipse, limb, merge, mirrored, spline, star
from inkhue.data.procedural.pages import LAYOUTS, draw_page
from inkhue.data.procedural.painting import Canvas
from inkhue.data.procedural.parts import Part, Slots, bounds, count, fitted, placed
from inkhue.data.procedural.pens import Pen, draw_pen, stroke
from inkhue.data.procedural.style import draw_style

SIDE = 112


def rng_of(seed):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def drawings():
    return [draw(rng_of(seed), SIDE) for seed in range(28)]


def borders(labels):
    """Return the pixels that differ from their right or lower neighbour."""
    out = np.zeros(labels.shape, bool)
    out[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    out[:-1] |= labels[1:] != labels[:-1]
    return out


def inked_share(drawing):
    """Return which share of a drawing's borders has ink within a pixel."""
    near = cv2.dilate(255 - drawing.line, np.ones((3, 3), np.uint8)) > 60
    return near[borders(drawing.labels)].mean()


def purity(drawing):
    """Return how much of the areas that a flood finds belongs to one region each."""
    free = drawing.line > 200
    areas, found = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    both = np.zeros((areas, drawing.labels.max() + 1))
    np.add.at(both, (found[free], drawing.labels[free]), 1)
    return both.max(axis=1).sum() / both.sum()


def plain_style(**changes):
    """Return a style without shade, hatching or missing outlines."""
    style = replace(draw_style(rng_of(0)), depth=0.0, hatch="", tone=0.0, marks=0.0, shy=0.0)
    return replace(style, **{"pen": Pen(width=0.008), "details": 1.0, **changes})


def painted(parts, side=128, **changes):
    canvas = Canvas(side, plain_style(**changes), rng_of(0))
    canvas.paint(parts)
    return canvas


# --- drawings


@pytest.mark.parametrize("seed", [3, 11])
def test_the_same_seed_gives_the_same_pixels(seed):
    first, second, other = (draw(rng_of(s), 64) for s in (seed, seed, 99))
    for field in fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name))
        assert not np.array_equal(getattr(first, field.name), getattr(other, field.name))


def test_shapes_and_ranges(drawings):
    for drawing in drawings:
        assert drawing.color.shape == drawing.flats.shape == (SIDE, SIDE, 3)
        assert drawing.line.shape == drawing.labels.shape == (SIDE, SIDE)
        assert drawing.color.dtype == drawing.flats.dtype == drawing.line.dtype == np.uint8
        assert drawing.labels.dtype == np.int32
        assert drawing.labels.min() >= 0


@pytest.mark.parametrize("side", [33, 100])
def test_any_side_will_do(side):
    assert draw(rng_of(1), side).color.shape == (side, side, 3)


def test_each_region_has_one_flat_colour_under_its_lines_too(drawings):
    for drawing in drawings:
        for label in np.unique(drawing.labels):
            colors = drawing.flats[drawing.labels == label]
            assert (colors == colors[0]).all()


def test_no_drawing_is_empty(drawings):
    for drawing in drawings:
        assert len(np.unique(drawing.labels)) >= 2
        assert (drawing.line < 160).mean() > 0.001
        assert (drawing.line == 255).mean() > 0.2  # and none is black


def test_light_keeps_to_the_flats(drawings):
    apart = [np.abs(d.color.astype(int) - d.flats).mean() for d in drawings]
    assert max(apart) < 60
    assert 0.4 < np.mean([a > 2 for a in apart]) < 1  # most are shaded, some are not


def drawn_with(monkeypatch, pen, seeds):
    """Return drawings of which only the pen is given."""
    even = {"pen": pen, "shy": 0.0, "paint": False, "marks": 0.0, "tone": 0.0, "hatch": ""}
    monkeypatch.setattr(procedural, "draw_style", lambda rng: replace(draw_style(rng), **even))
    return [draw(rng_of(seed), SIDE) for seed in seeds]


def test_closed_lines_lie_on_the_borders_and_gaps_open_them(monkeypatch):
    closed = drawn_with(monkeypatch, Pen(width=0.012), range(6))
    assert np.mean([inked_share(d) for d in closed]) > 0.97
    assert np.mean([purity(d) for d in closed]) > 0.98
    open_ones = drawn_with(monkeypatch, Pen(width=0.012, gaps=2), range(6))
    assert np.mean([purity(d) < 0.98 for d in open_ones]) > 0.6


def test_about_two_of_three_drawings_are_open(drawings):
    assert 0.45 < np.mean([purity(d) < 0.98 for d in drawings]) < 0.9


def test_two_of_three_pens_leave_outlines_open():
    pens = [draw_pen(rng_of(seed)) for seed in range(600)]
    assert abs(np.mean([pen.gaps > 0 for pen in pens]) - 2 / 3) < 0.06
    assert 0.05 < np.mean([pen.passes > 1 for pen in pens]) < 0.25  # sketches
    assert 0.1 < np.mean([pen.dark < 1 for pen in pens]) < 0.5  # grey lines
    assert max(pen.width for pen in pens) > 5 * min(pen.width for pen in pens)


def test_drawings_vary(drawings):
    regions = [len(np.unique(d.labels)) for d in drawings]
    assert min(regions) <= 12
    assert np.quantile(regions, 0.8) >= 30
    assert len(set(regions)) > 15
    paper = np.array([(d.flats == 255).all(axis=2).mean() for d in drawings])
    assert (paper > 0.6).mean() > 0.1  # a figure on white
    assert (paper < 0.05).mean() > 0.2  # full to the edge
    assert len({d.flats.tobytes() for d in drawings}) == len(drawings)


def test_neighbours_can_be_told_apart(drawings):
    told = []
    for drawing in drawings:
        edge = borders(drawing.labels)[:-1, :-1]
        here, right = drawing.flats[:-1, :-1][edge], drawing.flats[:-1, 1:][edge]
        pairs = np.unique(np.concatenate([here, right], axis=1), axis=0)
        pairs = pairs[(pairs[:, :3] != pairs[:, 3:]).any(axis=1)].tolist()
        told += [distance(tuple(p[:3]), tuple(p[3:])) > APART / 2 for p in pairs]
    assert np.mean(told) > 0.93


# --- pages


def test_every_layout_makes_parts_of_known_kinds():
    for layout in LAYOUTS:
        for seed in range(2):
            slots = Slots()
            parts = layout(rng_of(seed), slots)
            assert count(parts) >= 1
            assert set(slots.kinds) <= set(KINDS)


@pytest.mark.parametrize(
    "maker", [*PEOPLE[-2:], *BEASTS, *PLANTS, *HOUSES, *FURNITURE, *THINGS, *SIGNS]
)
def test_every_subject_stands_in_its_box(maker):
    for seed in range(2):
        slots = Slots()
        parts = fitted(maker(rng_of(seed), slots), (0.2, 0.1, 0.7, 0.9))
        x0, y0, x1, y1 = bounds(parts)
        assert x0 > 0.2 - 1e-9
        assert y0 > 0.1 - 1e-9
        assert x1 < 0.7 + 1e-9
        assert y1 == pytest.approx(0.9)
        assert all(0 <= part.color < len(slots.kinds) for part in parts)
        assert all(np.isfinite(part.outline).all() for part in parts)


def test_a_page_comes_with_the_kinds_of_its_slots():
    parts, kinds = draw_page(rng_of(4))
    assert kinds[0] == "paper"
    assert max(part.color for part in parts) < len(kinds)


# --- painting


def test_later_parts_hide_earlier_ones_and_their_lines():
    far, near = Part(box(0.1, 0.1, 0.6, 0.6), 1), Part(box(0.3, 0.3, 0.9, 0.9), 2)
    canvas = painted([far, near])
    assert canvas.labels[26, 26] == 1
    assert canvas.labels[64, 64] == 2
    assert canvas.ink[70:110, 70:110].max() == 0  # far's corner lies there
    assert canvas.ink[77, 20] == canvas.ink[20, 77] == 255 or canvas.ink[76:78, 20].max() == 255


def test_what_is_inside_is_clipped():
    child = Part(box(0, 0.4, 1, 0.6), 2)
    canvas = painted([Part(ellipse(0.5, 0.5, 0.3), 1, inside=(child,))])
    assert canvas.labels[64, 64] == 2
    assert canvas.labels[64, 10] == 0
    assert canvas.ink[64, :20].max() == 0


def test_parts_of_one_region_have_one_label():
    parts = [Part(box(0.1, 0.1, 0.4, 0.4), 1, region=5), Part(box(0.6, 0.6, 0.9, 0.9), 1, region=5)]
    canvas = painted(parts)
    assert canvas.labels[32, 32] == canvas.labels[96, 96] == 1


def test_shade_falls_away_from_the_light():
    ball = Part(ellipse(0.5, 0.5, 0.4), 1)
    canvas = painted([ball], light=(-1.0, 0.0), depth=0.5, soft=0.0)
    assert canvas.shade[64, 20] > canvas.shade[64, 110]
    assert canvas.shade[5, 5] == canvas.shade[64, 20]


@pytest.mark.parametrize(
    "changes", [{"tone": 1.0}, {"hatch": "lines", "tone": 1.0}, {"marks": 1.0}]
)
def test_dots_hatching_and_marks_stay_in_their_part(changes):
    canvas = painted([Part(box(0.3, 0.3, 0.7, 0.7), 1, line="none")], side=256, **changes)
    inside = canvas.ink[80:176, 80:176] > 0
    assert 0.005 < inside.mean() < 0.8
    assert canvas.ink[:74].max() == 0


def test_dark_parts_may_be_solid_black():
    part = Part(box(0.3, 0.3, 0.7, 0.7), 1, filling="black")
    assert painted([part], blacks=1.0).ink[64, 64] == 255
    assert painted([part], blacks=0.0).ink[64, 64] == 0


# --- pens


def leaks(pen, seed):
    """Return whether a flood from the corner enters a circle drawn with this pen."""
    ink = np.zeros((256, 256), np.uint8)
    stroke(ink, ellipse(128, 128, 80), pen.on(256), rng_of(seed), 4.0, closed=True)
    free = (ink == 0).astype(np.uint8)
    return bool(cv2.connectedComponents(free, connectivity=4)[1][128, 128] == 1)


def test_a_pen_without_gaps_closes_outlines():
    for seed in range(20):
        assert not leaks(Pen(), seed)
        assert not leaks(Pen(pressure=0.5, taper=0.3, wobble=0.001), seed)


def test_a_pen_with_gaps_mostly_does_not():
    assert np.mean([leaks(Pen(gaps=3, gap=0.05), seed) for seed in range(20)]) > 0.7


def test_a_taper_thins_the_ends():
    ink = np.zeros((40, 200), np.uint8)
    line = np.array([[10.0, 20.0], [190.0, 20.0]])
    stroke(ink, line, Pen(taper=0.4), rng_of(0), 9.0)
    thick = (ink > 0).sum(axis=0)
    assert thick[14] < thick[60] < thick[100]


# --- curves


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=9),
    st.booleans(),
)
def test_a_spline_goes_through_its_knots(knots, closed):
    curve = spline(knots, closed=closed)
    for knot in knots:
        assert np.abs(curve - knot).sum(axis=1).min() < 1e-9


def test_merged_shapes_have_one_outline():
    outline = merge([box(0, 0, 2, 1), box(1, 0, 3, 1), box(2, 0, 4, 1)])
    area = cv2.contourArea(outline.astype(np.float32))
    assert area == pytest.approx(4, rel=0.05)
    assert outline.min() == pytest.approx(0, abs=0.05)


def test_shapes_are_what_they_say():
    assert np.hypot(*ellipse(0, 0, 2).T) == pytest.approx(2)
    assert len(star(5, 0.5)) == 10
    assert np.hypot(*blob(rng_of(0), 0.1).T).min() > 0.4
    shape = mirrored((0, -1), (0.5, 0), (0, 1))
    assert np.abs(shape[:, 0]).max() == pytest.approx(0.5)
    assert shape[:, 0].sum() == pytest.approx(0, abs=1e-9)
    tube = limb([(0, 0), (0, 1)], [0.2, 0.2])
    assert np.ptp(tube[:, 0]) == pytest.approx(0.2)
    assert tube[0] == pytest.approx((0.1, 0))  # open at its base


def test_mirrored_parts_stay_inside_each_other():
    child = Part(box(0.2, 0, 0.4, 1), 1)
    (part,) = placed([Part(box(0, 0, 1, 1), 1, inside=(child,))], scale=(-1, 1))
    assert part.inside[0].outline[:, 0].min() == pytest.approx(-0.4)


# --- colours


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=8))
def test_touching_slots_get_different_colours(seed, kinds):
    kinds = ["paper", *(k for k in kinds if k != "paper")]
    touching = ~np.eye(len(kinds), dtype=bool)
    colors = assign(kinds, touching, rng_of(seed))
    assert colors[0] == (255, 255, 255)
    assert len(set(colors)) == len(colors)
    assert all(0 <= c <= 255 for color in colors for c in color)


def test_some_palettes_are_plausible_and_some_are_not():
    kinds, alone = ["paper", "leaf"], np.zeros((2, 2), bool)
    greens = [c for _, c in (assign(kinds, alone, rng_of(seed)) for seed in range(200))]
    green = np.mean([g == max(r, g, b) and g > b for r, g, b in greens])
    assert 0.3 < green < 0.8
