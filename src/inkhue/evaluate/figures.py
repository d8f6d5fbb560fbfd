"""The run's figures: each metric of each system, with intervals and paired differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate import frechet, kernel
from inkhue.evaluate.run import REGIONS, Outcome, Row
from inkhue.evaluate.scoring import INCEPTION, OWN_INCEPTION, SQUEEZE
from inkhue.evaluate.statistics import (
    SET_RESAMPLES,
    UNKNOWN,
    Estimate,
    Statistic,
    bootstrap,
    paired,
    pooled,
    pooled_paired,
    set_estimate,
)

SEED = 0
FEWEST_OF_SET = 2  # pictures that a set metric needs


@dataclass(frozen=True)
class Metric:
    """A figure of a table.

    `source` names the score that it is made of. With `of_set` it is a distance between features
    of the whole set; with `pooled` a statistic over all numbers of all pictures.
    """

    name: str
    source: str
    better: str  # "lower", "higher"; "" where neither is
    digits: int
    statistic: Statistic = np.mean
    pooled: bool = False
    of_set: Callable[..., float] | None = None
    resampled: Callable[..., NDArray[np.float64]] | None = None


def percentile(q: float) -> Statistic:
    """Return the statistic that is this percentile."""
    return partial(np.percentile, q=q)


FRECHET = {"of_set": frechet.distance, "resampled": frechet.resampled}
METRICS = (
    Metric("LPIPS", "lpips", "lower", 4),
    Metric("FID", INCEPTION, "lower", 2, **FRECHET),  # type: ignore[arg-type]
    Metric("FID, network's own picture", OWN_INCEPTION, "lower", 2, **FRECHET),  # type: ignore[arg-type]
    Metric("FSD", SQUEEZE, "lower", 2, **FRECHET),  # type: ignore[arg-type]
    Metric("KSD", SQUEEZE, "lower", 3, of_set=kernel.distance, resampled=kernel.resampled),
    Metric("CIEDE2000", "ciede", "lower", 2),
    Metric("PSNR, dB", "psnr", "higher", 2),
    Metric("SSIM", "ssim", "higher", 4),
    Metric("colourfulness", "colourfulness", "", 3),
    Metric("hint error, median", "hint_error", "lower", 2, percentile(50), pooled=True),
    Metric("hint error, 95th", "hint_error", "lower", 2, percentile(95), pooled=True),
    Metric("hint spread, median", "hint_spread", "lower", 2, percentile(50), pooled=True),
    Metric("hint spread, 95th", "hint_spread", "lower", 2, percentile(95), pooled=True),
    Metric("region accuracy", "accuracy", "higher", 4),
    Metric("region accuracy, 10th", "accuracy", "higher", 4, percentile(10)),
    Metric("bleed", "bleed", "lower", 4),
    Metric("line error", "line_error", "lower", 4),
    Metric("line error, full ink", "ink_error", "lower", 4),
)


@dataclass(frozen=True)
class Figure:
    """One metric of one system; `gain` is its difference to the first system's, paired."""

    metric: Metric
    system: str
    estimate: Estimate
    gain: Estimate | None


@dataclass(frozen=True)
class Block:
    """The figures of one set of pictures under one condition."""

    title: str  # "val, 140 hints"
    shard: str
    condition: str
    pictures: int
    systems: tuple[str, ...]
    figures: tuple[Figure, ...]

    def find(self, metric: str, system: str) -> Figure | None:
        """Return a figure by the names of metric and system."""
        return next(
            (f for f in self.figures if f.metric.name == metric and f.system == system), None
        )


def blocks(outcome: Outcome) -> list[Block]:
    """Return the figures of all sets and conditions, in the order of the run.

    Only pictures that every system has coloured count: each figure of a block is of the same ones.
    """
    systems = tuple(system.name for system in outcome.plan.systems)
    originals = {(row.shard, row.id): row for row in outcome.rows if not row.system}
    return [
        make_block(title, rows, systems, originals) for title, rows in grouped(outcome.predictions)
    ]


