"""The light model's bars and what it reaches, as a Markdown table: `print_bars.py [--measure]`.

Of the shipped files and of recorded scores (benchmarks/scores/FOLDER/NAME.csv.gz); what has no file
is "not measured". Times and memory are measured with --measure alone, on a machine that does
nothing else. A difference to a rival is per cent of the rival's figure, positive where light is
better, with the interval of the paired difference.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from compare_speed import compare

from inkhue.errors import InkhueError
from inkhue.evaluate.figures import Block, recorded_blocks
from inkhue.evaluate.recorded import SUFFIX, Recorded, read_recorded
from inkhue.evaluate.rows import REGIONS, title_of
from inkhue.evaluate.statistics import UNKNOWN, Estimate
from inkhue.evaluate.systems import ModelSystem
from inkhue.evaluate.tables import NOT_MEASURED, Table, interval, markdown
from inkhue.measure import measure_apart
from inkhue.model import Model, find_model

THREADS = 2
PAPER_PAIR = "au-net"  # what light's times are compared with


class Found(NamedTuple):
    """What was found, in the bar's unit; where that is nothing, `remark` says why."""

    estimate: Estimate = UNKNOWN
    pictures: int = 0
    remark: str = ""
    undertrained: bool = False  # the rival


@dataclass(frozen=True, eq=False)
class Desk:
    """What is known: files of scores by FOLDER/NAME, and single numbers by name."""

    scores: Mapping[str, Recorded]
    numbers: Mapping[str, Found]


@dataclass(frozen=True)
class Scored:
    """A metric of a block in a file of scores."""

    file: str
    title: str
    metric: str
    scale: float = 1.0

    def find(self, desk: Desk) -> Found:
        """Look it up."""
        block = blocks(desk, self.file).get(self.title)
        figure = block.find(self.metric, self.file) if block else None
        if not block or not figure:
            return Found(remark=lacking(desk, self.file))
        return Found(Estimate(*(self.scale * n for n in figure.estimate)), block.pictures)


@dataclass(frozen=True)
class Against:
    """How much better light is than a rival, per cent, paired, on the rival's pictures."""

    rival: str
    title: str
    metric: str

    def find(self, desk: Desk) -> Found:
        """Compare the two files."""
        block = blocks(desk, self.rival, PICTURES).get(self.title)
        names = (self.rival, PICTURES)
        theirs, mine = (block.find(self.metric, name) if block else None for name in names)
        if not block or not theirs or not mine or not mine.gain:
            said = " ".join(block.notes) if block else ""
            return Found(remark=said or lacking(desk, *names))
        percent = 100 / abs(theirs.estimate.value) * (-1 if mine.metric.better == "lower" else 1)
        value, *ends = (percent * number for number in mine.gain)
        hours = desk.numbers.get(f"hours of {self.rival}")  # of networks alone
        undertrained = hours is not None and not hours.estimate.value >= ENOUGH
        return Found(Estimate(value, min(ends), max(ends)), block.pictures, "", undertrained)


@dataclass(frozen=True)
class Bar:
    """A bar: at most `most`, at least `least`; with `sure` the interval must exclude 0 as well."""

    what: str
    source: str | Scored | Against  # a single number's name
    most: float = np.inf
    least: float = -np.inf
    unit: str = ""
    more: str = ""  # what the limit says after its unit
    digits: int = 1
    sure: bool = False

    def __str__(self) -> str:
        if self.most < np.inf:
            return f"at most {self.most:g}{self.unit}"
        said = f"at least {self.least:g}{self.unit}{self.more}" if self.least else self.more.strip()
        return f"{said}, interval excludes 0" if self.sure else said

    def find(self, desk: Desk) -> Found:
        """Look up what was found."""
        if isinstance(self.source, str):
            return desk.numbers.get(self.source, Found(remark="give --measure"))
        return self.source.find(desk)

    def shown(self, found: Found) -> str:
        """Write the figure, its interval and the number of pictures."""
        value, low, _ = found.estimate
        if np.isnan(value):
            return ""
        exact = np.isnan(low)
        text = f"{value:.{self.digits}f}" if exact else interval(found.estimate, self.digits)
        return f"{text}{self.unit}" + (f", {found.pictures} pictures" if found.pictures else "")

    def verdict(self, found: Found) -> str:
        """Say whether it is met, or by how much it is missed."""
        value, low, _ = found.estimate
        if np.isnan(value):
            return f"{NOT_MEASURED} ({found.remark})" if found.remark else NOT_MEASURED
        short = max(value - self.most, self.least - value)
        said = "met"
        if short > 0:
            rounded = f"{short:.{self.digits}f}"
            said = f"missed by {rounded if float(rounded) else f'{short:.1g}'}{self.unit}"
        elif self.sure and low <= 0:
            said = "missed, the interval holds 0"
        return f"rival undertrained ({said})" if found.undertrained else said


