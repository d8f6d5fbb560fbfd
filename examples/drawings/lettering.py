"""Hand lettering for comics: capitals drawn as strokes, balloons, captions, sound effects."""

from __future__ import annotations

import math

import numpy as np

from .curves import Points, mapped
from .sheet import Sheet

# Width of each letter and its strokes, separated by |; capitals are 6 units high.
GLYPHS: dict[str, tuple[float, str]] = {
    "A": (4, "0,6 *2,0 *4,6|0.8,4 3.2,4"),
    "B": (3.5, "0,0 0,6|0,0 2.2,0.1 3.1,1.4 2.2,2.7 *0,2.9 2.5,3 3.5,4.4 2.4,5.9 0,6"),
    "C": (3.6, "3.5,0.9 2,0 0.5,1.3 0,3 0.5,4.7 2,6 3.6,5.1"),
    "D": (3.7, "0,0 0,6|0,0 2.2,0.5 3.7,3 2.2,5.5 0,6"),
    "E": (3.1, "3.1,0 *0,0 *0,6 *3.1,6|0,3 2.6,3"),
    "F": (3, "3,0 *0,0 *0,6|0,3 2.5,3"),
    "G": (3.7, "3.4,0.9 2,0 0.5,1.3 0,3 0.5,4.7 2,6 *3.6,5.2 *3.6,3.3 *2.1,3.3"),
    "H": (3.6, "0,0 0,6|3.6,0 3.6,6|0,3 3.6,3"),
    "I": (0.2, "0.1,0 0.1,6"),
    "J": (2.6, "2.6,0 2.6,4.4 1.3,6 0,5"),
    "K": (3.5, "0,0 0,6|3.3,0 *0,3.4 *3.5,6"),
    "L": (2.9, "0,0 *0,6 *2.9,6"),
    "M": (4.6, "0,6 *0.3,0 *2.3,3.8 *4.3,0 *4.6,6"),
    "N": (3.7, "0,6 *0,0 *3.7,6 *3.7,0"),
    "O": (4, "2,0 0.5,1.2 0,3 0.5,4.8 2,6 3.5,4.8 4,3 3.5,1.2 2,0"),
    "P": (3.4, "0,0 0,6|0,0 2.4,0.1 3.4,1.6 2.4,3.1 0,3.3"),
    "Q": (4, "2,0 0.5,1.2 0,3 0.5,4.8 2,6 3.5,4.8 4,3 3.5,1.2 2,0|2.6,4.4 4,6.4"),
    "R": (3.5, "0,0 0,6|0,0 2.4,0.1 3.3,1.6 2.4,3 *0,3.3 *1.5,3.3 *3.5,6"),
    "S": (3.3, "3.1,0.8 1.7,0 0.3,1.2 0.9,2.6 2.5,3.3 3.2,4.7 1.7,6 0,5.2"),
    "T": (3.8, "0,0 3.8,0|1.9,0 1.9,6"),
    "U": (3.6, "0,0 0.1,4.2 1.8,6 3.5,4.2 3.6,0"),
    "V": (3.8, "0,0 *1.9,6 *3.8,0"),
    "W": (5.2, "0,0 *1.3,6 *2.6,1.4 *3.9,6 *5.2,0"),
    "X": (3.6, "0,0 3.6,6|3.6,0 0,6"),
    "Y": (3.8, "0,0 *1.9,3|3.8,0 *1.9,3 *1.9,6"),
    "Z": (3.5, "0,0 *3.5,0 *0,6 *3.5,6"),
    "!": (0.3, "0.15,0 0.15,4|0.1,5.85 0.2,6"),
    "?": (3, "0,1.3 1.4,0 3,1.3 2.3,2.6 1.5,3.3 1.5,4.1|1.45,5.85 1.55,6"),
    ".": (0.3, "0.1,5.85 0.2,6"),
    ",": (0.5, "0.4,5.6 0.1,7"),
    "'": (0.3, "0.15,0 0.15,1.4"),
    " ": (1.8, ""),
}
GAP = 1.25
"""Between letters, in the same units."""


def _width(text: str) -> float:
    return sum(GLYPHS[letter][0] + GAP for letter in text) - GAP


def _strokes(text: str, x: float, y: float, unit: float) -> list[list[Points | str]]:
    """Return for each letter its strokes, beginning at (x, y) = top left."""
    letters = []
    for letter in text:
        wide, strokes = GLYPHS[letter]
        paths = filter(None, strokes.split("|"))
        letters.append([mapped(path, unit, unit, x, y) for path in paths])
        x += (wide + GAP) * unit
    return letters


def write(s: Sheet, x: float, y: float, text: str, height: float = 24) -> None:
    """Letter the lines of `text` (separated by /) centred on (x, y)."""
    rows = text.split("/")
    unit = height / 6
    top = y - (len(rows) * 1.62 - 0.62) * height / 2
    for k, row in enumerate(rows):
        for letter in _strokes(row, x - _width(row) * unit / 2, top + 1.62 * height * k, unit):
            for path in letter:
                s.band(path, 0.15 * height)


def balloon(
    s: Sheet, x: float, y: float, text: str, tail: tuple[float, float], height: float = 24
) -> None:
    """Draw a speech balloon around the text, its tail reaching to `tail`."""
    rows = text.split("/")
    rx = max(_width(row) for row in rows) * height / 6 * 0.56 + 1.5 * height
    ry = len(rows) * 0.95 * height + 0.85 * height
    toward = math.atan2((tail[1] - y) / ry, (tail[0] - x) / rx)
    t = toward + np.linspace(0.14, 2 * math.pi - 0.14, 120)
    round_off = 0.82  # between an ellipse (1) and a box, so that corners hold text
    cos, sin = np.cos(t), np.sin(t)
    ring = np.stack(
        [
            x + rx * np.sign(cos) * abs(cos) ** round_off,
            y + ry * np.sign(sin) * abs(sin) ** round_off,
        ],
        axis=1,
    )
    s.shape(np.vstack([ring, [tail]]), 4)
    write(s, x, y, text, height)


def caption(s: Sheet, x: float, y: float, text: str, height: float = 22) -> None:
    """Draw a box with the teller's words, its top left corner at (x, y)."""
    rows = text.split("/")
    wide = max(_width(row) for row in rows) * height / 6 + 2 * height
    tall = (len(rows) * 1.62 + 0.7) * height
    s.shape(f"*{x},{y} *{x + wide},{y} *{x + wide},{y + tall} *{x},{y + tall}", 4)
    write(s, x + wide / 2, y + tall / 2, text, height)


def effect(s: Sheet, x: float, y: float, text: str, height: float, angle: float = 0) -> None:
    """Draw a noise in fat open letters, from (x, y) = top left, growing as it goes."""
    unit = height / 6
    with s.placed(x, y, 1, angle):
        at = 0.0
        for letter in text:
            with s.placed(at, 0, 1, s.rng.uniform(-7, 7)):
                for width, grey in ((0.42 * height, 0), (0.42 * height - 9, 255)):
                    for path in _strokes(letter, 0, 0, unit)[0]:
                        s.band(mapped(path, 1.2, 1), width, grey)
            at += (1.2 * GLYPHS[letter][0] + 2.6) * unit
            unit *= 1.04
