"""Kernel distance of the features of two sets of pictures: KSD and KID.

Source: M. Bińkowski et al., "Demystifying MMD GANs" (2018): the unbiased estimate of the squared
maximum mean discrepancy with the kernel (x.y / D + 1)^3, here of all pictures at once, without
random subsets. It can be less than nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.statistics import SET_RESAMPLES, set_counts

Features = NDArray[np.floating[Any]]
Real = NDArray[np.float64]


def distance(a: Features, b: Features) -> float:
    """Kernel distance of features (n, D) and (m, D), two pictures or more each."""
    inner = within(gram(a, a), np.ones((1, len(a)))) + within(gram(b, b), np.ones((1, len(b))))
    return float(inner[0] - 2 * gram(a, b).mean())


def gram(a: Features, b: Features) -> Real:
    """Kernel of each row of a (n, D) with each of b (m, D) -> (n, m)."""
    kernel: Real = (a.astype(np.float64) @ b.T.astype(np.float64) / a.shape[1] + 1) ** 3
    return kernel


def within(kernel: Real, counts: Real) -> Real:
    """Mean over pairs of different draws, for each row of counts (resamples, n) -> (resamples,)."""
    number = counts[0].sum()
    pairs = np.einsum("ri,ri->r", counts @ kernel, counts) - counts @ kernel.diagonal()
    mean: Real = pairs / (number * (number - 1))
    return mean


def resampled(made: Features, originals: Features, resamples: int = SET_RESAMPLES) -> Real:
    """Return distance(made[i], originals[i]) for the indices i of each resample -> (resamples,).

    Row i of both, (n, D), is of the same picture. The indices depend on n alone, so that results
    for several models can be subtracted.
    """
    counts = set_counts(len(made), resamples)
    inner = sum(within(gram(x, x), counts) for x in (made, originals))
    across = np.einsum("ri,ri->r", counts @ gram(made, originals), counts) / len(made) ** 2
    difference: Real = inner - 2 * across
    return difference
