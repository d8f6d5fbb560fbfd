"""The run: every system on every picture at every number of hints, resumable.

What is computed is kept in the run's folder (see `store`). A run that goes on, or one with
another system more, computes what is missing and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from inkhue.data.shards import Picture
from inkhue.errors import InkhueError, UsageError
from inkhue.evaluate.recorded import Recorded
from inkhue.evaluate.rows import REGIONS, Row, Score
from inkhue.evaluate.scoring import Instruments, Scorer, find_instruments
from inkhue.evaluate.sets import (
    Item,
    Regions,
    make_item,
    pixel_hints,
    read_set,
    region_hints,
    shard_name,
)
from inkhue.evaluate.store import file_name, kept_prediction, kept_score
from inkhue.evaluate.systems import Prediction, System, digest, files_version
from inkhue.evaluate.true_regions import FEWEST, true_regions
from inkhue.hints import Hints

# Code that changes no score: what calls the scorer, and what comes after it.
AFTER_SCORES = (
    "cost", "figures", "frechet", "hint_auc", "kernel", "record", "recorded", "report", "run",
    "sheets", "statistics", "store", "systems", "tables",
)  # fmt: skip

Tell = Callable[[int, int], None]  # done, of how many


@dataclass(frozen=True)
class Plan:
    """What is to be scored, and recorded systems that it is compared with.

    `hints`: numbers of pixel hints. With `regions` sets whose pictures all have true lines get one
    hint a region in place of those. `limit`: pictures of each set, the first.
    """

    data: Sequence[str]
    compared: Sequence[System | Recorded]  # with the first
    folder: Path
    hints: Sequence[int] = (0, 10, 40, 140, 400)
    regions: bool = False
    limit: int | None = None
    hint_auc: bool = False  # the Hint-AUC of each set too

    @property
    def systems(self) -> list[System]:
        """What colours; recorded systems do not."""
        return [system for system in self.compared if not isinstance(system, Recorded)]

    @property
    def recorded(self) -> list[Recorded]:
        """What is compared from its file."""
        return [system for system in self.compared if isinstance(system, Recorded)]


@dataclass(frozen=True)
class Failure:
    """A prediction that could not be scored; without a system, a picture that cannot be read."""

    system: str
    condition: str
    shard: str
    id: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """All that a run found."""

    plan: Plan
    instruments: Instruments
    sets: list[list[Picture]]
    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # pictures with too few regions, by id

    @property
    def predictions(self) -> list[Row]:
        """The rows of systems."""
        return [row for row in self.rows if row.system]


def evaluate(plan: Plan, tell: Tell) -> Outcome:
    """Score every system on every picture; what fails is listed and does not stop the rest."""
    sets = [read_set([address], plan.limit) for address in plan.data]
    check_names(plan.data, sets)
    total = sum(len(pictures) * len(conditions_of(pictures, plan)) for pictures in sets)
    if not total:
        raise UsageError("nothing to score: give --hints, or --regions for sets with true lines")
    outcome = Outcome(plan, find_instruments(), sets)
    done = 0
    for pictures in sets:
        conditions = conditions_of(pictures, plan)
        for picture in pictures:
            score_picture(picture, conditions, outcome)
            done += len(conditions)
            tell(done, total)
    if not outcome.predictions and not outcome.failures:
        raise InkhueError(
            f"nothing was scored: all {len(outcome.left_out)} pictures have fewer than {FEWEST}"
            " regions: leave out --regions"
        )
    return outcome


def check_names(data: Sequence[str], sets: Sequence[Sequence[Picture]]) -> None:
    """Two sets of one name would be taken for one: a UsageError."""
    named: dict[str, str] = {}
    for address, pictures in zip(data, sets, strict=True):
        for name in dict.fromkeys(shard_name(picture) for picture in pictures):
            if name in named:
                raise UsageError(
                    f"{address}: a set called {name} is there already ({named[name]});"
                    " name each set once, sets of one name in runs of their own"
                )
            named[name] = address


def conditions_of(pictures: Sequence[Picture], plan: Plan) -> list[str]:
    """Return the conditions that a set's pictures are scored under."""
    if plan.regions and all(picture.encoded_line is not None for picture in pictures):
        return [REGIONS]
    return [str(number) for number in plan.hints]


