"""Shards: tar files and folders, whole and broken."""

from __future__ import annotations

import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

fsspec = pytest.importorskip("fsspec")

from inkhue.data.shards import read_shards  # noqa: E402
from inkhue.errors import InkhueError  # noqa: E402


def picture_bytes(value=200, mode="RGB", kind="PNG"):
    buffer = io.BytesIO()
    Image.new(mode, (8, 6), value).save(buffer, kind, lossless=True)
    return buffer.getvalue()


FILES = {
    "b.webp": picture_bytes((250, 20, 30), kind="WEBP"),
    "b.line.webp": picture_bytes((0, 0, 0), kind="WEBP"),
    "b.json": json.dumps({"title": "B", "year": 1900}).encode(),
    "a.png": picture_bytes((10, 20, 30)),
    "readme.txt": b"no picture",
    "c.json": b"{}",  # facts without a picture
}


def tar_bytes(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def shard(tmp_path):
    path = tmp_path / "some.tar"
    path.write_bytes(tar_bytes(FILES))
    return path


def write_folder(folder, files):
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def assert_one_line(error, *parts):
    text = str(error.value)
    assert "\n" not in text
    for part in parts:
        assert str(part) in text


def check(pictures):
    assert sorted(p.id for p in pictures) == ["a", "b"]
    a, b = sorted(pictures, key=lambda p: p.id)
    assert a.line() is None
    assert a.meta == {}
    assert np.array_equal(a.rgb(), np.full((6, 8, 3), (10, 20, 30), np.uint8))
    assert b.meta == {"title": "B", "year": "1900"}
    assert b.rgb()[0, 0].tolist() == [250, 20, 30]
    assert b.line().shape == (6, 8)
    assert not b.line().any()


def test_a_tar_file(shard):
    check(read_shards([str(shard)]))


def test_a_folder_of_pictures(tmp_path):
    check(read_shards([str(write_folder(tmp_path / "art", FILES))]))


def test_a_folder_of_tar_files_in_order(tmp_path, shard):
    other = tmp_path / "0.tar"
    other.write_bytes(tar_bytes({"z.png": FILES["a.png"]}))
    assert [p.id for p in read_shards([str(tmp_path)])] == ["z", "b", "a"]


def test_an_address_of_any_file_system():
    system = fsspec.filesystem("memory")
    system.pipe("/inkhue-test/x.tar", tar_bytes(FILES))
    try:
        check(read_shards(["memory://inkhue-test/x.tar"]))
        check(read_shards(["memory://inkhue-test"]))
    finally:
        system.rm("/inkhue-test", recursive=True)


def test_several_addresses(shard):
    assert len(read_shards([str(shard), str(shard)])) == 4


def test_transparency_lies_over_white(tmp_path):
    data = picture_bytes((0, 0, 0, 0), "RGBA")
    half = picture_bytes((0, 0, 0, 128), "RGBA")
    folder = write_folder(tmp_path / "art", {"clear.png": data, "half.png": half})
    clear, grey = read_shards([str(folder)])
    assert (clear.rgb() == 255).all()
    assert (grey.rgb() == 127).all()


def test_a_missing_address(tmp_path):
    with pytest.raises(InkhueError) as error:
        read_shards([str(tmp_path / "none.tar")])
    assert_one_line(error, "none.tar", "no such file")


def test_an_unknown_file_system():
    with pytest.raises(InkhueError) as error:
        read_shards(["nosuch://place/x.tar"])
    assert_one_line(error, "nosuch://place/x.tar")


def test_an_empty_tar_and_an_empty_folder(tmp_path):
    (tmp_path / "e.tar").write_bytes(tar_bytes({}))
    (tmp_path / "void").mkdir()
    for address in ("e.tar", "void"):
        with pytest.raises(InkhueError) as error:
            read_shards([str(tmp_path / address)])
        assert_one_line(error, address, "no pictures")


def test_a_file_that_is_no_tar(tmp_path):
    path = tmp_path / "x.tar"
    path.write_bytes(b"hello" * 300)
    with pytest.raises(InkhueError) as error:
        read_shards([str(path)])
    assert_one_line(error, "x.tar", "no whole tar")


@pytest.mark.parametrize(
    "length",
    [
        100,
        512 + 20,
        1024,
        1024 + 100,
        1024 + 512 + 20,
    ],
)
def test_a_tar_that_is_cut_off(shard, length):
    """Within the first header and data, after them, and within the second header and data."""
    shard.write_bytes(shard.read_bytes()[:length])
    with pytest.raises(InkhueError) as error:
        read_shards([str(shard)])
    assert_one_line(error, "some.tar", "no whole tar")


@pytest.mark.parametrize("text", [b"{", b"[1]", b"\xff\xfe"])
def test_facts_that_are_no_json_object(tmp_path, text):
    folder = write_folder(tmp_path / "art", {"a.png": FILES["a.png"], "a.json": text})
    with pytest.raises(InkhueError) as error:
        read_shards([str(folder)])
    assert_one_line(error, "a.json", "art")


@pytest.mark.parametrize("data", [b"", b"no picture", FILES["a.png"][:45], FILES["b.webp"][:20]])
def test_a_broken_picture_names_its_shard_when_it_is_opened(tmp_path, data):
    folder = write_folder(tmp_path / "art", {"bad.png": data})
    (picture,) = read_shards([str(folder)])
    with pytest.raises(InkhueError) as error:
        picture.rgb()
    assert_one_line(error, "art", "'bad'", "broken")


def test_the_project_s_art(art):
    pictures = read_shards([str(art / "flats.tar")])
    assert len({p.id for p in pictures}) == len(pictures) > 400
    some = pictures[0]
    assert some.line().shape == some.rgb().shape[:2]
    assert some.meta["license"]


def test_one_name_in_two_folders_is_two_pictures(tmp_path):
    from PIL import Image

    for folder, color in (("a", "red"), ("b", "blue")):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (8, 8), color).save(tmp_path / folder / "p.png")
    (tmp_path / ".hidden.tar").write_bytes(b"left by a kill")
    found = {p.id: tuple(p.rgb()[0, 0]) for p in read_shards([str(tmp_path)])}
    assert found == {"a/p": (255, 0, 0), "b/p": (0, 0, 255)}
