"""The run as a whole: scores, resuming, failures, the report, programs of others."""

from __future__ import annotations

import errno
import gzip
import json
import re
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

pytest.importorskip("torch", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.cli import main
from inkhue.evaluate import run
from inkhue.evaluate.figures import blocks
from inkhue.evaluate.recorded import parsed
from inkhue.evaluate.run import Plan, evaluate
from inkhue.evaluate.sets import make_item, read_set
from inkhue.evaluate.systems import (
    CommandSystem,
    RivalSystem,
    lay_lines,
    make_systems,
)

# A program that paints everything in the colour of the first hint.
PAINT = """
import json, os, sys
from PIL import Image
if os.path.exists("STOP"):
    sys.exit("not again")
hints = json.load(open(sys.argv[1]))["hints"]
size = tuple(map(int, sys.argv[3:5])) or (512, 512)
Image.new("RGB", size, hints[0]["color"] if hints else "white").save(sys.argv[2])
"""


def write_picture(folder, name, color, *, line=True):
    picture = Image.new("RGB", (96, 64), "white")
    lines = Image.new("L", (96, 64), 255)
    for drawn, colors in ((picture, (color, "#f0d020", "#2060c0")), (lines, (255, 255, 255))):
        pen = ImageDraw.Draw(drawn)
        pen.ellipse((6, 6, 44, 56), colors[0], 0, 3)
        pen.rectangle((52, 6, 88, 26), colors[1], 0, 3)
        pen.rectangle((52, 34, 88, 56), colors[2], 0, 3)
    picture.save(folder / f"{name}.png")
    if line:
        lines.save(folder / f"{name}.line.png")
    facts = {"title": name, "author": "A. Painter", "license": "CC0-1.0", "origin": "made:here@1"}
    (folder / f"{name}.json").write_text(json.dumps(facts))


@pytest.fixture(autouse=True)
def without_weights(tmp_path, monkeypatch):
    """The feature networks take longer than all else: one test has them."""
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(tmp_path / "nowhere"))


@pytest.fixture
def flats(tmp_path):
    folder = tmp_path / "flats"
    folder.mkdir()
    for index, color in enumerate(("#c03020", "#30a040", "#8040a0")):
        write_picture(folder, f"p{index}", color)
    return folder


@pytest.fixture
def painter(tmp_path):
    script = tmp_path / "paint.py"
    script.write_text(PAINT.replace("STOP", str(tmp_path / "stop")))
    return f"paint={sys.executable} {script} {{hints_json}} {{out}} 512 512"


FILL = RivalSystem("watershed-distance")


def scored(data, folder, systems, **options):
    plan = Plan([str(data)], systems, folder, **options)
    return evaluate(plan, lambda done, of: None)


def numbers(outcome, name):
    return [float(row.score[name]) for row in outcome.predictions]


def test_a_fill_of_closed_regions_is_right_everywhere(flats, tmp_path):
    """Thick closed lines: the watershed on the distance gives each region its own colour."""
    outcome = scored(flats, tmp_path / "out", [FILL], regions=True, limit=2)
    assert not outcome.failures
    assert len(outcome.predictions) == 2
    assert min(numbers(outcome, "accuracy")) > 0.98
    assert max(numbers(outcome, "bleed")) < 0.02
    assert max(numbers(outcome, "line_error")) == 0
    assert max(float(row.score["hint_error"].max()) for row in outcome.predictions) < 1


def test_features_are_scored_where_there_are_weights(flats, tmp_path, shared, monkeypatch):
    if not (shared / "perceptual").is_dir():
        pytest.skip("the test art has no folder perceptual/ with weights")
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(shared / "perceptual"))
    outcome = scored(flats, tmp_path / "out", [FILL], hints=(0,), limit=1)
    original, made = (row.score for row in outcome.rows)
    for score in (original, made):
        assert (score["squeeze"].shape, score["inception"].shape) == ((512,), (2048,))
    assert made["lpips"] > 0.1
    assert (original["inception"] != made["inception"]).any()