PICTURES, FLATS, RIVAL = "pictures/light", "flats/light", "pictures/u-net-w32"
PAIRS = {"the U-Net pair, obeyed": RIVAL, "the U-Net pair at obey 0": f"{RIVAL}@0"}
FILLS = {f"watershed-{kind}": f"pictures/watershed-{kind}" for kind in ("lines", "distance")}
SHOWN = tuple(title_of(shard, n, "") for shard in ("val", "unseen") for n in ("10", "140"))
DOTS = title_of("val", "140", "")
GROUPS = {g: title_of("flats", REGIONS, g) for g in ("openmoji", "facesjs", "dicebear-micah")}
HINTED = {DOTS: PICTURES, **dict.fromkeys(GROUPS.values(), FLATS)}  # titles and their files
LARGE = {f", {n} pixels": dict.fromkeys(HINTED, f"large/light-{n}") for n in (2048, 4096)}
LEAST_OF_PAIRS = {"LPIPS": 5, "FID": 10, "FSD": 10, "KSD": 0, "CIEDE2000": 0, "SSIM": 0}
LEAST_OF_FILLS = {"LPIPS": 0, "CIEDE2000": 0, "FSD": 0}
ENOUGH = 50.0  # per cent of light's hours
BARS = (
    Bar("parameters, all stages", "parameters", 3, unit=" M", digits=3),
    Bar("bytes shipped, the whole folder", "bytes", 5, unit=" MB", digits=2),
    *(
        Bar(f"{job}: the AU-Net pair's time to light's", job, least=ratio, more=" times")
        for job, ratio in (("networks", 15), ("networks, further hint", 30),
                           ("whole way", 8), ("further hint", 15))
    ),
    *(
        Bar(f"peak memory at {side} pixels", f"peak {side}", most, unit=" MB", digits=0)
        for side, most in ((512, 250), (4096, 1200))
    ),
    Bar("U-Net pair's hours of training, of light's", f"hours of {RIVAL}", least=ENOUGH, unit=" %"),
    *(
        Bar(f"{metric}, {title}, against {name}", Against(file, title, metric),
            least=least, unit=" %", more=" better", sure=True)
        for rivals, least_of in ((PAIRS, LEAST_OF_PAIRS), (FILLS, LEAST_OF_FILLS))
        for name, file in rivals.items()
        for title in SHOWN
        for metric, least in least_of.items()
    ),
    *(
        Bar(f"{metric}, {title}{size}", Scored(file, title, metric), most, digits=2)
        for size, files in {"": HINTED, **LARGE}.items()
        for title, file in files.items()
        for metric, most in (("hint error, median", 1), ("hint error, 95th", 3),
                             ("hint spread, median", 2), ("hint spread, 95th", 6))
        if title != DOTS or "error" in metric
    ),
    *(
        Bar(f"hint error, median, {title}, obey 0",
            Scored(f"{file}@0", title, "hint error, median"), 6, digits=2)
        for title, file in HINTED.items()
    ),
    *(
        Bar(f"{metric}, {group}", Scored(FLATS, GROUPS[group], metric, 100), most, least, " %")
        for group, mean, tenth, bleed in (
            ("openmoji", 93, 82, 3), ("facesjs", 98.5, 96, 0.5), ("dicebear-micah", 98.5, 96, 0.5),
        )
        for metric, most, least in (
            ("region accuracy", np.inf, mean), ("region accuracy, 10th", np.inf, tenth),
            ("bleed", bleed, -np.inf),
        )
    ),
    Bar("lines, largest error of any picture", "lines", 0, digits=3),
)  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="light", help="name or folder")
    parser.add_argument("--scores", type=Path, default=Path(__file__).parent / "scores")
    parser.add_argument("--measure", action="store_true", help="times and memory too; minutes")
    given = parser.parse_args()
    try:
        model = find_model(given.model)
        scores = {s.name: s for s in map(read_named, sorted(given.scores.glob(f"*/*{SUFFIX}")))}
        numbers = counted(model, scores) | (measured(model) if given.measure else {})
    except InkhueError as error:
        parser.exit(1, f"{error}\n")
    desk = Desk(scores, numbers)
    found = [(bar, bar.find(desk)) for bar in BARS]
    rows = tuple((b.what, str(b), b.shown(f), b.verdict(f)) for b, f in found)
    print(markdown(Table("Bars of the light model", ("what", "bar", "found", "met"), rows)))
    kinds = Counter(re.split(r" by |, | \(", verdict)[0] for *_, verdict in rows)
    print(f"{len(rows)} bars: {', '.join(f'{n} {kind}' for kind, n in kinds.items())}.")
    print("\n".join(f"- {note}" for note in notes(model, scores)))


