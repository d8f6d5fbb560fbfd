"""A picture of a training set: opened, reduced, judged and encoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import imagehash
import numpy as np
from PIL import Image, UnidentifiedImageError

from inkhue.data.sources import Facts, LeftOut, Source
from inkhue.errors import InkhueError
from inkhue.page import open_page

SIDE = 512  # longest side of a prepared picture, pixels
LEAST_SIDE = 64  # shortest side of one, pixels
LEAST_CHROMA = 1.0  # mean CIELAB chroma; a grey JPEG stays below it
SAME_SHAPE = 0.01  # by how much the aspect of a picture and its line art may differ
QUALITY = 90
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")


@dataclass(frozen=True)
class Entry:
    """A picture of the set: encoded, with its facts and its 64-bit perceptual hash."""

    id: str
    color: bytes
    line: bytes | None
    facts: Facts
    hash: str
    label: str = ""  # what left-out.csv calls it

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


def encode(source: Source | LeftOut, *, choosy: bool) -> Entry | LeftOut:
    """Reduce and encode a picture and its line art; a broken one is left out.

    With `choosy` small and grey pictures are left out as well.
    """
    if isinstance(source, LeftOut):
        return source
    try:
        picture = open_reduced(source.file)
        line = open_line(source.line, picture.size) if source.line else None
    except InkhueError as error:
        return LeftOut(source.label, str(error))
    if choosy and min(picture.size) < LEAST_SIDE:
        size = f"{picture.width}x{picture.height}"
        return LeftOut(source.label, f"too small: {size} pixels, {LEAST_SIDE} at least are needed")
    if choosy and mean_chroma(picture) < LEAST_CHROMA:
        return LeftOut(source.label, "grey: a training set needs colour")
    color = encode_webp(picture, quality=QUALITY)
    encoded_line = encode_webp(line, lossless=True) if line else None
    hash = str(imagehash.phash(picture))
    return Entry(source.id, color, encoded_line, source.facts, hash, source.label)


def open_reduced(file: Path) -> Image.Image:
    """Open a picture as sRGB over white, its longest side at most 512 pixels."""
    try:
        with Image.open(file, formats=FORMATS) as picture:
            # Reduced before anything else, which is fast: a JPEG is not even decoded in full.
            reduced = mixable(picture)
            reduced.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3)
            reduced.load()
            return Image.fromarray(open_page(reduced).rgb)
    except InkhueError:
        raise
    except UnidentifiedImageError as error:
        raise InkhueError(f"{file.name} is no picture") from error
    except Exception as error:  # damage has as many faces as there are formats
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise InkhueError(f"{file.name} is broken ({reason})") from error


def mixable(picture: Image.Image) -> Image.Image:
    """Return a picture whose pixels can be mixed: not numbers of colours, nor one that is clear."""
    if picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def open_line(file: Path, size: tuple[int, int]) -> Image.Image:
    """Open true line art as grey of its picture's size; one of another shape is an InkhueError."""
    line = open_reduced(file).convert("L")
    if abs(line.width * size[1] / (line.height * size[0]) - 1) > SAME_SHAPE:
        raise InkhueError(f"{file.name} has another shape than its picture")
    return line if line.size == size else line.resize(size, Image.Resampling.LANCZOS)


def mean_chroma(picture: Image.Image) -> float:
    """Return the mean CIELAB chroma: 0 is grey."""
    small = picture.reduce(max(1, max(picture.size) // 128))
    lab = cv2.cvtColor(np.asarray(small, np.float32) / 255, cv2.COLOR_RGB2LAB)
    return float(np.hypot(lab[..., 1], lab[..., 2]).mean())


def encode_webp(picture: Image.Image, **options: int) -> bytes:
    """Encode a picture as WebP."""
    stream = io.BytesIO()
    picture.save(stream, "WEBP", **options)
    return stream.getvalue()
