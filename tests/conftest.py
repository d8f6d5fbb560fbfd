"""Fixtures that all tests share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
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
    from inkhue.train.export import Trained
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
    return exported(pair, folder)


def exported(stages: list[Any], folder: Path) -> Path:
    """Write a folder of trained stages, of no training pictures."""
    from inkhue.train.export import Form, describe, export_stage

    folder.mkdir()
    written = {s.stage: export_stage(s, folder, Form(), print) for s in stages}
    text = json.dumps(describe(stages, written, 0))
    (folder / "model.json").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the light model of width 16, as the export writes it.

    It has random weights, believes in no boundary, and paints nearly the spread hints.
    """
    torch = pytest.importorskip("torch", reason="makes a model: pip install inkhue[train]")
    from inkhue.models.systems import make_network, model_name
    from inkhue.train.config import NetworkConfig
    from inkhue.train.export import Trained, in_parts
    from inkhue.train.origin import Origin

    torch.manual_seed(7)
    inputs = (("line", 1, 64), ("hint", 4, 16), ("flats", 3, 16), ("sure", 1, 16))
    samples = {name: torch.rand(1, n, side, side) for name, n, side in inputs}
    module = make_network("light", "colorize", 16)
    with torch.no_grad():
        module.encode.boundary.leave.bias.fill_(-3)
        for painter in (module.draft, module.colorize):
            painter.leave.weight.normal_(0, 0.002)
    origin = Origin(NetworkConfig("light", 16), "colorize", module, 0, 0.0, "")
    parts = in_parts(Trained("colorize", origin, samples))
    folder = tmp_path_factory.mktemp("models") / model_name("light", 16)
    return exported(parts, folder)


@pytest.fixture(scope="session")
def inked() -> Callable[..., np.ndarray]:
    """Draw three rings and a stroke, (side * 3 / 4, side) uint8, lines of exactly this thickness.

    `black` adds solid areas; ink has the grey `shade`.
    """

    def draw(side: int, thick: float, *, black: bool = False, shade: int = 0) -> np.ndarray:
        fine = 4 if side <= 1024 else 1  # drawn so many times as large
        width, height, thick = side * fine, side * fine * 3 // 4, round(thick * fine)
        ink = np.zeros((height, width), np.uint8)
        for x, y, across, down in ((50, 50, 40, 42), (40, 40, 12, 11), (60, 40, 12, 11)):
            ring, centre = np.zeros_like(ink), (width * x // 100, height * y // 100)
            axes = (width * across // 100, height * down // 100)
            for moved, value in ((thick // 2, 1), (thick // 2 - thick, 0)):
                ends = (axes[0] + moved, axes[1] + moved)
                cv2.ellipse(ring, centre, ends, 0, 0, 360, value, -1)
            ink |= ring
        ink[height * 7 // 10 :][:thick, width // 3 : width * 2 // 3] = 1
        if black:
            ink[height * 55 // 100 : height * 65 // 100, width * 45 // 100 : width * 55 // 100] = 1
            centre, axes = (width // 2, height * 85 // 100), (width // 8, height // 20)
            cv2.ellipse(ink, centre, axes, 0, 0, 360, 1, -1)
        page = np.where(ink, np.uint8(shade), np.uint8(255))
        size = (side, side * 3 // 4)
        return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA))

    return draw
