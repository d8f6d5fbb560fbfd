"""A system's scores as one small file, that later ones are compared with: NAME.csv.gz.

Two tables as CSV, a blank line between them, below comments that say what the system was. The
first has a row for each picture. The second has one for each metric of all pictures of a block
together: its value, and the values of its resamples. Resamples depend on the number of pictures
alone, so that those of two systems, of the same pictures, can be subtracted.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from inkhue.errors import InkhueError, UsageError
from inkhue.evaluate.rows import Row, title_of
from inkhue.evaluate.statistics import SET_RESAMPLES, Resampled

SUFFIX = ".csv.gz"
FIRST_LINE = "# inkhue scores 1: "  # and the system's name
NUMBERS = (  # of each picture
    "lpips", "ciede", "psnr", "ssim", "colourfulness", "line_error", "ink_error", "accuracy",
    "bleed",
)  # fmt: skip
MANY = ("hint_error", "hint_spread")  # several numbers a picture: median and 95th percentile
BLOCK = ("shard", "condition", "group")
OF_PICTURE = (*BLOCK, "id", *NUMBERS, *(f"{name}_{q}" for name in MANY for q in ("median", "95th")))
TOGETHER = (*BLOCK, "set", "metric", "pictures", "value", "resamples")


@dataclass(frozen=True)
class Together:
    """The metrics of all pictures of a block together, by name; `key` is that of the pictures."""

    shard: str
    condition: str
    group: str  # with regions alone
    key: str
    metrics: Mapping[str, Resampled]


@dataclass(frozen=True)
class Recorded:
    """A system's scores, without the system; `facts` say what it was."""

    name: str
    facts: tuple[str, ...]
    rows: Sequence[Row]
    together: Sequence[Together]

    @cached_property
    def blocks(self) -> dict[str, dict[str, Row]]:
        """The rows by block and picture."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows:
            block = found.setdefault(title_of(row.shard, row.condition, row.group), {})
            block[row.id] = row
        return found

    def find(self, title: str) -> Together | None:
        """Return a block's metrics of all pictures together."""
        titles = (title_of(part.shard, part.condition, part.group) for part in self.together)
        return next((p for p, t in zip(self.together, titles, strict=True) if t == title), None)


def pictures_key(ids: Iterable[str]) -> str:
    """Digest which pictures, in which order: what resamples are drawn from."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]


def packed(recorded: Recorded) -> bytes:
    """Return a system's scores as a file: gzipped CSV."""
    stream = io.StringIO()
    stream.write(f"{FIRST_LINE}{recorded.name}\n")
    stream.writelines(f"# {fact}\n" for fact in recorded.facts)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(OF_PICTURE)
    for row in recorded.rows:
        writer.writerow([row.shard, row.condition, row.group, row.id, *numbers_of(row)])
    stream.write("\n")
    writer.writerow(TOGETHER)
    for part in recorded.together:
        for name, (pictures, value, drawn) in part.metrics.items():
            where = (part.shard, part.condition, part.group, part.key)
            resamples = " ".join(map(short, drawn))
            writer.writerow([*where, name, pictures, short(value), resamples])
    return gzip.compress(stream.getvalue().encode(), mtime=0)


def numbers_of(row: Row) -> list[str]:
    """Return a picture's numbers as text."""
    numbers = [short(float(row.score[name])) if name in row.score else "" for name in NUMBERS]
    for name in MANY:
        values = row.score.get(name, np.zeros(0))
        numbers += [short(np.percentile(values, q)) if values.size else "" for q in (50, 95)]
    return numbers


def short(number: float | np.floating) -> str:
    """Write a number with six digits."""
    return f"{number:.6g}"


def read_recorded(path: Path) -> Recorded:
    """Read a file of scores; one that is none is an InkhueError."""
    try:
        return parsed(gzip.decompress(path.read_bytes()).decode())
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InkhueError(f"{path}: cannot be read ({error})") from error
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error) as error:
        raise InkhueError(
            f"{path}: is no file of scores that this inkhue reads ({error}):"
            f" name a NAME{SUFFIX} that `inkhue evaluate` wrote"
        ) from error


def parsed(text: str) -> Recorded:
    """Read the text of a file of scores; another text fails in one way or another."""
    if not text.startswith(FIRST_LINE):
        raise ValueError("it begins otherwise")
    head, *lines = text.split("\n")
    name = head.removeprefix(FIRST_LINE)
    facts = tuple(line.removeprefix("# ") for line in lines if line.startswith("# "))
    tables = lines[len(facts) :]
    middle = tables.index("")
    rows = [row_of(name, entry) for entry in csv.DictReader(tables[:middle])]
    return Recorded(name, facts, rows, list(together_of(csv.DictReader(tables[middle + 1 :]))))


def row_of(name: str, entry: Mapping[str, str]) -> Row:
    """Make a row of one of the first table's."""
    score = {number: np.array(float(entry[number])) for number in NUMBERS if entry[number]}
    return Row(name, entry["condition"], entry["shard"], entry["group"], entry["id"], score)


def together_of(entries: Iterable[Mapping[str, str]]) -> Iterator[Together]:
    """Put the second table's rows of each block together."""
    found: dict[tuple[str, ...], dict[str, Resampled]] = {}
    for entry in entries:
        drawn = np.array(entry["resamples"].split(), np.float64)
        if len(drawn) != SET_RESAMPLES:
            raise ValueError(f"{len(drawn)} resamples, not {SET_RESAMPLES}")
        block = found.setdefault(tuple(entry[part] for part in (*BLOCK, "set")), {})
        figure = Resampled(int(entry["pictures"]), float(entry["value"]), drawn)
        block[entry["metric"]] = figure
    for (shard, condition, group, key), metrics in found.items():
        yield Together(shard, condition, group, key, metrics)