def read_named(path: Path) -> Recorded:
    """Read a file of scores, called FOLDER/NAME whatever it was recorded as."""
    return replace(read_recorded(path), name=f"{path.parent.name}/{path.name.removesuffix(SUFFIX)}")


@cache
def blocks(desk: Desk, *names: str) -> dict[str, Block]:
    """Return the figures of files by title, compared with the first; none if a file is missing."""
    if not all(name in desk.scores for name in names):
        return {}
    return {b.title: b for b in recorded_blocks([desk.scores[name] for name in names])}


def lacking(desk: Desk, *names: str) -> str:
    """Say which file is missing, or what has no such figure."""
    gone = [name for name in names if name not in desk.scores]
    return f"no {gone[0]}{SUFFIX}" if gone else f"not in {' and '.join(names)}"


def counted(model: Model, scores: Mapping[str, Recorded]) -> dict[str, Found]:
    """Count what needs no measuring."""
    size = sum(path.stat().st_size for path in model.folder.iterdir())
    rows = [row for name in (PICTURES, FLATS) if name in scores for row in scores[name].rows]
    errors = [row.score[k] for row in rows for k in ("line_error", "ink_error") if k in row.score]
    worst = float(np.nanmax(errors)) if errors else np.nan
    found = {
        "parameters": exactly(model.parameters / 1e6),
        "bytes": exactly(size / 1e6),
        "lines": exactly(worst, len({(row.shard, row.id) for row in rows})),
    }
    mine = hours(scores, PICTURES) or np.nan
    for name in PAIRS.values():
        found[f"hours of {name}"] = exactly(100 * (hours(scores, name) or np.nan) / mine)
    return found


def measured(model: Model) -> dict[str, Found]:
    """Measure times and memory, as far as that goes."""
    folder, found = str(model.folder), dict[str, Found]()
    try:
        for job, (mine, theirs) in compare(folder, PAPER_PAIR, THREADS).items():
            found[job] = exactly(theirs / mine)
        for side in (512, 4096):
            peak = measure_apart(folder, model.variant, side, THREADS, runs=1).peak_mb
            found[f"peak {side}"] = exactly(peak or np.nan)
    except InkhueError as error:
        print(f"not all is measured: {error}", file=sys.stderr)
    return found


def exactly(value: float, pictures: int = 0) -> Found:
    """Return a figure without an interval."""
    return Found(Estimate(value, np.nan, np.nan), pictures)


def hours(scores: Mapping[str, Recorded], name: str) -> float:
    """Return the hours that all stages were trained, as a file of scores says."""
    facts = scores[name].facts if name in scores else ()
    return sum(float(found) for fact in facts for found in re.findall(r"in (\S+) h$", fact))


def notes(model: Model, scores: Mapping[str, Recorded]) -> list[str]:
    """Say what the table does not."""
    shipped = {stage.sha256[:16] for stage in model.stages.values()}
    said = [f"The model is {model.name} {model.version} in {model.folder}."]
    keys = {obey: ModelSystem(str(model.folder), obey).key for obey in (None, 0.0)}
    own = {bar.source.file for bar in BARS if isinstance(bar.source, Scored)}
    for name in sorted(own & scores.keys()):
        facts = " ".join(scores[name].facts)
        key = re.search(r"key (\w+)", facts)  # those of enlarged pictures have none
        if not shipped <= set(re.findall(r"sha256 (\w+)", facts)):
            said.append(f"{name}{SUFFIX} was recorded with OTHER WEIGHTS than the shipped ones.")
        elif key and key[1] != keys[0.0 if name.endswith("@0") else None]:
            said.append(f"{name}{SUFFIX} was recorded by other code that colours than this.")
    said.append("Whether the U-Net pair's LPIPS had levelled off is not in its file of scores.")
    return said


if __name__ == "__main__":
    main()
