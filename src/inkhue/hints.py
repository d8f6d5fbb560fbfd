"""Colour hints: check them, place them on the page and on the network's grid, draw them.

Coordinates are pixels of the page: origin at the top left corner, pixel (i, j) covers
[i, i + 1) x [j, j + 1), x to the right. Later hints lie over earlier ones.
"""

from __future__ import annotations

import math
import operator
import os
import re
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError
from inkhue.hint_pixels import Stroke, paint_strokes, pooled, scaled, spans
from inkhue.pixels import WHITE, Rgb

MAX_HINTS = 100_000
EXAMPLE = "write X,Y,#RRGGBB or X,Y,#RRGGBB,RADIUS, such as 120,80,#f4c2a0,6"


@dataclass(frozen=True, eq=False)
class Mask:
    """The pixels of a hint that was painted: a crop of the page at (x, y).

    pixels: (h, w) bool, at least one of them True.
    """

    x: int
    y: int
    pixels: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Hint:
    """A dot (one point), a stroke (several) or a painted area (a mask) of one colour.

    A dot or stroke covers every pixel whose centre is within `radius` (page pixels, 0 or more)
    of it, and at least the pixel that holds each point. `color` None is "transparent". With a
    mask, the mask alone says what is covered; `points` is then its first pixel's centre.
    UsageError if a value makes no sense.
    """

    points: tuple[tuple[float, float], ...]
    color: Rgb | None
    radius: float
    name: str | None = None
    mask: Mask | None = None

    def __post_init__(self) -> None:
        points = tuple((float(x), float(y)) for x, y in self.points)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "radius", float(self.radius))
        if not points:
            raise UsageError("has no points; give at least one [x, y]")
        if not all(map(math.isfinite, (number for point in points for number in point))):
            raise UsageError("a point is not finite; give numbers of pixels")
        if not 0 <= self.radius < math.inf:
            raise UsageError(f"radius {self.radius:.10g}; give pixels, 0 or more")
        if self.color is not None:
            red, green, blue = map(operator.index, self.color)
            object.__setattr__(self, "color", (red, green, blue))
            if not 0 <= min(red, green, blue) <= max(red, green, blue) <= 255:
                raise UsageError(f"colour {self.color}; give three numbers from 0 to 255")
        if self.mask is not None and not self.mask.pixels.any():
            raise UsageError("its mask is empty; give at least one pixel")


@dataclass(frozen=True, eq=False)
class Hints:
    """The hints of a page of width x height pixels, in the order they were given.

    A point exactly on the right or lower edge counts as the last pixel. UsageError for a hint
    outside the page, more than MAX_HINTS hints, or a size that is not at least 1 x 1.
    """

    width: int
    height: int
    items: tuple[Hint, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", tuple(self.items))
        if min(self.width, self.height) < 1:
            raise UsageError(f"a page of {self.width} x {self.height} pixels has no room for hints")
        check_count(len(self.items))
        for number, hint in enumerate(self.items, 1):
            self._check_inside(number, hint)

    def _check_inside(self, number: int, hint: Hint) -> None:
        corners: tuple[tuple[float, float], ...] = hint.points
        if hint.mask is not None:
            rows, columns = hint.mask.pixels.shape
            left, top = hint.mask.x, hint.mask.y
            corners = (*corners, (left, top), (left + columns, top + rows))
        for x, y in corners:
            if not (0 <= x <= self.width and 0 <= y <= self.height):
                name = f" ({hint.name!r})" if hint.name else ""
                raise UsageError(
                    f"hint {number}{name} at ({x:.10g}, {y:.10g}) lies outside the page of "
                    f"{self.width} x {self.height} pixels; move it or leave it out"
                )

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Hint]:
        return iter(self.items)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Hints:
        """Read a hints.json or a hints PNG; the content decides which.

        UsageError names the file, the hint and what to do.
        """
        # Late, here and in save: hint_files makes Hints, so it imports this module.
        from inkhue import hint_files

        return hint_files.load(Path(path))

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write hints.json or, with the suffix .png, an RGBA picture of the page's size.

        JSON holds no painted areas and PNG no transparent hints: UsageError.
        """
        from inkhue import hint_files

        hint_files.save(self, Path(path), force=force)

    def with_hint(self, hint: Hint) -> Hints:
        """Return these hints with one more over them."""
        return replace(self, items=(*self.items, hint))

    def fitted(self, width: int, height: int) -> Hints:
        """Return the hints scaled to a page of width x height pixels.

        UsageError if the aspects differ by more than 1 %. Painted areas shrink by the rule of
        `raster`, so none vanishes.
        """
        if (width, height) == (self.width, self.height):
            return self
        ratio = (width * self.height) / (height * self.width)
        if max(ratio, 1 / ratio) > 1.01:
            raise UsageError(
                f"hints for a page of {self.width} x {self.height} pixels do not fit one of "
                f"{width} x {height}; use hints made for this page"
            )
        columns = spans(self.width, width, self.width)
        rows = spans(self.height, height, self.height)
        scale = max(width, height) / max(self.width, self.height)

        def fit(hint: Hint) -> Hint:
            if (mask := hint.mask) is not None:
                part = Mask(*scaled(mask.x, mask.y, mask.pixels, columns, rows))
                return painted(part, hint.color, hint.name)
            points = tuple(
                (min(x * width / self.width, width), min(y * height / self.height, height))
                for x, y in hint.points
            )
            return replace(hint, points=points, radius=hint.radius * scale)

        return Hints(width, height, tuple(map(fit, self.items)))

    def owner(self) -> NDArray[np.int32]:
        """Return (height, width) int32: the index of the latest hint on each pixel, -1 for none."""
        owner = np.full((self.height, self.width), -1, np.int32)
        strokes = [Stroke(i, h.points, h.radius) for i, h in enumerate(self) if h.mask is None]
        paint_strokes(owner, strokes)
        for index, hint in enumerate(self):
            if hint.mask is not None:
                rows, columns = hint.mask.pixels.shape
                x, y = hint.mask.x, hint.mask.y
                crop = owner[y : y + rows, x : x + columns]
                np.maximum(crop, index, out=crop, where=hint.mask.pixels)
        return owner

    def raster(
        self,
        grid_width: int,
        grid_height: int,
        page_width: float | None = None,
        page_height: float | None = None,
    ) -> NDArray[np.float32]:
        """Return (grid_height, grid_width, 4) float32 in [0, 1]: RGB times mask, mask (0 or 1).

        page_width and page_height are what the whole grid covers, in page pixels: more than the
        page where the grid is padded (right and below), by default the page. A cell is hinted
        if the centre of a hinted pixel falls into it, and has the colour of the latest hint
        there; a cell without any pixel's centre takes the pixel that holds its own. Transparent
        hints are white: the network sees paper.
        """
        columns = spans(self.width, grid_width, page_width or self.width)
        rows = spans(self.height, grid_height, page_height or self.height)
        latest = pooled(self.owner(), columns, rows, nothing=-1)
        colours = [(*(hint.color or WHITE), 255) for hint in self.items]
        # Index -1, no hint, is the last row.
        table = (np.array([*colours, (0, 0, 0, 0)]) / 255).astype(np.float32)
        return np.asarray(table[latest])


def painted(mask: Mask, color: Rgb | None, name: str | None = None) -> Hint:
    """Return the hint that covers a mask."""
    y, x = divmod(int(mask.pixels.argmax()), mask.pixels.shape[1])
    return Hint(((mask.x + x + 0.5, mask.y + y + 0.5),), color, 0.0, name, mask)


def check_count(count: int) -> None:
    """Raise UsageError for more than MAX_HINTS hints."""
    if count > MAX_HINTS:
        raise UsageError(f"more than {MAX_HINTS} hints; paint fewer, larger ones")


def default_radius(width: int, height: int) -> float:
    """Return the radius of a hint that names none, in pixels of a page of that size."""
    return max(2.0, max(width, height) / 256)


def parse_color(text: str) -> Rgb | None:
    """Read #rrggbb, or "transparent" as None, in any case; UsageError for anything else."""
    if text.lower() == "transparent":
        return None
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)
    if re.fullmatch(r"#[0-9a-fA-F]{3}", text):
        full = "#" + "".join(digit * 2 for digit in text[1:])
        raise UsageError(f"colour {text!r} is short; write #rrggbb: {full}")
    raise UsageError(
        f"colour {reprlib.repr(text)} does not parse; write #rrggbb, such as #f4c2a0, "
        f'or "transparent"'
    )


