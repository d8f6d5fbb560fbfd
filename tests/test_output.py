"""Writing results: formats, and files that are written whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import stat
import sys

import numpy as np
import pytest
from PIL import Image, ImageCms

from inkhue.errors import InkhueError, UsageError
from inkhue.output import encode_picture, replacing, save_picture
from inkhue.page import open_page


@pytest.fixture
def picture(rng) -> np.ndarray:
    return rng.integers(0, 256, (24, 40, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".PNG", ".webp", ".tif", ".tiff"])
@pytest.mark.parametrize("channels", [None, 3, 4])
def test_what_is_written_is_read_back(suffix, channels, rng, tmp_path):
    shape = (24, 40) if channels is None else (24, 40, channels)
    picture = rng.integers(0, 256, shape, np.uint8)
    save_picture(picture, tmp_path / f"out{suffix}")
    back = Image.open(tmp_path / f"out{suffix}")
    if channels is None and suffix == ".webp":
        back = back.convert("L")
    assert np.array_equal(back, picture)
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


def test_jpeg_is_of_high_quality_without_chroma_loss(tmp_path):
    picture = np.full((32, 32, 3), 255, np.uint8)
    picture[:, ::2] = (200, 30, 30)
    save_picture(picture, tmp_path / "out.jpg")
    back = np.asarray(Image.open(tmp_path / "out.jpg"), int)
    assert np.abs(back - picture).mean() < 4


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tiff", ".jpg"])
def test_colour_is_tagged_srgb(suffix, picture):
    image = Image.open(io.BytesIO(encode_picture(picture, suffix, (300, 300))))
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    if suffix != ".webp":
        assert tuple(map(float, image.info["dpi"])) == pytest.approx((300, 300), abs=0.02)


def test_the_same_picture_is_the_same_file(picture):
    assert encode_picture(picture, ".png") == encode_picture(picture, "png")


def test_a_result_opens_as_the_same_page(picture, tmp_path):
    save_picture(picture, tmp_path / "a.png", dpi=(600, 600))
    page = open_page(tmp_path / "a.png")
    assert np.array_equal(page.rgb, picture)
    assert page.dpi == pytest.approx((600, 600), abs=0.02)


@pytest.mark.parametrize("suffix", ["", ".bmp", ".psd", ".pgn"])
def test_other_suffixes_name_the_four(suffix, picture, tmp_path):
    with pytest.raises(UsageError, match=r"\.png, \.webp, \.tiff or \.jpeg"):
        save_picture(picture, tmp_path / f"out{suffix}")
    assert not list(tmp_path.iterdir())


def test_jpeg_keeps_no_transparency(tmp_path):
    with pytest.raises(UsageError, match="keeps no transparency"):
        save_picture(np.zeros((4, 4, 4), np.uint8), tmp_path / "out.jpg")


def test_too_long_for_webp():
    with pytest.raises(UsageError, match=r"20000x1 pixels are too many for WEBP .*\.png"):
        encode_picture(np.zeros((1, 20000, 3), np.uint8), ".webp")


def test_an_existing_file_is_left_alone_without_force(picture, tmp_path):
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    with pytest.raises(UsageError, match=r"out\.png exists: .*--force"):
        save_picture(picture, out)
    assert out.read_bytes() == b"precious"
    save_picture(picture, out, force=True)
    assert np.array_equal(Image.open(out), picture)


def write_half(out, before_the_end, *, force=False) -> None:
    """Write a part of a file, then do something."""
    with replacing(out, force=force) as temporary:
        assert temporary.parent == out.parent
        assert temporary.suffix == out.suffix
        temporary.write_bytes(b"half")
        before_the_end()


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path):
    out = tmp_path / "out.png"
    with pytest.raises(UsageError, match="exists"):
        write_half(out, lambda: out.write_bytes(b"precious"))
    assert out.read_bytes() == b"precious"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, UsageError])
def test_nothing_is_left_after_a_failure(error, tmp_path):
    def fail():
        raise error

    out = tmp_path / "out.png"
    out.write_bytes(b"old")
    with pytest.raises(error):
        write_half(out, fail, force=True)
    assert out.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk(tmp_path):
    def fail():
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(InkhueError, match=r"cannot write .*out\.png: the disk is full"):
        write_half(tmp_path / "out.png", fail)
    assert not list(tmp_path.iterdir())


def test_no_folder_and_a_folder_for_a_file(picture, tmp_path):
    with pytest.raises(InkhueError, match="there is no folder"):
        save_picture(picture, tmp_path / "missing" / "out.png")
    with pytest.raises(UsageError, match="is a folder"):
        save_picture(picture, tmp_path, force=True)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InkhueError, match="cannot write"):
        save_picture(picture, tmp_path / "file" / "out.png")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_permissions(picture, tmp_path):
    save_picture(picture, tmp_path / "out.png")
    (tmp_path / "plain").write_bytes(b"")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InkhueError, match="no permission"):
            save_picture(picture, tmp_path / "other.png")
    finally:
        tmp_path.chmod(0o700)
