"""Opening drawings: every mode, the paper, the lines layer, and what is no drawing."""

from __future__ import annotations

import contextlib
import io
import struct
import tarfile
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageCms, ImageDraw

from inkhue.errors import InkhueError, UsageError
from inkhue.page import Page, lines_layer, open_page, over
from inkhue.pixels import WHITE

pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 7), st.integers(1, 7), st.just(3)))
cutouts = hnp.arrays(np.uint8, st.tuples(st.integers(1, 7), st.integers(1, 7), st.just(4)))
colours = st.tuples(*[st.integers(0, 255)] * 3)


def drawing(paper=(255, 255, 255), ink=(0, 0, 0), size=(96, 64)) -> Image.Image:
    """A few strokes of different weight on paper."""
    image = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(image)
    draw.ellipse((10, 8, 50, 56), outline=ink, width=2)
    draw.line((0, 60, size[0], 5), fill=ink, width=1)
    draw.rectangle((60, 30, 80, 50), fill=ink)
    return image


def noisy(image: Image.Image, rng: np.random.Generator, amount: float) -> np.ndarray:
    picture = np.asarray(image) + rng.normal(0, amount, (*image.size[::-1], 1))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def as_file(image: Image.Image, kind: str = "PNG", **options) -> io.BytesIO:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    stream.seek(0)
    return stream


