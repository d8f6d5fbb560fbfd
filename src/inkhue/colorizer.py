"""The pipeline: page -> prepare -> draft -> colorize -> obey -> lines over colour."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from inkhue.errors import UsageError
from inkhue.hints import Hints
from inkhue.model import DEFAULT_MODEL, Model, find_model
from inkhue.page import Page, open_page, over
from inkhue.pixels import resize
from inkhue.regions import (
    Regions,
    Spread,
    borrow,
    find_regions,
    softened,
    spread,
    spread_planes,
    surrounded,
    with_borders,
)
from inkhue.regions import obey as obey_hints
from inkhue.working import (
    DRAFT_SCALE,
    Work,
    as_bytes,
    choose_size,
    fit,
    reduce,
    run_under_lines,
    squash,
)

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Source: TypeAlias = "Page | str | os.PathLike[str] | BinaryIO | Bytes"  # what open_page opens
Known: TypeAlias = Mapping[str, Floats]  # inputs and outputs of the graphs, by name

DEFAULT_OBEY = 1.0
MOST_THREADS = 4  # more bring these small networks nothing
# Of the cell before, the own and the cell after, for each of a cell's DRAFT_SCALE pixels.
EIGHTHS: Final = ((3, 5, 0), (1, 7, 0), (0, 7, 1), (0, 5, 3))


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
        painted: (h, w, 3) uint8, what the network itself painted at the working size (some paint
            lines too), before hints are obeyed.
        regions: (H, W) int32, the hint whose colour each pixel's area takes, -1 where none does;
            None where no hint was obeyed.
        notes: a line about each hint that does nothing.
    """

    image: Bytes
    color_layer: Bytes
    lines: Bytes
    draft: Bytes
    clear: NDArray[np.bool_]
    painted: Bytes
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

        `size` is the working size, pixels; by default it is chosen for the page. `reference` is a
        picture whose colours to take, which some models need and others have no use for: a
        UsageError says so.
        """
        self.model.check_reference(reference is not None)
        page = opened(page)
        if size is None:
            size = choose_size(page, self.model.size, self.model.line_width)
        work = fit(page, size, self.model.multiple)
        features: Known = {}
        if reference is not None:
            features = self.run("reference", {"reference": squash(opened(reference))})
        elif "encode" in self.model.stages:
            features = self.run("encode", {"line": work.line})
        return Prepared(self, page, work, features)

    def takes(self, name: str) -> bool:
        """Whether a stage's graph has an input of this name."""
        return any(i.name == name for s in self._sessions.values() for i in s.get_inputs())

    def run(self, stage: str, known: Known) -> Known:
        """Run a stage on those of the known values that its graph takes; return what it makes."""
        session = self._sessions[stage]
        names = [output.name for output in session.get_outputs()]
        made = session.run(names, {i.name: known[i.name] for i in session.get_inputs()})
        return dict(zip(names, map(np.asarray, made), strict=True))


