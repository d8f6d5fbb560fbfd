"""Training crops: the k-th crop of a run is the same whoever makes it, and whenever."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from inkhue.data.augment import draw_window, recolor, redraw_lines, thicken, vignette
from inkhue.data.hint_rules import RULES, Rule
from inkhue.data.known_regions import known_borders, spread_hints
from inkhue.data.shards import Picture
from inkhue.errors import InkhueError, UsageError, did_you_mean
from inkhue.lines import METHODS, extract
from inkhue.lines.thickness import line_thickness

Pixel = TypeVar("Pixel", np.uint8, np.float32)
Stage = Literal["draft", "colorize"]
DRAFT_SCALE = 4  # the draft is a quarter of the result's size
TRIES = 3  # windows drawn, at most, for one that shows any ink
TRUE_LINES = "true"  # in `lines`: the drawing that came with the picture, where there is one


@dataclass(frozen=True)
class CropConfig:
    """What a crop holds and how it is varied. Shares and weights are relative to each other."""

    size: int = 128  # side of the stage's result, pixels
    whole: float = 0.4  # share of crops that show the whole picture
    widest: float = 1.3  # of the others, at most so many times the crop's side, reduced
    line_width: float = 0.0  # thicker lines are reduced to about this, pixels; 0: they are not
    recolor: float = 0.6  # share of crops with hints whose colours are changed
    redraw: bool = True  # lines are varied
    broken: float = 0.3  # share of crops with gaps in their lines, where those are varied
    thick: float = 0.0  # share of crops with lines several times as thick
    vignette: float = 0.0  # share of crops that end within a page
    lines: Mapping[str, float] = field(
        default_factory=lambda: {TRUE_LINES: 6, "ink": 3, "xdog": 1.5, "pencil": 1}
    )
    hints: Mapping[str, float] = field(default_factory=lambda: {"paper": 1})
    dense_until: int = 0  # so many crops of a run, its first, have dense hints alone
    weights: Mapping[str, float] = field(default_factory=dict)  # of pictures, by part of the id
    unlined: float = 1.0  # weight of pictures without true line art, beside that
    borders: bool = False  # crops also hold where colours end
    regions: bool = False  # that, and their hints spread over regions
    drawings: int = 0  # drawings made by code beside the pictures; "drawn" is part of their ids
    cache_mb: int = 6000  # decoded pictures and lines kept in memory by each worker

    def __post_init__(self) -> None:
        check_names("line method", self.lines, {TRUE_LINES, *METHODS})
        check_names("hint rule", self.hints, RULES)


def check_names(what: str, given: Mapping[str, float], known: object) -> None:
    """Refuse a name that is not known, and no name at all."""
    names = list(known)  # type: ignore[call-overload]
    if not given:
        raise UsageError(f"no {what} is given; there are: {', '.join(sorted(names))}")
    for name in given:
        if name not in names:
            raise UsageError(f"no {what} {name!r}{did_you_mean(name, names)}")


class Crops(Dataset[dict[str, Tensor]]):
    """Crop k of a run: `line` (1, S, S), `color` (3, S, S), `hint` (4, h, w), all in [0, 1].

    For the stage `colorize` alone: with `borders` what `known_borders` returns is there too, with
    `regions` what `spread_hints` does.
    For the stage `colorize` h = S / 4 and `line_small` (1, h, w) is the draft network's line art;
    for `draft` h = S. Indices have no end: the same seed and index give the same crop.
    """

    def __init__(
        self, pictures: Sequence[Picture], stage: Stage, config: CropConfig, seed: int
    ) -> None:
        self.pictures = pictures
        self.stage = stage
        self.config = config
        self.seed = seed
        self.chances = picture_chances(pictures, config)
        self.cache = ByteCache(config.cache_mb << 20)
        self.thicknesses: dict[tuple[int, str], float] = {}

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng([self.seed, index])
        chosen = int(rng.choice(len(self.pictures), p=self.chances))
        rgb = self.cache.get((chosen, "color"), self.pictures[chosen].rgb)
        line, thickness = self.line_of(chosen, rgb, rng)
        rules = {"dense": 1.0} if index < self.config.dense_until else self.config.hints
        borders = None
        if self.config.borders or self.config.regions:
            borders = self.cache.get((chosen, "borders"), self.pictures[chosen].borders)
        crop = self.cut(rgb, line, thickness, borders, rules, rng)
        return {name: torch.from_numpy(part) for name, part in crop.items()}

    def line_of(
        self, chosen: int, rgb: NDArray[np.uint8], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], float]:
        """Return the picture's line art by a method drawn by its weight, and its thickness."""
        has_true = self.pictures[chosen].encoded_line is not None
        weights = {n: w for n, w in self.config.lines.items() if has_true or n != TRUE_LINES}
        if not weights:
            raise InkhueError(
                f"picture {self.pictures[chosen].id!r} has no true line art: add a line method"
            )
        name = drawn(weights, rng)
        make: Callable[[], NDArray[np.uint8] | None] = (
            self.pictures[chosen].line if name == TRUE_LINES else lambda: extract(rgb, name)
        )
        line = self.cache.get((chosen, name), make)
        if self.config.line_width and (chosen, name) not in self.thicknesses:
            self.thicknesses[chosen, name] = line_thickness(line)
        return line, self.thicknesses.get((chosen, name), 0.0)

    def cut(
        self,
        rgb: NDArray[np.uint8],
        line: NDArray[np.uint8],
        thickness: float,
        borders: NDArray[np.uint8] | None,
        rules: Mapping[str, float],
        rng: np.random.Generator,
    ) -> dict[str, NDArray[Any]]:
        """Cut, vary and hint one crop; with the picture's borders, spread its hints."""
        config, size = self.config, self.config.size
        if config.thick and rng.random() < config.thick:
            line, more = thicken(line, rng)
            thickness += more
        full = float(size * DRAFT_SCALE if self.stage == "draft" else size)
        if config.line_width:
            full = full * max(1.0, thickness / config.line_width)
            full = min(full, max(line.shape))
        for _ in range(TRIES):
            window = draw_window(rgb.shape, full, rng, whole=config.whole, widest=config.widest)
            if window.shows_ink(line):
                break
        if config.redraw:
            line = redraw_lines(line, rng, config.broken)
        color, line = window.cut(rgb, size), window.cut(line, size)
        if borders is not None:
            borders = window.cut_thin(borders, size)
        if rng.random() < config.vignette:
            color, line, borders = vignette(color, line, borders, rng)
        rule, seed = RULES[drawn(rules, rng)], int(rng.integers(1 << 32))
        hint = self.hinted(rule, color, line, seed)
        # Without hints a thing's colour is the picture's own: there is nothing else to tell it.
        if hint[3].any() and rng.random() < config.recolor:
            color = recolor(color, rng)
            hint = self.hinted(rule, color, line, seed)
        crop: dict[str, NDArray[Any]] = {
            "line": as_floats(line)[None],
            "color": as_floats(color).transpose(2, 0, 1).copy(),
            "hint": hint,
        }
        if self.stage == "colorize":
            crop["line_small"] = reduce(crop["line"][0])[None]
        if borders is not None:
            given = (line, hint, borders, rng)
            crop |= spread_hints(*given) if config.regions else known_borders(borders, line)
        return crop

    def hinted(
        self, rule: Rule, color: NDArray[np.uint8], line: NDArray[np.uint8], seed: int
    ) -> NDArray[np.float32]:
        """Draw a crop's hints, (4, h, w): in the same places for the same seed."""
        if self.stage == "colorize":
            color, line = reduce(color), reduce(line)
        return rule(as_floats(color), as_floats(line), np.random.default_rng(seed))


