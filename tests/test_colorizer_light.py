"""The pipeline with a model that encodes once, knows boundaries, and is shown spread hints."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inkhue import colorizer as pipeline
from inkhue.colorizer import Colorizer, finer
from inkhue.hints import Hint, Hints
from inkhue.page import open_page, over

RED, BLUE = (220, 30, 40), (20, 60, 210)
WIDTH, HEIGHT = 150, 100


@pytest.fixture(scope="module")
def light(tiny_light):
    return Colorizer(tiny_light, threads=1)


def drawing(width=WIDTH, height=HEIGHT):
    """Two boxes side by side."""
    page = np.full((height, width), 255, np.uint8)
    for left in (width // 10, width * 55 // 100):
        cv2.rectangle(page, (left, height // 5), (left + width * 35 // 100, height * 4 // 5), 0, 2)
    return page


def dot(x, y, color, radius=3.0):
    return Hint(((x, y),), color, radius)


def page_of(*hints, width=WIDTH, height=HEIGHT):
    return Hints(width, height, hints)


BOTH = page_of(dot(40, 50, RED), dot(105, 50, BLUE))


@pytest.fixture
def runs(light, monkeypatch):
    """The stages that ran, in order."""
    ran, run = [], light.run
    monkeypatch.setattr(light, "run", lambda stage, known: ran.append(stage) or run(stage, known))
    return ran


@pytest.fixture
def given(monkeypatch):
    """What the search for regions was given, each time."""
    calls, find = [], pipeline.find_regions

    def seen(*args):
        calls.append(args)
        return find(*args)

    monkeypatch.setattr(pipeline, "find_regions", seen)
    return calls


def test_a_drawing_is_encoded_once_and_its_regions_found_once(light, runs, given):
    prepared = light.prepare(drawing())
    assert runs == ["encode"]
    prepared.color(BOTH)
    assert runs == ["encode", "draft", "colorize"]
    del runs[:]
    prepared.draft(page_of(dot(40, 50, BLUE)))
    assert runs == ["draft"]
    prepared.color(page_of(dot(40, 50, BLUE)), obey=0)
    prepared.color()
    assert runs == ["draft"] + 2 * ["draft", "colorize"]
    assert len(given) == 1


def test_what_is_encoded_is_the_working_page(light):
    prepared = light.prepare(drawing())
    assert prepared.work.line.mean() > 0.8  # 1 = paper
    wanted = light.run("encode", {"line": prepared.work.line})
    assert prepared.features.keys() == wanted.keys()
    assert all(np.array_equal(prepared.features[name], part) for name, part in wanted.items())


@pytest.mark.parametrize("size", [(1, 1), (300, 100), (1000, 37), (64, 400), (257, 129)])
@pytest.mark.parametrize("obey", [0, 1])
def test_the_result_has_the_pages_size(light, size, obey):
    width, height = size
    page = np.full((height, width), 255, np.uint8)
    if min(size) > 20:
        page = drawing(width, height)
    prepared = light.prepare(page)
    hints = page_of(dot(width / 2, height / 2, RED), width=width, height=height)
    for given in (None, hints):
        result = prepared.color(given, obey=obey)
        assert result.image.shape == result.color_layer.shape == (height, width, 3)
        assert result.lines.shape == (height, width, 4)
        assert prepared.draft(given).shape == result.draft.shape
        work = prepared.work
        assert result.draft.shape == (-(-work.height // 4), -(-work.width // 4), 3)


def test_the_working_size_is_chosen_from_the_lines(light):
    thick = np.full((400, 600), 255, np.uint8)
    cv2.circle(thick, (300, 200), 150, 0, 16)
    thin = np.full((400, 600), 255, np.uint8)
    cv2.circle(thin, (300, 200), 150, 0, 1)
    assert light.prepare(thin).work.width == 600
    assert light.prepare(thick).work.width == 256
    assert light.prepare(thick, size=320).work.width == 320


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (300, 100), (1000, 37), (1, 1), (1500, 700)])
def test_the_boundary_map_covers_the_working_page(light, given, size):
    page = np.full(size[::-1], 255, np.uint8)
    prepared = light.prepare(page)
    assert prepared.regions is not None
    ((line, boundary),) = given
    assert line.shape == size[::-1]
    assert boundary.shape == (prepared.work.height, prepared.work.width)
    assert boundary.dtype == np.uint8
    assert boundary.max() <= 15


def test_a_boundary_map_is_enlarged_linearly_in_whole_numbers():
    levels = np.random.default_rng(3).integers(0, 16, (7, 9)).astype(np.uint8)
    wanted = cv2.resize(levels.astype(np.float64), (36, 28), interpolation=cv2.INTER_LINEAR)
    found = finer(levels)
    assert found.dtype == np.uint8
    assert np.abs(found - wanted).max() <= 0.5
    assert np.array_equal(finer(np.full((2, 3), 15, np.uint8)), np.full((8, 12), 15, np.uint8))


def test_regions_end_where_the_network_sees_a_boundary(light):
    """Two colours on a page without a line: they meet where the boundary is, not half way."""
    prepared = light.prepare(np.full((128, 256), 255, np.uint8))
    seen = np.zeros_like(prepared.features["boundary"])
    seen[..., 40:42] = 1
    prepared.features = {**prepared.features, "boundary": seen}
    hints = page_of(dot(20, 64, RED), dot(200, 64, BLUE), width=256, height=128)
    regions = prepared.color(hints).regions
    assert (regions[:, :156] == 0).mean() > 0.97
    assert (regions[:, 170:] == 1).mean() > 0.97


def test_hints_are_obeyed_to_the_pixel_and_areas_take_their_colours(light):
    result = light.prepare(drawing()).color(BOTH)
    owner = BOTH.owner()
    for index, color in enumerate((RED, BLUE)):
        assert (result.color_layer[owner == index] == color).all()
        inside = result.color_layer[result.regions == index].mean(axis=0)
        assert np.abs(inside - color).max() <= 2


def test_without_obeying_the_network_alone_decides(light):
    prepared = light.prepare(drawing())
    free, held = prepared.color(BOTH, obey=0), prepared.color(BOTH, obey=1)
    assert free.regions is None
    assert held.regions is not None
    # It starts from the spread hints, so it is near them by itself.
    for x, color in ((30, RED), (115, BLUE)):
        assert np.abs(free.color_layer[40, x].astype(int) - color).max() < 60
    half = prepared.color(BOTH, obey=0.5).color_layer.astype(int)
    between = (free.color_layer.astype(int) + held.color_layer) / 2
    assert np.abs(half - between).max() <= 1


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_colours_run_into_each_other_in_open_space_however_far_hints_are_obeyed(light, share):
    blank = light.prepare(np.full((128, 256), 255, np.uint8))
    hints = page_of(dot(60, 64, RED), dot(196, 64, BLUE), width=256, height=128)
    row = blank.color(hints, obey=share).color_layer[64].astype(int)
    steps = np.abs(np.diff(row, axis=0)).max(axis=1)
    assert steps.max() < np.abs(np.subtract(RED, BLUE)).max() / 4


def test_without_hints_it_paints_something_and_notes_nothing(light):
    prepared = light.prepare(drawing())
    for obey in (0, 1):
        result = prepared.color(None, obey=obey)
        assert result.regions is None
        assert result.notes == ()
        assert np.array_equal(result.color_layer, prepared.color(page_of()).color_layer)
        assert result.color_layer.mean() > 150  # about paper


def test_what_the_network_is_shown_of_hints(light):
    prepared = light.prepare(drawing(), size=160)
    seen, bare = prepared.seen(BOTH), prepared.seen(None)
    shapes = {name: part.shape for name, part in seen.items()}
    assert shapes == {"hint": (1, 4, 32, 40), "flats": (1, 3, 32, 40), "sure": (1, 1, 32, 40)}
    assert shapes == {name: part.shape for name, part in bare.items()}
    assert not any(part.any() for part in bare.values())
    hinted = seen["hint"][0, 3] > 0
    assert np.array_equal(seen["flats"][0][:, hinted], seen["hint"][0][:3, hinted])
    assert (seen["sure"][0, 0][hinted] > 0.9).all()
    below = -(-prepared.work.height // 4)
    assert not seen["sure"][..., below:, :].any()  # padding


def test_borders_of_areas_are_as_sharp_as_the_page(light):
    """A page of 900 pixels that the network sees at 128."""
    line = np.full((600, 900), 255, np.uint8)
    line[:, 448:452] = 0
    hints = page_of(dot(200, 300, RED), dot(700, 300, BLUE), width=900, height=600)
    layer = light.prepare(line, size=128).color(hints, obey=0).color_layer.astype(int)
    jump = np.abs(np.diff(layer, axis=1)).max(axis=2).max(axis=0)
    assert 440 <= jump.argmax() <= 460
    assert jump.max() > 100
    assert np.sort(jump)[-20:-1].max() < 30  # else it is smooth: no step of a coarse grid


def test_a_hint_on_ink_is_noted(light):
    page = drawing()
    page[40:62, 20:44] = 0
    result = light.prepare(page).color(page_of(dot(32, 51, RED, 2), dot(105, 50, BLUE)))
    (note,) = result.notes
    assert note.startswith("hint 1 at (32, 51) lies on ink")
    assert (result.color_layer[50, 105] == BLUE).all()


def test_lines_come_back_untouched(light):
    page = open_page(drawing())
    result = light.prepare(page).color(BOTH)
    assert np.array_equal(over(result.lines, (255, 255, 255)), page.rgb)
    assert np.array_equal(result.image, over(result.lines, result.color_layer))


def test_the_same_hints_give_the_same_picture(light):
    one, other = (light.prepare(drawing()).color(BOTH).image for _ in range(2))
    assert np.array_equal(one, other)


def test_transparent_hints_are_no_colour_of_the_network(light):
    prepared = light.prepare(drawing())
    result = prepared.color(page_of(dot(40, 50, None)))
    assert result.clear[50, 40]
    assert np.isfinite(prepared.seen(page_of(dot(40, 50, None)))["flats"]).all()


@pytest.mark.parametrize("name", ["fox", "face"])
def test_a_further_hint_leaves_other_hinted_regions_as_they_were(examples, name):
    """With the shipped network: by 2 CIEDE2000 at most, in the mean of each region."""
    skimage = pytest.importorskip("skimage.color")
    every = Hints.load(examples / f"{name}.hints.json")
    every = Hints(every.width, every.height, every.items[:25])
    prepared = Colorizer(threads=1).prepare(examples / f"{name}.png")
    fewer = Hints(every.width, every.height, every.items[:-1])
    before, after = (prepared.color(hints) for hints in (fewer, every))
    new = len(fewer)
    for index in range(new):
        region = (before.regions == index) & (after.regions == index)
        assert region.any()
        means = [made.color_layer[region].mean(axis=0) / 255 for made in (before, after)]
        labs = [skimage.rgb2lab(mean[None, None])[0, 0] for mean in means]
        assert skimage.deltaE_ciede2000(*labs) <= 2
    assert (after.regions == new).any()
    assert (before.regions != new).all()