def score_picture(picture: Picture, conditions: Sequence[str], outcome: Outcome) -> None:
    """Add a picture's rows and failures to the outcome."""
    try:
        item = make_item(picture)
    except InkhueError as error:
        outcome.failures.append(Failure("", "", picture.shard, picture.id, str(error)))
        return
    desk = Desk(item, outcome.plan.folder, outcome.instruments)
    outcome.rows.append(Row("", "", item.shard, item.group, item.id, desk.original()))
    for condition in conditions:
        hints, regions = hints_of(item, condition)
        if regions is not None and len(regions) < FEWEST:
            outcome.left_out.append(item.id)
            continue
        for system in outcome.plan.systems:
            where = (system.name, condition, item.shard)
            try:
                score = desk.score(system, condition, hints, regions)
            except SystemFailedError as error:
                outcome.failures.append(Failure(*where, item.id, str(error)))
            else:
                outcome.rows.append(Row(*where, item.group, item.id, score))


def hints_of(item: Item, condition: str) -> tuple[Hints, Regions | None]:
    """Return a picture's hints under a condition, and its regions where they are one a region."""
    if condition == REGIONS:
        regions = true_regions(item)
        return region_hints(regions), regions
    return pixel_hints(item, int(condition)), None


def predict(system: System, item: Item, hints: Hints) -> Prediction:
    """Let a system colour a picture; it may fail in any way, and the others go on."""
    try:
        return system.predict(item, hints)
    except InkhueError as error:
        raise SystemFailedError(str(error)) from error
    except Exception as error:
        raise SystemFailedError(repr(error)) from error


@cache
def scoring_version() -> str:
    """Digest the code that scores: other code's scores are not taken for this one's."""
    folder = Path(__file__).parent
    network = folder.parent / "models" / "squeezenet.py"
    files = [*folder.glob("*.py"), *folder.glob("metrics/*.py"), network]
    return files_version(path for path in files if path.stem not in AFTER_SCORES)


class SystemFailedError(Exception):
    """A system gave no prediction; says why."""


class Desk:
    """One picture and its scores, from the run's folder or computed now."""

    def __init__(self, item: Item, folder: Path, instruments: Instruments) -> None:
        self.item = item
        self.folder = folder
        self.instruments = instruments
        self.version = digest(scoring_version(), *instruments.files)[:12]
        pixels = hashlib.sha256(item.original.tobytes() + item.line.tobytes()).hexdigest()
        self.name = f"{file_name(item.id)}-{pixels[:8]}"

    @cached_property
    def scorer(self) -> Scorer:
        """The scorer, made when a score is missing: it computes the original's features."""
        return Scorer(self.item, self.instruments)

    def original(self) -> Score:
        """Return the original's features."""
        place = self.folder / "originals" / self.version / self.item.shard / f"{self.name}.npz"
        return kept_score(place, lambda: self.scorer.original())

    def score(self, system: System, condition: str, hints: Hints, regions: Regions | None) -> Score:
        """Return a system's score."""
        place = self.place("scores", system, condition, hints) / f"{self.version}.npz"
        return kept_score(
            place,
            lambda: self.scorer.score(self.prediction(system, condition, hints), hints, regions),
        )

    def prediction(self, system: System, condition: str, hints: Hints) -> Prediction:
        """Return what a system makes of the picture."""
        place = self.place("predictions", system, condition, hints)
        return kept_prediction(place, lambda: predict(system, self.item, hints))

    def place(self, kind: str, system: System, condition: str, hints: Hints) -> Path:
        """Return the folder where something of a prediction is kept."""
        who = f"{file_name(system.name)}-{system.key}"
        given = digest(*(repr((hint.points, hint.color, hint.radius)) for hint in hints))
        return self.folder / kind / who / condition / self.item.shard / f"{self.name}-{given[:8]}"
