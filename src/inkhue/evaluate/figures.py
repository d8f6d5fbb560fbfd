"""Figures: each metric of each system, with intervals and paired differences.

Systems are those of a run, or recorded ones; no network is needed for either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.metrics import frechet, kernel
from inkhue.evaluate.recorded import Recorded, Together, pictures_key
from inkhue.evaluate.rows import INCEPTION, OWN_INCEPTION, REGIONS, SQUEEZE, Row, title_of
from inkhue.evaluate.statistics import (
    UNKNOWN,
    Estimate,
    Resampled,
    Statistic,
    bootstrap,
    estimate,
    paired,
    pooled,
    set_estimate,
)

if TYPE_CHECKING:  # it loads torch
    from inkhue.evaluate.run import Outcome

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

    @property
    def together(self) -> bool:
        """Whether it is of all pictures together, and has no number for each."""
        return self.pooled or self.of_set is not None

    @property
    def of_layer(self) -> bool:
        """Whether it is of the colour layer, not of the result."""
        return self.source in OF_LAYER


def percentile(q: float) -> Statistic:
    """Return the statistic that is this percentile."""
    return partial(np.percentile, q=q)


OF_LAYER = {"hint_error", "hint_spread", "accuracy", "bleed"}
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
class Column:
    """What one system has of a block: rows in the order of its pictures, and what is of all."""

    system: str
    rows: Sequence[Row]  # none where there is nothing to compare
    together: Mapping[str, Resampled]  # by the metric's name


@dataclass(frozen=True)
class Block:
    """The figures of one set of pictures under one condition."""

    title: str  # "val, 140 hints"
    shard: str
    condition: str
    group: str  # with regions alone
    ids: tuple[str, ...]  # of its pictures
    columns: tuple[Column, ...]  # a system each
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]  # what cannot be compared

    @property
    def pictures(self) -> int:
        """How many pictures it is of."""
        return len(self.ids)

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems' names."""
        return tuple(column.system for column in self.columns)

    def find(self, metric: str, system: str) -> Figure | None:
        """Return a figure by the names of metric and system."""
        return next(
            (f for f in self.figures if f.metric.name == metric and f.system == system), None
        )

    def together(self, system: str) -> Together:
        """Return what a system's file of scores keeps of this block."""
        (found,) = (column.together for column in self.columns if column.system == system)
        return Together(self.shard, self.condition, self.group, pictures_key(self.ids), found)


def blocks(outcome: Outcome) -> list[Block]:
    """Return the figures of all sets and conditions, in the order of the run.

    Only pictures that every system has coloured count: each figure of a block is of the same ones.
    A system that has coloured none has no figures.
    """
    originals = {(row.shard, row.id): row for row in outcome.rows if not row.system}
    found = []
    for title, rows in grouped(outcome.predictions).items():
        ids = shared_ids(rows)
        first = [originals[rows[0].shard, key] for key in ids]
        columns = []
        for system in outcome.plan.compared:
            if isinstance(system, Recorded):
                columns.append(recorded_column(system, title, ids))
            elif own := {row.id: row for row in rows if row.system == system.name}:
                columns.append((scored_column(system.name, [own[key] for key in ids], first), ""))
            else:
                note = f"{system.name}, {title}: coloured no picture."
                columns.append((Column(system.name, (), {}), note))
        found.append(make_block(rows[0], ids, columns))
    return found


def shared_ids(rows: Sequence[Row]) -> list[str]:
    """Return the pictures that all systems of these rows have coloured, in their order."""
    coloured: dict[str, set[str]] = {}
    for row in rows:
        coloured.setdefault(row.system, set()).add(row.id)
    shared = set.intersection(*coloured.values())
    return [key for key in dict.fromkeys(row.id for row in rows) if key in shared]


def recorded_blocks(systems: Sequence[Recorded]) -> list[Block]:
    """Return the figures of files alone: blocks and pictures are those of the first."""
    return [
        make_block(
            next(iter(rows.values())),
            list(rows),
            [recorded_column(system, title, list(rows)) for system in systems],
        )
        for title, rows in systems[0].blocks.items()
    ]


def grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Split rows by set and condition; region hints by the set's groups too."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(title_of(row.shard, row.condition, row.group), []).append(row)
    return found


