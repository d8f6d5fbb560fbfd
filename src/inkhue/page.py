"""A drawing as it comes: any picture file opened as sRGB, its paper, its ink, its lines layer."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkhue.decode import damaged, decode, dots_per_inch, read_header
from inkhue.errors import InkhueError, UsageError
from inkhue.paper import distances, find_paper, has_lines_in_alpha, largest, measure_ink
from inkhue.pixels import MAX_PIXELS, WHITE, Rgb, rounded, strips


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

    @cached_property
    def line(self) -> NDArray[np.uint8]:
        """The ink as line art, (H, W) uint8: 0 = full ink, 255 = paper."""
        line = np.empty(self.ink.shape, np.uint8)
        for rows in strips(line):
            line[rows] = rounded(255 * (1 - self.ink[rows]))
        return line

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
    return _make_page(read_header(io.BytesIO(data), name), name)


def over(layer: NDArray[np.uint8], colour: NDArray[np.uint8] | Rgb) -> NDArray[np.uint8]:
    """Lay a picture with straight alpha over another picture or one colour.

    Args:
        layer: (H, W, 4) uint8.
        colour: (H, W, 3) uint8 or one RGB colour.

    Returns:
        (H, W, 3) uint8, rounded to nearest. Where alpha is 255 it is `layer`, unchanged.
    """
    out = np.empty((*layer.shape[:2], 3), np.uint8)
    out[...] = np.asarray(colour, np.uint8)
    for rows in strips(out):
        flat, inks = out[rows].reshape(-1, 3), layer[rows].reshape(-1, 4)
        at = np.flatnonzero(inks[:, 3])  # most of a drawing is paper
        ink = inks.take(at, 0).astype(np.uint16)
        alpha = ink[:, 3:]
        below = flat.take(at, 0).astype(np.uint16)
        sums = ink[:, :3] * alpha + below * (np.uint16(255) - alpha) + np.uint16(128)
        flat[at] = (sums + (sums >> 8)) >> 8  # a division by 255, rounded to nearest
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
    alphas = [rounded(255 * np.abs(distances(value))) for value in paper]
    out = np.zeros((*rgb.shape[:2], 4), np.uint8)
    for rows in strips(rgb):
        alpha = largest(alphas, rgb[rows])
        planes = cv2.split(rgb[rows])
        # Full ink has its own colour.
        between = np.flatnonzero((alpha > 0) & (alpha < 255))
        stretch = np.float32(255) / alpha.take(between).astype(np.float32)
        for plane, value in zip(planes, paper, strict=True):
            base = np.float32(value)
            # Alpha is rounded, so that a colour may lie a little outside; clipped it still is
            # exact.
            plane.reshape(-1)[between] = rounded(base + (plane.take(between) - base) * stretch)
        layer = cv2.merge([*planes, alpha]).reshape(out[rows].shape)
        cv2.copyTo(layer, alpha, out[rows])
    return out


def _open_path(path: Path) -> Page:
    if path.is_dir():
        raise InkhueError(f"{path} is a folder: name a picture")
    try:
        with path.open("rb") as stream:
            return _make_page(read_header(stream, path.name), path.name)
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


def _make_page(image: Image.Image, name: str) -> Page:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise InkhueError(
            f"{name} is {width}x{height} pixels; "
            f"inkhue opens up to {MAX_PIXELS // 10**6} megapixels: scale it down"
        )
    if width < 1 or height < 1:
        raise InkhueError(f"{name} has no pixels ({width}x{height}): save it again")
    dpi = dots_per_inch(image)
    try:
        rgb, alpha, warnings = decode(image, name)
    except MemoryError as error:
        raise InkhueError(f"{name} does not fit into memory: scale it down") from error
    except Exception as error:  # damage has as many faces as there are formats
        raise damaged(name, error) from error
    del image
    if alpha is None or alpha.min() == 255:
        paper, alpha = find_paper(rgb), None
        lines, ink = lines_layer(rgb, paper.colour), measure_ink(rgb, paper)
    else:
        layer = np.dstack([rgb, alpha])
        rgb = over(layer, WHITE)
        paper = find_paper(rgb)
        if paper.colour != WHITE:
            paper = replace(paper, colour=WHITE, tone=WHITE, light=True)
        if has_lines_in_alpha(layer):
            lines, ink = layer, alpha.astype(np.float32) / np.float32(255)
        else:
            lines, ink = lines_layer(rgb, WHITE), measure_ink(rgb, paper)
    if not paper.line_art:
        warnings.append(
            f"{name} looks like no line art (a photo or a painting?): it is coloured all the same"
        )
    return Page(rgb, lines, ink, alpha, paper.colour, dpi, name, tuple(warnings))
