"""Fixtures that all tests share."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with art/ and lineart/, where there is one."""
    folder = os.environ.get("INKHUE_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("INKHUE_TEST_DATA names no folder with the test art")
    return Path(folder)


@pytest.fixture(scope="session")
def art(shared: Path) -> Path:
    """The folder of art shards (train-0000.tar, val.tar, flats.tar ...)."""
    return shared / "art"


@pytest.fixture(scope="session")
def lineart(shared: Path) -> Path:
    """The folder of line drawings without colour."""
    return shared / "lineart"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The repository's own drawings and their hints."""
    return Path(__file__).parent.parent / "examples"


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator: every test draws the same numbers in every run."""
    return np.random.default_rng(20)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as the export writes it: an AU-Net pair of width 8 with random weights.

    Its parent folder holds this model alone and can be $INKHUE_MODELS.
    """
    torch = pytest.importorskip("torch", reason="makes a model: pip install inkhue[train]")
    from inkhue.models.systems import make_network, model_name
    from inkhue.train.config import NetworkConfig
    from inkhue.train.export import Form, Trained, describe, export_stage
    from inkhue.train.origin import Origin

    torch.manual_seed(7)
    samples = {name: torch.rand(1, n, 64, 64) for name, n in (("line", 1), ("hint", 4))}
    samples["draft"] = torch.rand(1, 3, 16, 16)
    network = NetworkConfig("au-net", 8)
    pair = [
        Trained(
            stage, Origin(network, stage, make_network("au-net", stage, 8), 0, 0.0, ""), samples
        )
        for stage in ("draft", "colorize")
    ]
    folder = tmp_path_factory.mktemp("models") / model_name("au-net", 8)
    folder.mkdir()
    stages = {s.stage: export_stage(s, folder, Form(), print) for s in pair}
    text = json.dumps(describe(pair, stages, 0))
    (folder / "model.json").write_text(text, encoding="utf-8")
    return folder