def scored_column(name: str, rows: Sequence[Row], originals: Sequence[Row]) -> Column:
    """Compute what a system that was run has of all pictures together."""
    found = {metric.name: of_all(metric, rows, originals) for metric in METRICS if metric.together}
    return Column(name, rows, {name: figure for name, figure in found.items() if figure})


def recorded_column(system: Recorded, title: str, ids: Sequence[str]) -> tuple[Column, str]:
    """Return what a recorded system has of these pictures, and a note if that is not all."""
    rows, together = system.blocks.get(title, {}), system.find(title)
    said = f"{system.name}, {title}: "
    if not rows:
        return Column(system.name, (), {}), f"{said}not in its file."
    if not set(ids) <= set(rows):
        return Column(system.name, (), {}), f"{said}scored on other pictures."
    chosen = [rows[key] for key in ids]
    if together is not None and together.key != pictures_key(ids):
        left_out = "FID, FSD, KSD, hint error and spread are left out"
        note = f"{said}scored on {len(rows)} pictures, compared on {len(ids)}: {left_out}."
        return Column(system.name, chosen, {}), note
    return Column(system.name, chosen, {} if together is None else together.metrics), ""


def make_block(one: Row, ids: Sequence[str], noted: Sequence[tuple[Column, str]]) -> Block:
    """Compute the figures of a block's columns; `one` is any of its rows."""
    group = one.group if one.condition == REGIONS else ""
    columns = tuple(column for column, _ in noted)
    return Block(
        title_of(one.shard, one.condition, one.group),
        one.shard,
        one.condition,
        group,
        tuple(ids),
        columns,
        tuple(figure for metric in METRICS for figure in figures_of(metric, columns)),
        tuple(note for _, note in noted if note),
    )


def figures_of(metric: Metric, columns: Sequence[Column]) -> Iterator[Figure]:
    """Yield a metric's figure for each system that has it."""
    compute = of_together if metric.together else of_pictures
    for column in columns:
        if metric.name in column.together or has(metric, column.rows):
            other = columns[0] if column is not columns[0] else None
            yield Figure(metric, column.system, *compute(metric, column, other))


def has(metric: Metric, rows: Sequence[Row]) -> bool:
    """Whether these rows have what the metric is made of."""
    return any(metric.source in row.score for row in rows)


Values = tuple[Estimate, Estimate | None]


def of_pictures(metric: Metric, column: Column, other: Column | None) -> Values:
    """Compute a figure that has one number a picture."""
    mine = numbers(column.rows, metric.source)
    value = bootstrap(mine, metric.statistic, generator())
    if other is None or not has(metric, other.rows):
        return value, None
    theirs = numbers(other.rows, metric.source)
    return value, paired(mine, theirs, generator(), metric.statistic)


def of_together(metric: Metric, column: Column, other: Column | None) -> Values:
    """Compute a figure that is of all pictures together from its resamples."""
    interval = estimate if metric.pooled else set_estimate
    mine = column.together.get(metric.name)
    if mine is None:
        return UNKNOWN, None
    theirs = None if other is None else other.together.get(metric.name)
    gain = None if theirs is None else interval(*mine.less(theirs)[1:])
    return interval(*mine[1:]), gain


def of_all(metric: Metric, rows: Sequence[Row], originals: Sequence[Row]) -> Resampled | None:
    """Compute a metric of all pictures together, and its resamples; None where it has none."""
    if metric.pooled:
        return pooled([array(row, metric.source) for row in rows], metric.statistic, generator())
    assert metric.of_set is not None
    assert metric.resampled is not None
    # The originals have but one kind of Inception features.
    kind = INCEPTION if metric.source == OWN_INCEPTION else metric.source
    made, real = features(rows, metric.source), features(originals, kind)
    if made is None or real is None:
        return None
    return Resampled(len(made), metric.of_set(made, real), metric.resampled(made, real))


def features(rows: Sequence[Row], source: str) -> NDArray[np.float64] | None:
    """Return the features of pictures, (n, D); None for too few, or where any has none."""
    if len(rows) < FEWEST_OF_SET or not all(source in row.score for row in rows):
        return None
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
