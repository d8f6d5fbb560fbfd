"""What is scored: pictures at the protocol's size, with their line art and their hints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from inkhue.data.hint_rules import GRID, protocol_cells
from inkhue.data.shards import Picture, read_shards
from inkhue.errors import InkhueError, UsageError
from inkhue.hints import Hint, Hints
from inkhue.lines import extract

SIDE = 512
CELL = SIDE // GRID  # side of a pixel hint, pixels

PIXEL_HINT_RADIUS = 2.2  # around a cell's centre: its 4 x 4 pixels and no other
REGION_HINT_RADIUS = 2.0


@dataclass(frozen=True, eq=False)
class Item:
    """A scored picture.

    Attributes:
        id: the picture's name in its shard.
        shard: the shard file's stem: "val", "flats", "unseen".
        group: what the scores are broken down by: the source, without its version.
        original: (512, 512, 3) uint8 sRGB.
        line: (512, 512) uint8, 0 = ink, 255 = paper.
        true_line: whether the line art came with the picture; else it is the extractor `ink`'s.
    """

    id: str
    shard: str
    group: str
    original: NDArray[np.uint8]
    line: NDArray[np.uint8]
    true_line: bool


@dataclass(frozen=True, eq=False)
class Regions:
    """The regions of a flat picture.

    Attributes:
        labels: (512, 512) int32, 0 = no region, 1 .. n.
        colors: (n, 3) uint8, the median colour of region k + 1.
    """

    labels: NDArray[np.int32]
    colors: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.colors)


def read_set(addresses: Sequence[str], limit: int | None = None) -> list[Picture]:
    """Read the pictures of shards, in their order, `limit` at most of all together.

    InkhueError without an address, for a limit below 1, for an address without pictures, and for
    an id that is twice in shards of one name.
    """
    if not addresses:
        raise UsageError("no shards are given: name a tar file or a folder of them")
    if limit is not None and limit < 1:
        raise UsageError(f"a limit of {limit} leaves no picture: give 1 or more")
    pictures = read_shards(addresses)[:limit]
    seen = set()
    for picture in pictures:
        name = (shard_name(picture), picture.id)
        if name in seen:
            raise InkhueError(
                f"{picture.shard}: picture {picture.id!r} is there twice: name each shard once"
            )
        seen.add(name)
    return pictures


def make_item(picture: Picture) -> Item:
    """Bring a picture and its line art to the protocol's size.

    A broken picture, or line art of another size than its picture, is an InkhueError.
    """
    rgb, line = picture.rgb(), picture.line()
    if line is not None and line.shape != rgb.shape[:2]:
        raise InkhueError(
            f"{picture.shard}: picture {picture.id!r} and its line art are of different sizes "
            f"({sizes(rgb)} and {sizes(line)}): make the shard again"
        )
    original = fitted(rgb)
    return Item(
        picture.id,
        shard_name(picture),
        source_name(picture.meta.get("origin", "")),
        original,
        extract(original, "ink") if line is None else fitted(line),
        line is not None,
    )


def sizes(picture: NDArray[np.uint8]) -> str:
    """Return "WIDTH x HEIGHT"."""
    return f"{picture.shape[1]} x {picture.shape[0]}"


def shard_name(picture: Picture) -> str:
    """Return the stem of the shard's file or folder."""
    return PurePosixPath(picture.shard).stem


def source_name(origin: str) -> str:
    """Return an origin without kind and version: npm:@dicebear/micah@9.4.3 is dicebear-micah."""
    unversioned = re.sub(r"@[^/@]*$", "", origin.partition(":")[2] or origin)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", unversioned).strip("-") or "unknown"


def fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale a picture, (H, W) or (H, W, 3), into the middle of a white square of SIDE pixels."""
    height, width = picture.shape[:2]
    longer = max(width, height)
    size = (max(1, round(width * SIDE / longer)), max(1, round(height * SIDE / longer)))
    resampling = Image.Resampling.BOX if longer > SIDE else Image.Resampling.BICUBIC
    image = Image.fromarray(picture)
    if longer != SIDE:
        image = image.resize(size, resampling)
    page = Image.new(image.mode, (SIDE, SIDE), "white")
    page.paste(image, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    square: NDArray[np.uint8] = np.array(page)
    return square


def cell_colors(original: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (128, 128, 3) uint8: the mean of each 4 x 4 cell, rounded to nearest, halves up."""
    cells = original.reshape(GRID, CELL, GRID, CELL, 3).sum(axis=(1, 3), dtype=np.uint16)
    return np.asarray((cells + CELL**2 // 2) // CELL**2, np.uint8)


def pixel_hints(item: Item, number: int) -> Hints:
    """Return the protocol's pixel hints, in the order drawn; each covers one cell of the grid."""
    colors = cell_colors(item.original).reshape(-1, 3)
    cells = protocol_cells(item.id, number)
    dots = []
    for cell, color in zip(cells, colors[cells], strict=True):
        row, column = divmod(int(cell), GRID)
        dots.append(dot((column + 0.5) * CELL, (row + 0.5) * CELL, color, PIXEL_HINT_RADIUS))
    return Hints(SIDE, SIDE, tuple(dots))


def region_hints(regions: Regions) -> Hints:
    """Return a dot for each region, in their order, in its median colour.

    It lies on the pixel farthest from the region's border, to which the picture's edge belongs;
    of several the first in row order.
    """
    dots = []
    boxes = ndimage.find_objects(regions.labels)
    for index, (box, color) in enumerate(zip(boxes, regions.colors, strict=True), 1):
        row, column = farthest(regions.labels[box] == index)
        x, y = box[1].start + column + 0.5, box[0].start + row + 0.5
        dots.append(dot(x, y, color, REGION_HINT_RADIUS))
    height, width = regions.labels.shape
    return Hints(width, height, tuple(dots))


def farthest(region: NDArray[np.bool_]) -> tuple[int, int]:
    """Return row and column of the pixel that is farthest from all that is not the region."""
    inside = np.pad(region, 1).astype(np.uint8)
    # The mask that the protocol's known answers were made with; the exact distance ends elsewhere.
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
    row, column = np.unravel_index(np.argmax(distance), region.shape)
    return int(row), int(column)


def dot(x: float, y: float, color: NDArray[np.uint8], radius: float) -> Hint:
    """Return a hint of one point."""
    red, green, blue = (int(value) for value in color)
    return Hint(((x, y),), (red, green, blue), radius)
