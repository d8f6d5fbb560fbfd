"""Colour hints: read, check, place on the page and on the network's grid, write and draw.

Coordinates are pixels of the page: origin at the top left corner, pixel (i, j) covers
[i, i + 1) x [j, j + 1), x to the right. Later hints lie over earlier ones.
"""

from __future__ import annotations

import io
import json
import math
import operator
import os
import re
import reprlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps
from PIL.PngImagePlugin import PngImageFile

from inkhue.errors import InkhueError, UsageError, did_you_mean
from inkhue.output import replacing, save_picture

if TYPE_CHECKING:
    from inkhue.page import Rgb

MAX_HINTS = 100_000
MAX_COLOURS = 4096  # in a hints PNG: people paint with far fewer, soft edges make far more
MAX_RUNS = 8_000_000  # pieces of rows in a hints PNG; noise has more
MAX_BYTES = 64 << 20
MAX_PIXELS = 150_000_000
WHITE: Rgb = (255, 255, 255)
EXAMPLE = "write X,Y,#RRGGBB or X,Y,#RRGGBB,RADIUS, such as 120,80,#f4c2a0,6"

# Pixels nearer than this to a hint's border are measured one by one; rounding is far smaller.
SLACK = 0.01

# For each cell of an axis the pixels [start, stop) that fall into it.
Spans: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]


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
        _check_count(len(self.items))
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
        data = _read(Path(path))
        try:
            return _from_png(data) if data.startswith(b"\x89PNG") else _from_json(data)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write hints.json or, with the suffix .png, an RGBA picture of the page's size.

        JSON holds no painted areas and PNG no transparent hints: UsageError.
        """
        out = Path(path)
        suffix = out.suffix.lower()
        if suffix == ".png":
            save_picture(_to_png(self), out, force=force)
        elif suffix == ".json":
            text = _to_json(self)
            with replacing(out, force=force) as temporary:
                temporary.write_text(text, encoding="utf-8", newline="\n")
        else:
            raise UsageError(f"cannot write hints to {out}: name it .json or .png")

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
        columns = _spans(self.width, width, self.width)
        rows = _spans(self.height, height, self.height)
        scale = max(width, height) / max(self.width, self.height)

        def scaled(hint: Hint) -> Hint:
            if hint.mask is not None:
                return _painted(_scaled(hint.mask, columns, rows), hint.color, hint.name)
            points = tuple(
                (min(x * width / self.width, width), min(y * height / self.height, height))
                for x, y in hint.points
            )
            return replace(hint, points=points, radius=hint.radius * scale)

        return Hints(width, height, tuple(map(scaled, self.items)))

    def owner(self) -> NDArray[np.int32]:
        """Return (height, width) int32: the index of the latest hint on each pixel, -1 for none."""
        owner = np.full((self.height, self.width), -1, np.int32)
        _paint_strokes(owner, [(i, hint) for i, hint in enumerate(self) if hint.mask is None])
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
        columns = _spans(self.width, grid_width, page_width or self.width)
        rows = _spans(self.height, grid_height, page_height or self.height)
        latest = _pooled(self.owner(), columns, rows, nothing=-1)
        colours = [(*(hint.color or WHITE), 255) for hint in self.items]
        # Index -1, no hint, is the last row.
        table = (np.array([*colours, (0, 0, 0, 0)]) / 255).astype(np.float32)
        return np.asarray(table[latest])


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


def _paint_strokes(owner: NDArray[np.int32], hints: list[tuple[int, Hint]]) -> None:
    """Set the pixels of dots and strokes; (index, hint) each.

    The order of work does not matter: the latest hint is the largest index.
    """
    if not hints:
        return
    height, width = owner.shape
    flat = owner.reshape(-1)
    for index, hint in hints:
        for x, y in hint.points:
            spot = min(int(y), height - 1) * width + min(int(x), width - 1)
            flat[spot] = max(flat[spot], index)
    segments = _segments(hints, width + height + 1.0)
    first, stop = _row_range(segments, height)
    for batch in _batches(stop - first, 1 << 16):
        which, rows = _counted(first[batch], stop[batch])
        runs = segments[:, batch][:, which]
        start, end = _row_pixels(runs, rows, SLACK, width)
        sure, unsure = _row_pixels(runs, rows, -SLACK, width)
        none = sure >= unsure
        sure, unsure = np.where(none, end, sure), np.where(none, end, unsure)
        _paint_runs(owner, runs, rows, (start, sure), test=True)
        _paint_runs(owner, runs, rows, (sure, unsure), test=False)
        _paint_runs(owner, runs, rows, (unsure, end), test=True)


def _segments(hints: list[tuple[int, Hint]], longest: float) -> NDArray[np.float64]:
    """Return (7, n): ax, ay, dx, dy, radius (at most `longest`), radius squared, hint's index."""
    starts: list[tuple[float, float]] = []
    ends: list[tuple[float, float]] = []
    rest: list[tuple[float, float, int]] = []
    for index, hint in hints:
        starts += hint.points[:-1] or hint.points
        ends += hint.points[1:] or hint.points
        square = hint.radius * hint.radius
        rest += [(min(hint.radius, longest), square, index)] * (len(starts) - len(rest))
    a = np.array(starts)
    return np.ascontiguousarray(np.hstack([a, np.array(ends) - a, np.array(rest)]).T)