class Prepared:
    """A drawing that is ready for hints, as often as wanted."""

    def __init__(self, colorizer: Colorizer, page: Page, work: Work, features: Known) -> None:
        self.colorizer = colorizer
        self.page = page
        self.work = work
        self.features = features  # of the drawing, or of the reference picture, if any
        self.two_stages = "draft" in colorizer.model.stages  # it makes a draft first
        self.takes_flats = colorizer.takes("flats")

    @cached_property
    def regions(self) -> Regions:
        """The drawing's areas, found when they are first asked for."""
        return find_regions(self.page.line, self._boundary())

    def draft(self, hints: Hints | None = None) -> Bytes:
        """Return a quick preview, (h, w, 3) uint8: about a quarter of the working size."""
        return self._crop(self.run_draft(self.seen(hints)), DRAFT_SCALE)

    def color(self, hints: Hints | None = None, obey: float | None = None) -> Result:
        """Colour the page. `obey` in [0, 1]: how far hints' areas take their colours.

        Hints made for another size of the same aspect are scaled, any other is a UsageError.
        """
        obey = DEFAULT_OBEY if obey is None else obey
        if not 0 <= obey <= 1:
            raise UsageError(f"obey is {obey:g}: give a number from 0 to 1")
        hints = self._fitted(hints)
        areas = self._spread(hints) if obey or self.takes_flats else None
        seen = self._seen(hints, areas)
        draft, color = self.run_networks(seen)
        painted, small = self._crop(color, 1), self._crop(draft, DRAFT_SCALE)
        if self.takes_flats and areas is not None:
            layer = self._with_borders(painted, seen, areas, hints)
            borrow(layer, self.regions, areas, hints, obey)
            rest = softened(layer, hints, areas) if obey < 1 else layer
        else:
            layer = rest = self._to_native(painted)
        regions: NDArray[np.int32] | None = None
        notes: tuple[str, ...] = ()
        if obey and areas is not None:
            layer, notes = obey_hints(layer, hints, areas, obey, rest)
            regions = areas.labels
        else:
            layer = rest
        image = over(self.page.lines, layer)
        clear = cut_out(hints)
        return Result(image, layer, self.page.lines, small, clear, painted, regions, notes)

    def _fitted(self, hints: Hints | None) -> Hints:
        width, height = self.page.size
        return Hints(width, height) if hints is None else hints.fitted(width, height)

    def _boundary(self) -> Bytes | None:
        """Return where the network believes that colours end, (H, W) of 0 .. 15, if it says so."""
        if "boundary" not in self.features:
            return None
        full = finer(np.rint(15 * self.features["boundary"][0, 0]).astype(np.uint8))
        return full[: self.work.height, : self.work.width]

    def _spread(self, hints: Hints) -> Spread | None:
        """Spread hints over the regions; None without any."""
        return spread(self.regions, hints) if len(hints) else None

    def seen(self, hints: Hints | None) -> Known:
        """Return all that the networks see of hints."""
        hints = self._fitted(hints)
        return self._seen(hints, self._spread(hints) if self.takes_flats else None)

    def _seen(self, hints: Hints, areas: Spread | None) -> Known:
        """As `seen`, with the spread hints, which a model may do without."""
        hint = self.hint_grid(hints)
        if not self.takes_flats:
            return {"hint": hint}
        grid = (hint.shape[2], hint.shape[3])
        if areas is None:
            return {"hint": hint, "flats": np.zeros_like(hint[:, :3]), "sure": hint[:, :1] * 0}
        page = (self.work.height / DRAFT_SCALE, self.work.width / DRAFT_SCALE)
        flats, sure = spread_planes(areas, hints, grid, page)
        return {"hint": hint, "flats": flats[None], "sure": sure[None]}

    def _to_native(self, painted: Bytes) -> Bytes:
        """Bring the network's picture to the page's size, running through under the lines."""
        if not self.colorizer.model.clean:
            ink = 1 - self.work.line[0, 0, : self.work.height, : self.work.width]
            painted = run_under_lines(painted, ink)
        return resize(painted, *self.page.size)

    def _with_borders(self, painted: Bytes, seen: Known, areas: Spread, hints: Hints) -> Bytes:
        """Bring the network's picture to the page's size, its regions' borders sharp."""
        around = surrounded(seen["flats"][0], seen["sure"][0])
        return with_borders(painted, self._enlarge(around), areas, hints)

    def run_networks(self, seen: Known) -> tuple[Floats, Floats]:
        """Hints -> draft (1, 3, H/4, W/4), color (1, 3, H, W), in [0, 1], with the padding."""
        known = {"line": self.work.line, **seen, **self.features}
        if self.two_stages:
            known["draft"] = self.run_draft(seen)
        color = self.colorizer.run("colorize", known)["color"]
        return known["draft"] if self.two_stages else reduce(color), color

    def run_draft(self, seen: Known) -> Floats:
        """Hints -> draft (1, 3, H/4, W/4); without a stage for it, the result reduced."""
        if not self.two_stages:
            return self.run_networks(seen)[0]
        known = {"line": self.work.line_small, **seen, **self.features}
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

    def _enlarge(self, cells: Floats) -> Bytes:
        """Enlarge cells (3, h, w) as networks do, and cut the padding off: (H, W, 3)."""
        size = (cells.shape[2] * DRAFT_SCALE, cells.shape[1] * DRAFT_SCALE)
        planes = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in cells]
        return as_bytes([plane[: self.work.height, : self.work.width] for plane in planes])

    def _crop(self, picture: Floats, scale: int) -> Bytes:
        """Cut the padding off a network's picture (1, 3, h, w) and make bytes of it."""
        height, width = -(-self.work.height // scale), -(-self.work.width // scale)
        return as_bytes(picture[0, :, :height, :width])


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


def finer(levels: Bytes) -> Bytes:
    """Enlarge a boundary map's cells to their pixels, linearly, in whole numbers."""
    known = np.pad(levels.astype(np.int32), 1, mode="edge")
    for _ in range(2):  # along the rows, then along the columns
        parts = [b * known[:-2] + o * known[1:-1] + a * known[2:] for b, o, a in EIGHTHS]
        known = np.stack(parts, axis=1).reshape(-1, known.shape[1]).T
    return ((known + 32) >> 6).astype(np.uint8)


def opened(source: Source) -> Page:
    """Open what is no page yet."""
    return source if isinstance(source, Page) else open_page(source)


def cut_out(hints: Hints) -> NDArray[np.bool_]:
    """Return (H, W) bool: what `transparent` hints cover."""
    transparent = np.array([hint.color is None for hint in hints] + [False])
    if not transparent.any():
        return np.zeros((hints.height, hints.width), np.bool_)
    return transparent[hints.owner()]  # where no hint is, the owner is -1: the last entry


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
