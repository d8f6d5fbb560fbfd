from __future__ import annotations

import json
import shutil

import onnxruntime
import pytest

from inkhue.errors import InkhueError, UsageError
from inkhue.model import DESCRIPTION, find_model, list_models, read_model


@pytest.fixture
def copy(tiny_model, tmp_path):
    return shutil.copytree(tiny_model, tmp_path / "copy")


def change(folder, **values):
    path = folder / DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_a_folder_is_found_by_path_and_by_name(tiny_model, monkeypatch):
    assert find_model(tiny_model).folder == tiny_model
    monkeypatch.setenv("INKHUE_MODELS", str(tiny_model.parent))
    assert find_model(tiny_model.name).folder == tiny_model
    assert tiny_model.name in {model.folder.name for model in list_models()}


def test_an_unknown_name_is_answered_with_the_nearest(tiny_model, monkeypatch):
    monkeypatch.setenv("INKHUE_MODELS", str(tiny_model.parent))
    with pytest.raises(UsageError, match=f"did you mean '{tiny_model.name}'"):
        find_model(tiny_model.name + "x")


def test_sums_follow_the_stages(tiny_model):
    model = read_model(tiny_model)
    assert model.parameters == sum(s.parameters for s in model.stages.values())
    assert model.file_bytes == sum(
        (tiny_model / s.file).stat().st_size for s in model.stages.values()
    )
    assert model.installed


def test_threads_are_set(tiny_model):
    session = read_model(tiny_model).session("draft", 3)
    assert session.get_session_options().intra_op_num_threads == 3


def test_a_cut_off_graph_is_refused(copy):
    graph = copy / "draft.onnx"
    graph.write_bytes(graph.read_bytes()[:-10])
    with pytest.raises(InkhueError, match="cut off"):
        read_model(copy).session("draft", 1)


def test_a_changed_graph_is_refused(copy):
    graph = copy / "draft.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"\0")
    with pytest.raises(InkhueError, match="checksum"):
        read_model(copy).session("draft", 1)


def test_a_described_model_says_that_it_is_not_installed(copy):
    (copy / "draft.onnx").unlink()
    model = read_model(copy)
    assert not model.installed
    with pytest.raises(InkhueError, match="not installed"):
        model.session("draft", 1)


def test_another_format_is_refused(copy):
    change(copy, format=99)
    with pytest.raises(InkhueError, match="format 99"):
        read_model(copy)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', '{"format": 1, "stages": 3}'])
def test_a_broken_description_is_one_clear_line(copy, text):
    (copy / DESCRIPTION).write_text(text)
    with pytest.raises(InkhueError) as caught:
        read_model(copy)
    assert "\n" not in str(caught.value)
    assert DESCRIPTION in str(caught.value)


def test_stored_weights_are_folded_at_load(tiny_model, tmp_path):
    onnx = pytest.importorskip("onnx")
    for stage in ("draft", "colorize"):
        graph = tiny_model / f"{stage}.onnx"
        assert "Cast" in {node.op_type for node in onnx.load(graph).graph.node}
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
        onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        left = {node.op_type for node in onnx.load(tmp_path / "optimised.onnx").graph.node}
        assert not left & {"Cast", "DequantizeLinear"}


def test_a_variant_is_another_graph_of_the_stage(copy):
    """A stage without the variant keeps its own graph."""
    path = copy / DESCRIPTION
    described = json.loads(path.read_text())
    own = {key: described["stages"]["draft"][key] for key in ("file", "bytes", "sha256")}
    (copy / "fast.onnx").write_bytes((copy / own["file"]).read_bytes())
    described["stages"]["draft"]["variants"] = {"fast": own | {"file": "fast.onnx"}}
    path.write_text(json.dumps(described))
    model = read_model(copy)
    assert model.variants == ("float32", "fast")
    assert model.stages["draft"].graph("fast").file == "fast.onnx"
    assert model.stages["colorize"].graph("fast").file == "colorize.onnx"
    (copy / "fast.onnx").unlink()
    model.session("draft", 1)
    with pytest.raises(InkhueError, match=r"fast\.onnx"):
        model.session("draft", 1, "fast")
    change(copy, variant="fast")
    with pytest.raises(InkhueError, match=r"fast\.onnx"):
        read_model(copy).session("draft", 1)
