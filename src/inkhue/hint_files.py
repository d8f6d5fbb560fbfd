"""Hints in files: hints.json and hints PNG, read and written."""

from __future__ import annotations

import io
import json
import reprlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps
from PIL.PngImagePlugin import PngImageFile

from inkhue.errors import InkhueError, UsageError, did_you_mean
from inkhue.hint_pixels import Spans, counted
from inkhue.hints import Hint, Hints, Mask, check_count, default_radius, painted, parse_color
from inkhue.output import replacing, save_picture
from inkhue.pixels import MAX_PIXELS, WHITE

MAX_COLOURS = 4096  # in a hints PNG: people paint with far fewer, soft edges make far more
MAX_RUNS = 8_000_000  # pieces of rows in a hints PNG; noise has more
MAX_BYTES = 64 << 20


def load(path: Path) -> Hints:
    """Read a file of hints; see `Hints.load`."""
    data = _read(path)
    try:
        return from_pixels(_decoded(data)) if data.startswith(b"\x89PNG") else _from_json(data)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def save(hints: Hints, out: Path, *, force: bool) -> None:
    """Write a file of hints; see `Hints.save`."""
    suffix = out.suffix.lower()
    if suffix == ".png":
        save_picture(_to_png(hints), out, force=force)
    elif suffix == ".json":
        text = _to_json(hints)
        with replacing(out, force=force) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    else:
        raise UsageError(f"cannot write hints to {out}: name it .json or .png")


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
    check_count(len(table["hints"]))
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


def from_pixels(rgba: NDArray[np.uint8]) -> Hints:
    """Return the hints of a hints picture, (H, W, 4) uint8 (contract 3): each area is a mask."""
    red, green, blue, alpha = np.moveaxis(rgba, 2, 0)
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
    check_count(len(heads))
    items = []
    for part in np.split(order, heads[1:]) if len(order) else ():
        code = int(values[part[0]])
        mask = _mask(starts[part], stops[part], width + 1)
        items.append(painted(mask, (code >> 16, code >> 8 & 255, code & 255)))
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
    upper, lower = counted(first, last)
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
    run, columns = counted(lefts - x, lefts - x + stops - starts)
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
