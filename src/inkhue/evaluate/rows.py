"""A run's rows: one for each prediction, with its scores. No network is needed to read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Score = dict[str, NDArray[np.float64]]  # a metric's number or numbers; features of set metrics

# Names of what is kept for set metrics: features of the result, and of the network's own picture.
SQUEEZE, INCEPTION, OWN_INCEPTION = "squeeze", "inception", "inception_own"
REGIONS = "regions"  # the condition of one hint a region; others are named by their number


@dataclass(frozen=True)
class Row:
    """The score of one prediction; without a system, of the original."""

    system: str
    condition: str
    shard: str
    group: str
    id: str
    score: Score


def title_of(shard: str, condition: str, group: str) -> str:
    """Name the block that a row belongs to: a set and a condition; with regions a group too."""
    if condition == REGIONS:
        return f"{shard}, {group}, one hint a region"
    return f"{shard}, {condition} hints"
