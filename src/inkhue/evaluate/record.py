"""A run's figures into the model.json of the models that were scored."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkhue.evaluate.figures import Block
from inkhue.evaluate.run import Outcome
from inkhue.evaluate.store import write
from inkhue.evaluate.systems import ModelSystem
from inkhue.model import DESCRIPTION


def record(outcome: Outcome, figures: Sequence[Block]) -> list[Path]:
    """Write the scores of each model at its usual obedience; return the files written.

    Scores of other sets and numbers of hints, from earlier runs, stay.
    """
    written = []
    for system in outcome.plan.systems:
        if isinstance(system, ModelSystem) and system.usual:
            path = system.model.folder / DESCRIPTION
            described = json.loads(path.read_text(encoding="utf-8"))
            described["scores"] |= {block.title: scores(block, system.name) for block in figures}
            write(path, (json.dumps(described, indent=2) + "\n").encode())
            written.append(path)
    return written


def scores(block: Block, system: str) -> dict[str, Any]:
    """Return a system's figures of a block by the metrics' names, and the number of pictures."""
    found = {
        figure.metric.name: round(figure.estimate.value, figure.metric.digits)
        for figure in block.figures
        if figure.system == system and not math.isnan(figure.estimate.value)
    }
    return {"pictures": block.pictures} | found
