"""What a model gives to be scored is of the protocol's size, whatever it worked at."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.evaluate.sets import SIDE, make_item, pixel_hints, read_set
from inkhue.evaluate.systems import ModelSystem

NARROW = Path(__file__).parents[2] / "weights" / "au-net-w16"


@pytest.mark.parametrize("size", [256, 512])
def test_a_network_that_works_at_another_size_is_scored_too(art, tmp_path, size):
    folder = shutil.copytree(NARROW, tmp_path / "model")
    facts = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**facts, "size": size}))
    item = make_item(read_set([str(art / "val.tar")], 1)[0])
    made = ModelSystem(str(folder), 0.0, 1).predict(item, pixel_hints(item, 10))
    for picture in (made.layer, made.image, made.own):
        assert picture.shape == (SIDE, SIDE, 3)
    assert (made.own != made.layer).any()
