"""Region accuracy and bleed: worked examples, and the definition pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")
pytest.importorskip("fsspec", reason="pip install inkhue[evaluate]")

from skimage.color import deltaE_ciede2000, rgb2lab

from inkhue.evaluate.metrics.region_accuracy import score
from inkhue.evaluate.sets import Regions

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (40, 60, 200)


def stripes(*colors, side=20):
    """Return one region a row of `side` pixels, and the layer that fills them rightly."""
    labels = np.repeat(np.arange(1, len(colors) + 1, dtype=np.int32)[:, None], side, axis=1)
    layer = np.array(colors, np.uint8)[labels - 1]
    return Regions(labels, np.array(colors, np.uint8)), layer


def test_the_right_colours_score_one():
    regions, layer = stripes(RED, GREEN, BLUE)
    assert score(layer, regions) == (1.0, 0.0)


def test_regions_count_alike_for_accuracy_and_by_their_pixels_for_bleed():
    regions, layer = stripes(RED, GREEN)
    regions.labels[1, 4:] = 0
    layer[1, :2] = RED  # half of what is left of the second
    layer[1, 4:] = BLUE  # in no region
    accuracy, bleed = score(layer, regions)
    assert accuracy == pytest.approx((1 + 0.5) / 2)
    assert bleed == pytest.approx(2 / 24)


def test_a_colour_that_is_off_is_right_while_its_own_region_is_the_nearest():
    regions, layer = stripes(RED, GREEN)
    layer[0] = (150, 60, 80)
    layer[1] = (140, 90, 40)  # green no longer
    assert score(layer, regions) == (0.5, 0.5)


def test_colours_that_look_alike_count_as_one():
    regions, layer = stripes(RED, (201, 32, 33), GREEN)
    assert score(layer[[1, 0, 2]], regions) == (1.0, 0.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_it_is_what_its_definition_says(seed, count):
    rng = np.random.default_rng(seed)
    colors = rng.integers(0, 256, (count, 3), dtype=np.uint8)
    colors[count // 2] = np.clip(colors[0] + rng.integers(0, 4, 3), 0, 255)
    labels = rng.integers(0, count + 1, (40, 130)).astype(np.int32)
    labels[0, :count] = np.arange(1, count + 1)
    layer = rng.integers(0, 256, (40, 130, 3), dtype=np.uint8)

    lab, palette = rgb2lab(layer), rgb2lab(colors)
    distance = np.linalg.norm(lab[:, :, None] - palette, axis=3)
    seen = palette[distance.argmin(axis=2)]
    right = deltaE_ciede2000(seen, palette[labels - 1]) <= 3
    shares = [right[labels == k + 1].mean() for k in range(count)]
    accuracy, bleed = score(layer, Regions(labels, colors))
    assert accuracy == pytest.approx(np.mean(shares))
    assert bleed == pytest.approx(1 - right[labels > 0].mean())
