"""The pipeline: page -> prepare -> draft -> colorize -> obey -> lines over colour."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError
from inkhue.hints import Hints
from inkhue.model import DEFAULT_MODEL, Model, find_model
from inkhue.page import Page, open_page, over
from inkhue.regions import Regions, Spread, find_regions, spread
from inkhue.regions import obey as obey_hints

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Picture = TypeVar("Picture", Bytes, Floats)
Source: TypeAlias = "Page | str | os.PathLike[str] | BinaryIO | Bytes"  # what open_page opens
Known: TypeAlias = Mapping[str, Floats]  # inputs and outputs of the graphs, by name

DRAFT_SCALE = 4  # the draft is a quarter of the working size
DEFAULT_OBEY = 1.0
MOST_THREADS = 4  # more bring these small networks nothing
REFERENCE_SIDE = 256  # of the square that a reference picture is squashed to, pixels
MOST_SIZE = 4096  # longer side of what the networks may be shown, pixels


@dataclass(frozen=True, eq=False)
class Result:
    """A coloured page. All pictures but the draft have the page's own size.

    Attributes:
        image: (H, W, 3) uint8, the lines over the colour layer.
        color_layer: (H, W, 3) uint8, the colours, running through under the lines.
        lines: (H, W, 4) uint8, the artist's lines, straight alpha.
        draft: (h, w, 3) uint8, the rough picture of the first stage; of a model without such a
            stage, the reduced result.
        clear: (H, W) bool, what `transparent` hints took out of the colour layer.
        regions: (H, W) int32, the hint whose colour each pixel's area takes, -1 where none does;
            None where no hint was obeyed.
        notes: a line about each hint that does nothing.
    """

    image: Bytes
    color_layer: Bytes
    lines: Bytes
    draft: Bytes
    clear: NDArray[np.bool_]
    regions: NDArray[np.int32] | None = None
    notes: tuple[str, ...] = ()

    def transparent(self, page: Page, *, lines: bool = True) -> Bytes:
        """Return (H, W, 4) uint8: clear around a cut-out, and where `transparent` hints are.

        The lines stay; without `lines` it is the colour layer alone.
        """
        alpha = np.where(self.clear, 0, 255).astype(np.uint8)
        picture = self.color_layer
        if lines:
            picture = np.where(self.clear[..., None], self.lines[..., :3], self.image)
            alpha = np.maximum(alpha, self.lines[..., 3])
        # Lines drawn on nothing are coloured as on paper: their alpha is ink, no outline.
        if page.alpha is not None and not np.array_equal(page.alpha, page.lines[..., 3]):
            alpha = np.minimum(alpha, page.alpha)
        return np.dstack([picture, alpha])


class Colorizer:
    """A model that is ready to colour pages.

    `model` is a name or a folder; `threads` how many the networks use (all cores, at most 4);
    `variant` one of the model's graphs, its usual one by default.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] = DEFAULT_MODEL,
        threads: int | None = None,
        *,
        variant: str | None = None,
    ) -> None:
        self.model: Model = find_model(model)
        self.threads = threads or min(available_cores(), MOST_THREADS)
        self._sessions = {
            stage: self.model.session(stage, self.threads, variant) for stage in self.model.stages
        }

    def prepare(
        self, page: Source, *, size: int | None = None, reference: Source | None = None
    ) -> Prepared:
        """Do what a drawing needs once, whatever its hints.

        `size` is the working size, pixels; `reference` a picture whose colours to take, which some
        models need and others have no use for: a UsageError says so.
        """
        page = page if isinstance(page, Page) else open_page(page)
        work = fit(page, self.model.size if size is None else size, self.model.multiple)
        self.model.check_reference(reference is not None)
        style = {} if reference is None else self.run("reference", squash(reference))
        return Prepared(self, page, work, style)

    def run(self, stage: str, known: Known) -> Known:
        """Run a stage on those of the known values that its graph takes; return what it makes."""
        session = self._sessions[stage]
        names = [output.name for output in session.get_outputs()]
        made = session.run(names, {i.name: known[i.name] for i in session.get_inputs()})
        return dict(zip(names, map(np.asarray, made), strict=True))


