"""From runs to a model folder, and from a model folder back to training."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch")
pytest.importorskip("lightning_fabric")
onnx = pytest.importorskip("onnx")

from inkhue.colorizer import Colorizer  # noqa: E402
from inkhue.data.crops import CropConfig  # noqa: E402
from inkhue.errors import InkhueError, UsageError  # noqa: E402
from inkhue.model import read_model  # noqa: E402
from inkhue.models.pair import make_stage  # noqa: E402
from inkhue.train.compare import compare, compare_stored, run_graph  # noqa: E402
from inkhue.train.config import (  # noqa: E402
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    RunConfig,
    TrainConfig,
)
from inkhue.train.export import Form, export  # noqa: E402
from inkhue.train.graphs import (  # noqa: E402
    fold_norms,
    norm_values,
    read_weights,
    store_weights,
    to_onnx,
    unfold_norms,
)
from inkhue.train.origin import load_origin  # noqa: E402
from inkhue.train.start import Request, train  # noqa: E402

DRAFT = TrainConfig(
    network=NetworkConfig(width=8),
    crops=CropConfig(size=64, lines={"true": 1, "ink": 1}),
    loss=LossConfig(adversarial=0),
    optimizer=OptimizerConfig(rate=1e-3, batch=2),
    run=RunConfig(steps=6, save_every=100, sheet_every=100, workers=0),
)


def encoded(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for index, color in enumerate(["#c03020", "#2050c0", "#30a040"]):
        picture = Image.new("RGB", (160, 120), "white")
        ImageDraw.Draw(picture).ellipse((20, 15, 130, 105), color, "black", 4)
        (folder / f"p{index}.png").write_bytes(encoded(picture))
        facts = {"title": f"Ball {index}", "author": "A. Painter", "license": "CC0-1.0"}
        (folder / f"p{index}.json").write_text(json.dumps(facts))
    return str(folder)


@pytest.fixture(scope="module")
def runs(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    draft, colorize = folder / "draft", folder / "colorize"
    train(Request(DRAFT, [data], draft), print)
    second = replace(DRAFT, stage="colorize")
    train(Request(second, [data], colorize, draft=draft), print)
    return draft, colorize


@pytest.fixture(scope="module")
def model(runs, tmp_path_factory):
    return export(runs, tmp_path_factory.mktemp("models") / "au-net-w8", Form(), print)


def test_the_folder_colours(model):
    result = Colorizer(model, threads=1).prepare(np.full((90, 120), 255, np.uint8)).color()
    assert result.image.shape == (90, 120, 3)


def test_the_folder_says_how_it_came_about(model, runs):
    described = read_model(model)
    assert described.name == "au-net-w8"
    assert described.training["pictures"] == 3
    assert described.training["draft"]["crops"] == 12
    with (model / described.attribution).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["author"] for row in rows} == {"A. Painter"}
    assert [row["id"] for row in rows] == ["p0", "p1", "p2"]


def test_a_graph_by_itself_says_what_it_is(model):
    for stage in ("draft", "colorize"):
        graph = onnx.load(model / f"{stage}.onnx")
        assert graph.producer_name == "inkhue"
        facts = {entry.key: entry.value for entry in graph.metadata_props}
        assert (facts["model"], facts["stage"]) == ("au-net-w8", stage)
        assert facts["license"] == "Apache-2.0"


def test_a_description_alone_holds_no_weights_and_names_no_authors(runs, tmp_path):
    described = read_model(export(runs, tmp_path / "alone", Form(described=True), print))
    assert [path.name for path in (tmp_path / "alone").iterdir()] == ["model.json"]
    assert not described.installed
    assert described.attribution == ""
    assert described.training["pictures"] == 3


def test_a_colorize_run_alone_brings_its_draft(model, runs, tmp_path):
    alone = export(runs[1:], tmp_path / "alone", Form(), print)
    assert read_model(alone).stages["draft"].sha256 == read_model(model).stages["draft"].sha256


def test_a_draft_run_alone_is_no_pair(runs, tmp_path):
    with pytest.raises(UsageError, match="colorize"):
        export(runs[:1], tmp_path / "x", Form(), print)
    assert not (tmp_path / "x").exists()


def test_a_described_folder_holds_no_graphs(runs, tmp_path):
    described = read_model(export(runs, tmp_path / "x", Form(described=True), print))
    assert not described.installed
    assert described.parameters > 0


def test_int8_arithmetic_is_kept_where_it_does_not_show(runs, tmp_path):
    told = []
    folder = export(runs, tmp_path / "x", Form(int8=True), told.append)
    described = read_model(folder)
    kept = {f"stage {name!r}" for name, stage in described.stages.items() if stage.variants}
    assert {line.partition(":")[0] for line in told if "kept" in line} == kept
    assert len(told) == 2
    assert "stage 'draft'" in kept  # else the rest of this test would show nothing
    assert described.variants == ("float32", "int8")
    graph = onnx.load_from_string(described.check("draft", "int8"))
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in graph.graph.node}
    given = {
        "line": np.ones((1, 1, 32, 32), np.float32),
        "hint": np.zeros((1, 4, 32, 32), np.float32),
    }
    usual, fast = (
        Colorizer(folder, threads=1, variant=variant).run("draft", given)["draft"]
        for variant in (None, "int8")
    )
    assert 0 < np.abs(usual - fast).max() <= 8 / 255
    with pytest.raises(UsageError, match="did you mean 'int8'"):
        Colorizer(folder, variant="int4")


def test_training_starts_from_a_model_folder(model, runs, data, tmp_path):
    config = replace(DRAFT, optimizer=OptimizerConfig(rate=1e-9, batch=2))
    train(Request(config, [data], tmp_path / "run", init=model), print)
    before, after = load_origin(runs[0], "draft"), load_origin(tmp_path / "run", "draft")
    for name, weight in before.module.named_parameters():
        moved = (weight - after.module.get_parameter(name)).abs().max()
        assert moved <= weight.abs().max() / 100, name  # rounding to 8 bits
    # What the weights have seen is counted through; another stage's crops are not this one's.
    assert (before.crops, after.crops) == (12, 24)


def test_a_colorize_run_may_start_from_its_draft(runs, data, tmp_path):
    config = replace(DRAFT, stage="colorize", optimizer=OptimizerConfig(rate=1e-9, batch=2))
    train(Request(config, [data], tmp_path / "run", init=runs[0], draft=runs[0]), print)
    before, after = load_origin(runs[0], "draft"), load_origin(tmp_path / "run", "colorize")
    for name, weight in before.module.generator.named_parameters():
        assert torch.allclose(weight, after.module.generator.get_parameter(name), atol=1e-6), name
    assert after.crops == 12


def test_a_run_of_the_other_stage_is_refused(runs):
    with pytest.raises(UsageError, match="colorize"):
        load_origin(runs[1], "draft")


def make(stage, width, name="au-net"):
    torch.manual_seed(0)
    network = make_stage(name, stage, width)
    small = (torch.rand(4, 1, 32, 48), torch.rand(4, 4, 32, 48))
    large = (torch.rand(4, 1, 64, 128), torch.rand(4, 3, 16, 32))
    inputs = small if stage == "draft" else large
    for _ in range(3):
        network.train()(*inputs)
    return network.eval(), tuple(part[:1] for part in inputs)


@pytest.mark.parametrize("stage", ["draft", "colorize"])
@pytest.mark.parametrize("network", ["au-net", "u-net"])
def test_graph_and_torch_agree_at_any_size(stage, network):
    module, inputs = make(stage, 8, network)
    graph = to_onnx(fold_norms(module), inputs)
    larger = tuple(torch.rand(1, p.shape[1], 2 * p.shape[2], 3 * p.shape[3]) for p in inputs)
    for given in (inputs, larger):
        with torch.no_grad():
            expected = module(*given).numpy()
        assert np.abs(run_graph(graph, given)[0] - expected).max() <= 1e-4
    assert not {"Shape", "Gather", "Reshape"} & {node.op_type for node in graph.graph.node}


@pytest.mark.parametrize(
    ("store", "most", "size"), [("float16", 1e-3, 0.52), ("int8", 4 / 255, 0.27)]
)
def test_stored_weights_are_small_and_close(store, most, size):
    module, inputs = make("colorize", 16)
    plain = to_onnx(fold_norms(module), inputs)
    stored = store_weights(plain, store)
    assert len(stored.SerializeToString()) < size * len(plain.SerializeToString())
    off = np.abs(run_graph(stored, inputs)[0] - run_graph(plain, inputs)[0])
    assert off.max() <= most


def test_norms_are_unfolded_as_they_were_folded():
    module, inputs = make("draft", 8)
    graph = to_onnx(fold_norms(module), inputs)
    other = make_stage("au-net", "draft", 8)
    unfold_norms(other, read_weights(graph), norm_values(module))
    for name, value in module.state_dict().items():
        assert torch.allclose(value.float(), other.state_dict()[name].float(), atol=1e-5), name


def test_a_graph_that_differs_is_refused():
    picture = np.zeros((1, 3, 8, 8), np.float32)
    with pytest.raises(InkhueError, match="differs"):
        compare(picture + 0.01, picture, "draft")
    with pytest.raises(InkhueError, match="float16"):
        compare_stored(picture + 0.01, picture, "draft")
