"""The boundary map learns alone, and what the painters stand on stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch")
pytest.importorskip("lightning_fabric")
pytest.importorskip("onnx")
pytest.importorskip("fsspec")

from inkhue.colorizer import Colorizer  # noqa: E402
from inkhue.errors import UsageError  # noqa: E402
from inkhue.specimen import draw  # noqa: E402
from inkhue.train.checkpoint import load_state, read_log  # noqa: E402
from inkhue.train.config import NetworkConfig, read_config  # noqa: E402
from inkhue.train.export import Form, export  # noqa: E402
from inkhue.train.start import Request, train  # noqa: E402

CONFIGS = Path(__file__).parents[3] / "configs"


def small(name, **run):
    """A config as it is trained, on small crops of these tests' pictures alone."""
    config = read_config(CONFIGS / f"{name}.toml")
    return replace(
        config,
        network=NetworkConfig("light", 16),
        crops=replace(config.crops, size=64, drawings=0, lines={"true": 1}),
        loss=replace(config.loss, perceptual=0),
        # A rate that falls depends on how long a run is to be, which one of these tests changes.
        optimizer=replace(config.optimizer, batch=2, rate=5e-3, falls=0),
        run=replace(config.run, workers=0, average=0.5, save_every=100, sheet_every=30, **run),
    )


def go(config, data, folder, **asked):
    train(Request(config, [data], folder, device="cpu", **asked), lambda row: None)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A blue and a red half that no line parts."""
    folder = tmp_path_factory.mktemp("data")
    picture, line = Image.new("RGB", (96, 96), "#2050c0"), Image.new("L", (96, 96), 255)
    ImageDraw.Draw(picture).rectangle((0, 48, 96, 96), "#c03020")
    for canvas, ink in ((picture, "black"), (line, 0)):
        ImageDraw.Draw(canvas).ellipse((20, 20, 40, 40), None, ink, 3)
    picture.save(folder / "p.png")
    line.save(folder / "p.line.png")
    return str(folder)


@pytest.fixture(scope="module")
def first(data, tmp_path_factory):
    """A run of all parts."""
    return go(small("light", steps=1), data, tmp_path_factory.mktemp("runs") / "first")


@pytest.fixture(scope="module")
def run(data, first, tmp_path_factory):
    """A run of the boundary map alone, on from there."""
    folder = tmp_path_factory.mktemp("runs") / "borders"
    return go(small("light-borders", steps=60), data, folder, init=first)


def test_the_boundary_map_learns_and_features_stay(run):
    log = read_log(run)
    early, late = (log[k].losses["border"] for k in (0, -1))
    assert late < 0.9 * early
    assert 0 < log[-1].losses["keep"] < 0.1
    assert (run / "sheets" / "0000030.png").is_file()


def test_the_painters_are_left_alone(first, run):
    before, after = (load_state(folder)["average"] for folder in (first, run))
    assert before.keys() == after.keys()
    moved = {k.partition(".")[0] for k in before if not torch.allclose(before[k], after[k])}
    assert moved == {"encode"}


def test_a_run_that_stopped_comes_to_the_same(data, first, run, tmp_path):
    folder = tmp_path / "run"
    go(small("light-borders", steps=7), data, folder, init=first)
    parts = load_state(go(small("light-borders", steps=60), data, folder, resume=True))
    whole = load_state(run)
    for part in ("network", "average"):
        assert all(torch.equal(parts[part][k], whole[part][k]) for k in whole[part])


def test_all_parts_go_on_from_it_and_it_is_exported(data, run, tmp_path):
    on = go(small("light", steps=0), data, tmp_path / "on", init=run)
    begun, wanted = load_state(on)["average"], load_state(run)["average"]
    assert all(torch.allclose(begun[k], wanted[k]) for k in wanted)
    model = export([run], tmp_path / "model", Form("float32"), print)
    assert Colorizer(model, 1).prepare(draw(64)).color().image.shape == (64, 64, 3)


def test_without_features_to_keep_it_is_refused(data, tmp_path):
    with pytest.raises(UsageError, match=r"loss\.keep: needs features.*--init"):
        go(small("light-borders", steps=1), data, tmp_path / "run")
