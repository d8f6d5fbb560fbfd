"""Intervals over pictures: bootstrap of means, percentiles, paired differences and set metrics."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 95.0  # per cent of the resamples that an interval holds
RESAMPLES = 2000
SET_RESAMPLES = 200  # of set metrics, which cost more
SET_SEED = 0

# Called as statistic(values, axis=-1): np.mean, np.median, partial(np.percentile, q=10).
Statistic = Callable[..., Any]


class Estimate(NamedTuple):
    """A figure of the pictures at hand and its 95 % interval; NaN where nothing was measured."""

    value: float
    low: float
    high: float


class Resampled(NamedTuple):
    """A figure of some pictures together, and the same of each resample of them -> (resamples,).

    The resamples' indices depend on the number of pictures alone: two systems' figures of the same
    pictures can be subtracted.
    """

    pictures: int
    value: float
    drawn: NDArray[np.float64]

    def less(self, other: Resampled) -> Resampled:
        """Return the difference to another system's figure of the same pictures."""
        return Resampled(self.pictures, self.value - other.value, self.drawn - other.drawn)


UNKNOWN = Estimate(np.nan, np.nan, np.nan)


def draws(number: int, resamples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw picture indices with replacement -> (resamples, number)."""
    return rng.integers(number, size=(resamples, number))


def set_counts(number: int, resamples: int = SET_RESAMPLES) -> NDArray[np.float64]:
    """How often each resample of a set metric has each picture -> (resamples, number).

    The same for every model, the originals and every metric.
    """
    drawn = draws(number, resamples, np.random.Generator(np.random.PCG64(SET_SEED)))
    return np.stack([np.bincount(row, minlength=number) for row in drawn]).astype(np.float64)


def bootstrap(
    values: ArrayLike, statistic: Statistic, rng: np.random.Generator, resamples: int = RESAMPLES
) -> Estimate:
    """Statistic of one number for each picture, with its percentile interval over pictures.

    NaN (a picture without the metric) is left out.
    """
    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    if not known.size:
        return UNKNOWN
    drawn = known[draws(len(known), resamples, rng)]
    return estimate(statistic(known, axis=-1), statistic(drawn, axis=-1))


def paired(
    values_a: ArrayLike,
    values_b: ArrayLike,
    rng: np.random.Generator,
    statistic: Statistic = np.mean,
    resamples: int = RESAMPLES,
) -> Estimate:
    """Statistic of a less statistic of b over the pictures that both have, with its interval.

    Value i of both is of the same picture, and both are drawn together.
    """
    a, b = np.asarray(values_a, np.float64), np.asarray(values_b, np.float64)
    both = np.stack([a, b])[:, ~np.isnan(a) & ~np.isnan(b)]
    if not both.size:
        return UNKNOWN
    drawn = statistic(both[:, draws(both.shape[1], resamples, rng)], axis=-1)
    value = statistic(both, axis=-1)
    return estimate(value[0] - value[1], drawn[0] - drawn[1])


def pooled(
    values: Sequence[NDArray[np.float64]],
    statistic: Statistic,
    rng: np.random.Generator,
    resamples: int = SET_RESAMPLES,
) -> Resampled | None:
    """Statistic of all numbers of all pictures, several for each (all hints); None without any.

    Pictures are drawn, each with all its numbers, as those of one picture are alike. A picture
    without the metric has an empty array.
    """
    known = [array for array in values if array.size]
    if not known:
        return None
    drawn = of_drawn(known, draws(len(known), resamples, rng), statistic)
    return Resampled(len(known), float(statistic(np.concatenate(known), axis=-1)), drawn)


def of_drawn(
    arrays: Sequence[NDArray[np.float64]], drawn: NDArray[np.int64], statistic: Statistic
) -> NDArray[np.float64]:
    """Statistic of the arrays that each resample has drawn -> (resamples,)."""
    return np.array([statistic(np.concatenate([arrays[i] for i in row]), axis=-1) for row in drawn])


def estimate(value: float, resampled: NDArray[np.float64]) -> Estimate:
    """Return a figure with the interval that 95 % of its resamples lie in."""
    low, high = np.percentile(resampled, [50 - LEVEL / 2, 50 + LEVEL / 2])
    return Estimate(float(value), float(low), float(high))


def set_estimate(value: float, resampled: NDArray[np.float64]) -> Estimate:
    """Return a set metric of the full set (or a difference of two) with its interval.

    Pictures that are drawn twice make sets seem narrower than they are, which moves the Fréchet
    distance of nearly every resample above that of the full set. So the interval is that of the
    resamples' deviations from their mean, laid around the value.
    """
    return estimate(value, value + resampled - resampled.mean())