def png_header(width: int, height: int) -> bytes:
    """The start of a PNG that says it is so large, without its pixels."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body
    return header + struct.pack(">I", zlib.crc32(body)) + struct.pack(">I", 999) + b"IDAT" + b"x"


def assert_gives_itself_back(page: Page) -> None:
    assert np.array_equal(over(page.lines, page.paper), page.rgb)


# Picture modes


@pytest.mark.parametrize(
    ("mode", "tolerance"),
    [
        *[(mode, 0) for mode in ("1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX")],
        *[(mode, 0) for mode in ("I", "F", "I;16")],
        *[("CMYK", 0), ("YCbCr", 1), ("HSV", 0), ("LAB", 2)],
    ],
)
def test_every_mode_shows_the_same_drawing(mode, tolerance):
    source = drawing()
    if mode == "LAB":
        source = ImageCms.profileToProfile(
            *(source, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")),
            outputMode="LAB",
        )
    elif mode == "I;16":
        source = Image.fromarray(np.asarray(source.convert("L")).astype(np.uint16) * 257)
    elif mode in ("La", "RGBa"):
        source = source.convert(mode.upper()).convert(mode)
    elif mode == "PA":
        source = source.convert("P").convert("PA")
    else:
        source = source.convert("L").convert(mode) if mode in ("1", "I", "F") else source
        source = source.convert(mode)
    assert source.mode == mode
    page = open_page(source)
    difference = np.abs(page.rgb.astype(int) - np.asarray(drawing()))
    assert difference.max() <= tolerance
    assert page.alpha is None
    assert page.paper == WHITE
    assert page.rgb.dtype == page.lines.dtype == np.uint8
    assert page.ink.dtype == np.float32
    assert_gives_itself_back(page)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_and_rounded(kind):
    grey = np.linspace(0, 65535, 5000).astype(np.uint16).reshape(50, 100)
    page = open_page(as_file(Image.fromarray(grey), kind))
    assert np.array_equal(page.rgb[..., 1], np.rint(grey / 257).astype(np.uint8))


def test_a_dark_sixteen_bit_png_stays_dark():
    page = open_page(as_file(Image.fromarray(np.full((4, 4), 200, np.uint16))))
    assert page.rgb.max() == 1


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0])
def test_real_numbers_of_any_range(top):
    values = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    page = open_page(Image.fromarray(values))
    assert np.array_equal(page.rgb[..., 0].ravel(), np.arange(256))


def test_not_a_number_is_black_at_worst():
    values = np.array([[np.nan, 1.0], [-3.0, 0.5]], np.float32)
    assert open_page(Image.fromarray(values)).rgb[..., 0].tolist() == [[0, 255], [0, 128]]


def test_palette_with_a_transparent_colour():
    image = drawing().quantize(4)
    white = image.getpixel((0, 0))
    page = open_page(as_file(image, transparency=white))
    assert np.array_equal(page.rgb, drawing())
    assert page.alpha is not None
    assert page.alpha[0, 0] == 0
    assert page.ink[40, 70] == 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation(orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = drawing().transpose(undo[orientation]) if orientation > 1 else drawing()
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = open_page(as_file(stored, exif=exif))
    assert np.array_equal(page.rgb, drawing())
    assert page.size == (96, 64)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_no_matter():
    page = open_page(as_file(drawing(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    assert np.array_equal(page.rgb, drawing())


# Colour profiles


def srgb_bytes() -> bytearray:
    return bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def test_a_picture_that_is_srgb_keeps_its_pixels(rng):
    picture = rng.integers(0, 256, (64, 64, 3), np.uint8)
    page = open_page(as_file(Image.fromarray(picture), icc_profile=bytes(srgb_bytes())))
    assert np.array_equal(page.rgb, picture)
    assert not any("profile" in line for line in page.warnings)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_another_profile_is_converted(mode):
    profile = srgb_bytes()
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    image = drawing(ink=(255, 0, 0)).convert(mode)
    page = open_page(as_file(image, icc_profile=bytes(profile)))
    assert np.abs(page.rgb[40, 70].astype(int) - (0, 0, 255)).max() <= 3
    assert np.array_equal(page.rgb[0, 0], WHITE)
    assert page.warnings == ()


@pytest.mark.parametrize(
    ("mode", "profile"), [("RGB", b"no profile"), ("CMYK", bytes(srgb_bytes()))]
)
def test_a_useless_profile_is_ignored_with_a_warning(mode, profile):
    kind = "PNG" if mode == "RGB" else "TIFF"
    page = open_page(as_file(drawing().convert(mode), kind, icc_profile=profile))
    assert np.array_equal(page.rgb, drawing())
    assert len(page.warnings) == 1
    assert "profile" in page.warnings[0]


def test_grey_with_a_colour_profile():
    page = open_page(as_file(drawing().convert("L"), icc_profile=bytes(srgb_bytes())))
    assert np.array_equal(page.rgb, drawing())
    assert page.warnings == ()


# Where a page comes from


def test_all_sources_give_the_same_page(tmp_path):
    path = tmp_path / "fox.png"
    drawing().save(path, dpi=(300, 300))
    pages = [
        *[open_page(path), open_page(str(path)), open_page(io.BytesIO(path.read_bytes()))],
        *[open_page(drawing()), open_page(np.asarray(drawing()))],
        open_page(np.asarray(drawing().convert("L"))),
    ]
    with path.open("rb") as stream:
        pages.append(open_page(stream))
    for page in pages:
        assert np.array_equal(page.rgb, pages[0].rgb)
        assert np.array_equal(page.lines, pages[0].lines)
    assert [page.name for page in pages] == [
        *["fox.png", "fox.png", "the input", "the picture", "the picture", "the picture"],
        "fox.png",
    ]
    assert pages[0].dpi == pytest.approx((300, 300), abs=0.02)
    assert pages[3].dpi is None


def test_the_callers_picture_is_left_alone():
    image = drawing().convert("RGBA")
    image.getexif()[0x0112] = 6
    before = image.copy()
    assert open_page(image).size == (64, 96)
    assert image.size == (96, 64)
    assert np.array_equal(image, before)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_pictures_the_first_is_used(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    second = Image.new("RGB", (96, 64), (90, 90, 90))
    stream = as_file(drawing(), kind, save_all=True, append_images=[second], **options)
    page = open_page(stream)
    assert np.array_equal(page.rgb, drawing())
    assert page.warnings == ("the input holds several pictures: the first is used",)


@pytest.mark.parametrize(
    "source",
    [
        3,
        b"bytes",
        None,
        io.StringIO("text"),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_what_is_no_source(source):
    with pytest.raises(UsageError, match="no page can be made of"):
        open_page(source)


# Bad input


def refused(source) -> str:
    """The one line that opening gives."""
    with pytest.raises(InkhueError) as caught:
        open_page(source)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_files_that_are_no_picture(tmp_path):
    (tmp_path / "notes.png").write_text("this is a list of things to draw")
    (tmp_path / "nothing.png").write_bytes(b"")
    assert "notes.png is no picture" in refused(tmp_path / "notes.png")
    assert "nothing.png is empty" in refused(tmp_path / "nothing.png")
    assert "there is no file" in refused(tmp_path / "missing.png")
    assert "missing.png" in refused(tmp_path / "missing.png")
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read" in refused("bad\0name.png")


def test_bombs_are_refused_by_their_header(tmp_path):
    limit = Image.MAX_IMAGE_PIXELS
    (tmp_path / "bomb.png").write_bytes(png_header(30000, 20000))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert refused(tmp_path / "bomb.png") == (
            "bomb.png is 30000x20000 pixels; inkhue opens up to 150 megapixels: scale it down"
        )
        # Within our limit, beyond Pillow's: it is refused for its missing pixels alone.
        assert "cut off or damaged" in refused(io.BytesIO(png_header(12000, 8000)))
    assert limit == Image.MAX_IMAGE_PIXELS


def test_no_pixels():
    assert "pixels" in refused(Image.new("RGB", (0, 5)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "PPM", "TGA"])
def test_a_file_cut_off_anywhere(kind):
    whole = as_file(drawing(), kind).getvalue()
    for length in np.linspace(1, len(whole) * 3 // 4, 40).astype(int):
        assert "the input is " in refused(io.BytesIO(whole[:length]))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_bytes_end_in_an_error_or_a_page(kind, rng):
    whole = as_file(drawing(), kind).getvalue()
    for _ in range(60):
        damaged = bytearray(whole)
        for place in rng.integers(0, min(len(whole), 200), 3):
            damaged[place] = rng.integers(256)
        with contextlib.suppress(InkhueError):
            assert_gives_itself_back(open_page(io.BytesIO(bytes(damaged))))


# The paper and the ink


@pytest.mark.parametrize("shade", [0, 7, 128, 251, 255])
def test_one_pixel_and_blank_pages(shade):
    for size in ((1, 1), (1, 9), (40, 1), (30, 30)):
        page = open_page(Image.new("L", size, shade))
        assert page.paper == (WHITE if shade >= 250 else (shade,) * 3)
        assert page.ink.shape == size[::-1]
        assert page.ink.max() == 0
        assert page.warnings == ()
        assert_gives_itself_back(page)


@pytest.mark.parametrize("paper", [(255, 255, 255), (244, 236, 214), (190, 160, 120), (30, 60, 45)])
def test_clean_paper_is_found_exactly(paper):
    light = sum(paper) > 380
    page = open_page(drawing(paper, ink=(10, 5, 8) if light else (255, 255, 255)))
    assert page.paper == paper
    assert np.all(page.lines[0, 0] == 0)
    assert page.ink[0, 0] == 0
    assert page.ink[40, 70] > 0.9
    assert page.warnings == ()
    assert_gives_itself_back(page)


def test_nearly_white_paper_counts_as_white_and_has_no_ink():
    page = open_page(drawing((252, 250, 251)))
    assert page.paper == WHITE
    assert page.ink[0, 0] == 0
    assert page.ink[40, 70] == 1
    assert page.lines[0, 0, 3] == 5


def test_scanned_paper(rng):
    page = open_page(noisy(drawing((235, 225, 205), size=(300, 200)), rng, 3))
    blank = page.ink[100:, 100:]
    assert np.abs(np.subtract(page.paper, (235, 225, 205))).max() <= 10
    assert (blank > 0).mean() < 0.4
    assert blank.max() < 0.08
    # Grain that is lighter than the paper would show as specks over the colour.
    assert np.percentile(page.lines[100:, 100:, 3], 98) < 25
    assert page.ink[40, 70] > 0.95
    assert_gives_itself_back(page)


def test_white_chalk_on_black(rng):
    page = open_page(noisy(drawing((20, 22, 24), ink=(245, 245, 245)), rng, 2))
    assert max(page.paper) < 35
    assert page.ink[40, 70] > 0.9
    assert page.ink[0, :20].max() < 0.05
    assert page.warnings == ()


def test_solid_black_is_not_taken_for_paper():
    image = drawing()
    ImageDraw.Draw(image).rectangle((8, 6, 88, 50), fill=(0, 0, 0))
    assert (np.asarray(image) == 0).mean() > 0.5
    assert open_page(image).paper == WHITE


def test_a_grey_tone_is_not_taken_for_paper():
    image = Image.new("RGB", (100, 100), (190, 190, 190))
    ImageDraw.Draw(image).rectangle((0, 60, 99, 99), fill=(255, 255, 255))
    assert open_page(image).paper == WHITE


def test_white_paint_on_toned_paper_is_no_ink():
    image = drawing((200, 180, 150))
    ImageDraw.Draw(image).ellipse((62, 2, 74, 14), fill=(255, 255, 255))
    page = open_page(image)
    assert page.paper == (200, 180, 150)
    assert page.ink[8, 68] == 0
    assert page.lines[8, 68].tolist() == [255, 255, 255, 255]


# The lines layer


@settings(max_examples=150, deadline=None)
@given(pictures, colours)
def test_lines_over_their_paper_are_the_page(rgb, paper):
    assert np.array_equal(over(lines_layer(rgb, paper), paper), rgb)


@settings(max_examples=100, deadline=None)
@given(pictures, colours)
def test_alpha_is_the_largest_relative_distance(rgb, paper):
    value, base = rgb.astype(np.float64), np.array(paper, np.float64)
    reach = np.where(value < base, base, 255 - base)
    expected = 255 * np.abs(value - base) / np.maximum(reach, 1)
    layer = lines_layer(rgb, paper)
    assert np.abs(layer[..., 3] - expected.max(axis=2)).max() <= 0.501
    assert np.array_equal(lines_layer(rgb, WHITE)[..., 3], 255 - rgb.min(axis=2))


def test_every_value_on_every_paper_comes_back():
    value, paper = np.meshgrid(np.arange(256), np.arange(256))
    for shade in range(256):
        rgb = np.stack([value[shade], value[shade], (value[shade] * 7 + shade) % 256], -1)
        rgb = rgb[None].astype(np.uint8)
        base = (int(paper[shade, 0]), 255 - shade, shade // 2)
        assert np.array_equal(over(lines_layer(rgb, base), base), rgb)


@given(pictures, colours, colours)
def test_full_ink_is_unchanged_over_any_colour(rgb, paper, colour):
    layer = lines_layer(rgb, paper)
    full = layer[..., 3] == 255
    assert np.array_equal(over(layer, colour)[full], rgb[full])


@given(cutouts, colours)
def test_over_rounds_to_nearest(layer, colour):
    alpha = layer[..., 3:] / 255
    exact = layer[..., :3] * alpha + np.array(colour) * (1 - alpha)
    assert np.abs(over(layer, colour) - exact).max() <= 0.5 + 1e-9
    picture = np.broadcast_to(np.array(colour, np.uint8), (*layer.shape[:2], 3))
    assert np.array_equal(over(layer, picture), over(layer, colour))


# Transparency


@given(cutouts)
@settings(deadline=None)
def test_any_page_with_alpha_is_its_lines_over_white(rgba):
    page = open_page(rgba)
    assert_gives_itself_back(page)
    assert np.array_equal(page.rgb, over(rgba, WHITE))
    assert 0 <= page.ink.min() <= page.ink.max() <= 1


def test_lines_in_alpha():
    grey = np.asarray(drawing().convert("L"))
    rgba = np.zeros((64, 96, 4), np.uint8)
    rgba[..., :3] = (20, 10, 60)
    rgba[..., 3] = 255 - grey // 2 * 2
    page = open_page(rgba)
    assert np.array_equal(page.lines, rgba)
    assert np.array_equal(page.alpha, rgba[..., 3])
    assert np.array_equal(page.ink, rgba[..., 3].astype(np.float32) / np.float32(255))
    assert page.paper == WHITE
    assert_gives_itself_back(page)


def test_soft_lines_in_alpha():
    rgba = np.zeros((20, 20, 4), np.uint8)
    rgba[10, :, 3] = 90
    page = open_page(rgba)
    assert np.array_equal(page.lines, rgba)
    assert page.ink[10, 3] == pytest.approx(90 / 255)


def test_a_figure_that_was_cut_out_brings_its_paper():
    rgba = np.asarray(drawing().convert("RGBA")).copy()
    rgba[:, 82:, 3] = 0
    rgba[:, 81, 3] = 128
    page = open_page(rgba)
    assert page.ink[5, 60] == 0
    assert page.ink[40, 70] == 1
    assert page.lines[5, 60, 3] == 0
    assert not page.lines[:, 82:, 3].any()
    assert (page.lines[..., 3] <= rgba[..., 3]).all()
    assert np.array_equal(page.alpha, rgba[..., 3])
    assert_gives_itself_back(page)


# What is no line art


def smooth(rng: np.random.Generator) -> np.ndarray:
    small = Image.fromarray(rng.integers(0, 256, (5, 6, 3), np.uint8))
    return np.asarray(small.resize((240, 200), Image.Resampling.BICUBIC))


def test_photos_and_paintings_are_opened_with_a_warning(rng):
    down, across = np.mgrid[0:200, 0:240]
    photos = [
        smooth(rng),
        rng.integers(0, 256, (200, 240, 3), np.uint8),
        np.stack([down, across, 255 - down], -1).astype(np.uint8),
        (down * 1.2).astype(np.uint8),
    ]
    for photo in photos:
        page = open_page(photo)
        assert [line.count("looks like no line art") for line in page.warnings] == [1]
        assert_gives_itself_back(page)


def test_colour_art_gets_the_warning_mostly_and_its_lines_never(art):
    painted, lines = [], []
    with tarfile.open(art / "val.tar") as shard:
        names = [name for name in shard.getnames() if name.endswith(".webp")]
        for name in names[::9]:
            stream = shard.extractfile(name)
            assert stream is not None
            page = open_page(io.BytesIO(stream.read()))
            (lines if ".line." in name else painted).append(bool(page.warnings))
    assert np.mean(painted) > 0.7
    assert not any(lines)


def test_real_drawings_give_themselves_back(lineart: Path):
    for path in sorted(lineart.glob("*.webp"))[::4]:
        page = open_page(path)
        assert page.warnings == ()
        assert page.paper == WHITE
        assert_gives_itself_back(page)
