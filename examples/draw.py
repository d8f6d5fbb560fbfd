"""Draw every example again: SVG and PNG. Run `python examples/draw.py [NAME...]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from drawings.render import Grey, to_pixels, to_svg
from PIL import Image

HERE = Path(__file__).parent
NAMES = ("bouquet", "comic", "dragon", "face", "fox", "lake", "pencil", "witch")


def check_clear_of_ink(name: str, picture: Grey) -> int:
    """Look where the hints, which are a hand's, lie; stop if one begins or ends on ink.

    Returns how many there are.
    """
    hints = json.loads((HERE / f"{name}.hints.json").read_text(encoding="utf-8"))["hints"]
    for hint in hints:
        for x, y in hint["points"]:
            if picture[int(y), int(x)] < 200:
                raise SystemExit(f"{name}: hint {hint['color']} touches ink at {x:.0f},{y:.0f}")
    return len(hints)


def draw(name: str) -> None:
    """Write NAME.svg and NAME.png, and check that NAME.hints.json fits."""
    drawing = importlib.import_module(f"drawings.{name}")
    sheet = drawing.draw()
    picture = to_pixels(sheet)
    number = check_clear_of_ink(name, picture)
    (HERE / f"{name}.svg").write_text(to_svg(sheet), encoding="utf-8")
    Image.fromarray(picture).save(HERE / f"{name}.png", optimize=True)
    print(f"examples/{name}.png {sheet.width}x{sheet.height}, {number} hints")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or NAMES:
        draw(chosen)
