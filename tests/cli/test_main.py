"""The command line's door: lazy, helpful about names, one line for every error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from inkhue import __version__
from inkhue.cli import COMMANDS, main

CONFIG = "stage = 'draft'\n[network]\nwidth = 8\n[run]\nseed = 1\nsteps = 40\n"


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "inkhue", *args], capture_output=True, text=True)


def test_help_lists_all_commands_and_loads_none() -> None:
    code = (
        "import sys, inkhue.cli\n"
        "try: inkhue.cli.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print('loaded:', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown, _, loaded = done.stdout.partition("loaded:")
    assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert not set(loaded.split()) & {"numpy", "cv2", "onnxruntime", "PIL", "rich", "torch"}


def test_python_m_and_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert __version__ in done.stdout


def test_no_command_is_help() -> None:
    assert CliRunner().invoke(main, []).stdout == CliRunner().invoke(main, ["-h"]).stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert f"inkhue {name}" in done.stdout
    assert "--quiet" in done.stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["colr", "x.png"], "no command 'colr', did you mean 'color'?"),
        (["xyz"], "no command 'xyz'; there are: bench, color"),
        (["--vresion"], "--version"),
        (["color", "x.png", "--tranparent"], "--transparent"),
        (["bench", "--sizes", "small"], "--sizes 'small'"),
        (["bench", "--sizes", "0"], "--sizes '0'"),
        (["bench", "--model", "nosuch"], "no model 'nosuch'"),
        (["train", "x.toml", "--data", "y"], "--output"),
        (["export", "-o", "x"], "RUNS"),
        (["export", "run", "-o", "x", "--store", "int4"], "int4"),
    ],
)
def test_usage_errors_are_one_line(args: list[str], says: str) -> None:
    done = CliRunner().invoke(main, args)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("inkhue: ")
    assert says in done.stderr


def test_errors_come_without_a_traceback() -> None:
    done = run("color", "nosuch.png")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "inkhue: there is no file nosuch.png: check the name\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_closed_pipe_is_no_traceback(tiny_model: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "inkhue", "models", "--json"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "INKHUE_MODELS": str(tiny_model.parent)},
    )
    os.close(writer)
    assert done.stderr == ""


def test_what_is_not_installed_names_its_extra(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(CONFIG)
    code = (
        "import sys; sys.modules['torch'] = None\nfrom inkhue.cli import main; main(sys.argv[1:])"
    )
    for args in (["train", "c.toml", "--data", "x", "-o", "run"], ["export", "run", "-o", "m"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *args], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "inkhue: torch is not installed: pip install inkhue[train]"
        ]


def test_train_passes_on_what_it_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = pytest.importorskip("inkhue.train.start")
    from inkhue.train.checkpoint import LogRow

    asked = []

    def train(request, tell, note) -> None:
        asked.append(request)
        note("no weights")
        tell(LogRow(20, 320, 10.0, {"l1": 0.5, "critic": 0.0}))
        tell(LogRow(40, 640, 20.0, {"l1": 0.25, "critic": 0.0}))

    monkeypatch.setattr(start, "train", train)
    config = tmp_path / "c.toml"
    config.write_text(CONFIG)
    args = ["--data", "a", "b", "--data", "c", "-o", "run", "--seed", "9", "--minutes", "2.5"]
    done = CliRunner().invoke(main, ["train", str(config), *args])
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    (request,) = asked
    assert sorted(request.data) == ["a", "b", "c"]
    assert (request.config.run.seed, request.config.run.steps) == (9, 40)
    assert (request.folder, request.minutes, request.resume) == (Path("run"), 2.5, False)
    assert "no weights\n" in done.stderr
    assert "step 40, 640 crops, l1 0.2500" in done.stderr


def test_train_and_export_say_what_is_wrong_with_files(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    config = tmp_path / "c.toml"
    config.write_text("stages = 'draft'\n")
    done = CliRunner().invoke(main, ["train", str(config), "--data", "x", "-o", "run"])
    assert done.exit_code == 2
    assert "no key 'stages', did you mean 'stage'?" in done.stderr
    done = CliRunner().invoke(main, ["export", str(tmp_path), "-o", str(tmp_path / "m")])
    assert done.exit_code == 2
    assert "is no run" in done.stderr
    assert not (tmp_path / "m").exists()


def test_export_replaces_model_folders_alone_and_only_when_told(tmp_path: Path) -> None:
    out = tmp_path / "m"
    out.mkdir()
    (out / "letter.txt").write_text("precious")
    for force, says in (([], "--force"), (["--force"], "is no model folder")):
        done = CliRunner().invoke(main, ["export", "run", "-o", str(out), *force])
        assert done.exit_code == 2
        assert says in done.stderr
    assert (out / "letter.txt").read_text() == "precious"
