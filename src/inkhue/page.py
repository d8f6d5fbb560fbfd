"""A drawing as it comes: any picture file opened as sRGB, its paper, its ink, its lines layer."""

from __future__ import annotations

import io
import math
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps

from inkhue.errors import InkhueError, UsageError

Rgb = tuple[int, int, int]

MAX_PIXELS = 150_000_000
WHITE: Rgb = (255, 255, 255)

# What a drawing comes in. Not everything Pillow knows: EPS would start Ghostscript.
_FORMATS = (
    *("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000", "AVIF"),
    *("PSD", "QOI", "PCX", "SGI", "DIB", "ICO", "TGA"),
)
_PAGED_FORMATS = ("PNG", "GIF", "WEBP", "TIFF", "AVIF")
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


@dataclass(frozen=True, eq=False)
class Page:
    """A drawing, upright and in sRGB.

    Attributes:
        rgb: (H, W, 3) uint8, as it looks over white.
        lines: (H, W, 4) uint8, straight alpha: the drawing with its paper made transparent;
            `over(lines, paper)` is `rgb`, exactly.
        ink: (H, W) float32, 0 = paper, 1 = full ink.
        alpha: (H, W) uint8, the page's own transparency; None if it is opaque everywhere.
        paper: the paper's colour; white whenever every channel is at least 250.
        dpi: dots per inch across and down, None if the file does not say.
        name: what messages call it: the file's name.
        warnings: what the person should know, a line each.
    """

    rgb: NDArray[np.uint8]
    lines: NDArray[np.uint8]
    ink: NDArray[np.float32]
    alpha: NDArray[np.uint8] | None
    paper: Rgb
    dpi: tuple[float, float] | None
    name: str
    warnings: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]


def open_page(
    source: str | os.PathLike[str] | BinaryIO | Image.Image | NDArray[np.uint8],
) -> Page:
    """Open a drawing of any picture mode.

    Sixteen bits are scaled to eight, EXIF rotation is applied, colour profiles are converted to
    sRGB, and of several pictures in one file the first is taken.

    Args:
        source: a path, a binary stream, a Pillow picture, or a uint8 array of shape (H, W),
            (H, W, 3) or (H, W, 4), 1x1 to 150 megapixels.

    Raises:
        InkhueError: it cannot be read, is no picture, is damaged, or is too large.
        UsageError: `source` is of another kind.
    """
    if isinstance(source, (str, os.PathLike)):
        return _open_path(Path(source))
    if isinstance(source, Image.Image):
        return _make_page(source, Path(getattr(source, "filename", None) or "the picture").name)
    if isinstance(source, np.ndarray):
        return _make_page(_from_array(source), "the picture")
    if not isinstance(data := source.read() if hasattr(source, "read") else None, bytes):
        raise UsageError(
            f"no page can be made of {type(source).__name__}: "
            "give a path, a binary stream, a Pillow picture or a uint8 array"
        )
    label = getattr(source, "name", None)
    name = Path(label).name if isinstance(label, str) and label != "<stdin>" else "the input"
    return _make_page(_read_header(io.BytesIO(data), name), name)


def over(layer: NDArray[np.uint8], colour: NDArray[np.uint8] | Rgb) -> NDArray[np.uint8]:
    """Lay a picture with straight alpha over another picture or one colour.

    Args:
        layer: (H, W, 4) uint8.
        colour: (H, W, 3) uint8 or one RGB colour.

    Returns:
        (H, W, 3) uint8, rounded to nearest. Where alpha is 255 it is `layer`, unchanged.
    """
    out = np.empty((*layer.shape[:2], 3), np.uint8)
    below = np.broadcast_to(np.asarray(colour, np.uint8), out.shape)
    for rows in _strips(out):
        alpha = layer[rows, :, 3:].astype(np.uint16)
        out[rows] = (layer[rows, :, :3] * alpha + below[rows] * (255 - alpha) + 127) // 255
    return out


