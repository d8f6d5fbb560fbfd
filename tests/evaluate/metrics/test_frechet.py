"""The Fréchet distance has its closed form, with fewer pictures than features too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkhue.evaluate.metrics import frechet
from inkhue.evaluate.statistics import set_counts


def differ(a, b, originals):
    """Differences of two models' distances over the same resamples."""
    return frechet.resampled(a, originals) - frechet.resampled(b, originals)


def white(number, features, rng):
    """Features with mean 0 and covariance 1, up to rounding."""
    x = rng.standard_normal((number, features))
    x -= x.mean(0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    return x @ (vectors / np.sqrt(values)) @ vectors.T


@given(seed=st.integers(0, 2**32 - 1), features=st.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_gaussians_with_commuting_covariances(seed, features):
    rng = np.random.default_rng(seed)
    basis, _ = np.linalg.qr(rng.standard_normal((features, features)))
    spread_a, spread_b, shift = rng.random((3, features)) * 5
    a = white(40, features, rng) * spread_a @ basis.T
    b = white(50, features, rng) * spread_b @ basis.T + shift
    expected = np.square(shift).sum() + np.square(spread_a - spread_b).sum()
    assert frechet.distance(a, b) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_any_two_gaussians_of_two_features(seed):
    # tr(M^(1/2)) of a 2 x 2 matrix is (tr M + 2 det(M)^(1/2))^(1/2).
    rng = np.random.default_rng(seed)
    a, b = (white(30, 2, rng) @ rng.standard_normal((2, 2)) for _ in range(2))
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    product = cov_a @ cov_b
    root = np.sqrt(np.trace(product) + 2 * np.sqrt(np.linalg.det(product)))
    expected = np.trace(cov_a) + np.trace(cov_b) - 2 * root
    assert frechet.distance(a, b) == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("number", [30, 400])  # fewer and more than there are features
def test_agrees_with_torchmetrics(rng, number):
    torch = pytest.importorskip("torch")
    compute = pytest.importorskip("torchmetrics.image.fid")._compute_fid
    a = rng.standard_normal((number, 64)) @ rng.standard_normal((64, 64))
    b = rng.standard_normal((number, 64)) + 2
    parts = [torch.tensor(p) for x in (a, b) for p in (x.mean(0), np.cov(x, rowvar=False))]
    assert frechet.distance(a, b) == pytest.approx(float(compute(*parts)), rel=1e-6)


def test_few_pictures_of_many_features(rng):
    # Two pictures a set lie on a line each: the closed form of one feature holds along it.
    line = rng.standard_normal(2048)
    line /= np.linalg.norm(line)
    a, b = np.outer([0.0, 2.0], line), np.outer([1.0, 7.0], line)
    spread = 2 / np.sqrt(2), 6 / np.sqrt(2)
    expected = (1 - 4) ** 2 + (spread[0] - spread[1]) ** 2
    assert frechet.distance(a, b) == pytest.approx(expected)
    assert frechet.distance(a, b) == pytest.approx(frechet.distance(b, a))


def test_a_set_is_no_way_from_itself_in_any_order(rng):
    x = rng.standard_normal((20, 100)).astype(np.float32)
    assert frechet.distance(x, x[::-1]) == pytest.approx(0, abs=1e-9)
    assert frechet.distance(x, x) >= 0


def test_float32_features_far_from_zero_lose_no_digits(rng):
    a, b = rng.standard_normal((2, 50, 8))
    far_a, far_b = (a + 1e4).astype(np.float32), (b + 1e4).astype(np.float32)
    near = [x.astype(np.float64) - 1e4 for x in (far_a, far_b)]
    assert frechet.distance(far_a, far_b) == pytest.approx(frechet.distance(*near), rel=1e-6)


@pytest.mark.parametrize("features", [10, 200])  # fewer and more than there are pictures
def test_the_gram_form_is_the_direct_form(rng, features):
    made = rng.standard_normal((40, features)) + 0.3
    originals = made + rng.standard_normal((40, features))
    quick = frechet.resampled(made, originals, resamples=20)
    for distance, counts in zip(quick, set_counts(40, 20), strict=True):
        drawn = np.repeat(np.arange(40), counts.astype(int))
        assert distance == pytest.approx(frechet.distance(made[drawn], originals[drawn]), rel=1e-9)


def test_differences_are_of_the_same_pictures(rng):
    originals = rng.standard_normal((30, 60))
    better = originals + 0.2 * rng.standard_normal((30, 60))
    worse = originals + rng.standard_normal((30, 60))
    differences = differ(better, worse, originals)
    assert differences.shape == (200,)
    assert (differences < 0).all()
    for difference, counts in zip(differences[:10], set_counts(30, 200), strict=False):
        drawn = np.repeat(np.arange(30), counts.astype(int))
        near, far = (frechet.distance(s[drawn], originals[drawn]) for s in (better, worse))
        assert difference == pytest.approx(near - far, rel=1e-9)
