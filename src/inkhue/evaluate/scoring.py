"""All metrics of one prediction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.metrics import (
    ciede,
    colourfulness,
    hint_error,
    hint_spread,
    inception,
    line_error,
    lpips,
    psnr,
    region_accuracy,
    squeezenet,
    ssim,
)
from inkhue.evaluate.rows import INCEPTION, OWN_INCEPTION, SQUEEZE, Score
from inkhue.evaluate.sets import Item, Regions
from inkhue.evaluate.systems import Prediction
from inkhue.hints import Hints
from inkhue.models.squeezenet import SQUEEZENET

HALF_INK = 127  # line art above it counts for CIEDE2000


@dataclass(frozen=True)
class Instruments:
    """Which feature networks' weights are here; what is missing is not measured."""

    squeeze: bool
    inception: bool
    missing: tuple[str, ...]  # one line for each file that is missing
    files: tuple[str, ...] = ()  # digests of those that are here

    @property
    def unmeasured(self) -> set[str]:
        """The scores that there are no weights for."""
        squeeze = set() if self.squeeze else {"lpips", SQUEEZE}
        return squeeze if self.inception else squeeze | {INCEPTION, OWN_INCEPTION}


def find_instruments() -> Instruments:
    """Look for the weights of the feature networks."""
    squeeze, inception_2015 = SQUEEZENET, inception.INCEPTION
    return Instruments(
        squeeze.find() is not None,
        inception_2015.find() is not None,
        tuple(s.missing for s in (squeeze, inception_2015) if s.find() is None),
        tuple(
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (squeeze.find(), inception_2015.find())
            if path is not None
        ),
    )


class Scorer:
    """Scores predictions of one picture; what concerns the original alone is computed once."""

    def __init__(self, item: Item, instruments: Instruments) -> None:
        self.item = item
        self.instruments = instruments
        self.paper = item.line > HALF_INK
        self.page = np.repeat(item.line[..., None], 3, axis=2)
        self.taps = squeezenet.squeeze_taps(item.original[None]) if instruments.squeeze else ()

    def original(self) -> Score:
        """Return the original's features."""
        score: Score = {}
        if self.instruments.squeeze:
            score[SQUEEZE] = as_numbers(squeezenet.means_of(self.taps)[0])
        if self.instruments.inception:
            score[INCEPTION] = as_numbers(inception.inception_features(self.item.original[None])[0])
        return score

    def score(self, made: Prediction, hints: Hints, regions: Regions | None) -> Score:
        """Return all metrics of a prediction; those of regions where they are given."""
        item = self.item
        error, ink_error = line_error.errors(made.image, made.layer, self.page)
        numbers = {
            "psnr": psnr.decibels(made.image, item.original),
            "ssim": ssim.similarity(made.image, item.original),
            "ciede": ciede.difference(made.image, item.original, self.paper),
            "colourfulness": colourfulness.ratio(made.image, item.original),
            "line_error": error,
            "ink_error": ink_error,
        }
        score = {name: as_numbers(number) for name, number in numbers.items()}
        if len(hints):
            score["hint_error"] = hint_error.errors(made.layer, hints, item.line)
        if regions is not None:
            accuracy, bleed = region_accuracy.score(made.layer, regions)
            score["accuracy"], score["bleed"] = as_numbers(accuracy), as_numbers(bleed)
            score["hint_spread"] = hint_spread.errors(made.layer, regions, hints)
        return score | self.features(made)

    def features(self, made: Prediction) -> Score:
        """Return LPIPS and the features of set metrics, as far as there are weights."""
        score: Score = {}
        if self.instruments.squeeze:
            taps = squeezenet.squeeze_taps(made.image[None])
            score["lpips"] = as_numbers(lpips.between(taps, self.taps)[0])
            score[SQUEEZE] = as_numbers(squeezenet.means_of(taps)[0])
        if self.instruments.inception:
            pictures = [made.image] if made.own is None else [made.image, made.own]
            found = inception.inception_features(np.stack(pictures))
            score[INCEPTION] = as_numbers(found[0])
            if made.own is not None:
                score[OWN_INCEPTION] = as_numbers(found[1])
        return score


def as_numbers(value: float | Sequence[float] | NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a number or numbers as float64."""
    return np.asarray(value, np.float64)
