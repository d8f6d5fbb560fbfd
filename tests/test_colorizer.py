from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkhue.colorizer import Colorizer
from inkhue.errors import UsageError
from inkhue.hints import Hint, Hints
from inkhue.page import open_page, over
from inkhue.working import fit, run_under_lines

RED, BLUE = (220, 30, 40), (20, 60, 210)


@pytest.fixture(scope="module")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=1)


def drawing(width=150, height=100):
    """A black box on white."""
    page = np.full((height, width, 3), 255, np.uint8)
    page[height // 4 : -(height // 4), width // 4 : -(width // 4)] = 0
    page[height // 4 + 3 : -(height // 4) - 3, width // 4 + 3 : -(width // 4) - 3] = 255
    return page


def dot(x, y, color, radius=3.0):
    return Hint(points=((x, y),), color=color, radius=radius)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (300, 7), (97, 211), (700, 530)])
def test_the_result_has_the_pages_size(colorizer, size):
    width, height = size
    page = np.full((height, width, 3), 255, np.uint8)
    result = colorizer.prepare(page, size=64).color()
    assert result.image.shape == result.color_layer.shape == (height, width, 3)
    assert result.lines.shape == (height, width, 4)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "CMYK", "I;16"])
def test_any_picture_mode_is_coloured_alike(colorizer, mode):
    from PIL import Image

    plain = Image.fromarray(drawing())
    other = (
        Image.fromarray(np.asarray(plain.convert("L")).astype(np.uint16) * 257)
        if mode == "I;16"
        else plain.convert(mode)
    )
    expected = colorizer.prepare(plain).color().image.astype(int)
    made = colorizer.prepare(other).color().image.astype(int)
    assert np.abs(made - expected).mean() < 2


def test_lines_come_back_untouched(colorizer):
    page = open_page(drawing())
    result = colorizer.prepare(page).color(Hints(150, 100, (dot(75, 50, RED),)))
    assert np.array_equal(over(result.lines, (255, 255, 255)), page.rgb)
    assert np.array_equal(result.image[page.ink == 1], page.rgb[page.ink == 1])
    assert np.array_equal(result.image, over(result.lines, result.color_layer))


def test_real_drawings_keep_their_lines(colorizer, lineart):
    for path in sorted(lineart.glob("*.webp"))[::9]:
        page = open_page(path)
        result = colorizer.prepare(page).color()
        assert np.array_equal(over(result.lines, page.paper), page.rgb), path.name


def test_a_hint_is_obeyed_to_the_pixel(colorizer):
    hints = Hints(150, 100, (dot(75, 50, RED), dot(20, 10, BLUE)))
    layer = colorizer.prepare(drawing()).color(hints, obey=1).color_layer
    owner = hints.owner()
    assert (layer[owner == 0] == RED).all()
    assert (layer[owner == 1] == BLUE).all()


def test_without_obeying_the_network_alone_decides(colorizer):
    prepared = colorizer.prepare(drawing())
    hints = Hints(150, 100, (dot(75, 50, RED),))
    free, held = prepared.color(hints, obey=0), prepared.color(hints, obey=1)
    assert free.regions is None
    elsewhere = held.regions < 0
    assert elsewhere.any()  # outside the box
    assert np.array_equal(free.color_layer[elsewhere], held.color_layer[elsewhere])
    inside = held.color_layer[held.regions == 0].mean(axis=0)
    assert np.abs(inside - RED).max() <= 2


def test_a_hint_far_from_any_paper_is_told(colorizer):
    page = drawing()
    page[40:60, 40:60] = 0  # a block of ink
    result = colorizer.prepare(page).color(Hints(150, 100, (dot(50, 50, RED, 2),)))
    assert len(result.notes) == 1


def test_hints_reach_the_network(colorizer):
    prepared = colorizer.prepare(drawing())
    red = prepared.draft(Hints(150, 100, (dot(75, 50, RED, 20),)))
    blue = prepared.draft(Hints(150, 100, (dot(75, 50, BLUE, 20),)))
    assert not np.array_equal(red, blue)


def test_hints_of_the_same_aspect_are_scaled(colorizer):
    prepared = colorizer.prepare(drawing())
    large = Hints(300, 200, (dot(150, 100, RED, 6),))
    assert (prepared.color(large, obey=1).color_layer[50, 75] == RED).all()
    with pytest.raises(UsageError):
        prepared.color(Hints(300, 300, (dot(150, 100, RED),)))


def test_a_transparent_hint_clears_its_pixels(colorizer):
    result = colorizer.prepare(drawing()).color(Hints(150, 100, (dot(75, 50, None),)))
    assert result.clear[50, 75]
    assert not result.clear[0, 0]


@pytest.mark.parametrize("obey", [-0.1, 1.5, float("nan")])
def test_obey_has_a_range(colorizer, obey):
    with pytest.raises(UsageError, match="obey"):
        colorizer.prepare(drawing()).color(obey=obey)


@pytest.mark.parametrize("size", [0, 63, 100000])
def test_the_working_size_has_a_range(colorizer, size):
    with pytest.raises(UsageError, match="size"):
        colorizer.prepare(drawing(), size=size)


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([64, 128, 512]))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_working_page_keeps_aspect_and_divides(width, height, size):
    work = fit(open_page(np.full((height, width), 255, np.uint8)), size, 64)
    full, small = work.line.shape[2:], work.line_small.shape[2:]
    assert max(work.width, work.height) == size
    scale = size / max(width, height)
    assert abs(work.width - width * scale) <= 1
    assert abs(work.height - height * scale) <= 1
    assert all(side % 64 == 0 for side in full)
    assert full == (4 * small[0], 4 * small[1])
    assert (work.line > 0.9999).all()


def test_colours_run_through_under_lines():
    color = np.full((64, 64, 3), (200, 120, 40), np.uint8)
    color[30:34] = 0  # a line, as a network draws it
    ink = np.zeros((64, 64), np.float32)
    ink[30:34] = 1
    filled = run_under_lines(color, ink)
    assert np.abs(filled.astype(int) - (200, 120, 40)).max() <= 2


def test_colours_away_from_lines_stay(rng):
    color = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    assert np.array_equal(run_under_lines(color, np.zeros((40, 60), np.float32)), color)


def test_later_hints_lie_over_earlier_ones(colorizer):
    hints = Hints(150, 100, (dot(75, 50, RED, 10), dot(75, 50, BLUE, 4)))
    layer = colorizer.prepare(drawing()).color(hints).color_layer
    assert (layer[50, 75] == BLUE).all()
    assert (layer[50, 83] == RED).all()


def test_one_call_colours_a_file(tiny_model, tmp_path):
    import inkhue
    from inkhue.output import save_picture

    save_picture(drawing(), tmp_path / "box.png")
    Hints(150, 100, (dot(75, 50, RED),)).save(tmp_path / "box.json")
    result = inkhue.color(tmp_path / "box.png", tmp_path / "box.json", model=tiny_model)
    assert (result.color_layer[50, 75] == RED).all()
