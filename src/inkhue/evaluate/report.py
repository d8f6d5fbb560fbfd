"""The report of a run: one self-contained HTML page, its tables as Markdown, the scores."""

from __future__ import annotations

import base64
import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import matplotlib
import numpy as np
from matplotlib.figure import Figure as Plot

from inkhue import __version__
from inkhue.data.shards import Picture
from inkhue.evaluate.cost import Cost, costs
from inkhue.evaluate.figures import Block, title_of
from inkhue.evaluate.hint_auc import METRICS as HINT_AUC_METRICS
from inkhue.evaluate.hint_auc import hint_auc
from inkhue.evaluate.run import REGIONS, Failure, Outcome, Row, hints_of
from inkhue.evaluate.sets import make_item, shard_name
from inkhue.evaluate.sheets import Sheet, make_sheet
from inkhue.evaluate.store import file_name, write
from inkhue.evaluate.systems import ModelSystem, System
from inkhue.evaluate.tables import (
    Table,
    cost_table,
    difference_table,
    figure_table,
    markdown,
    source_table,
)

HTML, MARKDOWN = "report.html", "report.md"
TEMPLATE = "report.html.j2"
PLOTTED = ("LPIPS", "CIEDE2000", "FID", "FSD")
NUMBERS = (  # of each picture, in the committed scores
    "lpips", "ciede", "psnr", "ssim", "colourfulness", "line_error", "ink_error", "accuracy",
    "bleed",
)  # fmt: skip
MANY = ("hint_error", "hint_spread")  # several numbers a picture: median and 95th percentile


@dataclass(frozen=True)
class Section:
    """A block with all that is shown of it."""

    title: str
    tables: list[Table]
    sheets: list[Sheet]


def write_report(outcome: Outcome, figures: Sequence[Block]) -> Path:
    """Write the report into the run's folder; return the page's path."""
    pictures = {
        (shard_name(picture), picture.id): picture for found in outcome.sets for picture in found
    }
    sections = [section(block, outcome, pictures) for block in figures]
    closing = [cost_table(measured_costs(outcome, pictures))]
    if outcome.plan.hint_auc:
        closing += hint_auc_tables(outcome)
    folder = outcome.plan.folder
    write(folder / MARKDOWN, as_markdown(sections, closing, outcome).encode())
    write(folder / HTML, as_html(sections, figures, closing, outcome).encode())
    for system in outcome.plan.systems:
        write(folder / f"{file_name(system.name)}.csv.gz", scores_of(system, outcome))
    return folder / HTML


def section(block: Block, outcome: Outcome, pictures: dict[tuple[str, str], Picture]) -> Section:
    """Make a block's tables and sheets."""
    rows = [row for row in outcome.predictions if title_of(row) == block.title]
    tables = [figure_table(block, outcome), difference_table(block)]
    if block.condition != REGIONS:
        tables.append(source_table(block.title, rows, block.systems))
    in_set = {key: picture for (shard, key), picture in pictures.items() if shard == block.shard}
    sheets = [
        make_sheet(
            f"{system.name}, {block.title}",
            [row for row in rows if row.system == system.name],
            system,
            in_set,
            outcome,
        )
        for system in outcome.plan.systems
    ]
    return Section(
        block.title,
        [table for table in tables if table is not None],
        [sheet for sheet in sheets if sheet is not None],
    )


def measured_costs(outcome: Outcome, pictures: dict[tuple[str, str], Picture]) -> list[Cost]:
    """Measure the systems on the first picture that was scored."""
    first = next(iter(outcome.predictions), None)
    if first is None:
        return [Cost(system.name, None) for system in outcome.plan.systems]
    item = make_item(pictures[first.shard, first.id])
    hints, _ = hints_of(item, first.condition)
    return costs(outcome.plan.systems, item, hints)


def hint_auc_tables(outcome: Outcome) -> list[Table]:
    """Measure the Hint-AUC of each set; where a system fails, an InkhueError."""
    tables = []
    for found in outcome.sets:
        items = [make_item(picture) for picture in found]
        rows = []
        for system in outcome.plan.systems:
            values = hint_auc(system, items)
            rows.append((system.name, *(f"{values[name]:.4f}" for name in HINT_AUC_METRICS)))
        title = f"Hint-AUC (scribbles), {items[0].shard} ({len(items)} pictures)"
        tables.append(Table(title, ("", *HINT_AUC_METRICS), tuple(rows)))
    return tables


def as_markdown(sections: Sequence[Section], closing: Sequence[Table], outcome: Outcome) -> str:
    """Return all tables as Markdown."""
    parts = [f"# Scores, inkhue {__version__}", *notes(outcome)]
    if outcome.failures:
        parts += ["## Failures", *(f"- {told(failure)}" for failure in outcome.failures)]
    parts += [markdown(table) for part in sections for table in part.tables]
    return "\n\n".join([*parts, *map(markdown, closing)])


