"""`inkhue models`, `doctor` and `bench`: they tell what is there, and what is wrong with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from inkhue.cli import main
from inkhue.cli.doctor import self_test
from inkhue.page import open_page
from inkhue.specimen import draw

MODEL = "au-net-w8"


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny model, found by its name."""
    folder = tmp_path / "models" / MODEL
    shutil.copytree(tiny_model, folder)
    monkeypatch.setenv("INKHUE_MODELS", str(folder.parent))
    return folder


def run(*args: str) -> Result:
    return CliRunner().invoke(main, args)


def listed(name: str) -> dict:
    done = run("models", "--json")
    assert done.exit_code == 0, done.stderr
    return next(entry for entry in json.loads(done.stdout) if entry["name"] == name)


def test_models_json_has_exact_numbers(model: Path) -> None:
    from inkhue.models.pair import count_parameters, make_stage

    found = listed(MODEL)
    count = count_parameters(make_stage("au-net", "draft", 8))
    assert {s["parameters"] for s in found["stages"].values()} == {count}
    assert (found["parameters"], found["float32_bytes"]) == (2 * count, 8 * count)
    assert found["file_bytes"] == sum(f.stat().st_size for f in model.glob("*.onnx"))
    parts = found["stages"]["draft"], found["stages"]["colorize"]
    assert 16 * parts[0]["multiply_adds_512"] == pytest.approx(
        parts[1]["multiply_adds_512"], rel=0.01
    )
    assert (found["license"], found["default"], found["installed"]) == ("Apache-2.0", False, True)


def test_models_shows_a_table(model: Path) -> None:
    (line,) = (t for t in run("models").stdout.splitlines() if t.startswith(f"{MODEL} "))
    found = listed(MODEL)
    assert f"{found['parameters']:,}" in line
    assert f"draft {found['stages']['draft']['parameters']:,}" in line
    assert line.split()[-1] == "yes"


def test_a_described_model_is_listed_as_not_installed(model: Path) -> None:
    for file in model.glob("*.onnx"):
        file.unlink()
    assert listed(MODEL)["installed"] is False
    done = run("doctor", "--model", MODEL)
    assert f"model {MODEL} in {model} (described, not installed): ok" in done.stdout
    assert "self-test: model 'au-net-w8' is described but not installed" in done.stdout
    assert done.exit_code == 1


def test_doctor_is_content(model: Path) -> None:
    done = run("doctor", "--model", MODEL)
    assert f"model {MODEL} in {model}: ok" in done.stdout
    assert "self-test: ok" in done.stdout
    assert "CPUExecutionProvider" in done.stdout


def spoil_graph(model: Path) -> None:
    data = bytearray((model / "draft.onnx").read_bytes())
    data[-3000] ^= 255
    (model / "draft.onnx").write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (spoil_graph, "does not match its checksum"),
        (lambda m: (m / "colorize.onnx").write_bytes(b"short"), "is cut off"),
        (lambda m: (m / "colorize.onnx").unlink(), "is missing"),
        (lambda m: (m / "model.json").write_text("[]"), "is no model description"),
    ],
)
def test_doctor_finds_what_is_wrong(model: Path, spoil, says: str) -> None:
    spoil(model)
    done = run("doctor", "--model", MODEL)
    (line,) = (t for t in done.stdout.splitlines() if t.startswith("model") and says in t)
    assert str(model) in line
    assert done.exit_code == 1
    assert "checks failed" in done.stderr


def grey(planes: Iterable[np.ndarray]) -> np.ndarray:
    return np.full_like(np.dstack(list(planes)), 128, np.uint8)


@pytest.mark.parametrize(
    ("part", "broken", "says"),
    [
        ("over", lambda lines, layer: layer, "the lines were changed"),
        (
            "obey_hints",
            lambda layer, hints, areas, obey, rest: (layer, ()),
            "the hint's pixel is",
        ),
        ("as_bytes", grey, "the picture has no colour"),
    ],
)
def test_the_self_test_sees_a_broken_pipeline(
    model: Path, monkeypatch: pytest.MonkeyPatch, part: str, broken, says: str
) -> None:
    monkeypatch.setattr(f"inkhue.colorizer.{part}", broken)
    assert says in self_test(MODEL)


def test_the_drawing_of_self_test_and_bench_is_line_art() -> None:
    page = open_page(draw(200))
    assert page.warnings == ()
    assert 0.01 < np.mean(page.ink == 1) < 0.2


def test_bench_measures_in_a_process_of_its_own(model: Path) -> None:
    args = ["--model", MODEL, "--sizes", "64,128", "--runs", "1", "--threads", "1", "--json"]
    done = run("bench", *args)
    assert done.exit_code == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [(r["model"], r["size"], r["threads"]) for r in rows] == [
        (MODEL, 64, 1),
        (MODEL, 128, 1),
    ]
    for row in rows:
        assert 0 < row["draft"] < row["whole"]
        assert row["ratio"] == pytest.approx(row["whole"] / row["networks"], rel=0.01)
        assert row["peak_mb"] is None or 20 < row["peak_mb"] < 2000


def test_bench_passes_errors_on(model: Path) -> None:
    (model / "draft.onnx").write_bytes(b"short")
    done = run("bench", "--model", MODEL, "--sizes", "64", "--runs", "1")
    assert done.exit_code == 1
    assert "is cut off" in done.stderr
    assert len(done.stderr.splitlines()) == 1