def test_white_is_scored_as_white(flats, tmp_path):
    outcome = scored(flats, tmp_path / "out", [FILL], hints=(0,), limit=1)
    assert max(numbers(outcome, "colourfulness")) == 0
    assert min(numbers(outcome, "ciede")) > 5
    assert "hint_error" not in outcome.predictions[0].score


def test_a_run_goes_on_where_it_was_killed(flats, tmp_path, painter):
    """What is there is not computed again; what a kill left half is."""
    options = {"seconds": 20.0, "with_lines": False}
    systems = [CommandSystem(painter, **options)]
    first = scored(flats, tmp_path / "out", systems, hints=(10,), limit=1)
    kept = sorted((tmp_path / "out").rglob("*.npz"))
    half = next(path for path in kept if "scores" in path.parts)
    half.write_bytes(half.read_bytes()[:50])
    (tmp_path / "stop").touch()
    again = scored(flats, tmp_path / "out", systems, hints=(10,), limit=1)
    assert not again.failures
    assert numbers(again, "ciede") == numbers(first, "ciede")
    shutil.rmtree(tmp_path / "out" / "predictions")
    shutil.rmtree(tmp_path / "out" / "scores")
    gone = scored(flats, tmp_path / "out", systems, hints=(10,), limit=1)
    assert len(gone.failures) == 1
    assert "not again" in gone.failures[0].reason


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import time; time.sleep(60)", "more than 1 s"),
        ("raise SystemExit('my own trouble')", "my own trouble"),
        ("pass", "no picture"),
        ("import sys; open(sys.argv[1], 'w').write('x')", "no readable picture"),
        (
            "import sys; from PIL import Image; Image.new('RGB', (9, 9)).save(sys.argv[1])",
            "9x9 pixels",
        ),
    ],
)
def test_a_program_that_fails_is_listed_and_the_rest_is_scored(flats, tmp_path, script, says):
    program = tmp_path / "bad.py"
    program.write_text(script)
    seconds = 1 if "sleep" in script else 30
    bad = CommandSystem(f"{sys.executable} {program} {{out}}", seconds, with_lines=False)
    systems = [bad, RivalSystem("watershed-lines")]
    outcome = scored(flats, tmp_path / "out", systems, hints=(10,), limit=1)
    assert [failure.id for failure in outcome.failures] == ["p0"]
    assert says in outcome.failures[0].reason
    assert [row.system for row in outcome.predictions] == ["watershed-lines"]
    (block,) = blocks(outcome)
    assert block.pictures == 1
    assert block.find("CIEDE2000", "watershed-lines").estimate.value > 0
    assert block.find("CIEDE2000", bad.name) is None
    assert any("coloured no picture" in note for note in block.notes)


def test_a_model_that_crashes_on_one_picture_is_listed_and_the_rest_is_scored(flats, tmp_path):
    crashing = RivalSystem("watershed-lines")
    write_picture(flats, "p0", "#c03020", line=False)
    (flats / "p0.line.png").unlink()  # else all have the same lines
    first = make_item(read_set([str(flats)], 1)[0]).line

    def fill(line, hints):
        if np.array_equal(line, first):
            raise ValueError("out of my depth")
        return FILL.fill(line, hints)

    crashing.fill = fill
    outcome = scored(flats, tmp_path / "out", [crashing], hints=(10,), limit=2)
    assert [failure.id for failure in outcome.failures] == ["p0"]
    assert "out of my depth" in outcome.failures[0].reason
    assert [row.id for row in outcome.predictions] == ["p1"]


