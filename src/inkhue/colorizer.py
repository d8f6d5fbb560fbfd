"""The pipeline: page -> prepare -> draft -> colorize -> obey -> lines over colour."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError
from inkhue.hints import Hints
from inkhue.model import DEFAULT_MODEL, Model, find_model
from inkhue.page import Page, open_page, over
from inkhue.pixels import WHITE

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Picture = TypeVar("Picture", Bytes, Floats)

DRAFT_SCALE = 4  # the draft is a quarter of the working size
DEFAULT_OBEY = 1.0
MOST_THREADS = 4  # more bring these small networks nothing
MOST_SIZE = 4096  # longer side of what the networks may be shown, pixels


@dataclass(frozen=True, eq=False)
class Result:
    """A coloured page. All pictures but the draft have the page's own size.

    Attributes:
        image: (H, W, 3) uint8, the lines over the colour layer.
        color_layer: (H, W, 3) uint8, the colours, running through under the lines.
        lines: (H, W, 4) uint8, the artist's lines, straight alpha.
        draft: (h, w, 3) uint8, the rough picture of the first stage.
        clear: (H, W) bool, what `transparent` hints took out of the colour layer.
    """

    image: Bytes
    color_layer: Bytes
    lines: Bytes
    draft: Bytes
    clear: NDArray[np.bool_]

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
        self._draft = self.model.session("draft", self.threads, variant)
        self._colorize = self.model.session("colorize", self.threads, variant)

    def prepare(
        self, page: Page | str | os.PathLike[str] | BinaryIO | Bytes, *, size: int | None = None
    ) -> Prepared:
        """Do what a drawing needs once, whatever its hints; `size` is the working size, pixels."""
        page = page if isinstance(page, Page) else open_page(page)
        work = fit(page, self.model.size if size is None else size, self.model.multiple)
        return Prepared(self, page, work)

    def run_draft(self, line: Floats, hint: Floats) -> Floats:
        """Line (1, 1, h, w), hint (1, 4, h, w) -> draft (1, 3, h, w), all in [0, 1]."""
        (draft,) = self._draft.run(["draft"], {"line": line, "hint": hint})
        return np.asarray(draft)

    def run_colorize(self, line: Floats, draft: Floats) -> Floats:
        """Line (1, 1, H, W), draft (1, 3, H/4, W/4) -> color (1, 3, H, W), all in [0, 1]."""
        (color,) = self._colorize.run(["color"], {"line": line, "draft": draft})
        return np.asarray(color)


@dataclass(frozen=True, eq=False)
class Work:
    """A page's lines as the networks see them."""

    line: Floats  # (1, 1, H, W), 1 = paper; padded right and below
    line_small: Floats  # (1, 1, H/4, W/4)
    width: int  # without the padding, pixels
    height: int


class Prepared:
    """A drawing that is ready for hints, as often as wanted."""

    def __init__(self, colorizer: Colorizer, page: Page, work: Work) -> None:
        self.colorizer = colorizer
        self.page = page
        self.work = work

    def draft(self, hints: Hints | None = None) -> Bytes:
        """Return a quick preview, (h, w, 3) uint8: about a quarter of the working size."""
        return self._crop(self._run_draft(hints), DRAFT_SCALE)

    def color(self, hints: Hints | None = None, obey: float | None = None) -> Result:
        """Colour the page. `obey` in [0, 1]: how far a hint's own pixels take its colour.

        Hints made for another size of the same aspect are scaled, any other is a UsageError.
        """
        obey = DEFAULT_OBEY if obey is None else obey
        if not 0 <= obey <= 1:
            raise UsageError(f"obey is {obey:g}: give a number from 0 to 1")
        hints = self._fitted(hints)
        draft, color = self._run(hints)
        ink = 1 - self.work.line[0, 0, : self.work.height, : self.work.width]
        layer = resize(run_under_lines(color, ink), *self.page.size)
        layer, clear = obey_hints(layer, hints, obey)
        image = over(self.page.lines, layer)
        return Result(image, layer, self.page.lines, draft, clear)

    def painted(self, hints: Hints | None = None) -> Bytes:
        """Return what the network itself paints, lines and all, (h, w, 3) at the working size."""
        return self._run(hints)[1]

    def _fitted(self, hints: Hints | None) -> Hints:
        width, height = self.page.size
        return Hints(width, height) if hints is None else hints.fitted(width, height)

    def _run(self, hints: Hints | None) -> tuple[Bytes, Bytes]:
        """Run both stages: the draft, and the network's picture at the working size."""
        draft = self._run_draft(hints)
        color = self.colorizer.run_colorize(self.work.line, draft)
        return self._crop(draft, DRAFT_SCALE), self._crop(color, 1)

    def _run_draft(self, hints: Hints | None) -> Floats:
        return self.colorizer.run_draft(self.work.line_small, self.hint_grid(hints))

    def hint_grid(self, hints: Hints | None) -> Floats:
        """Return the hints as the draft network sees them, (1, 4, h, w): RGB times mask, mask."""
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
    path: Page | str | os.PathLike[str] | BinaryIO | Bytes,
    hints: Hints | Path | str | None = None,
    *,
    model: str | os.PathLike[str] = DEFAULT_MODEL,
    obey: float | None = None,
) -> Result:
    """Colour one drawing: a path or a picture, with hints or a hint file."""
    given = hints if hints is None or isinstance(hints, Hints) else Hints.load(hints)
    return Colorizer(model).prepare(path).color(given, obey)


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


def obey_hints(layer: Bytes, hints: Hints, obey: float) -> tuple[Bytes, NDArray[np.bool_]]:
    """Give each hint's own pixels its colour, by the share `obey`; return what is to be clear."""
    owner = hints.owner()
    clear = np.zeros(owner.shape, np.bool_)
    if not len(hints):
        return layer, clear
    colors = np.array([hint.color or WHITE for hint in hints], np.float32)
    hinted = owner >= 0
    wanted = colors[owner[hinted]]
    layer = layer.copy()
    layer[hinted] = np.rint(layer[hinted] + obey * (wanted - layer[hinted])).astype(np.uint8)
    transparent = np.array([hint.color is None for hint in hints])
    clear[hinted] = transparent[owner[hinted]]
    return layer, clear


def as_bytes(picture: Floats) -> Bytes:
    """[0, 1] -> uint8, rounded to nearest."""
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
