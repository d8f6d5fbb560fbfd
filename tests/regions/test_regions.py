"""Areas of a drawing, hints spread over them, and the guarantee."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.hints import Hint, Hints, Mask, painted
from inkhue.page import open_page
from inkhue.pixels import WHITE
from inkhue.regions import find_regions, obey, rooms, spread
from inkhue.regions.areas import GREY, darkest, walls
from inkhue.regions.guarantee import CONTRAST, STILL, STRENGTH

SIDE = 96
some = settings(max_examples=50, deadline=None)  # a drawing takes milliseconds
RED, BLUE, GREEN, PALE = (200, 30, 30), (30, 30, 200), (30, 160, 60), (250, 240, 200)
LEFT, RIGHT = np.s_[24:72, 14:44], np.s_[24:72, 54:82]


def boxes(gap: int = 0) -> np.ndarray:
    """Two boxes side by side that share a wall, with a gap of some pixels in it."""
    line = np.full((SIDE, SIDE), 255, np.uint8)
    cv2.rectangle(line, (10, 20), (48, 76), 0, 3)
    cv2.rectangle(line, (48, 20), (86, 76), 0, 3)
    line[48 - gap // 2 : 48 - gap // 2 + gap, 45:52] = 255
    return line


def dot(x: float, y: float, color: tuple[int, int, int], radius: float = 2.0) -> Hint:
    return Hint(((x, y),), color, radius)


def page(*hints: Hint, side: int = SIDE) -> Hints:
    return Hints(side, side, hints)


@st.composite
def any_line(draw: st.DrawFn) -> np.ndarray:
    """Strokes, blots, grey and screentone, closed or not."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height, width = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    line = np.full((height, width), 255, np.uint8)
    for _ in range(draw(st.integers(0, 8))):
        ends = rng.integers(-5, 75, (2, 2)).tolist()
        shade, thick = int(rng.integers(0, 200)), int(rng.integers(1, 6))
        if rng.random() < 0.5:
            cv2.line(line, ends[0], ends[1], shade, thick)
        else:
            cv2.circle(line, ends[0], int(rng.integers(2, 30)), shade, thick)
    if draw(st.booleans()):
        line[::4, ::4] = 0
    return line


@st.composite
def any_hints(draw: st.DrawFn, shape: tuple[int, ...], most: int = 6) -> Hints:
    height, width = shape
    color = st.tuples(*[st.integers(0, 255)] * 3)
    point = st.tuples(st.floats(0, width), st.floats(0, height))
    hint = st.builds(
        Hint,
        st.lists(point, min_size=1, max_size=3).map(tuple),
        st.one_of(st.none(), color),
        st.floats(0, 5),
    )
    return Hints(width, height, tuple(draw(st.lists(hint, max_size=most))))


