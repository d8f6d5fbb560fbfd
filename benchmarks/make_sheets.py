"""Sheet of coloured drawings to look at: `make_sheets.py DRAWINGS [HINTS] [--model M]`.

A row for each drawing that has hints, HINTS/NAME.hints.json: the drawing with its hints drawn in,
and the result at each `--obey`. With `--no-hints`: the bare drawing, and what comes of it alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inkhue.colorizer import Colorizer
from inkhue.hints import Hints, draw_hints
from inkhue.model import DEFAULT_MODEL
from inkhue.output import save_picture
from inkhue.page import open_page

HERE = Path(__file__).parent
SIDE, GAP, CAPTION = 256, 6, 14  # pixels
SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
ENDING = ".hints.json"
Pixels = NDArray[np.uint8]


def main() -> None:
    """Write the sheet and print its path."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("drawings", type=Path, help="folder of drawings")
    parser.add_argument("hints", type=Path, nargs="?", default=HERE / "lineart")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="a name, or a folder")
    parser.add_argument("--obey", type=float, nargs="+", default=[0.0, 0.5, 1.0])
    parser.add_argument("--no-hints", action="store_true")
    parser.add_argument("--columns", type=int, default=2, help="drawings side by side")
    parser.add_argument("--threads", type=int)
    parser.add_argument("-o", "--out", type=Path, help="default: in reports/, by the model's name")
    given = parser.parse_args()
    pairs = find_pairs(given.drawings, given.hints)
    if not pairs:
        parser.error(f"no drawing in {given.drawings} has a NAME{ENDING} in {given.hints}")
    if given.out and given.out.suffix.lower() not in SUFFIXES:
        parser.error(f"{given.out}: is to end in one of {', '.join(SUFFIXES)}")
    colorizer = Colorizer(given.model, given.threads)
    strips = []
    for drawing, hints in pairs:
        tiles = (
            bare(colorizer, drawing)
            if given.no_hints
            else hinted(colorizer, drawing, hints, given.obey)
        )
        strips.append(strip(drawing.stem, tiles))
    ending = "-no-hints" if given.no_hints else ""
    out = given.out or HERE.parent / "reports" / f"sheet-{Path(given.model).name}{ending}.png"
    out.parent.mkdir(parents=True, exist_ok=True)
    save_picture(arrange(strips, given.columns), out, force=True)
    print(f"{out}: {len(strips)} drawings")


def find_pairs(drawings: Path, hints: Path) -> list[tuple[Path, Hints]]:
    """Return each drawing that has hints, with them, by name."""
    found = []
    for drawing in sorted(drawings.iterdir()):
        path = hints / f"{drawing.stem}{ENDING}"
        if drawing.suffix.lower() in SUFFIXES and path.is_file():
            found.append((drawing, Hints.load(path)))
    return found


def hinted(
    colorizer: Colorizer, drawing: Path, hints: Hints, obeys: Sequence[float]
) -> list[Pixels]:
    """Return the drawing with its hints, large enough to be seen, and the result at each obey."""
    page = open_page(drawing)
    prepared = colorizer.prepare(page)
    least = max(hints.width, hints.height) / 100
    large = tuple(replace(hint, radius=max(hint.radius, least)) for hint in hints)
    drawn = draw_hints(small(page.rgb), replace(hints, items=large))
    return [drawn, *(small(prepared.color(hints, obey).image) for obey in obeys)]


def bare(colorizer: Colorizer, drawing: Path) -> list[Pixels]:
    """Return the drawing and the result without hints."""
    page = open_page(drawing)
    return [small(page.rgb), small(colorizer.prepare(page).color().image)]


def small(picture: Pixels) -> Pixels:
    """Reduce a picture to a tile's longer side."""
    image = Image.fromarray(picture)
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return np.asarray(image.resize(size, Image.Resampling.LANCZOS))


def strip(name: str, tiles: Sequence[Pixels]) -> Pixels:
    """Lay tiles out side by side, under the drawing's name."""
    height = CAPTION + max(tile.shape[0] for tile in tiles) + GAP
    canvas = Image.new("RGB", (len(tiles) * (SIDE + GAP), height), "white")
    ImageDraw.Draw(canvas).text((0, 1), name, fill="black")
    for place, tile in enumerate(tiles):
        canvas.paste(Image.fromarray(tile), (place * (SIDE + GAP), CAPTION))
    return np.asarray(canvas)


def arrange(strips: Sequence[Pixels], columns: int) -> Pixels:
    """Put strips below each other, in columns."""
    rows = [strips[start : start + columns] for start in range(0, len(strips), columns)]
    heights = [max(part.shape[0] for part in row) for row in rows]
    width = strips[0].shape[1]
    canvas = np.full((sum(heights), columns * width, 3), 255, np.uint8)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for place, part in enumerate(row):
            left = place * width
            canvas[top : top + part.shape[0], left : left + width] = part
        top += height
    return canvas


if __name__ == "__main__":
    main()
