"""PSNR, SSIM and colourfulness of pictures whose figures are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("torchmetrics")

from inkhue.evaluate.metrics import psnr, ssim
from inkhue.evaluate.metrics.colourfulness import colourfulness, ratio


def flat(red, green, blue, side=32):
    return np.full((side, side, 3), (red, green, blue), np.uint8)


def test_psnr_of_a_constant_error():
    assert psnr.decibels(flat(100, 100, 100), flat(110, 110, 110)) == pytest.approx(
        20 * math.log10(255 / 10)
    )
    one_channel = psnr.decibels(flat(100, 100, 100), flat(110, 100, 100))
    assert one_channel == pytest.approx(20 * math.log10(255 / 10) + 10 * math.log10(3))


def test_psnr_of_the_whole_range_is_0_and_of_the_same_pixels_is_the_most():
    assert psnr.decibels(flat(0, 0, 0), flat(255, 255, 255)) == pytest.approx(0, abs=1e-5)
    assert psnr.decibels(flat(1, 2, 3), flat(1, 2, 3)) == psnr.MOST


def test_ssim_of_two_flat_pictures_is_their_luminance_term():
    c1, a, b = (0.01 * 255) ** 2, 100, 150
    expected = (2 * a * b + c1) / (a**2 + b**2 + c1)
    found = ssim.similarity(flat(a, a, a), flat(b, b, b))
    assert found == pytest.approx(expected, abs=1e-3)  # float32 leaves flat windows some variance


def test_ssim_orders_pictures(rng):
    original = rng.integers(0, 256, (48, 48, 3), dtype=np.uint8)
    near = np.clip(original + rng.normal(0, 10, original.shape), 0, 255).astype(np.uint8)
    assert ssim.similarity(original, original) == pytest.approx(1)
    assert 0.9 < ssim.similarity(near, original) < 1
    assert ssim.similarity(255 - original, original) < 0


def test_ssim_agrees_with_scikit_image(rng):
    metrics = pytest.importorskip("skimage.metrics")
    original = np.kron(rng.integers(0, 256, (12, 12, 3)), np.ones((4, 4, 1))).astype(np.uint8)
    made = np.clip(original + rng.normal(0, 25, original.shape), 0, 255).astype(np.uint8)
    _, values = metrics.structural_similarity(
        made,
        original,
        channel_axis=2,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    assert ssim.similarity(made, original) == pytest.approx(values.mean(), abs=2e-3)


def test_grey_is_not_colourful(rng):
    grey = np.repeat(rng.integers(0, 256, (16, 16, 1), dtype=np.uint8), 3, axis=2)
    assert colourfulness(grey) == 0
    assert math.isnan(ratio(flat(255, 0, 0), grey))


def test_colourfulness_by_hand():
    # One colour: no spread, 0.3 times the distance from grey: rg = 255, yb = 127.5.
    assert colourfulness(flat(255, 0, 0)) == pytest.approx(0.3 * math.hypot(255, 127.5))
    # Red and cyan halves: rg = 255 and -255, yb = 127.5 and -127.5: spread alone.
    halves = np.concatenate([flat(255, 0, 0), flat(0, 255, 255)])
    assert colourfulness(halves) == pytest.approx(math.hypot(255, 127.5))


def test_half_the_saturation_is_half_as_colourful():
    original = np.concatenate([flat(240, 40, 40), flat(40, 40, 240)])
    paler = (original.astype(int) // 2 + 60).astype(np.uint8)
    assert ratio(paler, original) == pytest.approx(0.5)
    assert ratio(original, original) == 1
