"""Make training shards of pictures: reduced, without near-duplicates, resumable (contract 9).

A set is a folder of `SHARD.tar`, `manifest.csv` (what is in it) and `left-out.csv` (what is not,
and why). A shard is finished when the manifest lists it: whatever else a killed run left is made
again. The same pictures give the same bytes.
"""

from __future__ import annotations

import csv
import functools
import io
import itertools
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from inkhue.data.encode import Entry, encode
from inkhue.data.shards import read_shards
from inkhue.data.sources import (
    COLUMNS,
    Facts,
    LeftOut,
    Source,
    find_pictures,
    read_sources,
    read_table,
)
from inkhue.errors import InkhueError, UsageError
from inkhue.output import replacing

SAME_BITS = 4  # of 64 bits of the perceptual hash: two pictures as near as this are one
SHARD_BYTES = 20_000_000
AT_ONCE = 32  # pictures that are encoded before the first of them is taken
MANIFEST, LEFT_OUT = "manifest.csv", "left-out.csv"

Kept = TypeVar("Kept")
Progress = Callable[[int, int], None]  # pictures done, pictures in all


@dataclass(frozen=True)
class Summary:
    """What a set holds after a run."""

    pictures: int
    shards: int
    left_out: int


@dataclass
class ShardSet:
    """A folder of shards with its manifest, as far as it is finished."""

    folder: Path
    rows: list[dict[str, str]]
    left_out: list[LeftOut] = field(default_factory=list)

    @classmethod
    def open(cls, folder: Path) -> ShardSet:
        """Open a set to add to it; a folder with shards of another making is a UsageError."""
        manifest = folder / MANIFEST
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for part in folder.glob(".inkhue-*"):  # of a run that was killed
                part.unlink()
        except OSError as error:
            raise InkhueError(f"cannot write into {folder} ({error.strerror})") from error
        if manifest.exists():
            rows = read_table(manifest, (*COLUMNS, "hash"))
            there = {row["shard"] for row in rows if (folder / f"{row['shard']}.tar").is_file()}
            return cls(folder, [row for row in rows if row["shard"] in there])
        if any(folder.glob("*.tar")):
            raise UsageError(f"{folder}: has shards but no {MANIFEST}: name another folder")
        opened = cls(folder, [])
        opened.save()
        return opened

    def write(self, shard: str, entries: Sequence[Entry]) -> None:
        """Write a shard whole, then list it."""
        with replacing(self.folder / f"{shard}.tar", force=True) as part:
            part.write_bytes(make_tar(entries))
        self.rows = [row for row in self.rows if row["shard"] != shard]
        self.rows += [entry.row(shard) for entry in entries]
        self.rows.sort(key=lambda row: row["shard"])
        self.save()

    def read(self, shard: str) -> list[Entry]:
        """Read the pictures of a finished shard; none if there is no such shard."""
        hashes = {row["id"]: row["hash"] for row in self.rows if row["shard"] == shard}
        if not hashes:
            return []
        return [
            Entry(one.id, one.encoded, one.encoded_line, Facts(**one.meta), hashes[one.id])
            for one in read_shards([str(self.folder / f"{shard}.tar")])
            if one.id in hashes
        ]

    def keep(self, made: Iterable[Kept | LeftOut]) -> Iterator[Kept]:
        """Return the pictures; note down those that were left out."""
        for one in made:
            if isinstance(one, LeftOut):
                self.left_out.append(one)
            else:
                yield one

    def save(self) -> None:
        """Write the manifest and the list of what was left out."""
        write_table(self.folder / MANIFEST, (*COLUMNS, "hash"), self.rows)
        left_out = [asdict(picture) for picture in self.left_out]
        write_table(self.folder / LEFT_OUT, ("path", "reason"), left_out)

    def next_shard(self) -> str:
        """Return the name of the first shard `train-NNNN` after the finished ones."""
        found = [re.fullmatch(r"train-(\d+)", row["shard"]) for row in self.rows]
        return f"train-{max((int(match[1]) + 1 for match in found if match), default=0):04d}"

    def summary(self) -> Summary:
        """Count what the set holds."""
        shards = {row["shard"] for row in self.rows}
        return Summary(len(self.rows), len(shards), len(self.left_out))