def _row_range(segments: NDArray[np.float64], height: int) -> Spans:
    _, ay, _, dy, radius = segments[:5]
    first = np.floor(np.minimum(ay, ay + dy) - radius - 1)
    stop = np.ceil(np.maximum(ay, ay + dy) + radius + 1)
    return first.clip(0, height).astype(np.intp), stop.clip(0, height).astype(np.intp)


def _row_pixels(
    runs: NDArray[np.float64], rows: NDArray[np.intp], slack: float, width: int
) -> Spans:
    """Return which pixels [start, stop) of its row each segment, `slack` thicker, covers.

    A segment and what is near it is convex: in a row it reaches from the leftmost to the
    rightmost of its two round ends and two straight sides.
    """
    ax, ay, dx, dy, radius = runs[:5]
    radius = radius + slack
    y = rows + 0.5
    left, right = np.full(len(y), np.inf), np.full(len(y), -np.inf)

    def reach(low: NDArray[np.float64], high: NDArray[np.float64], where: NDArray[Any]) -> None:
        np.minimum(left, low, out=left, where=where & (radius >= 0))
        np.maximum(right, high, out=right, where=where & (radius >= 0))

    for ex, ey in ((ax, ay), (ax + dx, ay + dy)):
        square = radius * radius - (y - ey) ** 2
        half = np.sqrt(np.maximum(square, 0))
        reach(ex - half, ex + half, square >= 0)
    # Without slope the ends have said it all; next to none may overflow and is then left out.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scale = radius / np.hypot(dx, dy)
        for side in (-scale, scale):
            share = (y - ay - side * dx) / dy
            x = ax - side * dy + share * dx
            reach(x, x, (share >= 0) & (share <= 1))
    start, stop = np.ceil(left - 0.5), np.floor(right - 0.5) + 1
    return start.clip(0, width).astype(np.intp), stop.clip(0, width).astype(np.intp)


def _paint_runs(
    owner: NDArray[np.int32],
    runs: NDArray[np.float64],
    rows: NDArray[np.intp],
    pixels: Spans,
    *,
    test: bool,
) -> None:
    """Set pixels [start, stop) of each run's row, or with `test` those within the radius."""
    start, stop = pixels
    indices = runs[6].astype(np.int32)
    for part in _batches(stop - start, 1 << 20):
        run, xs = _counted(start[part], stop[part])
        run += part.start
        if test:
            hit = _within(runs[:, run], xs, rows[run])
            run, xs = run[hit], xs[hit]
        np.maximum.at(owner.reshape(-1), rows[run] * owner.shape[1] + xs, indices[run])


