"""CIEDE2000 has its published values; over pictures only the pixels asked for count."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("skimage")

from inkhue.evaluate.metrics import ciede

# Table 1 of Sharma, Wu and Dalal (2005): L, a, b; L, a, b; difference.
PUBLISHED = """
50.0000   2.6772 -79.7751  50.0000   0.0000 -82.7485   2.0425
50.0000   3.1571 -77.2803  50.0000   0.0000 -82.7485   2.8615
50.0000   2.8361 -74.0200  50.0000   0.0000 -82.7485   3.4412
50.0000  -1.3802 -84.2814  50.0000   0.0000 -82.7485   1.0000
50.0000  -1.1848 -84.8006  50.0000   0.0000 -82.7485   1.0000
50.0000  -0.9009 -85.5211  50.0000   0.0000 -82.7485   1.0000
50.0000   0.0000   0.0000  50.0000  -1.0000   2.0000   2.3669
50.0000  -1.0000   2.0000  50.0000   0.0000   0.0000   2.3669
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0009   7.1792
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0010   7.1792
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0011   7.2195
50.0000   2.4900  -0.0010  50.0000  -2.4900   0.0012   7.2195
50.0000  -0.0010   2.4900  50.0000   0.0009  -2.4900   4.8045
50.0000  -0.0010   2.4900  50.0000   0.0010  -2.4900   4.8045
50.0000  -0.0010   2.4900  50.0000   0.0011  -2.4900   4.7461
50.0000   2.5000   0.0000  50.0000   0.0000  -2.5000   4.3065
50.0000   2.5000   0.0000  73.0000  25.0000 -18.0000  27.1492
50.0000   2.5000   0.0000  61.0000  -5.0000  29.0000  22.8977
50.0000   2.5000   0.0000  56.0000 -27.0000  -3.0000  31.9030
50.0000   2.5000   0.0000  58.0000  24.0000  15.0000  19.4535
50.0000   2.5000   0.0000  50.0000   3.1736   0.5854   1.0000
50.0000   2.5000   0.0000  50.0000   3.2972   0.0000   1.0000
50.0000   2.5000   0.0000  50.0000   1.8634   0.5757   1.0000
50.0000   2.5000   0.0000  50.0000   3.2592   0.3350   1.0000
60.2574 -34.0099  36.2677  60.4626 -34.1751  39.4387   1.2644
63.0109 -31.0961  -5.8663  62.8187 -29.7946  -4.0864   1.2630
61.2901   3.7196  -5.3901  61.4292   2.2480  -4.9620   1.8731
35.0831 -44.1164   3.7933  35.0232 -40.0716   1.5901   1.8645
22.7233  20.0904 -46.6940  23.0331  14.9730 -42.5619   2.0373
36.4612  47.8580  18.3852  36.2715  50.5065  21.2231   1.4146
90.8027  -2.0831   1.4410  91.1528  -1.6435   0.0447   1.4441
90.9257  -0.5406  -0.9208  88.6381  -0.8985  -0.7239   1.5381
 6.7747  -0.2908  -2.4247   5.8714  -0.0985  -2.2286   0.6377
 2.0776   0.0795  -1.1350   0.9033  -0.0636  -0.5514   0.9082
"""
TABLE = np.array([row.split() for row in PUBLISHED.strip().splitlines()], float)


def test_the_published_pairs():
    assert len(TABLE) == 34
    found = ciede.between(TABLE[:, :3], TABLE[:, 3:6])
    assert found == pytest.approx(TABLE[:, 6], abs=5e-5)


def test_float32_is_precise_enough(rng):
    a = rng.integers(0, 256, (20_000, 3))
    b = np.clip(a + rng.integers(-20, 21, a.shape), 0, 255)
    from skimage.color import rgb2lab

    precise = ciede.between(rgb2lab(a / 255), rgb2lab(b / 255))
    quick = ciede.between(ciede.lab(a.astype(np.uint8)), ciede.lab(b.astype(np.uint8)))
    assert np.abs(quick - precise).max() < 1e-3
    assert quick.mean() == pytest.approx(precise.mean(), rel=1e-6)


def test_black_and_white_are_100_apart():
    black, white = np.zeros((4, 5, 3), np.uint8), np.full((4, 5, 3), 255, np.uint8)
    everywhere = np.ones((4, 5), bool)
    assert ciede.difference(black, white, everywhere) == pytest.approx(100, abs=1e-3)
    assert ciede.difference(white, white, everywhere) == 0


def test_only_the_pixels_asked_for_count(rng):
    original = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    made = original.copy()
    made[:4] = 255 - made[:4]
    upper = np.zeros((8, 8), bool)
    upper[:4] = True
    assert ciede.difference(made, original, ~upper) == 0
    whole = ciede.difference(made, original, np.ones((8, 8), bool))
    assert ciede.difference(made, original, upper) == pytest.approx(2 * whole)


def test_a_picture_of_ink_alone_has_no_difference():
    picture = np.zeros((2, 2, 3), np.uint8)
    assert math.isnan(ciede.difference(picture, picture, np.zeros((2, 2), bool)))
