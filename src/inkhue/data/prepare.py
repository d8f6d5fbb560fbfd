"""Make training shards of pictures: reduced, without near-duplicates, resumable (contract 9).

A set is a folder of `SHARD.tar`, `manifest.csv` (what is in it) and `left-out.csv` (what is not,
and why). A shard is finished when the manifest lists it: whatever else a killed run left is made
again. The same pictures give the same bytes.
"""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import imagehash
import numpy as np
from PIL import Image

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
from inkhue.page import open_page

SIDE = 512  # longest side of a prepared picture, pixels
LEAST_SIDE = 64  # shortest side of one, pixels
LEAST_CHROMA = 1.0  # mean CIELAB chroma; a grey JPEG stays below it
SAME_BITS = 4  # of 64 bits of the perceptual hash: two pictures as near as this are one
SHARD_BYTES = 20_000_000
QUALITY = 90

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MANIFEST, LEFT_OUT = "manifest.csv", "left-out.csv"

Progress = Callable[[int, int], None]  # pictures done, pictures in all


@dataclass(frozen=True)
class Entry:
    """A picture of the set: encoded, with its facts and its 64-bit perceptual hash."""

    id: str
    color: bytes
    line: bytes | None
    facts: Facts
    hash: str

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Return the names and bytes of its files in a shard."""
        yield f"{self.id}.webp", self.color
        if self.line is not None:
            yield f"{self.id}.line.webp", self.line
        yield f"{self.id}.json", self.facts.as_json()

    def size(self) -> int:
        """Return the bytes that it takes in a shard."""
        return sum(1024 + len(data) for _, data in self.members())

    def row(self, shard: str) -> dict[str, str]:
        """Return its row of the manifest."""
        known = {"shard": shard, "id": self.id, "true_line": str(int(self.line is not None))}
        return known | asdict(self.facts) | {"hash": self.hash}


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
    hashes = {row["id"]: int(row["hash"], 16) for row in shards.rows}
    new = [one for one in found if isinstance(one, LeftOut) or one.id not in known]
    waiting: list[Entry] = []
    size = 0
    for one, made in zip(new, encode_all(new, progress, colors_only=True), strict=True):
        if isinstance(made, Entry):
            made = refuse_repeated(made, one, hashes, folder)
        if isinstance(made, LeftOut):
            shards.left_out.append(made)
            continue
        if waiting and size + made.size() > SHARD_BYTES:
            shards.write(shards.next_shard(), waiting)
            waiting, size = [], 0
        waiting.append(made)
        size += made.size()
    if waiting:
        shards.write(shards.next_shard(), waiting)
    shards.save()
    return shards.summary()
