"""The report of a run: one self-contained HTML page, its tables as Markdown, the scores."""

from __future__ import annotations

import base64
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
from inkhue.errors import InkhueError
from inkhue.evaluate.cost import Cost, costs
from inkhue.evaluate.figures import Block, grouped
from inkhue.evaluate.hint_auc import METRICS as HINT_AUC_METRICS
from inkhue.evaluate.hint_auc import hint_auc
from inkhue.evaluate.recorded import SUFFIX, Recorded, packed
from inkhue.evaluate.rows import REGIONS
from inkhue.evaluate.run import Failure, Outcome, hints_of
from inkhue.evaluate.sets import Item, make_item, shard_name
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
from inkhue.lines import METHODS

HTML, MARKDOWN = "report.html", "report.md"
TEMPLATE = "report.html.j2"
PLOTTED = ("LPIPS", "CIEDE2000", "FID", "FSD")


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
    write(folder / MARKDOWN, as_markdown(sections, figures, closing, outcome).encode())
    write(folder / HTML, as_html(sections, figures, closing, outcome).encode())
    for system in outcome.plan.systems:
        path = folder / f"{file_name(system.name)}{SUFFIX}"
        write(path, packed(scores_of(system, outcome, figures)))
    return folder / HTML


def section(block: Block, outcome: Outcome, pictures: dict[tuple[str, str], Picture]) -> Section:
    """Make a block's tables and sheets."""
    rows = grouped(outcome.predictions)[block.title]
    with_lines = {system.name for system in outcome.plan.systems if system.with_lines}
    tables = [
        figure_table(block, outcome.instruments.unmeasured, with_lines),
        difference_table(block),
    ]
    if block.condition != REGIONS:
        tables.append(source_table(block))
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
    unknown = {system.name: Cost(system.name, None) for system in outcome.plan.compared}
    first = next(iter(outcome.predictions), None)
    if first is None:
        return list(unknown.values())
    item = make_item(pictures[first.shard, first.id])
    hints, _ = hints_of(item, first.condition)
    measured = {cost.system: cost for cost in costs(outcome.plan.systems, item, hints)}
    return list((unknown | measured).values())


def hint_auc_tables(outcome: Outcome) -> list[Table]:
    """Measure the Hint-AUC of each set, of its readable pictures; a system that fails has none."""
    broken = {(failure.shard, failure.id) for failure in outcome.failures if not failure.system}
    tables = []
    for found in outcome.sets:
        items = [make_item(p) for p in found if (p.shard, p.id) not in broken]
        if not items:
            continue
        rows = tuple(hint_auc_row(system, items) for system in outcome.plan.systems)
        title = f"Hint-AUC (scribbles), {items[0].shard} ({len(items)} pictures)"
        tables.append(Table(title, ("", *HINT_AUC_METRICS), rows))
    return tables


def hint_auc_row(system: System, items: Sequence[Item]) -> tuple[str, ...]:
    """Measure one system's Hint-AUC; where it fails, say so in place of the figures."""
    try:
        values = hint_auc(system, items)
    except InkhueError as error:
        return (f"{system.name}: failed ({error})", *("" for _ in HINT_AUC_METRICS))
    return (system.name, *(f"{values[name]:.4f}" for name in HINT_AUC_METRICS))


def as_markdown(
    sections: Sequence[Section],
    figures: Sequence[Block],
    closing: Sequence[Table],
    outcome: Outcome,
) -> str:
    """Return all tables as Markdown."""
    parts = [f"# Scores, inkhue {__version__}", *notes(outcome, figures)]
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
        notes=notes(outcome, figures),
        failures=[told(failure) for failure in outcome.failures],
        blocks=shown,
        plots=plots(figures),
        closing=closing,
    )


def notes(outcome: Outcome, figures: Sequence[Block]) -> list[str]:
    """Say what a reader must know."""
    said = [
        "Pictures of 512 x 512 pixels; 95 % bootstrap intervals over pictures in brackets; only"
        " pictures that every system has coloured count. Best values, and differences whose"
        " interval excludes 0, are set off.",
        "FID's network is stored in float16, which moves it by about 0.2 %. Line art that did not"
        f" come with its picture is drawn by the extractor ink, version {METHODS['ink'].version}.",
    ]
    if outcome.left_out:
        count = len(set(outcome.left_out))
        said.append(f"{count} pictures have fewer than three regions and are left out.")
    with_lines = [system.name for system in outcome.plan.systems if system.with_lines]
    if with_lines:
        said.append(f"With lines (their colour layers hold the lines): {', '.join(with_lines)}.")
    for system in outcome.plan.compared:
        if isinstance(system, ModelSystem | Recorded):
            facts = system.facts if isinstance(system, Recorded) else facts_of(system, outcome)
            said.append(f"{system.name}: {'; '.join(facts)}.")
    said += [note for block in figures for note in block.notes]
    return [*said, *outcome.instruments.missing]


def facts_of(system: System, outcome: Outcome) -> tuple[str, ...]:
    """Say what a system was, a line each; of a model its stages and how far they were trained."""
    rows = [row for row in outcome.predictions if row.system == system.name]
    pictures = len({(row.shard, row.id) for row in rows})
    facts = [f"key {system.key}, inkhue {__version__}, {pictures} pictures"]
    if isinstance(system, ModelSystem):
        training = system.model.training
        for name, stage in system.model.stages.items():
            fact = f"{name}: sha256 {stage.sha256[:16]}, {stage.parameters:,} parameters"
            if name in training:  # not a network that was published
                crops, hours = training[name]["crops"], training[name]["hours"]
                fact += f", trained on {crops:,} crops in {hours:.3f} h"
            facts.append(fact)
    return tuple(facts)


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


def scores_of(system: System, outcome: Outcome, figures: Sequence[Block]) -> Recorded:
    """Return a system's scores, to be compared with later."""
    rows = [row for row in outcome.predictions if row.system == system.name]
    together = [block.together(system.name) for block in figures]
    return Recorded(system.name, facts_of(system, outcome), rows, together)