def prepare_folder(folder: Path, out: Path, progress: Progress) -> Summary:
    """Make shards `train-NNNN` in `out` of the pictures of a folder that are not in it yet.

    Broken, small, grey and repeated pictures are left out. Raises InkhueError if there is no
    picture, or if something cannot be written.
    """
    found = list(find_pictures(folder))
    if not found:
        raise InkhueError(f"{folder}: holds no pictures: name a folder of pictures")
    shards = ShardSet.open(out)
    known = {row["id"] for row in shards.rows}
    new = [one for one in found if isinstance(one, LeftOut) or one.id not in known]
    made = refuse_repeated(encode_all(new, progress, choosy=True), shards.rows)
    for entries in fill_shards(shards.keep(made)):
        shards.write(shards.next_shard(), entries)
    shards.save()
    return shards.summary()


def rebuild(table: Path, folder: Path, out: Path, progress: Progress) -> Summary:
    """Make the shards that a sources.csv names of unpacked copies of its sources.

    Ids and shards are the table's, and its choice is trusted: only broken pictures and those
    without a file are left out. A later run adds what was missing. Errors: see `read_sources`.
    """
    found = list(read_sources(table, folder))
    shards = ShardSet.open(out)
    known = {row["id"] for row in shards.rows}
    new = [one for one in shards.keep(found) if one.id not in known]
    new.sort(key=lambda one: one.shard)
    made = zip(new, encode_all(new, progress, choosy=False), strict=True)
    for shard, pairs in itertools.groupby(made, key=lambda pair: pair[0].shard):
        entries = list(shards.keep(one for _, one in pairs))
        if entries:
            entries += shards.read(shard)
            shards.write(shard, sorted(entries, key=lambda entry: entry.id))
    shards.save()
    return shards.summary()


def refuse_repeated(
    made: Iterable[Entry | LeftOut], rows: Sequence[dict[str, str]]
) -> Iterator[Entry | LeftOut]:
    """Leave out what is nearly the same as a picture of the set, or one before it."""
    hashes = {row["id"]: int(row["hash"], 16) for row in rows}
    for one in made:
        if isinstance(one, Entry):
            own = int(one.hash, 16)
            same = (id for id, other in hashes.items() if (own ^ other).bit_count() <= SAME_BITS)
            if (first := next(same, None)) is not None:
                yield LeftOut(one.label, f"nearly the same as {first}")
                continue
            hashes[one.id] = own
        yield one


def fill_shards(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Put pictures together up to a shard's size, in their order."""
    waiting: list[Entry] = []
    size = 0
    for entry in entries:
        if waiting and size + entry.size() > SHARD_BYTES:
            yield waiting
            waiting, size = [], 0
        waiting.append(entry)
        size += entry.size()
    if waiting:
        yield waiting


def encode_all(
    found: Sequence[Source | LeftOut], progress: Progress, *, choosy: bool
) -> Iterator[Entry | LeftOut]:
    """Encode pictures on all cores, in their order; see `encode`."""
    work = functools.partial(encode, choosy=choosy)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(found), AT_ONCE):
            progress(start, len(found))
            yield from pool.map(work, found[start : start + AT_ONCE])
        progress(len(found), len(found))


def make_tar(entries: Iterable[Entry]) -> bytes:
    """Return a tar file of pictures; its bytes depend on nothing else."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in itertools.chain.from_iterable(entry.members() for entry in entries):
            member = tarfile.TarInfo(name)  # its time, owner and rights are constants
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """Write a CSV file, whole or not at all."""
    with (
        replacing(path, force=True) as part,
        part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