def lines_layer(rgb: NDArray[np.uint8], paper: Rgb) -> NDArray[np.uint8]:
    """Make the paper's colour transparent, as little opaque as gives the picture back.

    Alpha is each pixel's distance to the paper relative to the largest possible distance in that
    direction, the largest of the three channels (white paper: 255 - min(R, G, B)).

    Args:
        rgb: (H, W, 3) uint8.
        paper: the colour that becomes transparent.

    Returns:
        (H, W, 4) uint8, straight alpha; laid `over` the paper it is `rgb`, exactly.
    """
    base = np.array(paper, np.float32)
    alphas = [_rounded(255 * np.abs(_distances(value))) for value in paper]
    out = np.empty((*rgb.shape[:2], 4), np.uint8)
    for rows in _strips(rgb):
        alpha = _largest(alphas, rgb[rows])
        out[rows, :, 3] = alpha
        # Alpha is rounded, so that a colour may lie a little outside; clipped it still is exact.
        stretch = np.float32(255) / np.maximum(alpha, 1).astype(np.float32)
        colour = base + (rgb[rows] - base) * stretch[..., None]
        out[rows, :, :3] = _rounded(colour) * (alpha > 0)[..., None]
    return out


def _distances(paper: float, floor: int = 1) -> NDArray[np.float32]:
    """Return how far each of the 256 values is from the paper's: -1 darkest .. 1 lightest."""
    offset = np.arange(256, dtype=np.float32) - np.float32(paper)
    reach = np.where(offset < 0, max(paper, floor), max(255 - paper, floor))
    return (offset / reach).astype(np.float32)


def _largest(tables: list[NDArray[Any]], rgb: NDArray[np.uint8]) -> NDArray[Any]:
    red, green, blue = (table[rgb[..., i]] for i, table in enumerate(tables))
    largest: NDArray[Any] = np.maximum(np.maximum(red, green), blue)
    return largest


