"""Sheets to look at: each system's best, middling and worst pictures, hints drawn in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkhue.data.shards import Picture
from inkhue.evaluate.rows import Row
from inkhue.evaluate.run import Desk, Outcome, hints_of
from inkhue.evaluate.sets import make_item
from inkhue.evaluate.systems import System
from inkhue.hints import draw_hints

SIDE = 256  # of each picture on a sheet, pixels
OF_EACH = 3  # best, middling, worst
ORDER = ("lpips", "ciede")  # what pictures are ordered by: the first that is there
GAP = 6  # pixels


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture for people: a row a scored picture; line with hints, original, result."""

    title: str
    captions: tuple[str, ...]  # one a row
    picture: NDArray[np.uint8]

    def encoded(self) -> bytes:
        """Return it as WebP."""
        stream = io.BytesIO()
        Image.fromarray(self.picture).save(stream, "WEBP", quality=85)
        return stream.getvalue()


def make_sheet(
    title: str, rows: Sequence[Row], system: System, pictures: dict[str, Picture], outcome: Outcome
) -> Sheet | None:
    """Make one system's sheet of one block; `pictures` are the set's, by id."""
    source = next((name for name in ORDER if all(name in row.score for row in rows)), None)
    if source is None or not rows:
        return None
    chosen = choose(sorted(rows, key=lambda row: (float(row.score[source]), row.id)))
    strips, captions = [], []
    for place, row in chosen:
        strips.append(strip(row, system, pictures[row.id], outcome))
        captions.append(f"{place}: {row.id}, {source.upper()} {float(row.score[source]):.3f}")
    picture = np.concatenate([np.pad(s, ((0, GAP), (0, 0), (0, 0))) for s in strips])
    return Sheet(title, tuple(captions), picture)


def choose(rows: Sequence[Row]) -> list[tuple[str, Row]]:
    """Take the first, the middle and the last of ordered rows, none twice."""
    middle = max(0, len(rows) // 2 - OF_EACH // 2)
    places = {
        "best": range(OF_EACH),
        "middle": range(middle, middle + OF_EACH),
        "worst": range(len(rows) - OF_EACH, len(rows)),
    }
    taken: dict[int, str] = {}
    for name, numbers in places.items():
        for number in numbers:
            if 0 <= number < len(rows):
                taken.setdefault(number, name)
    return [(name, rows[number]) for number, name in sorted(taken.items())]


def strip(row: Row, system: System, picture: Picture, outcome: Outcome) -> NDArray[np.uint8]:
    """Lay one picture out: line with hints, original, result."""
    item = make_item(picture)
    hints, _ = hints_of(item, row.condition)
    desk = Desk(item, outcome.plan.folder, outcome.instruments)
    made = desk.prediction(system, row.condition, hints)
    page = np.repeat(item.line[..., None], 3, axis=2)
    return np.concatenate(
        [
            np.pad(small(part), ((0, 0), (0, GAP), (0, 0)))
            for part in (draw_hints(page, hints), item.original, made.image)
        ],
        axis=1,
    )


def small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Reduce a picture to a sheet's size."""
    reduced = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.uint8)