def drawn(weights: Mapping[str, float], rng: np.random.Generator) -> str:
    """Draw a name by its weight."""
    chances = np.array(list(weights.values()), np.float64)
    return list(weights)[int(rng.choice(len(chances), p=chances / chances.sum()))]


class ByteCache:
    """Arrays made once and kept, the longest unused leaving first, up to a number of bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0
        self.arrays: OrderedDict[object, NDArray[np.uint8]] = OrderedDict()

    def get(self, key: object, make: Callable[[], NDArray[np.uint8] | None]) -> NDArray[np.uint8]:
        """Return the array of this key, made by `make` if it is not held."""
        if key in self.arrays:
            self.arrays.move_to_end(key)
            return self.arrays[key]
        made = make()
        assert made is not None
        self.arrays[key] = made
        self.held += made.nbytes
        while self.held > self.limit and len(self.arrays) > 1:
            self.held -= self.arrays.popitem(last=False)[1].nbytes
        return made


def picture_chances(pictures: Sequence[Picture], config: CropConfig) -> NDArray[np.float64]:
    """Return each picture's chance: by the first name that its id contains, and by its line art."""
    chances: NDArray[np.float64] = np.array(
        [
            next((w for part, w in config.weights.items() if part in p.id), 1.0)
            * (config.unlined if p.encoded_line is None else 1.0)
            for p in pictures
        ],
        np.float64,
    )
    chances /= chances.sum()
    return chances


def reduce(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    """Reduce a picture to the draft's size by the mean of each 4 x 4 block."""
    size = (picture.shape[1] // DRAFT_SCALE, picture.shape[0] // DRAFT_SCALE)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), picture.dtype)


def as_floats(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Bytes to float32 in [0, 1]."""
    return picture.astype(np.float32) / np.float32(255)