def _rounded(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _strips(picture: NDArray[Any]) -> Iterator[slice]:
    """Cut a picture into bands of about a quarter megapixel: wide numbers need much memory."""
    step = max(1, 2**18 // picture.shape[1])
    return (slice(top, top + step) for top in range(0, picture.shape[0], step))


def _open_path(path: Path) -> Page:
    if path.is_dir():
        raise InkhueError(f"{path} is a folder: name a picture")
    try:
        with path.open("rb") as stream:
            return _make_page(_read_header(stream, path.name), path.name)
    except FileNotFoundError as error:
        raise InkhueError(f"there is no file {path}: check the name") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InkhueError(f"{path} cannot be read: {reason}") from error


def _from_array(array: NDArray[np.uint8]) -> Image.Image:
    fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if array.dtype != np.uint8 or not fits or array.size == 0:
        raise UsageError(
            f"no page can be made of {array.dtype} {array.shape}: "
            "give uint8 (H, W), (H, W, 3) or (H, W, 4)"
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _read_header(stream: BinaryIO, name: str) -> Image.Image:
    """Find the format and the size, decode nothing.

    Not Image.open: its check for bombs has a limit of its own, global, and hides the size.
    """
    start = stream.read(16)
    if not start:
        raise InkhueError(f"{name} is empty (0 bytes): save it again")
    for kind in _FORMATS:
        if kind not in Image.OPEN:
            Image.init()
        factory, accepts = Image.OPEN.get(kind, (None, None))
        try:
            if factory is None or (accepts is not None and accepts(start) is not True):
                continue
            stream.seek(0)
            return factory(stream, "")
        except Image.DecompressionBombError as error:
            raise InkhueError(f"{name} has far too many pixels: scale it down") from error
        except (SyntaxError, IndexError, TypeError, struct.error):
            continue
        except Exception as error:  # damage has as many faces as there are formats
            raise _damaged(name, error) from error
    raise InkhueError(f"{name} is no picture that inkhue can open: save it as PNG")


def _damaged(name: str, error: Exception) -> InkhueError:
    detail = str(error).partition("\n")[0] or type(error).__name__
    return InkhueError(f"{name} is cut off or damaged ({detail}): save it again")


def _make_page(image: Image.Image, name: str) -> Page:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise InkhueError(
            f"{name} is {width}x{height} pixels; "
            f"inkhue opens up to {MAX_PIXELS // 10**6} megapixels: scale it down"
        )
    if width < 1 or height < 1:
        raise InkhueError(f"{name} has no pixels ({width}x{height}): save it again")
    dpi = _dots_per_inch(image)
    try:
        rgb, alpha, warnings = _decode(image, name)
    except MemoryError as error:
        raise InkhueError(f"{name} does not fit into memory: scale it down") from error
    except Exception as error:  # damage has as many faces as there are formats
        raise _damaged(name, error) from error
    del image
    if alpha is None or alpha.min() == 255:
        paper, alpha = _find_paper(rgb), None
        lines, ink = lines_layer(rgb, paper.colour), _measure_ink(rgb, paper)
    else:
        layer = np.dstack([rgb, alpha])
        rgb = over(layer, WHITE)
        paper = _find_paper(rgb)
        if paper.colour != WHITE:
            paper = replace(paper, colour=WHITE, tone=WHITE, light=True)
        if _has_lines_in_alpha(layer):
            lines, ink = layer, alpha.astype(np.float32) / np.float32(255)
        else:
            lines, ink = lines_layer(rgb, WHITE), _measure_ink(rgb, paper)
    if not paper.line_art:
        warnings.append(
            f"{name} looks like no line art (a photo or a painting?): it is coloured all the same"
        )
    return Page(rgb, lines, ink, alpha, paper.colour, dpi, name, tuple(warnings))


def _decode(
    image: Image.Image, name: str
) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None, list[str]]:
    """Return straight RGB (H, W, 3), alpha (H, W) where the mode has one, and warnings."""
    image.load()
    warnings = []
    if image.format in _PAGED_FORMATS and getattr(image, "is_animated", False):
        warnings.append(f"{name} holds several pictures: the first is used")
    profile = image.info.get("icc_profile")
    image = _eight_bits(_upright(image))
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    grey, kept = image.mode in ("1", "L", "LA"), image.mode in ("CMYK", "LAB")
    mode = "L" if grey else image.mode if kept else "RGB"
    alpha = None
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
    if image.mode != mode:
        image = image.convert(mode)
    try:
        image = _to_srgb(image, profile)
    except (ImageCms.PyCMSError, OSError, KeyError, TypeError, ValueError):
        warnings.append(f"{name} has a broken or foreign colour profile: it is ignored")
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB")), alpha, warnings


def _upright(image: Image.Image) -> Image.Image:
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:  # a picture with broken EXIF data is still a picture
        return image


def _dots_per_inch(image: Image.Image) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 1 <= across < 1e5 and 1 <= down < 1e5 else None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale grey of 16 or 32 bits or of real numbers to L; its range is told by its largest."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image), posinf=0)
    ranges = {"I": (255, 65535), "F": (1, 255, 65535)}.get(image.mode, (65535,))
    if image.format in ("PNG", "PPM"):
        ranges = (65535,)
    top = float(values.max())
    full = next((limit for limit in ranges if top <= limit), top)
    out = np.empty(values.shape, np.uint8)
    for rows in _strips(out):
        out[rows] = _rounded(values[rows].astype(np.float32) * np.float32(255 / full))
    return Image.fromarray(out)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert L, RGB, CMYK or LAB by its profile; a picture that is sRGB keeps its pixels."""
    lab = image.mode == "LAB"
    if not (profile or lab):
        return image
    srgb = ImageCms.createProfile("sRGB")
    source = ImageCms.ImageCmsProfile(
        ImageCms.createProfile("LAB") if lab else io.BytesIO(profile or b"")
    )
    mode = "LAB" if lab else _PROFILE_MODES[source.profile.xcolor_space.strip()]
    transform = ImageCms.buildTransform(
        *(source, srgb, mode, "RGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if mode != image.mode:
        raise ValueError(f"a profile for {mode} on a picture of {image.mode}")
    if mode in ("L", "RGB") and _changes_nothing(transform, mode):
        return image
    return ImageCms.applyTransform(image, transform) or image


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tell whether a transform to sRGB is one in name only: rounding must not touch the lines."""
    ramp = np.arange(0, 256, 17, dtype=np.uint8)
    grid = np.stack(np.meshgrid(ramp, ramp, ramp), -1).reshape(64, 64, 3)
    before = Image.fromarray(ramp[None] if mode == "L" else grid)
    after = ImageCms.applyTransform(before, transform)
    change = np.asarray(after, np.int16) - np.asarray(before.convert("RGB"), np.int16)
    return bool(np.abs(change).max() <= 2)


@dataclass(frozen=True)
class _Paper:
    """The paper's colour as it is laid under the lines layer, and as ink is measured from it."""

    colour: Rgb
    tone: Rgb
    light: bool  # whether ink is darker than the paper, not lighter
    line_art: bool


def _find_paper(rgb: NDArray[np.uint8]) -> _Paper:
    """Find the most frequent light colour, or a dark one that covers nearly the whole page."""
    step = max(1, math.isqrt(rgb.shape[0] * rgb.shape[1] // 2**18))
    sample = rgb[::step, ::step]
    shares = _colour_shares(sample)
    lightness = np.indices(shares.shape).mean(axis=0)
    light_shares, dark_shares = shares * (lightness > 15.5), shares * (lightness <= 15.5)
    dark = dark_shares.max() >= max(0.5, 4 * light_shares.max())
    found = dark_shares if dark else light_shares
    if found.max() < 0.15:
        return _Paper(WHITE, WHITE, light=True, line_art=False)
    # A grey tone can cover more of the page than the paper does, but is no lighter.
    enough = found.max() * (1 if dark else 0.5)
    peaks = (found == _with_neighbours(found, np.maximum)) & (found >= enough)
    cell = np.where(peaks, lightness, -1).argmax()
    centre = np.array(np.unravel_index(cell, found.shape)) * 8 + 3.5
    pixels = sample.reshape(-1, 3).astype(np.float32)
    near = pixels[(np.abs(pixels - centre) < 12).all(axis=1)]
    tone = np.median(near, axis=0)
    offset = (pixels - tone).mean(axis=1)
    light = not dark or bool((offset < -24).sum() >= (offset > 24).sum())
    # The far end of the paper's noise, not its middle: what is lighter than the paper can only
    # be given back by nearly opaque white, which would show as specks over the colour.
    colour = _as_rgb(np.percentile(near, 99 if light else 1, axis=0))
    towards_ink = (0 if light else 255) - tone
    along = (pixels - tone) @ towards_ink / max(float(towards_ink @ towards_ink), 1)
    aside = np.linalg.norm(pixels - tone - along[:, None] * towards_ink, axis=1)
    return _Paper(
        colour=WHITE if min(colour) >= 250 else colour,
        tone=_as_rgb(tone),
        light=light,
        line_art=bool((aside > 32).mean() <= 0.15),
    )


def _as_rgb(values: NDArray[Any]) -> Rgb:
    red, green, blue = (round(float(value)) for value in values)
    return red, green, blue


def _colour_shares(sample: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the share of the page near each of 32x32x32 colours; the border counts double."""
    edge = max(1, min(sample.shape[:2]) // 20)
    weights = np.full(sample.shape[:2], 2.0)
    weights[edge:-edge, edge:-edge] = 1
    red, green, blue = np.moveaxis(sample // 8, 2, 0).astype(np.intp)
    cells = (red * 32 + green) * 32 + blue
    counts = np.bincount(cells.ravel(), weights.ravel(), 32**3).reshape(32, 32, 32)
    # Of neighbours that see the same colour, the cell that holds it wins.
    return (_with_neighbours(counts, np.add) + counts / 1024) / float(weights.sum())


def _with_neighbours(cells: NDArray[Any], join: np.ufunc) -> NDArray[Any]:
    """Join each cell with the 26 around it: their sum, or their maximum."""
    joined = np.pad(cells, 1)
    for axis in range(3):
        joined = join(join(joined, np.roll(joined, 1, axis)), np.roll(joined, -1, axis))
    return joined[1:-1, 1:-1, 1:-1]


def _measure_ink(rgb: NDArray[np.uint8], paper: _Paper) -> NDArray[np.float32]:
    """Return (H, W) ink: the distance to the paper's tone on the side where the ink is.

    The other side is noise or opaque white. A channel in which the paper itself is nearly ink
    (blue, on yellow paper) counts little.
    """
    tables = []
    for tone in paper.tone:
        distances = _distances(tone, floor=64)
        distances[max(0, tone - 3) : tone + 4] = 0
        tables.append(np.clip(-distances if paper.light else distances, 0, 1))
    ink = np.empty(rgb.shape[:2], np.float32)
    for rows in _strips(rgb):
        ink[rows] = _largest(tables, rgb[rows])
    return ink


def _has_lines_in_alpha(layer: NDArray[np.uint8]) -> bool:
    """Tell lines on nothing from a figure that was cut out and brings its own paper."""
    visible = layer[..., 3] >= 128
    paper_light = visible & (layer[..., :3].min(axis=2) >= 230)
    seen = int(visible.sum())
    return seen <= 0.9 * visible.size and 2 * int(paper_light.sum()) < max(seen, 1)