def grouped(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Split rows by set and condition; region hints by the set's groups too."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(title_of(row), []).append(row)
    yield from found.items()


def title_of(row: Row) -> str:
    """Say which block a row belongs to."""
    if row.condition == REGIONS:
        return f"{row.shard}, {row.group}, one hint a region"
    return f"{row.shard}, {row.condition} hints"


def make_block(
    title: str,
    rows: Sequence[Row],
    systems: tuple[str, ...],
    originals: dict[tuple[str, str], Row],
) -> Block:
    """Compute a block's figures."""
    by_system = {name: {r.id: r for r in rows if r.system == name} for name in systems}
    shared = set.intersection(*(set(found) for found in by_system.values()))
    order = [key for key in dict.fromkeys(row.id for row in rows) if key in shared]
    shard = rows[0].shard
    scores = {name: [by_system[name][key] for key in order] for name in systems}
    scores[""] = [originals[shard, key] for key in order]
    figures = [figure for metric in METRICS for figure in figures_of(metric, systems, scores)]
    return Block(title, shard, rows[0].condition, len(order), systems, tuple(figures))


def figures_of(
    metric: Metric, systems: Sequence[str], scores: dict[str, list[Row]]
) -> Iterator[Figure]:
    """Yield a metric's figure for each system that has it."""
    first = systems[0]
    for name in systems:
        if not any(metric.source in row.score for row in scores[name]):
            continue
        other = first if name != first and has(metric, scores[first]) else None
        if metric.of_set is not None:
            value, gain = of_sets(metric, scores, name, other)
        elif metric.pooled:
            value, gain = of_many(metric, scores, name, other)
        else:
            value, gain = of_pictures(metric, scores, name, other)
        yield Figure(metric, name, value, gain)


def has(metric: Metric, rows: Sequence[Row]) -> bool:
    """Whether these rows have what the metric is made of."""
    return any(metric.source in row.score for row in rows)


Values = tuple[Estimate, Estimate | None]


def of_pictures(
    metric: Metric, scores: dict[str, list[Row]], name: str, other: str | None
) -> Values:
    """Compute a figure that has one number a picture."""
    mine = numbers(scores[name], metric.source)
    value = bootstrap(mine, metric.statistic, generator())
    if other is None:
        return value, None
    theirs = numbers(scores[other], metric.source)
    return value, paired(mine, theirs, generator(), metric.statistic)


def of_many(metric: Metric, scores: dict[str, list[Row]], name: str, other: str | None) -> Values:
    """Compute a figure that has several numbers a picture."""
    mine = [array(row, metric.source) for row in scores[name]]
    value = pooled(mine, metric.statistic, generator(), SET_RESAMPLES)
    if other is None:
        return value, None
    theirs = [array(row, metric.source) for row in scores[other]]
    return value, pooled_paired(mine, theirs, metric.statistic, generator(), SET_RESAMPLES)


def of_sets(metric: Metric, scores: dict[str, list[Row]], name: str, other: str | None) -> Values:
    """Compute a distance between the features of a set and of its originals."""
    assert metric.of_set is not None
    assert metric.resampled is not None
    # The originals have but one kind of Inception features.
    kind = INCEPTION if metric.source == OWN_INCEPTION else metric.source
    if len(scores[name]) < FEWEST_OF_SET or not has_all(scores[""], kind):
        return UNKNOWN, None
    originals = features(scores[""], kind)
    made = features(scores[name], metric.source)
    distance, drawn = metric.of_set(made, originals), metric.resampled(made, originals)
    value = set_estimate(distance, drawn)
    if other is None or not has_all(scores[other], metric.source):
        return value, None
    theirs = features(scores[other], metric.source)
    gain = distance - metric.of_set(theirs, originals)
    return value, set_estimate(gain, drawn - metric.resampled(theirs, originals))


def has_all(rows: Sequence[Row], source: str) -> bool:
    """Whether every row has this score."""
    return all(source in row.score for row in rows)


def features(rows: Sequence[Row], source: str) -> NDArray[np.float64]:
    """Return the features of pictures, (n, D)."""
    return np.stack([row.score[source] for row in rows])


def numbers(rows: Sequence[Row], source: str) -> NDArray[np.float64]:
    """Return one number a picture, NaN where it has none."""
    return np.array([float(row.score.get(source, np.nan)) for row in rows])


def array(row: Row, source: str) -> NDArray[np.float64]:
    """Return a picture's numbers, none where it has none."""
    return row.score.get(source, np.zeros(0))


def generator() -> np.random.Generator:
    """Return the generator of the intervals: the same for every figure."""
    return np.random.Generator(np.random.PCG64(SEED))
