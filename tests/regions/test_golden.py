"""Golden cases that every implementation of the regions must get exactly."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from inkhue.hints import Hint, Hints, parse_color
from inkhue.regions import find_regions, spread
from inkhue.regions.lend import find_lent

CASES = sorted((Path(__file__).parent.parent / "golden" / "regions").glob("*.json"))


def as_text(case: dict[str, object]) -> str:
    """A line for each key, as the files have it."""
    lines = (f" {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in case.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def test_there_are_cases() -> None:
    assert len(CASES) >= 6


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path) -> None:
    case = json.loads(file.read_text())
    line = np.array(case["line"], np.uint8)
    boundary = None if case["boundary"] is None else np.array(case["boundary"], np.uint8)
    hints = [
        Hint(tuple(map(tuple, h["points"])), parse_color(h["color"]), h["radius"])
        for h in case["hints"]
    ]
    regions = find_regions(line, boundary)
    given = Hints(line.shape[1], line.shape[0], tuple(hints))
    found = spread(regions, given)
    lent = find_lent(regions, found, given)
    borrows = [] if lent is None else np.flatnonzero(lent.borrows).tolist()
    colors = [] if lent is None else lent.colors.tolist()
    mixed, holds = found.soft
    soft = [mixed[holds].tolist(), np.flatnonzero(holds).tolist()]
    if os.environ.get("INKHUE_WRITE_GOLDEN"):
        case |= {"cells": regions.cells.tolist(), "labels": found.labels.tolist()}
        case |= {"sure": found.sure.tolist(), "idle": list(found.idle)}
        case |= {"soft": soft, "borrows": borrows, "lent": colors}
        file.write_text(as_text(case))
    assert regions.cells.tolist() == case["cells"]
    assert found.labels.tolist() == case["labels"]
    assert found.sure.tolist() == case["sure"]
    assert soft == case["soft"]
    assert list(found.idle) == case["idle"]
    assert borrows == case["borrows"]
    # Means are reckoned in floats: a level more or less.
    assert np.shape(colors) == np.shape(case["lent"])
    assert np.abs(np.subtract(colors, case["lent"])).max(initial=0) <= 1
