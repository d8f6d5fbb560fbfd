"""Draw every example again: SVG, PNG and hint file. Run `python examples/draw.py [NAME...]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
from drawings.curves import Points
from drawings.render import Grey, to_pixels, to_svg
from drawings.sheet import Sheet
from PIL import Image

HERE = Path(__file__).parent
NAMES = ("bouquet", "comic", "dragon", "face", "fox", "lake", "pencil", "witch")


def read_hints(text: str) -> list[tuple[str, Points]]:
    """Read lines of a colour and then points; | begins another hint of that colour."""
    hints = []
    for line in filter(None, map(str.strip, text.splitlines())):
        color, _, rest = line.partition(" ")
        for points in rest.split("|"):
            pairs = [[float(v) for v in word.split(",")] for word in points.split()]
            hints.append((color, np.array(pairs)))
    return hints


def check_clear_of_ink(name: str, picture: Grey, hints: list[tuple[str, Points]]) -> None:
    """Stop and say where, if a hint begins, turns or ends on ink: a slip of the hand."""
    for color, points in hints:
        for x, y in points:
            if picture[int(y), int(x)] < 200:
                raise SystemExit(f"{name}: hint {color} touches ink at {x:.0f},{y:.0f}")


def hints_file(sheet: Sheet, hints: list[tuple[str, Points]]) -> str:
    """Write the text of a hints.json for the sheet."""
    radius = round(max(sheet.width, sheet.height) / 160, 1)
    items = [
        json.dumps({"points": points.tolist(), "color": color, "radius": radius})
        for color, points in hints
    ]
    head = f'{{"version": 1, "width": {sheet.width}, "height": {sheet.height}, "hints": [\n  '
    return head + ",\n  ".join(items) + "\n]}\n"


def draw(name: str) -> None:
    """Write NAME.svg, NAME.png and NAME.hints.json."""
    drawing = importlib.import_module(f"drawings.{name}")
    sheet = drawing.draw()
    picture = to_pixels(sheet)
    hints = read_hints(drawing.HINTS)
    check_clear_of_ink(name, picture, hints)
    (HERE / f"{name}.svg").write_text(to_svg(sheet), encoding="utf-8")
    Image.fromarray(picture).save(HERE / f"{name}.png", optimize=True)
    (HERE / f"{name}.hints.json").write_text(hints_file(sheet, hints), encoding="utf-8")
    print(f"examples/{name}.png {sheet.width}x{sheet.height}, {len(hints)} hints")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NAMES:
        draw(chosen)
