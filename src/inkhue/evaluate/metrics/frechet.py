"""Fréchet distance of the features of two sets of pictures: FID and FSD.

Source: M. Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
Equilibrium" (2017): the Wasserstein distance, squared, of two Gaussians with the sets' means and
covariances (of n - 1):

    |mean a - mean b|^2 + tr(cov a) + tr(cov b) - 2 tr((cov a cov b)^(1/2))

With A and B the centred features over sqrt(n - 1), cov a = A'A, and the last trace is the sum of
the singular values of AB', a matrix of n x n: no root of a covariance, which is singular where
there are fewer pictures than features.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inkhue.evaluate.statistics import SET_RESAMPLES, set_counts

Features = NDArray[np.floating[Any]]
Real = NDArray[np.float64]


def distance(a: Features, b: Features) -> float:
    """Fréchet distance of features (n, D) and (m, D), two pictures or more each."""
    mean_a, mean_b = (x.mean(0, dtype=np.float64) for x in (a, b))
    root_a, root_b = (scatter_root(x, mean) for x, mean in ((a, mean_a), (b, mean_b)))
    shared = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    spread = np.square(root_a).sum() + np.square(root_b).sum()
    # Of two equal sets rounding leaves a little less than nothing.
    return max(0.0, float(np.square(mean_a - mean_b).sum() + spread - 2 * shared))


def scatter_root(x: Features, mean: Real) -> Real:
    """Return R with R'R the covariance of x (n, D); it has min(n, D) rows."""
    root: Real = (x - mean) / np.sqrt(len(x) - 1)
    if len(root) > root.shape[1]:
        _, root = np.linalg.qr(root)
    return root


def resampled(made: Features, originals: Features, resamples: int = SET_RESAMPLES) -> Real:
    """Return distance(made[i], originals[i]) for the indices i of each resample -> (resamples,).

    Row i of both, (n, D), is of the same picture. The indices depend on n alone, so that results
    for several models can be subtracted. Made for a few hundred pictures: n x n matrices, once.
    """
    a, b = (x - x.mean(0, dtype=np.float64) for x in (made, originals))
    counts = set_counts(len(a), resamples)
    shift = made.mean(0, dtype=np.float64) - originals.mean(0, dtype=np.float64)
    means = np.square(shift + counts @ (a - b) / len(a)).sum(1)
    spread = total_variance(a, counts) + total_variance(b, counts)
    gram = a @ b.T
    shared = np.array([cross_root(gram, row) for row in counts])
    distances: Real = np.maximum(0.0, means + spread - 2 * shared)
    return distances


def total_variance(x: Real, counts: Real) -> Real:
    """Trace of the covariance of each resample of x (n, D) -> (resamples,)."""
    number = len(x)
    squares = counts @ np.square(x).sum(1) - np.square(counts @ x).sum(1) / number
    variance: Real = squares / (number - 1)
    return variance


def cross_root(gram: Real, counts: Real) -> float:
    """Trace of (cov a cov b)^(1/2) of one resample, from the Gram matrix of all, a times b'.

    A picture drawn k times is one row that weighs sqrt(k): a third of all are not drawn, so that
    the matrix is smaller than with the pictures repeated.
    """
    number = len(counts)
    drawn = np.flatnonzero(counts)
    weights = counts[drawn]
    part = gram[np.ix_(drawn, drawn)]
    rows, columns = part @ weights / number, weights @ part / number
    centred = part - rows[:, None] - columns + weights @ rows / number
    roots = np.sqrt(weights)
    singular = np.linalg.svd(centred * roots[:, None] * roots, compute_uv=False)
    return float(singular.sum() / (number - 1))