def test_what_a_program_started_ends_with_it(flats, tmp_path):
    """A wrapper that hangs takes its child along."""
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(3); open({str(mark)!r}, 'w')"
    wrapper = tmp_path / "wrapper.py"
    wrapper.write_text(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    system = CommandSystem(f"{sys.executable} {wrapper} {{out}}", 1, with_lines=False)
    outcome = scored(flats, tmp_path / "out", [system], hints=(10,), limit=1)
    assert "more than 1 s" in outcome.failures[0].reason
    time.sleep(3)
    assert not mark.exists()


def test_an_edited_program_is_another_one(tmp_path):
    program = tmp_path / "paint.py"
    keys = []
    for text in ("one", "two"):
        program.write_text(text)
        command = f"{sys.executable} {program} {{out}}"
        keys.append(CommandSystem(command, 1, with_lines=False).key)
    assert keys[0] != keys[1]


def test_other_hints_are_another_prediction(flats, tmp_path, monkeypatch):
    first = scored(flats, tmp_path / "out", [FILL], hints=(10,), limit=1)
    pixel_hints = run.pixel_hints
    monkeypatch.setattr(run, "pixel_hints", lambda item, number: pixel_hints(item, number + 1))
    other = scored(flats, tmp_path / "out", [FILL], hints=(10,), limit=1)
    assert numbers(first, "ciede") != numbers(other, "ciede")


def test_a_broken_picture_is_listed_and_the_rest_is_scored(flats, tmp_path):
    (flats / "p0.png").write_bytes(b"no picture")
    outcome = scored(flats, tmp_path / "out", [FILL], hints=(10,), limit=2)
    assert [failure.id for failure in outcome.failures] == ["p0"]
    assert [row.id for row in outcome.predictions] == ["p1"]


def test_figures_are_of_the_pictures_that_all_have_coloured(flats, tmp_path, painter):
    """A program that fails on one picture takes that picture out for everybody."""
    (tmp_path / "paint.py").write_text("import sys\n" + PAINT.replace(
        "hints = ", "if '#8040a0' in open(sys.argv[1]).read(): sys.exit('no purple')\nhints = "
    ))  # fmt: skip
    systems = [
        RivalSystem("watershed-lines"),
        CommandSystem(painter, 20, with_lines=False),
    ]
    outcome = scored(flats, tmp_path / "out", systems, regions=True)
    assert len(outcome.failures) == 1
    (block,) = blocks(outcome)
    assert block.pictures == 2
    gain = block.find("region accuracy", "paint").gain
    assert gain.value < -0.5
    assert gain.high < 0


def test_the_same_run_gives_the_same_report(flats, tmp_path, monkeypatch, tiny_model):
    """Figures, plots and scores; times and memory are another matter."""
    monkeypatch.setattr("inkhue.evaluate.report.costs", lambda *_: [])
    texts = []
    for folder in ("one", "two"):
        done = CliRunner().invoke(main, [
            "evaluate", "--data", str(flats), "--model", f"{tiny_model}@0,watershed-lines",
            "--hints", "0,10", "--limit", "1", "-o", str(tmp_path / folder),
        ])  # fmt: skip
        assert done.exit_code == 0, done.output
        texts.append((tmp_path / folder / "report.html").read_text())
    assert texts[0] == texts[1]
    page = texts[0]
    assert "<svg" in page
    assert "data:image/webp;base64," in page
    assert "not measured" in page  # LPIPS, without its weights
    assert "lpips-squeeze.safetensors" in page  # and what to get
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)  # it needs nothing else
    table = (tmp_path / "one" / "report.md").read_text()
    assert "| CIEDE2000" in table
    packed = (tmp_path / "one" / "watershed-lines.csv.gz").read_bytes()
    rows = parsed(gzip.decompress(packed).decode()).rows
    assert [(row.condition, row.id) for row in rows] == [("0", "p0"), ("10", "p0")]
    assert rows[1].score["ciede"] > 0


