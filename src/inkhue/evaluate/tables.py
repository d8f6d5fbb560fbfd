"""The run's figures as tables of text, for Markdown and HTML alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inkhue.evaluate.figures import METRICS, Block, Figure, Metric, generator, numbers
from inkhue.evaluate.rows import Row
from inkhue.evaluate.statistics import Estimate, bootstrap

if TYPE_CHECKING:  # it loads torch
    from inkhue.evaluate.cost import Cost

NOT_MEASURED = "not measured"
FEWEST_OF_GROUP = 5  # pictures that a source needs for a row of its own
BREAKDOWN = (("LPIPS", "lpips", 3), ("CIEDE2000", "ciede", 1))


@dataclass(frozen=True)
class Table:
    """A table; `best` holds the cells to set off, by row and column."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()


def figure_table(
    block: Block, unmeasured: Collection[str] = (), with_lines: Collection[str] = ()
) -> Table:
    """Lay out a block: a row a metric, a column a system, the best set off.

    `unmeasured`: scores that there are no weights for. `with_lines`: systems that paint lines into
    their colour layer, which its rows say.
    """
    rows: list[tuple[str, ...]] = []
    best = set()
    for metric in METRICS:
        found = [block.find(metric.name, name) for name in block.systems]
        if not any(found):
            if metric.source in unmeasured:
                rows.append((label(metric), *[NOT_MEASURED] * len(found)))
            continue
        for column in best_columns(metric, found):
            best.add((len(rows), column + 1))
        cells = [shown(figure, metric) for figure in found]
        if metric.of_layer:
            cells = [
                f"{cell} (with lines)" if cell and name in with_lines else cell
                for name, cell in zip(block.systems, cells, strict=True)
            ]
        rows.append((label(metric), *cells))
    title = f"{block.title} ({block.pictures} pictures)"
    return Table(title, ("", *block.systems), tuple(rows), frozenset(best))


def label(metric: Metric) -> str:
    """Name a metric with the direction that is better."""
    arrow = {"lower": " ↓", "higher": " ↑", "": ""}[metric.better]
    return metric.name + arrow


def shown(figure: Figure | None, metric: Metric) -> str:
    """Write a figure with its interval."""
    return "" if figure is None else interval(figure.estimate, metric.digits)


def interval(estimate: Estimate, digits: int) -> str:
    """Write an estimate with its interval."""
    if np.isnan(estimate.value):
        return NOT_MEASURED
    low, high = f"{estimate.low:.{digits}f}", f"{estimate.high:.{digits}f}"
    return f"{estimate.value:.{digits}f} ({low} to {high})"


def best_columns(metric: Metric, found: Sequence[Figure | None]) -> list[int]:
    """Return the columns of the best value, as it is shown; none where all are alike."""
    if not metric.better:
        return []
    values = [np.nan if f is None else round(f.estimate.value, metric.digits) for f in found]
    known = [value for value in values if not np.isnan(value)]
    if len(known) < 2 or len(set(known)) == 1:
        return []
    best = min(known) if metric.better == "lower" else max(known)
    return [column for column, value in enumerate(values) if value == best]


def difference_table(block: Block) -> Table | None:
    """Lay out the paired differences to the first system; those that exclude 0 are set off."""
    first, *others = block.systems
    rows: list[tuple[str, ...]] = []
    sure = set()
    for metric in METRICS:
        found = [block.find(metric.name, name) for name in others]
        if not any(figure and figure.gain for figure in found):
            continue
        cells = []
        for column, figure in enumerate(found, 1):
            gain = figure.gain if figure else None
            cells.append("" if gain is None else signed(gain, metric.digits))
            if gain is not None and gain.low * gain.high > 0:
                sure.add((len(rows), column))
        rows.append((label(metric), *cells))
    if not rows:
        return None
    header = ("", *(f"{name} - {first}" for name in others))
    return Table(f"{block.title}: paired differences", header, tuple(rows), frozenset(sure))


def signed(gain: Estimate, digits: int) -> str:
    """Write a difference with its interval."""
    if np.isnan(gain.value):
        return NOT_MEASURED
    return f"{gain.value:+.{digits}f} ({gain.low:+.{digits}f} to {gain.high:+.{digits}f})"


def cost_table(costs: Sequence[Cost]) -> Table:
    """Lay out what the systems cost."""
    header = ("", "parameters", "files, MB", "multiply-adds, G", "ms", "peak memory, MB")
    rows = tuple(
        (
            cost.system,
            number(cost.parameters, ",.0f"),
            number(cost.megabytes, ".1f"),
            number(None if cost.multiply_adds is None else cost.multiply_adds / 1e9, ".2f"),
            number(cost.milliseconds, ".0f"),
            number(cost.peak_mb, ".0f"),
        )
        for cost in costs
    )
    title = "Cost of a picture of 512 x 512 pixels (models on two threads; programs on their own)"
    return Table(title, header, rows)


def number(value: float | None, form: str) -> str:
    """Write a number, or nothing."""
    return "" if value is None else format(value, form)


def source_table(block: Block) -> Table | None:
    """Break a block's scores down by the pictures' sources."""
    rows = [row for column in block.columns for row in column.rows]
    groups = sorted({row.group for row in rows})
    lines = []
    for group in groups:
        inside = [row for row in rows if row.group == group]
        count = len({row.id for row in inside})
        if count < FEWEST_OF_GROUP:
            continue
        cells = [
            mean_of([row for row in column.rows if row.group == group], source, digits)
            for column in block.columns
            for _, source, digits in BREAKDOWN
        ]
        lines.append((group, str(count), *cells))
    if len(lines) < 2:
        return None
    columns = (f"{system}, {name}" for system in block.systems for name, _, _ in BREAKDOWN)
    header = ("source", "pictures", *columns)
    return Table(f"{block.title}: by source", header, tuple(lines))


def mean_of(rows: Sequence[Row], source: str, digits: int) -> str:
    """Write the mean of a score with its interval."""
    values = numbers(rows, source)
    known = not np.isnan(values).all()
    return interval(bootstrap(values, np.mean, generator()), digits) if known else ""


def markdown(table: Table) -> str:
    """Write a table as Markdown."""
    lines = [
        f"### {table.title}",
        "",
        "| " + " | ".join(map(escaped, table.header)) + " |",
        "|" + "---|" + "---:|" * (len(table.header) - 1),
    ]
    for number, row in enumerate(table.rows):
        cells = [
            f"**{escaped(cell)}**" if (number, column) in table.best and cell else escaped(cell)
            for column, cell in enumerate(row)
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Keep a name from being taken for Markdown."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
