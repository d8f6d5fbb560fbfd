"""Sets are brought to the protocol's size, and hints lie where the protocol puts them."""

from __future__ import annotations

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fsspec", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.data.hint_rules import protocol_cells
from inkhue.data.shards import Picture
from inkhue.errors import InkhueError, UsageError
from inkhue.evaluate.sets import (
    Item,
    Regions,
    cell_colors,
    make_item,
    pixel_hints,
    read_set,
    region_hints,
    source_name,
)
from inkhue.lines import extract


def encoded(array):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "PNG")
    return stream.getvalue()


def noise(height, width, *channels):
    return np.random.default_rng(5).integers(0, 256, (height, width, *channels), dtype=np.uint8)


def picture(rgb, line=None, shard="some/where/val.tar", **meta):
    return Picture("a", shard, encoded(rgb), None if line is None else encoded(line), meta)


def write_shard(path, names):
    with tarfile.open(path, "w") as tar:
        for name in names:
            member = tarfile.TarInfo(f"{name}.png")
            data = encoded(noise(3, 2, 3))
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize(
    ("size", "wanted", "corner"),
    [
        ((300, 200), (512, 341), (0, 85)),
        ((201, 400), (257, 512), (127, 0)),
        ((1025, 700), (512, 350), (0, 81)),
        ((512, 511), (512, 511), (0, 0)),
        ((2000, 1), (512, 1), (0, 255)),
    ],
)
def test_pictures_are_scaled_by_pillow_and_pasted_on_white(size, wanted, corner):
    rgb, line = noise(*size[::-1], 3), noise(*size[::-1])
    item = make_item(picture(rgb, line))
    how = Image.Resampling.BOX if max(size) > 512 else Image.Resampling.BICUBIC
    for made, given in ((item.original, rgb), (item.line, line)):
        rows, columns = (slice(corner[i], corner[i] + wanted[i]) for i in (1, 0))
        assert np.array_equal(
            made[rows, columns], np.array(Image.fromarray(given).resize(wanted, how))
        )
        outside = np.ones((512, 512), bool)
        outside[rows, columns] = False
        assert (made[outside] == 255).all()
        assert made.shape == (512, 512, *given.shape[2:])


def test_an_item_knows_where_it_comes_from():
    item = make_item(picture(noise(8, 8, 3), noise(8, 8), origin="npm:@dicebear/micah@9.4.3"))
    assert (item.id, item.shard, item.group, item.true_line) == ("a", "val", "dicebear-micah", True)


def test_without_true_lines_the_extractor_draws_them():
    item = make_item(picture(noise(32, 64, 3)))
    assert not item.true_line
    assert np.array_equal(item.line, extract(item.original, "ink"))


def test_lines_of_another_size_are_refused():
    with pytest.raises(InkhueError, match=r"'a' and its line art .* \(9 x 8 and 8 x 8\)"):
        make_item(picture(noise(8, 9, 3), noise(8, 8)))


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ("npm:openmoji@17.0.0", "openmoji"),
        ("github:global-asp/asp-imagebank@a56e6db", "global-asp-asp-imagebank"),
        ("deb:wesnoth-1.16-data@1:1.16.9-1", "wesnoth-1.16-data"),
        ("my scans", "my-scans"),
        ("", "unknown"),
    ],
)
def test_a_group_is_the_source_without_its_version(origin, wanted):
    assert source_name(origin) == wanted


def test_a_set_is_read_in_the_shards_order_up_to_a_limit(tmp_path):
    write_shard(tmp_path / "one.tar", "cab")
    write_shard(tmp_path / "two.tar", "a")
    shards = [str(tmp_path / "two.tar"), str(tmp_path / "one.tar")]
    assert [p.id for p in read_set(shards)] == list("acab")
    assert [p.id for p in read_set(shards, 2)] == list("ac")
    with pytest.raises(InkhueError, match="'a' is there twice"):
        read_set([shards[0], shards[0]])


def test_a_set_without_pictures_is_refused(tmp_path):
    write_shard(tmp_path / "none.tar", "")
    with pytest.raises(InkhueError, match="holds no pictures"):
        read_set([str(tmp_path / "none.tar")])
    with pytest.raises(UsageError, match="no shards"):
        read_set([])
    with pytest.raises(UsageError, match="limit of 0"):
        read_set([str(tmp_path / "none.tar")], 0)


def test_cell_colours_are_rounded_to_nearest():
    original = np.zeros((512, 512, 3), np.uint8)
    original[:4, :4] = 200
    original[0, 0] = 207  # 200 + 7 / 16
    original[0, 4] = 8  # 8 / 16
    colors = cell_colors(original)
    assert colors.shape == (128, 128, 3)
    assert (colors[0, 0] == 200).all()
    assert (colors[0, 1] == 1).all()
    assert not colors[1:].any()
    assert not colors[0, 2:].any()


@pytest.mark.parametrize("number", [0, 10, 400])
def test_a_pixel_hint_covers_its_cell_alone(number):
    original = noise(512, 512, 3)
    item = Item("openmoji-1F600", "flats", "openmoji", original, noise(512, 512), True)
    hints = pixel_hints(item, number)
    cells = protocol_cells(item.id, number)
    wanted = np.full(128 * 128, -1)
    wanted[cells] = np.arange(number)
    owner = hints.owner()
    assert np.array_equal(owner, wanted.reshape(128, 128).repeat(4, 0).repeat(4, 1))
    raster = hints.raster(128, 128)
    assert set(np.flatnonzero(raster[..., 3])) == set(cells)
    rows, columns = np.divmod(cells, 128)
    shown = np.rint(raster[rows, columns, :3] * 255)
    assert np.array_equal(shown, cell_colors(original)[rows, columns])


def test_a_region_hint_lies_farthest_from_the_border():
    labels = np.zeros((512, 512), np.int32)
    labels[100:121, 50:71] = 1
    labels[110, 60] = 0  # a hole: of four equal places the first in row order
    labels[:9, 500:] = 2  # the page's edge is a border
    labels[300:306, 300:340] = 3
    colors = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    hints = region_hints(Regions(labels, colors))
    points = [hint.points[0] for hint in hints]
    assert points == [(55.5, 105.5), (504.5, 4.5), (302.5, 302.5)]
    assert [hint.color for hint in hints] == [tuple(color) for color in colors.tolist()]
    owner = hints.owner()
    for place, (x, y) in enumerate(points):
        # The 13 pixels whose centres are within 2 of it.
        assert (owner == place).sum() == 13
        assert owner[int(y) + 2, int(x)] == owner[int(y) + 1, int(x) + 1] == place


def test_no_regions_no_hints():
    nothing = Regions(np.zeros((512, 512), np.int32), np.zeros((0, 3), np.uint8))
    assert len(region_hints(nothing)) == len(nothing) == 0