@dataclass(frozen=True, eq=False)
class Work:
    """A page's lines as the networks see them."""

    line: Floats  # (1, 1, H, W), 1 = paper; padded right and below
    line_small: Floats  # (1, 1, H/4, W/4)
    width: int  # without the padding, pixels
    height: int


class Prepared:
    """A drawing that is ready for hints, as often as wanted."""

    def __init__(self, colorizer: Colorizer, page: Page, work: Work, style: Known) -> None:
        self.colorizer = colorizer
        self.page = page
        self.work = work
        self.style = style  # features of the reference picture, if the model needs one
        self.two_stages = "draft" in colorizer.model.stages  # it makes a draft first

    @cached_property
    def regions(self) -> Regions:
        """The drawing's areas, found when they are first asked for."""
        return find_regions(as_bytes(1 - self.page.ink))

    def draft(self, hints: Hints | None = None) -> Bytes:
        """Return a quick preview, (h, w, 3) uint8: about a quarter of the working size."""
        return self._crop(self.run_draft(self.hint_grid(hints)), DRAFT_SCALE)

    def color(self, hints: Hints | None = None, obey: float | None = None) -> Result:
        """Colour the page. `obey` in [0, 1]: how far hints' areas take their colours.

        Hints made for another size of the same aspect are scaled, any other is a UsageError.
        """
        obey = DEFAULT_OBEY if obey is None else obey
        if not 0 <= obey <= 1:
            raise UsageError(f"obey is {obey:g}: give a number from 0 to 1")
        hints = self._fitted(hints)
        draft, color = self._run(hints)
        ink = 1 - self.work.line[0, 0, : self.work.height, : self.work.width]
        layer = resize(run_under_lines(color, ink), *self.page.size)
        areas: Spread | None = None
        notes: tuple[str, ...] = ()
        if obey and len(hints):
            areas = spread(self.regions, hints)
            layer, notes = obey_hints(layer, hints, areas, obey)
        image = over(self.page.lines, layer)
        regions = None if areas is None else areas.labels
        return Result(image, layer, self.page.lines, draft, cut_out(hints), regions, notes)

    def painted(self, hints: Hints | None = None) -> Bytes:
        """Return what the network itself paints, lines and all, (h, w, 3) at the working size."""
        return self._run(hints)[1]

    def _fitted(self, hints: Hints | None) -> Hints:
        width, height = self.page.size
        return Hints(width, height) if hints is None else hints.fitted(width, height)

    def _run(self, hints: Hints | None) -> tuple[Bytes, Bytes]:
        """Return the draft, and the network's picture at the working size."""
        draft, color = self.run_networks(self.hint_grid(hints))
        return self._crop(draft, DRAFT_SCALE), self._crop(color, 1)

    def run_networks(self, hint: Floats) -> tuple[Floats, Floats]:
        """Hint grid -> draft (1, 3, H/4, W/4), color (1, 3, H, W), in [0, 1], with the padding."""
        known = {"line": self.work.line, "hint": hint, **self.style}
        if self.two_stages:
            known["draft"] = self.run_draft(hint)
        color = self.colorizer.run("colorize", known)["color"]
        return known["draft"] if self.two_stages else reduce(color), color

    def run_draft(self, hint: Floats) -> Floats:
        """Hint grid -> draft (1, 3, H/4, W/4); without a stage for it, the result reduced."""
        if not self.two_stages:
            return self.run_networks(hint)[0]
        known = {"line": self.work.line_small, "hint": hint}
        return self.colorizer.run("draft", known)["draft"]

    def hint_grid(self, hints: Hints | None) -> Floats:
        """Return the hints as the networks see them, (1, 4, h, w): RGB times mask, mask."""
        height, width = self.work.line_small.shape[2:]
        page_width, page_height = self.page.size
        grid = self._fitted(hints).raster(
            width,
            height,
            page_width=page_width * width * DRAFT_SCALE / self.work.width,
            page_height=page_height * height * DRAFT_SCALE / self.work.height,
        )
        return np.ascontiguousarray(grid.transpose(2, 0, 1)[None])

    def _crop(self, picture: Floats, scale: int) -> Bytes:
        """Cut the padding off a network's picture (1, 3, h, w) and make bytes of it."""
        height, width = -(-self.work.height // scale), -(-self.work.width // scale)
        return as_bytes(picture[0, :, :height, :width].transpose(1, 2, 0))


def color(
    path: Source,
    hints: Hints | Path | str | None = None,
    *,
    model: str | os.PathLike[str] = DEFAULT_MODEL,
    obey: float | None = None,
    reference: Source | None = None,
) -> Result:
    """Colour one drawing: a path or a picture, with hints or a hint file."""
    given = hints if hints is None or isinstance(hints, Hints) else Hints.load(hints)
    return Colorizer(model).prepare(path, reference=reference).color(given, obey)


def fit(page: Page, size: int, multiple: int) -> Work:
    """Scale a page's lines to the working size and pad them with paper to a multiple."""
    if not multiple <= size <= MOST_SIZE:
        raise UsageError(f"size is {size}: give a number of pixels from {multiple} to {MOST_SIZE}")
    scale = size / max(page.size)
    width, height = (max(1, round(side * scale)) for side in page.size)
    line = resize(1 - page.ink, width, height)
    below, right = -height % multiple, -width % multiple
    line = np.pad(line, ((0, below), (0, right)), constant_values=1)
    small = resize(line, line.shape[1] // DRAFT_SCALE, line.shape[0] // DRAFT_SCALE)
    return Work(line[None, None], small[None, None], width, height)


def squash(reference: Source) -> Known:
    """Bring a reference picture to the size that its network sees, whatever its aspect."""
    page = reference if isinstance(reference, Page) else open_page(reference)
    picture = resize(page.rgb, REFERENCE_SIDE, REFERENCE_SIDE).astype(np.float32) / 255
    return {"reference": np.ascontiguousarray(picture.transpose(2, 0, 1)[None])}


def reduce(picture: Floats) -> Floats:
    """(1, 3, H, W) -> (1, 3, H/4, W/4), the mean of each 4 x 4 block."""
    side = DRAFT_SCALE
    height, width = (length // side for length in picture.shape[2:])
    return np.asarray(picture.reshape(1, 3, height, side, width, side).mean(axis=(3, 5)))


def resize(picture: Picture, width: int, height: int) -> Picture:
    """Reduce (H, W[, 3]) by the mean of the covered area, or enlarge it linearly."""
    reducing = width < picture.shape[1] or height < picture.shape[0]
    resampling = cv2.INTER_AREA if reducing else cv2.INTER_LINEAR
    resized = cv2.resize(picture, (width, height), interpolation=resampling)
    return cast(Picture, resized.reshape(height, width, *picture.shape[2:]))


def run_under_lines(color: Bytes, ink: Floats) -> Bytes:
    """Let the colours beside the lines run through under them.

    The networks draw the lines into their picture; enlarged, those would stand out as soft
    shadows beside the page's own. color (H, W, 3) uint8, ink (H, W) in [0, 1].
    """
    sure = np.clip(1 - 1.6 * cv2.dilate(ink, np.ones((3, 3), np.uint8)), 0, 1)[..., None] ** 2
    filled = pull_push(color * sure, np.asarray(sure, np.float32))
    return np.asarray(np.rint(color * sure + filled * (1 - sure)), np.uint8)


def pull_push(weighted: Floats, weight: Floats) -> Floats:
    """Fill where the weight is small from coarser and coarser means (Gortler et al. 1996, 5.2)."""
    height, width = weight.shape[:2]
    mean = weighted / np.maximum(weight, 1e-6)
    if max(height, width) == 1:
        return np.asarray(mean, np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = [
        cv2.resize(a, half, interpolation=cv2.INTER_AREA).reshape(half[1], half[0], -1)
        for a in (weighted, weight)
    ]
    filled = pull_push(np.asarray(coarse[0]), np.asarray(coarse[1]))
    rough = cv2.resize(filled, (width, height), interpolation=cv2.INTER_LINEAR)
    rough = rough.reshape(height, width, -1)
    return np.asarray(mean * weight + rough * (1 - weight), np.float32)


def cut_out(hints: Hints) -> NDArray[np.bool_]:
    """Return (H, W) bool: what `transparent` hints cover."""
    transparent = np.array([hint.color is None for hint in hints] + [False])
    return transparent[hints.owner()]  # where no hint is, the owner is -1: the last entry


def as_bytes(picture: Floats) -> Bytes:
    """[0, 1] -> uint8, rounded to nearest."""
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