def test_a_run_with_failures_ends_with_1_and_says_so(flats, tmp_path):
    done = CliRunner().invoke(main, [
        "evaluate", "--data", str(flats), "--command", "no-such-program-here {out}",
        "--hints", "10", "--limit", "1", "-o", str(tmp_path / "out"),
    ])  # fmt: skip
    assert done.exit_code == 1
    assert "1 predictions failed" in done.output
    assert "no-such-program-here" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--model", "watershed-line"], "did you mean 'watershed-lines'?"),
        (["--model", "au-net-w16@2"], "from 0 to 1"),
        (["--model", "watershed-lines,watershed-lines"], "given twice"),
        (["--command", "paint {line}"], "{out}"),
        (["--command", 'paint "{out}'], "cannot be read"),
        (["--command", "paint {lines} {out}"], "did you mean 'line'?"),
        (["--command", "paint {out}", "--seconds", "0"], "--seconds"),
        ([], "nothing to score"),
        (["--model", "none/such.csv.gz"], "there is no such file"),
        (["--model", "watershed-lines", "--hints", "many"], "give numbers"),
        (["--model", "watershed-lines", "--hints", ""], "nothing to score"),
        (["--model", "watershed-lines", "--limit", "0"], "--limit"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(flats, tmp_path, args, says):
    given = ["evaluate", "--data", str(flats), "-o", str(tmp_path / "out"), *args]
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 2
    assert says in done.output
    assert done.output.count("\n") == 1


def test_two_sets_of_one_name_are_one_line(flats, tmp_path):
    other = tmp_path / "other" / "flats"
    shutil.copytree(flats, other)
    for second in (flats, other):
        done = CliRunner().invoke(main, [
            "evaluate", "--data", str(flats), str(second), "--model", "watershed-lines",
            "--hints", "10", "-o", str(tmp_path / "out"),
        ])  # fmt: skip
        assert done.exit_code == 2
        assert "is there already" in done.output
        assert done.output.count("\n") == 1


def test_hint_auc_stands_in_the_report_and_a_failure_costs_no_report(flats, tmp_path):
    pytest.importorskip("hintauc", reason="pip install inkhue[hint-auc]")
    (flats / "p0.png").write_bytes(b"no picture")
    done = CliRunner().invoke(main, [
        "evaluate", "--data", str(flats), "--model", "watershed-lines", "--hints", "10",
        "--command", "broken=no-such-program-here {out}", "--limit", "2", "--hint-auc",
        "-o", str(tmp_path / "out"),
    ])  # fmt: skip
    assert done.exit_code == 1, done.output
    table = (tmp_path / "out" / "report.md").read_text().partition("Hint-AUC")[2]
    assert "(1 pictures)" in table
    assert "| watershed-lines |" in table
    assert "broken: failed" in table


@pytest.mark.parametrize("data", ["empty", "missing.tar", "broken.tar"])
def test_a_set_that_is_none_is_one_line(tmp_path, data):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.tar").write_bytes(b"x" * 2000)
    given = ["--data", str(tmp_path / data), "--model", "watershed-lines"]
    done = CliRunner().invoke(main, ["evaluate", *given, "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert data in done.output
    assert done.output.count("\n") == 1


def test_a_set_without_enough_regions_is_one_line(tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    write_picture(folder, "p0", "#c03020")
    for name in ("p0.png", "p0.line.png"):
        Image.new("RGB", (96, 64), "white").save(folder / name)
    given = ["--data", str(folder), "--model", "watershed-lines", "--regions"]
    done = CliRunner().invoke(main, ["evaluate", *given, "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "nothing was scored: all 1 pictures have fewer than 3 regions" in done.output
    assert done.output.count("\n") == 1


def test_a_full_disk_is_one_line_and_the_run_goes_on_later(flats, tmp_path, monkeypatch):
    """The first picture is kept when there is no room for the second."""
    given = ["evaluate", "--data", str(flats), "--model", "watershed-lines", "--hints", "0"]
    given += ["--limit", "2", "-o", str(tmp_path / "out")]
    monkeypatch.setattr("inkhue.evaluate.report.costs", lambda *_: [])
    whole, room = Path.write_bytes, iter(range(5))  # an original, two pictures, a score; one more

    def write_bytes(path, data):
        if next(room, None) is None:
            whole(path, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        done = CliRunner().invoke(main, given)
    assert done.exit_code == 1
    assert "the disk is full" in done.output
    assert done.output.count("\n") == 1
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.*")}
    assert len(kept) == 5
    done = CliRunner().invoke(main, given)
    assert done.exit_code == 0, done.output
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())


def test_a_recorded_system_is_a_column_of_the_report(flats, tmp_path, monkeypatch):
    """Compared with, in tables and notes; not run, not overwritten, without costs."""
    monkeypatch.setattr("inkhue.evaluate.report.costs", lambda *_: [])
    given = ["evaluate", "--data", str(flats), "--limit", "2"]
    one, two = (tmp_path / name for name in ("one", "two"))
    first = [*given, "--model", "watershed-lines", "--hints", "10", "-o", str(one)]
    assert CliRunner().invoke(main, first).exit_code == 0
    file = one / "watershed-lines.csv.gz"
    before = file.read_bytes()
    second = ["--model", f"{file},watershed-distance", "--hints", "0,10", "-o", str(two)]
    done = CliRunner().invoke(main, [*given, *second])
    assert done.exit_code == 0, done.output
    name = "watershed-lines (recorded)"
    assert f"{name}, flats, 0 hints: not in its file." in done.output
    text = (two / "report.md").read_text()
    assert f"|  | watershed-distance - {name} |" in text
    assert f"| {name} |  |  |  |  |  |" in text  # costs
    page = (two / "report.html").read_text()
    assert page.count("<details>") == 2  # sheets of the system that was run
    assert file.read_bytes() == before
    assert [path.name for path in two.glob("*.csv.gz")] == ["watershed-distance.csv.gz"]


def test_lines_are_laid_as_ink_on_paper():
    line = np.array([[0, 255, 128]], np.uint8)
    layer = np.full((1, 3, 3), (200, 100, 1), np.uint8)
    assert lay_lines(line, layer).tolist() == [[[0, 0, 0], [200, 100, 1], [100, 50, 1]]]


def test_obey_is_part_of_a_models_name(tiny_model):
    options = {"seconds": 1.0, "with_lines": False, "threads": 1}
    whole, none = make_systems([str(tiny_model), f"{tiny_model}@0"], [], **options)
    assert (whole.name, none.name) == ("au-net-w8", "au-net-w8@0")
    assert whole.key != none.key


def test_hint_auc_rewards_whoever_uses_the_hints(flats):
    """Through the package itself, where it is installed."""
    pytest.importorskip("hintauc", reason="pip install inkhue[hint-auc]")
    from inkhue.evaluate.hint_auc import hint_auc

    (item,) = (make_item(picture) for picture in read_set([str(flats)], 1))
    small = [replace(item, original=item.original[::4, ::4], line=item.line[::4, ::4])]
    white = RivalSystem("watershed-distance")
    white.fill = lambda line, hints: np.full((*line.shape, 3), 255, np.uint8)
    filled, unfilled = hint_auc(FILL, small), hint_auc(white, small)
    assert filled["psnr"] > unfilled["psnr"] + 1
    assert filled["mse"] < unfilled["mse"]


def test_scores_are_recorded_in_the_models_description(flats, tmp_path, tiny_model, monkeypatch):
    """Beside what stood there; a model at another obedience is not the model as it ships."""
    monkeypatch.setattr("inkhue.evaluate.report.costs", lambda *_: [])
    folder = shutil.copytree(tiny_model, tmp_path / "model")
    description = folder / "model.json"
    before = json.loads(description.read_text()) | {"scores": {"older": {"LPIPS": 0.5}}}
    description.write_text(json.dumps(before))
    done = CliRunner().invoke(main, [
        "evaluate", "--data", str(flats), "--model", f"{folder},{folder}@0", "--hints", "10",
        "--limit", "1", "--record", "-o", str(tmp_path / "out"),
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    after = json.loads(description.read_text())
    assert after["scores"]["older"] == {"LPIPS": 0.5}
    scores = after["scores"]["flats, 10 hints"]
    assert scores["pictures"] == 1
    assert 0 < scores["CIEDE2000"] < 100
    assert {**after, "scores": None} == {**before, "scores": None}
