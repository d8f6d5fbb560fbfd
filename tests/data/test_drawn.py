"""Drawings by code among a training set's pictures."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from inkhue.data.crops import CropConfig, Crops
from inkhue.data.drawn import drawings


def test_the_same_seed_gives_the_same_drawings():
    one, same, other = drawings(2, 3)[1], drawings(9, 3)[1], drawings(2, 4)[1]
    assert np.array_equal(one.rgb(), same.rgb())
    assert not np.array_equal(one.rgb(), other.rgb())


def test_ink_is_black_in_the_picture():
    picture = drawings(1, 5)[0]
    rgb, line = picture.rgb(), picture.line()
    assert rgb.shape == (512, 512, 3)
    assert (line == 0).any()
    assert rgb[line == 0].max() == 0


def test_crops_are_made_of_them():
    """With true lines alone: none of them lacks its line art."""
    config = CropConfig(size=128, lines={"true": 1}, hints={"many": 1})
    crops = Crops(drawings(3, 1), "draft", config, seed=0)
    crop = crops[0]
    assert crop["color"].shape == (3, 128, 128)
    assert crop["hint"][3].sum() > 0
