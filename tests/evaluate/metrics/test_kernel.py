"""The kernel distance is the unbiased estimate, pair by pair."""

from __future__ import annotations

import numpy as np
import pytest

from inkhue.evaluate.metrics import kernel
from inkhue.evaluate.statistics import set_counts


def differ(a, b, originals):
    """Differences of two models' distances over the same resamples."""
    return kernel.resampled(a, originals) - kernel.resampled(b, originals)


def by_hand(a, b):
    """Sum over pairs, as it is written in the paper."""

    def k(x, y):
        return (x @ y / len(x) + 1) ** 3

    n, m = len(a), len(b)
    inner_a = sum(k(a[i], a[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    inner_b = sum(k(b[i], b[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return inner_a + inner_b - 2 * sum(k(x, y) for x in a for y in b) / (n * m)


def test_is_the_sum_over_pairs(rng):
    a, b = rng.standard_normal((7, 5)), rng.standard_normal((4, 5)) + 1
    assert kernel.distance(a, b) == pytest.approx(by_hand(a, b), rel=1e-12)


def test_agrees_with_torchmetrics(rng):
    torch = pytest.importorskip("torch")
    poly_mmd = pytest.importorskip("torchmetrics.image.kid").poly_mmd
    a, b = rng.random((20, 512)), rng.random((20, 512)) + 0.5
    expected = float(poly_mmd(torch.tensor(a), torch.tensor(b)))
    assert kernel.distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_is_nothing_on_average_for_sets_of_one_kind(rng):
    distances = [kernel.distance(*rng.standard_normal((2, 10, 6))) for _ in range(400)]
    error = np.std(distances) / np.sqrt(400)
    assert abs(np.mean(distances)) < 4 * error
    assert min(distances) < 0  # unbiased: half of them are


def test_the_gram_form_is_the_direct_form(rng):
    made = rng.standard_normal((25, 40)).astype(np.float32)
    originals = made + rng.standard_normal((25, 40)).astype(np.float32)
    quick = kernel.resampled(made, originals, resamples=20)
    for distance, counts in zip(quick, set_counts(25, 20), strict=True):
        drawn = np.repeat(np.arange(25), counts.astype(int))
        expected = kernel.distance(made[drawn], originals[drawn])
        assert distance == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_differences_are_of_the_same_pictures(rng):
    originals = rng.random((30, 60))
    better, worse = originals + 0.2, originals + 1
    differences = differ(better, worse, originals)
    assert differences.shape == (200,)
    assert (differences < 0).all()
    for difference, counts in zip(differences[:10], set_counts(30, 200), strict=False):
        drawn = np.repeat(np.arange(30), counts.astype(int))
        near, far = (kernel.distance(s[drawn], originals[drawn]) for s in (better, worse))
        assert difference == pytest.approx(near - far, rel=1e-9)