def _within(
    segments: NDArray[np.float64], xs: NDArray[np.intp], ys: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Return whether each pixel's centre is within the radius of its segment a .. a + d.

    Other programs must get the same pixels: q = centre - a,
    t = (qx*dx + qy*dy) / (dx*dx + dy*dy) cut to [0, 1] (a divisor of 0 becomes 1),
    covered if (qx - t*dx)^2 + (qy - t*dy)^2 <= radius*radius, all in float64.
    """
    ax, ay, dx, dy, _, square, _ = segments
    qx, qy = xs + 0.5 - ax, ys + 0.5 - ay
    length = dx * dx + dy * dy
    with np.errstate(over="ignore"):  # a segment shorter than 1e-150
        t = np.clip((qx * dx + qy * dy) / np.where(length == 0, 1.0, length), 0.0, 1.0)
    ex, ey = qx - t * dx, qy - t * dy
    return np.asarray(ex * ex + ey * ey <= square)


def _counted(start: NDArray[np.intp], stop: NDArray[np.intp]) -> Spans:
    """Return start[i], start[i] + 1 .. stop[i] - 1 for all i in a row, with the i of each."""
    count = np.maximum(stop - start, 0)
    which = np.repeat(np.arange(len(count)), count)
    skipped = np.cumsum(count) - count - start
    return which, np.arange(len(which)) - skipped[which]


def _batches(counts: NDArray[np.intp], limit: int) -> Iterator[slice]:
    """Cut a list into parts whose counts add up to about `limit` at most: bounds the memory."""
    ends = np.cumsum(np.maximum(counts, 0))
    low = 0
    while low < len(ends):
        done = ends[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(ends, done + limit, "right")))
        yield slice(low, high)
        low = high


def _spans(pixels: int, cells: int, extent: float) -> Spans:
    """Return for each cell of an axis the pixels whose centres fall into it.

    A cell without any takes the pixel that holds its own centre, none beyond the page. Every
    pixel falls into a cell. `extent` is the grid's length in pixels, not less than the page's.
    """
    if cells < 1 or extent <= pixels - 0.5:
        raise ValueError(f"a grid of {cells} cells over {extent} pixels cannot hold {pixels}")
    grid = np.arange(cells)
    cell = np.floor((np.arange(pixels) + 0.5) * cells / extent).astype(np.intp)
    cell = np.minimum(cell, cells - 1)
    starts, stops = np.searchsorted(cell, grid, "left"), np.searchsorted(cell, grid, "right")
    own = np.floor((grid + 0.5) * extent / cells).astype(np.intp)
    lone = (starts == stops) & (own < pixels)
    return np.where(lone, own, starts), np.where(lone, own + 1, stops)


def _pooled(values: NDArray[Any], columns: Spans, rows: Spans, *, nothing: int) -> NDArray[Any]:
    """Return the largest value in each cell, `nothing` in cells without pixels."""
    for spans in (rows, columns):
        pooled = np.full((len(spans[0]), values.shape[1]), nothing, values.dtype)
        for out, start, stop in zip(pooled, *spans, strict=True):
            if start < stop:
                np.max(values[start:stop], axis=0, out=out)
        values = np.ascontiguousarray(pooled.T)
    return values


def _scaled(mask: Mask, columns: Spans, rows: Spans) -> Mask:
    def part(spans: Spans, first: int, count: int) -> tuple[int, Spans]:
        starts, stops = spans
        low = int(np.searchsorted(stops, first, "right"))
        high = int(np.searchsorted(starts, first + count, "left"))
        cut = [np.clip(ends[low:high] - first, 0, count) for ends in spans]
        return low, (cut[0], cut[1])

    y, inner_rows = part(rows, mask.y, mask.pixels.shape[0])
    x, inner_columns = part(columns, mask.x, mask.pixels.shape[1])
    return Mask(x, y, _pooled(mask.pixels, inner_columns, inner_rows, nothing=False))


def _painted(mask: Mask, color: Rgb | None, name: str | None = None) -> Hint:
    y, x = divmod(int(mask.pixels.argmax()), mask.pixels.shape[1])
    return Hint(((mask.x + x + 0.5, mask.y + y + 0.5),), color, 0.0, name, mask)


def _check_count(count: int) -> None:
    if count > MAX_HINTS:
        raise UsageError(f"more than {MAX_HINTS} hints; paint fewer, larger ones")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(f"no hints file {path}; check the path") from None
    except (OSError, ValueError) as error:
        raise InkhueError(f"cannot read the hints {path}: {error}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: more than {MAX_BYTES >> 20} MB; that is no file of hints")
    return data


def _from_json(data: bytes) -> Hints:
    try:
        table = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        reason = str(error)[:100]
        raise UsageError(f"neither a PNG nor JSON ({reason}); save the hints again") from None
    if isinstance(table, dict) and table.get("version", 1) != 1:
        version = reprlib.repr(table["version"])
        raise UsageError(f"version {version}, this inkhue reads 1; write version 1 or update")
    _check_keys(table, ("version", "width", "height", "hints"))
    if type(table["version"]) is not int:
        raise UsageError("'version' must be 1")
    width, height = (_integer(table[key], key) for key in ("width", "height"))
    if not isinstance(table["hints"], list):
        raise UsageError("'hints' must be a list, such as []")
    _check_count(len(table["hints"]))
    items = []
    for number, entry in enumerate(table["hints"], 1):
        try:
            items.append(_hint_from_json(entry, default_radius(width, height)))
        except UsageError as error:
            raise UsageError(f"hint {number}: {error}") from None
    return Hints(width, height, tuple(items))


def _hint_from_json(entry: object, radius: float) -> Hint:
    table = _check_keys(entry, ("points", "color"), ("radius", "name"))
    points = table["points"]
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 2 for p in points):
        raise UsageError("'points' must be a list of [x, y]")
    for key in ("color", "name"):
        if key in table and not isinstance(table[key], str):
            raise UsageError(f"{key!r} must be text, not {reprlib.repr(table[key])}")
    return Hint(
        tuple((_number(x, "x"), _number(y, "y")) for x, y in points),
        parse_color(table["color"]),
        _number(table.get("radius", radius), "radius"),
        table.get("name"),
    )


def _check_keys(
    table: object, needed: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    known = needed + optional
    if not isinstance(table, dict):
        raise UsageError(f"must be an object {{...}} with {', '.join(known)}")
    for key in table:
        if key not in known:
            raise UsageError(f"unknown key {reprlib.repr(key)}{did_you_mean(key[:40], known)}")
    for key in needed:
        if key not in table:
            raise UsageError(f"{key!r} is missing; add it")
    return table


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UsageError(f"{what} must be a number, not {reprlib.repr(value)}")
    try:
        return float(value)
    except OverflowError:
        raise UsageError(f"{what} is not finite; give a number of pixels") from None


def _integer(value: object, what: str) -> int:
    if type(value) is not int or not 1 <= value <= 1_000_000:
        raise UsageError(f"{what!r} must be the page's pixels, 1 or more: {reprlib.repr(value)}")
    return value


def _to_json(hints: Hints) -> str:
    def plain(number: float) -> float:
        return int(number) if number.is_integer() else number

    def line(hint: Hint) -> str:
        if hint.mask is not None:
            raise UsageError("painted hints do not fit into JSON; save them as .png")
        color = "transparent" if hint.color is None else "#{:02x}{:02x}{:02x}".format(*hint.color)
        entry: dict[str, object] = {
            "points": [[plain(x), plain(y)] for x, y in hint.points],
            "color": color,
            "radius": plain(hint.radius),
        }
        return json.dumps(entry if hint.name is None else entry | {"name": hint.name})

    lines = ",".join(f"\n  {line(hint)}" for hint in hints)
    head = f'"version": 1, "width": {hints.width}, "height": {hints.height}'
    return f'{{{head}, "hints": [{lines}\n]}}\n'


def _from_png(data: bytes) -> Hints:
    red, green, blue, alpha = np.moveaxis(_decoded(data), 2, 0)
    height, width = alpha.shape
    # A column of no hint at the right keeps runs from going on in the next row.
    codes = np.full((height, width + 1), -1, np.int32)
    np.copyto(codes[:, :-1], (red.astype(np.int32) << 8 | green) << 8 | blue, where=alpha >= 128)
    starts, stops = _runs(codes)
    values = codes.reshape(-1)[starts]
    if len(starts) > MAX_RUNS or len(np.unique(values)) > MAX_COLOURS:
        raise UsageError(
            f"more than {MAX_COLOURS} colours, or noise: soft (antialiased) edges or no hints "
            "picture; paint with a hard brush on an empty layer and export that layer alone"
        )
    area = _joined(*_touching(starts, stops, values, width + 1), len(starts))
    order = np.argsort(area, kind="stable")
    heads = np.flatnonzero(np.diff(area[order], prepend=-1))
    _check_count(len(heads))
    items = []
    for part in np.split(order, heads[1:]) if len(order) else ():
        code = int(values[part[0]])
        mask = _mask(starts[part], stops[part], width + 1)
        items.append(_painted(mask, (code >> 16, code >> 8 & 255, code & 255)))
    return Hints(width, height, tuple(items))


def _runs(codes: NDArray[np.int32]) -> Spans:
    """Find the runs of equal codes other than -1 in rows: flat positions [start, stop)."""
    flat = codes.reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate([[0], edges, [flat.size]])
    hinted = flat[edges[:-1]] >= 0
    return edges[:-1][hinted], edges[1:][hinted]


def _touching(
    starts: NDArray[np.intp], stops: NDArray[np.intp], values: NDArray[np.int32], width: int
) -> Spans:
    """Return the pairs of runs of one colour that touch, corners included, in adjacent rows."""
    # Rows end with an unhinted column, so that neither a corner nor a run reaches round it.
    first = np.searchsorted(stops, starts + width, "left")
    last = np.searchsorted(starts, stops + width, "right")
    upper, lower = _counted(first, last)
    same = values[upper] == values[lower]
    return upper[same], lower[same]


def _joined(one: NDArray[np.intp], other: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return for each of `count` things the least thing it is connected with."""
    least = np.arange(count)
    while True:
        a, b = least[one], least[other]
        apart = a != b
        if not apart.any():
            return least
        one, other, a, b = one[apart], other[apart], a[apart], b[apart]
        np.minimum.at(least, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(least, further := least[least]):
            least = further


def _mask(starts: NDArray[np.intp], stops: NDArray[np.intp], width: int) -> Mask:
    """Return the area of these runs, which are in row order."""
    rows, lefts = np.divmod(starts, width)
    x, y = int(lefts.min()), int(rows[0])
    right = int((lefts + stops - starts).max())
    pixels = np.zeros((int(rows[-1]) - y + 1, right - x), np.bool_)
    run, columns = _counted(lefts - x, lefts - x + stops - starts)
    pixels[rows[run] - y, columns] = True
    return Mask(x, y, pixels)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    try:
        # Not Image.open: it warns of pictures that are allowed here.
        with PngImageFile(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UsageError(
                    f"{image.width} x {image.height} pixels are more than "
                    f"{MAX_PIXELS // 1_000_000} megapixels; scale page and hints down"
                )
            if not image.has_transparency_data:
                raise UsageError(
                    "has no transparency, so that all of it would be hints; export the layer with "
                    "the hints alone, on a transparent ground (RGBA)"
                )
            return np.asarray(ImageOps.exif_transpose(image).convert("RGBA"))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UsageError(f"is cut off or broken ({error}); export the PNG again") from None


def _to_png(hints: Hints) -> NDArray[np.uint8]:
    if any(hint.color is None for hint in hints):
        raise UsageError("transparent hints do not fit into a PNG; save them as .json")
    colours = [(*(hint.color or WHITE), 255) for hint in hints]
    if len(set(colours)) > MAX_COLOURS:
        raise UsageError(f"more than {MAX_COLOURS} colours for a hints PNG; save them as .json")
    # Index -1, no hint, is the last row.
    return np.array([*colours, (0, 0, 0, 0)], np.uint8)[hints.owner()]