def as_html(
    sections: Sequence[Section],
    figures: Sequence[Block],
    closing: Sequence[Table],
    outcome: Outcome,
) -> str:
    """Return the page."""
    loader = jinja2.PackageLoader("inkhue.evaluate", "")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    shown = [
        {
            "title": part.title,
            "tables": part.tables,
            "sheets": [
                {
                    "title": sheet.title,
                    "captions": sheet.captions,
                    "data": base64.b64encode(sheet.encoded()).decode(),
                }
                for sheet in part.sheets
            ],
        }
        for part in sections
    ]
    return environment.get_template(TEMPLATE).render(
        title=f"Scores, inkhue {__version__}",
        notes=notes(outcome),
        failures=[told(failure) for failure in outcome.failures],
        blocks=shown,
        plots=plots(figures),
        closing=closing,
    )


def notes(outcome: Outcome) -> list[str]:
    """Say what a reader must know."""
    said = [
        "Pictures of 512 x 512 pixels; 95 % bootstrap intervals over pictures in brackets; only"
        " pictures that every system has coloured count. Best values, and differences whose"
        " interval excludes 0, are set off.",
        "FID's network is stored in float16, which moves it by about 0.2 %. Line art that did not"
        " come with its picture is drawn by the extractor ink.",
    ]
    if outcome.left_out:
        count = len(set(outcome.left_out))
        said.append(f"{count} pictures have fewer than three regions and are left out.")
    with_lines = [system.name for system in outcome.plan.systems if system.with_lines]
    if with_lines:
        said.append(f"With lines (their colour layers hold the lines): {', '.join(with_lines)}.")
    for system in outcome.plan.systems:
        if isinstance(system, ModelSystem):
            said.append(f"{system.name}: {trained(system)}, pictures' key {system.key}.")
    return [*said, *outcome.instruments.missing]


def trained(system: ModelSystem) -> str:
    """Say how far a model was trained."""
    stages = {n: s for n, s in system.model.training.items() if isinstance(s, dict)}
    parts = [f"{n} {s['crops']:,} crops in {s['hours']:.2f} h" for n, s in stages.items()]
    return "trained: " + (", ".join(parts) or "not said")


def told(failure: Failure) -> str:
    """Write a failure as a line."""
    where = [failure.system, f"{failure.condition} hints" if failure.condition else ""]
    place = ", ".join(part for part in (*where, failure.shard, failure.id) if part)
    return f"{place}: {failure.reason}"


def plots(figures: Sequence[Block]) -> list[str]:
    """Plot metrics over the number of hints, a plot for each set and metric, as SVG."""
    shards = dict.fromkeys(block.shard for block in figures if block.condition != REGIONS)
    drawn = []
    for shard in shards:
        found = [b for b in figures if b.shard == shard and b.condition != REGIONS]
        if len(found) > 1:
            drawn += [plot(found, metric) for metric in PLOTTED]
    return [svg for svg in drawn if svg]


def plot(found: Sequence[Block], metric: str) -> str:
    """Plot one metric of one set."""
    matplotlib.rcParams["svg.hashsalt"] = "inkhue"  # else ids differ from run to run
    picture = Plot(figsize=(5, 3.4), layout="constrained")
    axes = picture.subplots()
    for name in found[0].systems:
        points = [(int(b.condition), b.find(metric, name)) for b in found]
        known = sorted((x, f.estimate) for x, f in points if f and not np.isnan(f.estimate.value))
        if not known:
            continue
        places = [x for x, _ in known]
        axes.plot(places, [e.value for _, e in known], marker="o", markersize=3, label=name)
        axes.fill_between(places, [e.low for _, e in known], [e.high for _, e in known], alpha=0.15)
    if not axes.lines:
        return ""
    axes.set(xscale="symlog", xlabel="hints", title=f"{found[0].shard}: {metric}")
    axes.set_xticks(sorted({int(b.condition) for b in found}))
    axes.get_xaxis().set_major_formatter("{x:.0f}")
    axes.minorticks_off()
    axes.legend(fontsize="small", frameon=False)
    stream = io.StringIO()
    picture.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue().partition("?>")[2].partition(">")[2]  # without XML's head


def scores_of(system: System, outcome: Outcome) -> bytes:
    """Return a system's scores by picture as gzipped CSV, with what the system was."""
    stream = io.StringIO()
    stream.write(f"# {system.name}, key {system.key}, inkhue {__version__}\n")
    if isinstance(system, ModelSystem):
        stream.write(f"# {trained(system)}\n")
    writer = csv.writer(stream, lineterminator="\n")
    many = [f"{name}_{q}" for name in MANY for q in ("median", "95th")]
    writer.writerow(["shard", "condition", "group", "id", *NUMBERS, *many])
    for row in outcome.predictions:
        if row.system == system.name:
            facts = (row.shard, row.condition, row.group, row.id)
            writer.writerow([*facts, *numbers_of(row)])
    return gzip.compress(stream.getvalue().encode(), mtime=0)


def numbers_of(row: Row) -> list[str]:
    """Return a row's numbers as text."""
    numbers = [f"{float(row.score[n]):.6g}" if n in row.score else "" for n in NUMBERS]
    for name in MANY:
        values = row.score.get(name, np.zeros(0))
        numbers += [f"{np.percentile(values, q):.6g}" if values.size else "" for q in (50, 95)]
    return numbers
