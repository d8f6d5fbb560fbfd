"""Hints: which pixels they cover, what the network sees of them, and their files."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inkhue import hint_files, hint_pixels
from inkhue import hints as module
from inkhue.errors import InkhueError, UsageError
from inkhue.hints import (
    Hint,
    Hints,
    Mask,
    default_radius,
    draw_hints,
    parse_color,
    parse_hint,
)

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
TWO_DOTS = '{"version": 1, "width": 20, "height": 10, "hints": [%s]}'

colours = st.tuples(*[st.integers(0, 255)] * 3)
# Halves and quarters put pixel centres exactly on the border, tiny numbers break divisions.
radii = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 2.2, 2.5, 1e-200, 1e9, 1e300]), st.floats(0, 40)
)


def coordinates(side: int) -> st.SearchStrategy[float]:
    return st.one_of(
        st.integers(0, 4 * side).map(lambda quarters: quarters / 4),
        st.floats(0, side),
        st.sampled_from([0.0, float(side), 1e-160]),
    )


@st.composite
def pages(draw, side: int = 60, clear: bool = True) -> Hints:
    """A page with up to five dots and strokes."""
    width, height = draw(st.integers(1, side)), draw(st.integers(1, side))
    points = st.lists(st.tuples(coordinates(width), coordinates(height)), min_size=1, max_size=4)
    kinds = st.none() | colours if clear else colours
    items = st.builds(Hint, points.map(tuple), kinds, radii)
    return Hints(width, height, tuple(draw(st.lists(items, min_size=1, max_size=5))))


def plain_owner(hints: Hints) -> np.ndarray:
    """The contract, word by word: every pixel against every segment."""
    owner = np.full((hints.height, hints.width), -1)
    for index, hint in enumerate(hints):
        ends = list(zip(hint.points, hint.points[1:], strict=False)) or [hint.points * 2]
        for row in range(hints.height):
            for column in range(hints.width):
                if any(plain_within(column, row, a, b, hint.radius) for a, b in ends):
                    owner[row, column] = index
        for x, y in hint.points:
            row, column = min(math.floor(y), hints.height - 1), min(math.floor(x), hints.width - 1)
            owner[row, column] = index
    return owner


def plain_within(column, row, a, b, radius) -> bool:
    dx, dy = b[0] - a[0], b[1] - a[1]
    qx, qy = column + 0.5 - a[0], row + 0.5 - a[1]
    length = dx * dx + dy * dy
    along = qx * dx + qy * dy
    t = min(1.0, max(0.0, along / length if length else along))
    return (qx - t * dx) * (qx - t * dx) + (qy - t * dy) * (qy - t * dy) <= radius * radius


def owner_colours(hints: Hints) -> np.ndarray:
    table = [*(hint.color for hint in hints), (-1, -1, -1)]
    return np.array(table)[hints.owner()]


def dot(x: float, y: float, color=RED, radius: float = 0.0) -> Hint:
    return Hint(((x, y),), color, radius)


# Pixels


@given(pages(side=24))
@settings(deadline=None, max_examples=100)
def test_owner_is_the_contract_pixel_by_pixel(hints):
    np.testing.assert_array_equal(hints.owner(), plain_owner(hints))


@pytest.mark.parametrize("offset", [0.0, 1e-13, -1e-13, 1e-15])
def test_nearly_level_strokes_with_pixels_on_the_border_are_exact(offset):
    points = ((3.0, 10.5), (37.0, 10.5 + offset), (20.1, 10.5 + 2 * offset))
    for radius in (2.0, 3.0, np.nextafter(3, 4), np.nextafter(3, 2)):
        hints = Hints(40, 20, (Hint(points, RED, radius),))
        np.testing.assert_array_equal(hints.owner(), plain_owner(hints))


def test_batches_of_a_large_page_join_without_a_gap(monkeypatch):
    whole = Hints(300, 200, tuple(dot(x, x / 2, radius=x / 3) for x in range(0, 300, 7)))
    expected = whole.owner()
    original = hint_pixels._batches
    monkeypatch.setattr(hint_pixels, "_batches", lambda counts, limit: original(counts, 50))
    np.testing.assert_array_equal(whole.owner(), expected)


def test_the_protocols_dot_is_its_four_by_four_block():
    owner = Hints(12, 12, (dot(6, 6, radius=2.2),)).owner()
    expected = np.full((12, 12), -1)
    expected[4:8, 4:8] = 0
    np.testing.assert_array_equal(owner, expected)


@pytest.mark.parametrize(
    ("x", "y", "pixel"),
    [(0, 0, (0, 0)), (3.99, 1.2, (1, 3)), (5, 4, (3, 4)), (5, 0, (0, 4)), (1, 1, (1, 1))],
)
def test_a_hint_covers_at_least_the_pixel_of_its_point(x, y, pixel):
    owner = Hints(5, 4, (dot(x, y),)).owner()
    assert owner[pixel] == 0
    assert np.count_nonzero(owner >= 0) == 1


def test_later_hints_lie_over_earlier_ones_of_either_kind():
    square = Mask(2, 2, np.ones((4, 4), np.bool_))
    painted = Hint(((2.5, 2.5),), BLUE, 0, mask=square)
    below = Hints(10, 10, (dot(4, 4, radius=1), painted)).owner()
    above = Hints(10, 10, (painted, dot(4, 4, radius=1))).owner()
    assert set(below[2:6, 2:6].ravel()) == {1}
    assert above[3, 3] == 1
    assert above[2, 2] == 0


@pytest.mark.parametrize(("x", "y"), [(20.01, 5), (-0.5, 5), (3, 10.5), (3, -1)])
def test_a_hint_outside_the_page_is_named_with_position_and_size(x, y):
    with pytest.raises(UsageError, match=r"hint 2 \('skin'\).*outside the page of 20 x 10"):
        Hints(20, 10, (dot(1, 1),)).with_hint(Hint(((x, y),), RED, 2, "skin"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"points": ()}, "no points"),
        ({"points": ((math.nan, 1),)}, "not finite"),
        ({"points": ((1, math.inf),)}, "not finite"),
        ({"radius": -1}, "radius -1"),
        ({"radius": math.inf}, "radius inf"),
        ({"radius": math.nan}, "radius nan"),
        ({"color": (0, 0, 256)}, "from 0 to 255"),
        ({"mask": Mask(0, 0, np.zeros((2, 2), np.bool_))}, "mask is empty"),
    ],
)
def test_a_hint_that_makes_no_sense_is_refused(values, message):
    with pytest.raises(UsageError, match=message):
        Hint(**{"points": ((1, 1),), "color": RED, "radius": 1} | values)


def test_a_mask_may_not_reach_over_the_page():
    mask = Mask(8, 0, np.ones((2, 3), np.bool_))
    with pytest.raises(UsageError, match="outside"):
        Hints(10, 10, (Hint(((8.5, 0.5),), RED, 0, mask=mask),))


# The network's grid


def plain_cells(pixels: int, cells: int) -> list[list[int]]:
    """In whole numbers: the pixels with their centre in each cell, else the one at its centre."""
    by_cell: list[list[int]] = [[] for _ in range(cells)]
    for pixel in range(pixels):
        by_cell[(2 * pixel + 1) * cells // (2 * pixels)].append(pixel)
    return [
        inside or [(2 * cell + 1) * pixels // (2 * cells)] for cell, inside in enumerate(by_cell)
    ]


@given(pages(side=40), st.integers(1, 60), st.integers(1, 60))
@settings(deadline=None, max_examples=40)
def test_raster_is_the_contract_cell_by_cell(hints, width, height):
    owner = hints.owner()
    rows, columns = plain_cells(hints.height, height), plain_cells(hints.width, width)
    latest = np.array([[owner[np.ix_(row, column)].max() for column in columns] for row in rows])
    raster = hints.raster(width, height)
    np.testing.assert_array_equal(raster[..., 3], latest >= 0)
    table = np.array([*(hint.color or (255, 255, 255) for hint in hints), (0, 0, 0)]) / 255
    np.testing.assert_array_equal(raster[..., :3], table[latest].astype(np.float32))


@given(pages(side=300), st.integers(1, 300), st.integers(1, 300), st.data())
@settings(deadline=None, max_examples=60)
def test_the_last_hint_never_vanishes_and_no_colour_is_averaged(hints, width, height, data):
    padding = st.floats(0, 200)
    covered = hints.width + data.draw(padding), hints.height + data.draw(padding)
    raster = hints.raster(width, height, *covered)
    assert raster.shape == (height, width, 4)
    assert raster.dtype == np.float32
    assert set(np.unique(raster[..., 3])) <= {0, 1}
    seen = {tuple(cell) for cell in raster[raster[..., 3] == 1][:, :3]}
    exact = [
        tuple((np.array(hint.color or (255, 255, 255)) / 255).astype(np.float32)) for hint in hints
    ]
    assert exact[-1] in seen
    assert seen <= set(exact)
    assert not raster[raster[..., 3] == 0].any()


def test_one_pixel_of_a_huge_page_is_one_full_cell():
    raster = Hints(4096, 3000, (dot(2048.5, 1500.5, (10, 20, 30)),)).raster(128, 96)
    assert np.argwhere(raster[..., 3]).tolist() == [[48, 64]]
    np.testing.assert_array_equal(
        raster[48, 64], np.array([10 / 255, 20 / 255, 30 / 255, 1], np.float32)
    )


def test_a_transparent_hint_is_paper_to_the_network():
    raster = Hints(8, 8, (dot(1, 1, None, 1),)).raster(2, 2)
    assert raster[0, 0].tolist() == [1, 1, 1, 1]
    assert not raster[1, 1].any()


def test_a_padded_grid_has_no_hints_beyond_the_page():
    hints = Hints(100, 60, (Hint(((0, 60), (100, 60)), RED, 30),))
    raster = hints.raster(32, 32, 100, 100)
    hinted = np.flatnonzero(raster[..., 3].any(axis=1))
    assert hinted[0] == 9  # pixel row 30 of 100 rows on 32 cells
    assert hinted[-1] == 19  # pixel row 59
    fine = hints.raster(400, 400, 100, 100)
    assert np.flatnonzero(fine[..., 3].any(axis=1))[-1] == 239


def test_a_grid_smaller_than_the_page_is_a_programmers_error():
    with pytest.raises(ValueError, match="cannot hold"):
        Hints(100, 100).raster(10, 10, 50, 100)


# Another size


def test_fitted_scales_points_and_radius_and_keeps_the_rest():
    hint = Hint(((10, 20), (100, 50)), RED, 4, "skin")
    fitted = Hints(100, 50, (hint,)).fitted(201, 100)
    assert (fitted.width, fitted.height) == (201, 100)
    assert fitted.items[0].points == ((pytest.approx(20.1), 40), (201, 100))
    assert fitted.items[0].radius == pytest.approx(8.04)
    assert (fitted.items[0].color, fitted.items[0].name) == (RED, "skin")
    same = Hints(100, 50, (hint,))
    assert same.fitted(100, 50) is same


@pytest.mark.parametrize("size", [(512, 520), (520, 512), (256, 512), (1, 2)])
def test_hints_of_another_aspect_do_not_fit(size):
    with pytest.raises(UsageError, match="512 x 512 pixels do not fit"):
        Hints(512, 512).fitted(*size)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 6), st.booleans(), st.data())
@settings(deadline=None, max_examples=60)
def test_every_painted_hint_survives_any_scaling(width, height, factor, smaller, data):
    sizes = [(width * factor, height * factor), (width, height)]
    (from_w, from_h), (to_w, to_h) = sizes if smaller else sizes[::-1]
    x, y = data.draw(st.integers(0, from_w - 1)), data.draw(st.integers(0, from_h - 1))
    w, h = data.draw(st.integers(1, from_w - x)), data.draw(st.integers(1, from_h - y))
    pixels = np.zeros((h, w), np.bool_)
    pixels[data.draw(st.integers(0, h - 1)), data.draw(st.integers(0, w - 1))] = True
    hint = Hint(((x + 0.5, y + 0.5),), RED, 0, mask=Mask(x, y, pixels))
    hints = Hints(from_w, from_h, (hint,))
    fitted = hints.fitted(to_w, to_h)
    assert (fitted.owner() == 0).any()
    np.testing.assert_array_equal(
        fitted.owner() >= 0, hints.raster(to_w, to_h)[..., 3].astype(np.bool_)
    )


# hints.json


@given(pages())
@settings(deadline=None, max_examples=40)
def test_json_gives_the_same_hints_back(tmp_path_factory, hints):
    path = tmp_path_factory.mktemp("json") / "hints.json"
    hints.save(path)
    back = Hints.load(path)
    assert (back.width, back.height) == (hints.width, hints.height)
    for one, other in zip(back, hints, strict=True):
        assert (one.points, one.color, one.radius) == (other.points, other.color, other.radius)


def test_json_is_as_the_contract_writes_it(tmp_path):
    path = tmp_path / "hints.json"
    stroke = Hint(((1, 2), (3.5, 4)), (255, 0, 128), 2, "Haut \u2028 ö")
    Hints(20, 10, (stroke, dot(5, 5, None, 1))).save(path)
    assert json.loads(path.read_text("utf-8")) == {
        "version": 1,
        "width": 20,
        "height": 10,
        "hints": [
            {
                "points": [[1, 2], [3.5, 4]],
                "color": "#ff0080",
                "radius": 2,
                "name": "Haut \u2028 ö",
            },
            {"points": [[5, 5]], "color": "transparent", "radius": 1},
        ],
    }
    assert Hints.load(path).items[0].name == "Haut \u2028 ö"
    Hints(3, 3).save(tmp_path / "none.json")
    assert len(Hints.load(tmp_path / "none.json")) == 0


def test_a_hint_without_radius_gets_the_default(tmp_path):
    path = tmp_path / "hints.json"
    entry = {"points": [[5, 5]], "color": "#FF00aa"}
    table = {"version": 1, "width": 2560, "height": 100, "hints": [entry]}
    path.write_text("\ufeff" + json.dumps(table), "utf-8")
    (hint,) = Hints.load(path)
    assert hint.radius == 10 == default_radius(100, 2560)
    assert hint.color == (255, 0, 170)
    assert default_radius(300, 200) == 2


GOOD = '"points": [[1, 2]], "color": "#ff0000"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "neither a PNG nor JSON"),
        ("{", "neither a PNG nor JSON"),
        ("[" * 100_000, "neither a PNG nor JSON"),
        ("[]", "must be an object"),
        ("\x00\xff", "neither a PNG nor JSON"),
        ('{"width": 20, "height": 10, "hints": []}', "'version' is missing"),
        (TWO_DOTS.replace("1,", "2,", 1) % "", "version 2, this inkhue reads 1"),
        (TWO_DOTS.replace("1,", "true,", 1) % "", "version"),
        (TWO_DOTS.replace("1,", '"1",', 1) % "", "version '1'"),
        (TWO_DOTS.replace("20", "20.5") % "", "'width' must be"),
        (TWO_DOTS.replace("20", "0") % "", "'width' must be"),
        (TWO_DOTS.replace("10", "-3") % "", "'height' must be"),
        (TWO_DOTS.replace("10", "NaN") % "", "'height' must be"),
        (TWO_DOTS.replace("width", "widht") % "", "unknown key 'widht', did you mean 'width'"),
        (TWO_DOTS.replace("[%s]", "{}"), "'hints' must be a list"),
        (TWO_DOTS % "3", "hint 1: must be an object"),
        (TWO_DOTS % '{"color": "#ff0000"}', "hint 1: 'points' is missing"),
        (TWO_DOTS % '{"points": [[1, 2]]}', "hint 1: 'color' is missing"),
        (TWO_DOTS % f'{{{GOOD}}}, {{{GOOD}, "colour": 1}}', "hint 2: .*did you mean 'color'"),
        (TWO_DOTS % f'{{{GOOD}, "radius": -1}}', "hint 1: radius -1"),
        (TWO_DOTS % f'{{{GOOD}, "radius": null}}', "radius must be a number, not None"),
        (TWO_DOTS % f'{{{GOOD}, "radius": true}}', "radius must be a number"),
        (TWO_DOTS % f'{{{GOOD}, "radius": NaN}}', "hint 1: radius nan"),
        (TWO_DOTS % f'{{{GOOD}, "radius": 1e999}}', "hint 1: radius inf"),
        (TWO_DOTS % f'{{{GOOD}, "radius": 1{"0" * 400}}}', "radius is not finite"),
        (TWO_DOTS % f'{{{GOOD}, "name": 3}}', "'name' must be text"),
        (TWO_DOTS % '{"points": [], "color": "#ff0000"}', "hint 1: has no points"),
        (TWO_DOTS % '{"points": [1, 2], "color": "#ff0000"}', "list of"),
        (TWO_DOTS % '{"points": [[1, 2, 3]], "color": "#ff0000"}', "list of"),
        (TWO_DOTS % '{"points": [[1, "2"]], "color": "#ff0000"}', "y must be a number, not '2'"),
        (TWO_DOTS % '{"points": [[1, Infinity]], "color": "#ff0000"}', "not finite"),
        (TWO_DOTS % '{"points": [[1, 2]], "color": "red"}', "'red' does not parse"),
        (TWO_DOTS % '{"points": [[1, 2]], "color": "#f08"}', "write #rrggbb: #ff0088"),
        (TWO_DOTS % '{"points": [[1, 2]], "color": [1, 2, 3]}', "'color' must be text"),
        (TWO_DOTS % '{"points": [[21, 2]], "color": "#ff0000"}', r"hint 1 at \(21, 2\) .*20 x 10"),
    ],
)
def test_bad_json_is_one_line_that_names_file_and_hint(tmp_path, text, message):
    path = tmp_path / "hints.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=message) as caught:
        Hints.load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300 + len(str(path))


def test_too_many_hints_and_too_large_files_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "hints.json"
    path.write_text(TWO_DOTS % ",".join([f"{{{GOOD}}}"] * 3))
    monkeypatch.setattr(module, "MAX_HINTS", 2)
    with pytest.raises(UsageError, match="more than 2 hints"):
        Hints.load(path)
    with pytest.raises(UsageError, match="more than 2 hints"):
        Hints(5, 5, (dot(1, 1),) * 3)
    monkeypatch.setattr(hint_files, "MAX_BYTES", 20)
    with pytest.raises(UsageError, match="no file of hints"):
        Hints.load(path)


def test_a_missing_file_is_a_usage_error(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match="check the path"):
            Hints.load(path)


def test_saving_keeps_what_is_there_and_knows_two_suffixes(tmp_path):
    hints = Hints(4, 4, (dot(1, 1),))
    for name in ("a.json", "a.png"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(UsageError, match="--force"):
            hints.save(tmp_path / name)
        assert (tmp_path / name).read_text() == "mine"
        hints.save(str(tmp_path / name), force=True)
        assert len(Hints.load(tmp_path / name)) == 1
    with pytest.raises(UsageError, match=r"\.json or \.png"):
        hints.save(tmp_path / "a.txt")
    with pytest.raises(InkhueError):
        hints.save(tmp_path / "none" / "a.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.png"]


# Hints PNG


def write_png(path: Path, rgba: np.ndarray) -> Path:
    Image.fromarray(rgba.astype(np.uint8)).save(path)
    return path


@given(pages(clear=False))
@settings(deadline=None, max_examples=40)
def test_png_gives_the_same_colours_back(tmp_path_factory, hints):
    path = tmp_path_factory.mktemp("png") / "hints.PNG"
    hints.save(path)
    back = Hints.load(path)
    np.testing.assert_array_equal(owner_colours(back), owner_colours(hints))
    assert all(hint.mask is not None for hint in back)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=60)
def test_png_areas_are_the_8_connected_areas_of_each_colour(width, height, seed):
    rng = np.random.default_rng(seed)
    picks = rng.integers(0, rng.integers(2, 5), (height, width))
    table = np.array([[0, 0, 0, 127], [9, 0, 0, 128], [9, 0, 1, 255], [0, 9, 0, 200]])
    found = hint_files.from_pixels(table[picks].astype(np.uint8))
    firsts = []
    for pick in range(1, len(table)):
        count, labels = cv2.connectedComponents((picks == pick).astype(np.uint8), connectivity=8)
        for label in range(1, count):
            first = int(np.flatnonzero(labels == label)[0])
            firsts.append((first, tuple(table[pick, :3]), np.count_nonzero(labels == label)))
    expected = [(color, size) for _, color, size in sorted(firsts)]
    assert [(hint.color, np.count_nonzero(hint.mask.pixels)) for hint in found] == expected
    starts = [divmod(first, width) for first, _, _ in sorted(firsts)]
    assert [hint.points for hint in found] == [((x + 0.5, y + 0.5),) for y, x in starts]
    np.testing.assert_array_equal(found.owner() >= 0, picks > 0)


def png_bytes(rgba: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(rgba.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def test_corners_connect_and_the_picture_does_not_wrap_round(tmp_path):
    rgba = np.zeros((3, 4, 4))
    rgba[0, 0] = rgba[1, 1] = rgba[2, 0] = (255, 0, 0, 255)
    rgba[0, 3] = (255, 0, 0, 255)  # ends its row; the next one begins beside it in memory
    found = Hints.load(write_png(tmp_path / "hints.png", rgba))
    assert [np.count_nonzero(hint.mask.pixels) for hint in found] == [3, 1]


def test_a_long_winding_area_is_one_hint(tmp_path):
    rgba = np.zeros((41, 41, 4))
    rgba[::2] = (0, 0, 255, 255)
    rgba[1::4, -1] = rgba[3::4, 0] = (0, 0, 255, 255)
    (hint,) = Hints.load(write_png(tmp_path / "hints.png", rgba))
    assert np.count_nonzero(hint.mask.pixels) == np.count_nonzero(rgba[..., 3])


def test_png_of_other_modes_with_alpha_open_too(tmp_path):
    grey = Image.new("LA", (6, 4), (0, 0))
    grey.putpixel((2, 1), (90, 255))
    palette = Image.new("P", (6, 4), 0)
    palette.putpalette([255, 255, 255, 1, 2, 3])
    palette.putpixel((2, 1), 1)
    key = Image.new("RGB", (6, 4), (255, 0, 255))
    key.putpixel((2, 1), (1, 2, 3))
    path = tmp_path / "hints.png"
    cases = (
        (grey, {}, (90, 90, 90)),
        (palette, {"transparency": 0}, (1, 2, 3)),
        (key, {"transparency": (255, 0, 255)}, (1, 2, 3)),
    )
    for image, options, color in cases:
        image.save(path, **options)
        (hint,) = Hints.load(path)
        assert hint.color == color, image.mode
        assert hint.points == ((2.5, 1.5),)


def test_a_picture_without_alpha_says_how_to_make_hints(tmp_path):
    path = tmp_path / "hints.png"
    for mode in ("RGB", "L", "P", "1"):
        Image.new(mode, (6, 4)).save(path)
        with pytest.raises(UsageError, match=r"hints\.png: has no transparency.*export"):
            Hints.load(path)


def test_soft_edges_are_recognised(tmp_path):
    steps = np.arange(4100)
    rgba = np.stack([steps % 256, steps // 256, steps * 0, steps * 0 + 255], axis=1)
    path = write_png(tmp_path / "hints.png", rgba.reshape(50, 82, 4))
    with pytest.raises(UsageError, match=r"more than 4096 colours.*soft .*hard brush"):
        Hints.load(path)
    many = Hints(100, 100, tuple(dot(1, 1, tuple(int(v) for v in row[:3])) for row in rgba))
    with pytest.raises(UsageError, match=r"save them as \.json"):
        many.save(tmp_path / "many.png")


def test_broken_and_oversized_pngs_are_one_line(tmp_path, monkeypatch):
    path = tmp_path / "hints.png"
    whole = png_bytes(np.full((40, 40, 4), 200))
    for cut in (8, 20, 40, len(whole) // 2):
        path.write_bytes(whole[:cut])
        with pytest.raises(UsageError, match="cut off or broken") as caught:
            Hints.load(path)
        assert "\n" not in str(caught.value)
    path.write_bytes(whole)
    monkeypatch.setattr(hint_files, "MAX_PIXELS", 1599)
    with pytest.raises(UsageError, match="40 x 40 pixels are more"):
        Hints.load(path)


def test_an_empty_hints_png_has_no_hints(tmp_path):
    hints = Hints.load(write_png(tmp_path / "hints.png", np.zeros((3, 5, 4))))
    assert (hints.width, hints.height, len(hints)) == (5, 3, 0)
    assert not hints.raster(2, 2).any()


def test_each_format_says_what_it_cannot_hold(tmp_path):
    painted = Hints.load(write_png(tmp_path / "a.png", np.full((3, 3, 4), 255)))
    with pytest.raises(UsageError, match=r"save them as \.png"):
        painted.save(tmp_path / "b.json")
    with pytest.raises(UsageError, match=r"save them as \.json"):
        Hints(3, 3, (dot(1, 1, None),)).save(tmp_path / "b.png")
    assert not list(tmp_path.glob("b.*"))


# The command line's form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120,80,#f4c2a0", (120, 80, (0xF4, 0xC2, 0xA0), None)),
        ("120.5, 80 ,#F4C2A0, 6.5", (120.5, 80, (0xF4, 0xC2, 0xA0), 6.5)),
        ("0,.5,Transparent,0", (0, 0.5, None, 0)),
    ],
)
def test_parse_hint_reads(text, expected):
    assert parse_hint(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "1,2", "1,2,#ff0000,3,4", "x,2,#ff0000", "1,,#ff0000", "1,2,red", "1,2,#f00"),
        *("1,2,#ff0000,-1", "nan,2,#ff0000", "1,inf,#ff0000", "1_0,2,#ff0000", "1,2,#ff0000,"),
        *(
            "1,2,ff0000",
            "1,2,#ff00000",
            "1,2,#gg0000",
            "\uff11,2,#ff0000",
            "9" * 400 + ",2,#ff0000",
        ),
    ],
)
def test_parse_hint_refuses_in_one_line_and_says_what_to_write(text):
    with pytest.raises(UsageError, match=r"^hint '.*; (write|give) ") as caught:
        parse_hint(text)
    assert "\n" not in str(caught.value)


def test_parse_hint_shows_an_example():
    with pytest.raises(UsageError, match=r"2 of 3 or 4 parts.*such as 120,80,#f4c2a0,6$"):
        parse_hint("120,80")
    with pytest.raises(UsageError, match="is short; write #rrggbb: #ffaa00"):
        parse_hint("120,80,#fa0")


def test_parse_color_takes_no_line_break():
    with pytest.raises(UsageError, match="does not parse"):
        parse_color("#ff0000\n")


# Drawn hints


@pytest.mark.parametrize("ground", [0, 255])
@pytest.mark.parametrize("color", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_drawn_hints_are_exact_and_show_on_any_ground(ground, color):
    page = np.full((200, 300, 3), ground, np.uint8)
    hints = Hints(300, 200, (dot(100, 80, color, 4), Hint(((150, 150), (250, 90)), color, 3)))
    drawn = draw_hints(page, hints)
    covered = hints.owner() >= 0
    assert (drawn[covered] == color).all()
    assert (page == ground).all()
    near = cv2.dilate(covered.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (drawn[~near] == ground).all()
    ring = drawn[near & ~covered].mean(axis=1)
    assert ring.min() < 60
    assert ring.max() > 250


def test_transparent_hints_are_drawn_as_a_checkerboard():
    hints = Hints(100, 100, (dot(50, 50, None, 9),))
    drawn = draw_hints(np.full((100, 100, 3), 255, np.uint8), hints)
    inside = drawn[hints.owner() == 0]
    shares = [(inside == value).all(axis=1).mean() for value in (160, 255)]
    assert sum(shares) == 1
    assert min(shares) > 0.4


def test_drawing_fits_hints_of_another_size_and_none_changes_nothing(rng):
    page = rng.integers(0, 256, (50, 80, 3), np.uint8)
    np.testing.assert_array_equal(draw_hints(page, Hints(80, 50)), page)
    drawn = draw_hints(page, Hints(160, 100, (dot(40, 40, GREEN, 4),)))
    assert drawn[20, 20].tolist() == list(GREEN)
    with pytest.raises(UsageError, match="do not fit"):
        draw_hints(page, Hints(80, 80))
