"""Art in tar shards or folders: `ID.webp`, optional `ID.line.webp`, `ID.json` (contract 9)."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import fsspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkhue.data.borders import UNKNOWN, borders_of_flats, borders_of_paintings
from inkhue.errors import InkhueError
from inkhue.lines import extract, over_color

PICTURES = (".webp", ".png", ".jpg", ".jpeg")


@dataclass(frozen=True, eq=False)
class Picture:
    """A colour picture of a shard, still encoded; `line` is its true line art, if any."""

    id: str
    shard: str
    encoded: bytes
    encoded_line: bytes | None = None
    meta: dict[str, str] = field(default_factory=dict)

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 sRGB, over white where the file is transparent."""
        return over_color(np.array(self.decode(self.encoded).convert("RGBA")))

    def line(self) -> NDArray[np.uint8] | None:
        """(H, W) uint8, 0 = ink, 255 = paper; None where there is no true line art."""
        if self.encoded_line is None:
            return None
        return np.array(self.decode(self.encoded_line).convert("L"))

    def borders(self) -> NDArray[np.uint8]:
        """(H, W) uint8: where colours end, see `inkhue.data.borders`.

        Of flat art by its true lines; of all else from its colours, by lines that `ink` draws.
        """
        rgb, line = self.rgb(), self.line()
        if line is not None:
            borders = borders_of_flats(rgb, line)
            if (borders != UNKNOWN).any():
                return borders
        return borders_of_paintings(rgb, extract(rgb, "ink"))

    def decode(self, encoded: bytes) -> Image.Image:
        """Open an encoded picture; a broken one is an InkhueError that names the shard."""
        try:
            picture = Image.open(io.BytesIO(encoded))
            picture.load()
        except (OSError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
            raise InkhueError(
                f"{self.shard}: picture {self.id!r} is broken ({error}): make the shard again"
            ) from error
        return picture


def read_shards(addresses: Iterable[str]) -> list[Picture]:
    """Read the pictures of all shards: tar files or folders, local or any fsspec address.

    A folder's tar files are its shards; without any, its pictures are one shard. Pictures stay
    encoded. An address without pictures is an InkhueError.
    """
    pictures: list[Picture] = []
    for address in addresses:
        found = list(read_address(str(address)))
        if not found:
            raise InkhueError(f"{address}: holds no pictures: name a shard or a folder of shards")
        pictures += found
    return pictures


def read_address(address: str) -> Iterator[Picture]:
    """Read one tar file, folder of tar files, or folder of pictures."""
    try:
        system, path = fsspec.core.url_to_fs(address)
        if not system.exists(path):
            raise InkhueError(f"{address}: there is no such file or folder")
        if not system.isdir(path):
            yield from read_tar(system, path)
            return
        names = sorted(system.find(path))
        # Hidden files are what a killed `inkhue prepare` leaves.
        names = [n for n in names if not PurePosixPath(n).name.startswith(".")]
        tars = [name for name in names if name.endswith(".tar")]
        for tar in tars:
            yield from read_tar(system, tar)
        if not tars:
            files = ((n[len(path) :].lstrip("/"), lambda n=n: system.cat_file(n)) for n in names)
            yield from group(address, files)
    except (OSError, ValueError, ImportError) as error:
        raise InkhueError(f"{address}: cannot be read ({error})") from error


def read_tar(system: fsspec.AbstractFileSystem, path: str) -> Iterator[Picture]:
    """Read the pictures of one tar file; one that is cut off anywhere is an InkhueError."""
    try:
        with system.open(path, "rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            members = ((m.name, lambda m=m: read_member(tar, m)) for m in tar if m.isfile())
            pictures = list(group(path, members))
            # tarfile takes a file that is cut off between or within headers for whole.
            file.seek(tar.offset)
            if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
                raise tarfile.ReadError("unexpected end of data")
            yield from pictures
    except tarfile.TarError as error:
        reason = str(error).splitlines()[0]
        raise InkhueError(
            f"{path}: is no whole tar file ({reason}): fetch or make it again"
        ) from error


def read_member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Read one member of a tar file."""
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.ReadError(f"{member.name} holds no data")
    return file.read()


def group(shard: str, members: Iterable[tuple[str, object]]) -> Iterator[Picture]:
    """Put the files of one id together; files that are neither picture nor json are passed over."""
    parts: dict[str, dict[str, bytes]] = {}
    for name, read in members:
        stem, part = split_name(name)
        if part is not None:
            parts.setdefault(stem, {})[part] = read()  # type: ignore[operator]
    for stem, found in parts.items():
        if "color" in found:
            meta = read_meta(shard, stem, found.get("json", b"{}"))
            yield Picture(stem, shard, found["color"], found.get("line"), meta)


def split_name(name: str) -> tuple[str, str | None]:
    """Split `a/ID.line.webp` into its id, a/ID, and what it is: color, line, json or None."""
    path = PurePosixPath(name)
    stem = str(path.with_suffix(""))
    if path.suffix == ".json":
        return stem, "json"
    if path.suffix.lower() not in PICTURES:
        return stem, None
    if stem.endswith(".line"):
        return stem.removesuffix(".line"), "line"
    return stem, "color"


def read_meta(shard: str, stem: str, text: bytes) -> dict[str, str]:
    """Read a picture's facts."""
    try:
        return {str(k): str(v) for k, v in json.loads(text).items()}
    except (ValueError, AttributeError) as error:
        raise InkhueError(f"{shard}: {stem}.json is no JSON object ({error})") from error