def any_layer(shape: tuple[int, ...], seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (*shape[:2], 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 3).reshape(noise.shape) if seed % 3 else noise


@some
@given(any_line())
def test_cells_cover_the_page_and_end_at_lines(line: np.ndarray) -> None:
    regions = find_regions(line)
    paper = ~walls(line)
    if not paper.any():
        assert (regions.cells == -1).all()
        return
    assert regions.cells.min() >= 0
    assert set(np.unique(regions.cells[paper])) == set(range(len(regions.graph)))
    _, parts = cv2.connectedComponents(paper.astype(np.uint8), connectivity=4)
    pairs = np.unique(np.stack([regions.cells[paper], parts[paper]]), axis=1)
    assert pairs.shape[1] == len(regions.graph), "a cell reaches over a line"


@some
@given(any_line())
def test_neighbors_know_each_other(line: np.ndarray) -> None:
    graph = find_regions(line).graph
    count = len(graph)
    cell, column = np.nonzero(graph.neighbor < count)
    other = graph.neighbor[cell, column]
    links = {(a, b): n for a, b, n in zip(cell, other, graph.length[cell, column], strict=True)}
    assert all(links[b, a] == length for (a, b), length in links.items())


def test_grey_areas_are_paper_and_grey_lines_are_walls() -> None:
    line = np.full((80, 80), 255, np.uint8)
    line[:, 40:] = 150
    line[:, 20] = 170
    wall = walls(line)
    assert wall[:, 20].all()
    assert not wall[:, 60:].any()


def test_boundary_map_narrows_the_way() -> None:
    line = boxes(gap=30)
    boundary = np.zeros((24, 24), np.uint8)
    boundary[:, 12] = 15
    plain, mapped = find_regions(line).graph, find_regions(line, boundary).graph
    assert len(mapped) > len(plain)
    assert np.array_equal(find_regions(line, boundary // 3).graph.length, plain.length)


@pytest.mark.parametrize("scale", [2, 3])
def test_large_page_keeps_thin_lines(scale: int) -> None:
    side = 700 * scale
    line = np.full((side, side), 255, np.uint8)
    cv2.circle(line, (side // 2, side // 2), side // 3, 0, 2)
    regions = find_regions(line)
    assert regions.scale == scale
    assert darkest(line, scale).shape == (700, 700)
    inside = np.zeros_like(line)
    cv2.circle(inside, (side // 2, side // 2), side // 3 - 4, 1, -1)
    outside = np.ones_like(line)
    cv2.circle(outside, (side // 2, side // 2), side // 3 + 4, 0, -1)
    ours, theirs = (set(np.unique(regions.cells[mask > 0])) for mask in (inside, outside))
    assert not ours & theirs
    # Up to the line, not to the reduced page's blocks.
    ring = (line > GREY) & (inside == 0) & (outside == 0)
    near = np.hypot(*(np.indices(line.shape) - side // 2)) < side / 3
    assert np.isin(regions.cells[ring & near], list(theirs)).mean() < 0.001


@some
@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([0, 100, 255]))
def test_tiny_pages(height: int, width: int, shade: int) -> None:
    regions = find_regions(np.full((height, width), shade, np.uint8))
    assert (regions.cells >= 0).all() == (shade == 255)


def share(labels: np.ndarray, box: tuple[slice, slice], index: int) -> float:
    return float((labels[box] == index).mean())


LEFT, RIGHT = np.s_[24:72, 14:44], np.s_[24:72, 54:82]


@pytest.mark.parametrize("gap", [0, 4, 8])
def test_hints_keep_to_their_rooms_over_a_gap(gap: int) -> None:
    regions = find_regions(boxes(gap))
    # Neither lies in the middle of its room, and the gap is nearer to the first.
    found = spread(regions, page(dot(36, 44, RED), dot(76, 64, BLUE)))
    assert share(found.labels, LEFT, 0) == 1
    assert share(found.labels, RIGHT, 1) > 0.97
    assert (found.labels[:16] == -1).all()
    assert found.sure[44, 36] == 255
    assert found.sure.min() == 0


def test_open_box_is_held_against_the_page_around() -> None:
    line = boxes()
    line[70:80, 25:35] = 255
    found = spread(find_regions(line), page(dot(30, 50, RED), dot(4, 4, BLUE)))
    assert share(found.labels, np.s_[24:70, 14:44], 0) > 0.97
    assert share(found.labels, np.s_[82:, :], 1) > 0.9


def test_hints_share_a_room() -> None:
    line = np.full((SIDE, SIDE), 255, np.uint8)
    cv2.rectangle(line, (8, 8), (88, 88), 0, 2)
    found = spread(find_regions(line), page(dot(28, 48, RED), dot(68, 48, BLUE)))
    middle = found.labels[12:84, 12:84]
    border = (middle == 0).sum(axis=1) + 12
    assert (np.abs(border - 48) <= 2).all()


def test_colours_run_into_each_other_in_open_space_alone() -> None:
    blank = np.full((96, 96), 255, np.uint8)
    hints = page(dot(20, 48, RED), dot(76, 48, BLUE))
    found = spread(find_regions(blank), hints)
    _, holds = found.soft
    assert holds.any(axis=1).all()
    columns = np.flatnonzero(holds.any(axis=0))
    assert 40 < columns.min() < columns.max() < 56
    row = obey(np.full((96, 96, 3), 120, np.uint8), hints, found, 1.0)[0][48].astype(int)
    steps = np.abs(np.diff(row, axis=0)).max(axis=1)
    assert steps.max() < np.abs(np.subtract(RED, BLUE)).max() / 4
    assert (row[16:24] == RED).all()
    assert (row[72:80] == BLUE).all()
    # A line parts them.
    closed = spread(find_regions(boxes()), page(dot(20, 48, RED), dot(76, 48, BLUE)))
    assert not closed.soft[1].any()


def test_soft_borders_are_as_wide_on_a_large_page() -> None:
    blank = np.full((3072, 2000), 255, np.uint8)
    hints = Hints(2000, 3072, (dot(500, 1500, RED, 9), dot(1500, 1500, BLUE, 9)))
    found = spread(find_regions(blank), hints)
    row = obey(np.full((3072, 2000, 3), 120, np.uint8), hints, found, 1.0)[0][1500].astype(int)
    assert np.abs(np.diff(row, axis=0)).max() < 6
    assert 90 < (np.abs(np.diff(row[600:1400, 0])) > 0).sum() < 160


def test_crowd_in_open_space_is_shared_by_distance(rng: np.random.Generator) -> None:
    points = rng.choice(64 * 64, 40, replace=False)
    hints = [
        dot(x + 0.5, y + 0.5, tuple(rng.integers(0, 256, 3).tolist()), 0)
        for y, x in zip(*divmod(points, 64), strict=True)
    ]
    labels = spread(find_regions(np.full((64, 64), 255, np.uint8)), page(*hints, side=64)).labels
    ys, xs = np.indices(labels.shape)
    away = np.stack([np.hypot(xs + 0.5 - h.points[0][0], ys + 0.5 - h.points[0][1]) for h in hints])
    longer = np.take_along_axis(away, labels[None], 0)[0] - away.min(axis=0)
    assert np.quantile(longer, 0.95) < 2


def test_hint_on_ink_goes_to_the_nearest_room_or_is_listed() -> None:
    line = boxes()
    line[40:56, 30:60] = 0
    regions = find_regions(line)
    near = spread(regions, page(dot(32.5, 48.5, RED, 2)))
    assert near.idle == ()
    assert share(near.labels, np.s_[24:38, 14:44], 0) == 1
    far = spread(regions, page(dot(45, 48, RED, 2)))
    assert far.idle == (0,)
    assert (far.labels == -1).all()


def test_painted_hint_on_ink_reaches_as_far_as_a_dot_of_its_size() -> None:
    line = boxes()
    line[40:56, 30:60] = 0
    regions = find_regions(line)
    square = np.ones((5, 5), np.bool_)  # as a dot of radius 2.8
    near = spread(regions, page(painted(Mask(31, 46, square), RED)))
    assert near.idle == ()
    assert share(near.labels, np.s_[24:38, 14:44], 0) == 1
    far = spread(regions, page(painted(Mask(42, 46, square), RED)))
    assert far.idle == (0,)


def test_hundreds_of_hints_hold_each_at_its_place() -> None:
    rng = np.random.default_rng(4)
    line = np.full((256, 1700), 255, np.uint8)  # as wide as is reduced by three
    line[::32] = line[:, ::32] = 0
    places = rng.permutation(255 * 1699)[:400]
    dots = [
        Hint(((p % 1699 + 0.5, p // 1699 + 0.5),), tuple(rng.integers(0, 256, 3).tolist()), 1.0)
        for p in places.tolist()
    ]
    hints = Hints(1700, 256, tuple(dots))
    regions = find_regions(line)
    assert regions.scale == 3
    found = spread(regions, hints)
    made = obey(np.full((256, 1700, 3), 120, np.uint8), hints, found, 1.0)[0]
    owner = hints.owner()
    held = (owner >= 0) & ~np.isin(owner, found.idle) & (line >= 128)
    colors = np.array([hint.color for hint in hints])
    assert len(found.idle) < 10
    assert (made[held] == colors[owner[held]]).all()
    assert (found.labels[held] == owner[held]).all()


def test_screentone_does_not_hold_a_hint_back() -> None:
    line = boxes()
    ys, xs = np.mgrid[20:76, 10:40]
    line[20:76, 10:40][(ys % 4 < 2) & (xs % 4 < 2)] = 190  # a fine grey tone
    found = spread(find_regions(line), page(dot(20, 30, RED, 2)))
    assert share(found.labels, LEFT, 0) > 0.95


def test_dot_over_a_line_counts_where_a_third_of_it_is_seen() -> None:
    regions = find_regions(boxes())
    even = spread(regions, page(dot(48, 48, RED, 6)))
    assert share(even.labels, LEFT, 0) == share(even.labels, RIGHT, 0) == 1
    aside = spread(regions, page(dot(45, 48, RED, 6)))
    assert share(aside.labels, LEFT, 0) == 1
    assert share(aside.labels, RIGHT, 0) < 0.05


def test_stroke_counts_wherever_it_goes() -> None:
    stroke = Hint(((4, 48), (70, 48)), RED, 2.0)
    labels = spread(find_regions(boxes()), page(stroke)).labels
    assert (labels == 0).all()


@some
@given(st.data())
def test_spread_is_sound_on_any_drawing(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    regions = find_regions(line)
    found = spread(regions, hints)
    again = spread(regions, hints)
    assert np.array_equal(found.labels, again.labels)
    assert found.visited <= 16 * (line.size + len(hints))
    owner = hints.owner()
    held = (owner >= 0) & ~np.isin(owner, found.idle)
    assert np.array_equal(found.labels[held], owner[held])
    assert not np.isin(found.labels, found.idle).any()
    assert ((found.sure == 0) == (found.labels < 0)).all()


@some
@given(st.data())
def test_order_of_hints_apart_does_not_matter(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    owner = hints.owner()
    apart = [h for i, h in enumerate(hints) if (owner == i).any() and covers_alone(hints, i)]
    height, width = line.shape
    order = data.draw(st.permutations(range(len(apart))))
    regions = find_regions(line)
    one = spread(regions, Hints(width, height, tuple(apart)))
    other = spread(regions, Hints(width, height, tuple(apart[i] for i in order)))
    assert np.array_equal(np.array([-1, *order])[other.labels + 1], one.labels)


def covers_alone(hints: Hints, index: int) -> bool:
    """Whether no other hint lies on a hint's pixels."""
    alone = Hints(hints.width, hints.height, (hints.items[index],)).owner() >= 0
    others = tuple(h for i, h in enumerate(hints) if i != index)
    return not (alone & (Hints(hints.width, hints.height, others).owner() >= 0)).any()


@some
@given(st.data())
def test_closed_regions_do_not_touch_each_other(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    x, y = data.draw(
        st.tuples(st.integers(0, line.shape[1] - 1), st.integers(0, line.shape[0] - 1))
    )
    regions = find_regions(line)
    _, parts = cv2.connectedComponents((~walls(line)).astype(np.uint8), connectivity=4)
    here = parts[y, x]
    before = spread(regions, hints)
    after = spread(regions, hints.with_hint(Hint(((x + 0.5, y + 0.5),), GREEN, 0)))
    if here:
        elsewhere = (parts > 0) & (parts != here)
        assert np.array_equal(before.labels[elsewhere], after.labels[elsewhere])


def test_a_hint_that_covers_anothers_first_pixel_breaks_no_tie_elsewhere() -> None:
    """Two hints tie below the wall; a third is laid over one of them above it."""
    line = np.full((13, 2), 255, np.uint8)
    line[4:11] = 110
    both = (Hint(((0.0, 8.0),), RED, 2.0), Hint(((0.0, 0.0), (1.0, 12.0)), BLUE, 0.0))
    hints, regions = Hints(2, 13, both), find_regions(line)
    before = spread(regions, hints).labels
    after = spread(regions, hints.with_hint(Hint(((0.5, 0.5),), GREEN, 0))).labels
    assert np.array_equal(before[11:], after[11:])


def test_real_drawings(lineart: Path, examples: Path) -> None:
    page_ = open_page(examples / "fox.png")
    line = np.rint(255 * (1 - page_.ink)).astype(np.uint8)
    hints = Hints.load(examples / "fox.hints.json").fitted(*page_.size)
    found = spread(find_regions(line), hints)
    assert found.idle == ()
    assert (found.labels >= 0).mean() > 0.9
    drawing = open_page(sorted(lineart.glob("lb-ring*.webp"))[0])
    line = np.rint(255 * (1 - drawing.ink)).astype(np.uint8)
    regions = find_regions(line)
    assert 500 < len(regions.graph) < line.size // 8


@some
@given(st.data())
def test_hints_hold_on_any_drawing(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    layer = any_layer(line.shape, data.draw(st.integers(0, 1000)))
    found = spread(find_regions(line), hints)
    made, notes = obey(layer, hints, found, 1.0)
    owner = hints.owner()
    for index, hint in enumerate(hints):
        seen = (owner == index) & (line >= 128)
        color = np.array(hint.color or WHITE)
        if seen.any():
            assert np.abs(made[seen].mean(axis=0) - color).max() <= 1
        x, y = hint.points[0]
        spot = min(int(y), line.shape[0] - 1), min(int(x), line.shape[1] - 1)
        if owner[spot] == index and index not in found.idle:
            assert np.abs(made[spot].astype(int) - color).max() <= 1
    assert np.array_equal(made[found.labels < 0], layer[found.labels < 0])
    assert len(notes) == len(found.idle)


@some
@given(st.data())
def test_share_of_zero_changes_nothing_and_half_goes_half_way(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    layer = any_layer(line.shape, 1)
    found = spread(find_regions(line), hints)
    assert np.array_equal(obey(layer, hints, found, 0.0)[0], layer)
    whole = obey(layer, hints, found, 1.0)[0].astype(int)
    half = obey(layer, hints, found, 0.5)[0].astype(int)
    assert np.abs(2 * half - whole - layer).max(initial=0) <= 1
    rest = any_layer(line.shape, 2)
    assert np.array_equal(obey(layer, hints, found, 0.0, rest)[0], rest)
    half = obey(layer, hints, found, 0.5, rest)[0].astype(int)
    assert np.abs(2 * half - whole - rest).max(initial=0) <= 1


@some
@given(st.data())
def test_regions_leave_each_other_bit_identical(data: st.DataObject) -> None:
    line = data.draw(any_line())
    hints = data.draw(any_hints(line.shape))
    at = data.draw(st.tuples(*(st.integers(0, side - 1) for side in line.shape)))
    _, parts = cv2.connectedComponents((~walls(line)).astype(np.uint8), connectivity=4)
    if not parts[at]:
        return
    regions, layer = find_regions(line), any_layer(line.shape, 2)
    more = hints.with_hint(Hint(((at[1] + 0.5, at[0] + 0.5),), (9, 90, 200), 0))
    before = obey(layer, hints, spread(regions, hints), 1.0)[0]
    after = obey(layer, more, spread(regions, more), 1.0)[0]
    elsewhere = (parts > 0) & (parts != parts[at])
    assert np.array_equal(before[elsewhere], after[elsewhere])


@pytest.mark.parametrize("color", [RED, PALE, (255, 255, 255), (0, 0, 0), (128, 128, 128)])
def test_area_takes_the_tone_with_the_shading(color: tuple[int, int, int]) -> None:
    layer = np.full((96, 96, 3), 110, np.uint8)
    layer[48:] = 160
    hints = page(dot(20, 30, color, 1))
    made = obey(layer, hints, spread(find_regions(boxes()), hints), 1.0)[0]
    room = made[LEFT].astype(float)
    assert np.abs(room.mean(axis=(0, 1)) - color).max() < 3
    steps = room[-10:].mean(axis=(0, 1)) - room[20:24].mean(axis=(0, 1))
    assert (steps >= 0).all()
    assert steps.max() <= 51
    assert (steps > 6).any() == (color in (RED, (128, 128, 128), PALE))


def test_two_thirds_of_what_is_more_than_a_flat_areas_noise_are_shading() -> None:
    layer = np.full((96, 96, 3), 110, np.uint8)
    layer[48:] = 170  # 30 to either side of the mean, in about half of the room each
    hints = page(dot(20, 30, (200, 200, 200), 0.5))
    room = obey(layer, hints, spread(find_regions(boxes()), hints), 1.0)[0][LEFT].astype(float)
    step = room[-4:].mean() - room[:4].mean()
    assert step == pytest.approx(2 * STRENGTH * (30 - STILL), abs=2)


def test_shading_of_the_wildest_network_is_kept_in_bounds() -> None:
    layer = np.zeros((96, 96, 3), np.uint8)
    layer[48:] = 255
    hints = page(dot(20, 30, (128, 128, 128), 1))
    made = obey(layer, hints, spread(find_regions(boxes()), hints), 1.0)[0]
    assert made[LEFT].min() >= 128 - CONTRAST
    assert made[LEFT].max() <= 128 + CONTRAST


def test_equal_hints_are_one_area_without_a_seam() -> None:
    layer = np.repeat(np.linspace(60, 200, 96).astype(np.uint8)[:, None], 96, 1)
    layer = np.dstack([layer] * 3)
    hints = page(dot(30, 30, RED, 1), dot(30, 66, RED, 1))
    found = spread(find_regions(boxes()), hints)
    assert len(found.tones) == 1
    made = obey(layer, hints, found, 1.0)[0].astype(int)
    steps = np.abs(np.diff(made[24:72, 42], axis=0)).max()
    assert steps <= 3
    swapped = page(*reversed(hints.items))
    other = obey(layer, swapped, spread(find_regions(boxes()), swapped), 1.0)[0]
    assert np.array_equal(made, other)


def test_hint_on_ink_is_noted() -> None:
    line = np.zeros((40, 40), np.uint8)
    line[:4] = 255
    hints = page(dot(20, 30, RED), dot(20, 2, BLUE), side=40)
    layer = np.full((40, 40, 3), 99, np.uint8)
    made, notes = obey(layer, hints, spread(find_regions(line), hints), 1.0)
    assert len(notes) == 1
    assert notes[0].startswith("hint 1 at (20, 30) lies on ink")
    assert (made[2, 20] == BLUE).all()


@pytest.mark.parametrize(("gap", "parts"), [(0, 3), (5, 3), (40, 2)])
def test_rooms_are_counted_as_a_person_would(gap: int, parts: int) -> None:
    found = rooms(find_regions(boxes(gap)))
    places = [found[48, 30], found[48, 66], found[4, 4]]
    assert len(set(places)) == parts
    assert (np.unique(found) == np.arange(found.max() + 1)).all()


def test_flats_are_filled_better_than_by_watersheds(art: Path) -> None:
    for needed in ("scipy", "skimage", "fsspec"):
        pytest.importorskip(needed, reason="scores pictures: pip install inkhue[evaluate]")
    from inkhue.evaluate.metrics.region_accuracy import score
    from inkhue.evaluate.rivals import watershed
    from inkhue.evaluate.rivals.paint import painted
    from inkhue.evaluate.sets import make_item, read_set, region_hints
    from inkhue.evaluate.true_regions import true_regions

    made: dict[str, list[tuple[float, float]]] = {"ours": [], "lines": [], "distance": []}
    for picture in read_set([str(art / "flats.tar")])[3:240:60]:
        item = make_item(picture)
        regions = true_regions(item)
        hints = region_hints(regions)
        labels = spread(find_regions(item.line), hints).labels
        made["ours"].append(score(painted(labels + 1, hints), regions))
        made["lines"].append(score(watershed.fill_lines(item.line, hints), regions))
        made["distance"].append(score(watershed.fill_distance(item.line, hints), regions))
    accuracy, bleed = (
        {name: np.mean([pair[k] for pair in pairs]) for name, pairs in made.items()} for k in (0, 1)
    )
    assert accuracy["ours"] > max(accuracy["lines"], accuracy["distance"])
    assert bleed["ours"] < min(bleed["lines"], bleed["distance"])
