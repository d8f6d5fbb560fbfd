"""Where a training set's pictures come from: a folder, or the copies that a sources.csv names.

A source's folder is named by its origin without the version, every run of characters other than
letters, digits, dots and hyphens becoming one underscore: `github:a/b@6f0c` is `github_a_b`,
`npm:@dicebear/micah@9.4.3` is `npm_dicebear_micah`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from inkhue.errors import InkhueError, UsageError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
LINE = ".line"  # NAME.line.EXT beside NAME.EXT is its true line art
COLUMNS = ("shard", "id", "true_line", "title", "author", "license", "origin", "path")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


@dataclass(frozen=True)
class Facts:
    """What is known of a picture; empty where nothing is."""

    title: str = ""
    author: str = ""
    license: str = ""
    origin: str = ""
    path: str = ""

    def as_json(self) -> bytes:
        """Return the known facts as a JSON object."""
        known = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(known).encode()


@dataclass(frozen=True)
class Source:
    """A picture to prepare: its id, its file, its true line art's file, and its facts."""

    id: str
    file: Path
    line: Path | None
    facts: Facts
    label: str  # what left-out.csv calls it
    shard: str = ""  # the one that a sources.csv puts it into


@dataclass(frozen=True)
class LeftOut:
    """A picture that does not come into the set: its path or its row's, and why."""

    path: str
    reason: str


def find_pictures(folder: Path) -> Iterator[Source | LeftOut]:
    """Find the pictures of a folder and its folders, in the order of their paths.

    Hidden files are passed over. A folder that does not exist is an InkhueError.
    """
    if not folder.is_dir():
        raise InkhueError(f"{folder}: there is no such folder: name a folder of pictures")
    files = {path.relative_to(folder).as_posix(): path for path in walk(folder)}
    for relative, file in sorted(files.items()):
        if file.stem.endswith(LINE):
            name = relative.removesuffix(file.suffix).removesuffix(LINE)
            if not any(name + suffix in files for suffix in SUFFIXES):
                yield LeftOut(relative, "a line drawing without its picture beside it")
            continue
        try:
            facts = read_facts(file.with_suffix(".json"), relative)
        except (OSError, ValueError) as error:
            yield LeftOut(relative, f"{file.stem}.json is no JSON object with facts ({error})")
            continue
        yield Source(picture_id(relative), file, line_beside(file), facts, relative)


def walk(folder: Path) -> Iterator[Path]:
    """Return every picture file under a folder that is not hidden."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                yield Path(place, name)


def picture_id(relative: str) -> str:
    """Return a picture's id: its path in plain letters, and a checksum that keeps it unique."""
    stem = relative.rpartition(".")[0]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[-60:].strip("-")
    checksum = hashlib.sha256(relative.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug or 'picture'}-{checksum}"


def read_facts(file: Path, relative: str) -> Facts:
    """Read the facts beside a picture, where there are any; its path is known in any case."""
    if not file.exists():
        return Facts(path=relative)
    given = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(given, dict):
        raise ValueError("it holds something else")
    known = {name: str(given[name]) for name in asdict(Facts()) if given.get(name)}
    return Facts(**{"path": relative} | known)


def line_beside(file: Path) -> Path | None:
    """Return the true line art's file beside a picture, None where there is none."""
    names = (file.with_name(f"{file.stem}{LINE}{suffix}") for suffix in SUFFIXES)
    return next((name for name in names if name.is_file()), None)


def read_sources(table: Path, folder: Path) -> Iterator[Source | LeftOut]:
    """Find the pictures that a sources.csv names, in its order, in unpacked copies of the sources.

    `folder` holds one folder for each origin, named as the module says. A row's picture is the
    file `path` in it, or else `ID.png`, for those that have to be rendered first. A table that
    cannot be used is an InkhueError.
    """
    if not folder.is_dir():
        raise InkhueError(f"{folder}: there is no such folder: name the one with the sources")
    seen: set[str] = set()
    for row in read_table(table, COLUMNS):
        for name in (row["shard"], row["id"]):
            if not PLAIN_NAME.fullmatch(name):
                raise UsageError(f"{table}: {name!r} can be no id or shard: use a-z, 0-9 and -")
        if row["id"] in seen:
            raise UsageError(f"{table}: the id {row['id']!r} is there twice: ids must be unique")
        seen.add(row["id"])
        yield locate(row, folder)


def read_table(table: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read a CSV file that has these columns; anything else is an InkhueError."""
    try:
        with table.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise InkhueError(f"{table}: has no column {', '.join(missing)}: use another table")
            return [{name: row[name] or "" for name in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InkhueError(f"{table}: cannot be read as a CSV table ({reason})") from error


def locate(row: dict[str, str], folder: Path) -> Source | LeftOut:
    """Find the file of a sources.csv's row."""
    facts = Facts(**{name: row[name] for name in asdict(Facts())})
    name = f"{facts.origin}: {facts.path}"
    home = folder / origin_folder(facts.origin)
    if not home.is_dir():
        return LeftOut(name, f"no folder {home.name}: unpack the source there")
    picture = home / facts.path
    if picture.suffix.lower() not in SUFFIXES or not is_file_of(home, picture):
        picture = home / f"{row['id']}.png"
        if not picture.is_file():
            return LeftOut(name, f"its path is no picture file: render it to {picture.name}")
    return Source(row["id"], picture, line_beside(picture), facts, name, row["shard"])


def origin_folder(origin: str) -> str:
    """Return the name of an origin's folder."""
    unversioned = re.sub(r"@[^/@]*$", "", origin)
    return re.sub(r"[^A-Za-z0-9.-]+", "_", unversioned).strip("._") or "unknown"


def is_file_of(home: Path, path: Path) -> bool:
    """Tell whether a path that someone else wrote names a file in a folder, not outside it."""
    try:
        return path.is_file() and path.resolve().is_relative_to(home.resolve())
    except (OSError, ValueError):  # what is no path at all: too long, or with a zero byte
        return False