def parse_hint(text: str) -> tuple[float, float, Rgb | None, float | None]:
    """Read "X,Y,#RRGGBB[,RADIUS]" as x, y, colour (None: transparent), radius (None: default).

    UsageError, with an example, if it does not parse. Whether it is on the page is seen later.
    """
    parts = [part.strip() for part in text.split(",")]
    where = f"hint {reprlib.repr(text)}"
    if len(parts) not in (3, 4):
        raise UsageError(f"{where} has {len(parts)} of 3 or 4 parts; {EXAMPLE}")
    numbers = []
    for part in (*parts[:2], *parts[3:]):
        # float() alone would take 1_0, nan and inf.
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", part):
            raise UsageError(f"{where}: {reprlib.repr(part)} is no number; {EXAMPLE}")
        numbers.append(float(part))
    try:
        hint = Hint(((numbers[0], numbers[1]),), parse_color(parts[2]), (*numbers, 0.0)[2])
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    return numbers[0], numbers[1], hint.color, hint.radius if len(parts) == 4 else None


def draw_hints(rgb: NDArray[np.uint8], hints: Hints) -> NDArray[np.uint8]:
    """Return the page, (H, W, 3) uint8, with the hints drawn on exactly the pixels they cover.

    A white and a dark ring around each make it show on any ground; transparent hints are a
    checkerboard. Hints of another size are fitted first.
    """
    height, width = rgb.shape[:2]
    hints = hints.fitted(width, height)
    drawn = rgb.copy()
    if not hints.items:
        return drawn
    owner = hints.owner()
    longer = max(width, height)
    _draw_rings(drawn, owner < 0, max(1, round(longer / 1024)))
    ys, xs = np.nonzero(owner >= 0)
    clear = np.array([hint.color is None for hint in hints])
    table = np.array([hint.color or WHITE for hint in hints], np.uint8)
    colours = table[owner[ys, xs]]
    square = max(2, longer // 512)
    grey = clear[owner[ys, xs]] & ((xs // square + ys // square) % 2 == 1)
    colours[grey] = 160
    drawn[ys, xs] = colours
    return drawn


def _draw_rings(drawn: NDArray[np.uint8], free: NDArray[np.bool_], thick: int) -> None:
    """Draw a white ring of `thick` pixels and a dark one around it, on free pixels alone."""
    distance = cv2.distanceTransform(free.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ys, xs = np.nonzero(free & (distance < 2 * thick + 1))
    away = distance[ys, xs, None]
    ring = 32 + 223 * np.clip(thick + 1 - away, 0, 1)
    opaque = np.clip(2 * thick + 1 - away, 0, 1)
    drawn[ys, xs] = np.rint(drawn[ys, xs] * (1 - opaque) + ring * opaque)
