"""`inkhue prepare` and `inkhue lines` from the outside."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from inkhue.cli import lines, prepare
from inkhue.errors import InkhueError, UsageError
from inkhue.lines import METHODS, extract


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    made = Image.new("RGB", (120, 90), (250, 220, 90))
    draw = ImageDraw.Draw(made)
    draw.ellipse((20, 10, 90, 80), fill=(60, 120, 200), outline=(20, 10, 10), width=3)
    (tmp_path / "art").mkdir()
    made.save(tmp_path / "art" / "ball.png", dpi=(300, 300))
    return tmp_path / "art" / "ball.png"


def test_prepare_says_what_it_did(picture: Path, tmp_path: Path) -> None:
    (picture.parent / "note.png").write_text("no picture")
    out = tmp_path / "shards"
    result = CliRunner().invoke(prepare.command, [str(picture.parent), "-o", str(out)])
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert (
        result.stderr == f"inkhue: 1 picture in 1 shard, 1 left out: see {out / 'left-out.csv'}\n"
    )
    assert (out / "train-0000.tar").is_file()


def test_prepare_from_a_table(picture: Path, tmp_path: Path) -> None:
    home = tmp_path / "copies" / "github_me_art"
    home.mkdir(parents=True)
    picture.rename(home / "ball.png")
    table = tmp_path / "sources.csv"
    table.write_text(
        "shard,id,true_line,title,author,license,origin,path\n"
        "val,ball,0,Ball,Me,CC0-1.0,github:me/art@1,ball.png\n"
        "val,cube,0,Cube,Me,CC0-1.0,github:me/art@1,cube()\n"
    )
    arguments = ["--from", str(table), str(home.parent), "-o", str(tmp_path / "shards")]
    result = CliRunner().invoke(prepare.command, arguments)
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("inkhue: 1 picture in 1 shard, 1 left out")
    assert (tmp_path / "shards" / "val.tar").is_file()


def test_a_failure_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_text("no picture")
    for command in (["lines", "broken.png"], ["prepare", "nowhere", "-o", "out"]):
        program = [sys.executable, "-m", "inkhue", *command]
        done = subprocess.run(program, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("inkhue: ")
        assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["broken.png"]


def test_prepare_wants_an_output(picture: Path) -> None:
    result = CliRunner().invoke(prepare.command, [str(picture.parent)])
    assert result.exit_code == 2
    assert "'-o'" in result.stderr


def test_prepare_passes_errors_on(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "nowhere"), "-o", str(tmp_path / "out")]
    with pytest.raises(InkhueError, match="no such folder"):
        CliRunner().invoke(prepare.command, arguments, catch_exceptions=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("method", sorted(METHODS))
def test_lines_of_each_method(picture: Path, tmp_path: Path, method: str) -> None:
    out = tmp_path / "lines.png"
    arguments = [str(picture), "-o", str(out), "--method", method]
    result = CliRunner().invoke(lines.command, arguments)
    assert result.exit_code == 0, result.output
    assert result.output == ""
    with Image.open(out) as made:
        assert made.mode == "L"
        assert made.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        drawn = np.array(made)
    assert np.array_equal(drawn, extract(np.array(Image.open(picture)), method))
    assert drawn.min() < 128 < drawn[0, 0]


def test_lines_go_beside_the_picture(picture: Path) -> None:
    assert CliRunner().invoke(lines.command, [str(picture)]).exit_code == 0
    assert (picture.parent / "ball.lines.png").is_file()


def test_lines_leave_an_existing_file_alone(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "kept.webp"
    out.write_bytes(b"kept")
    arguments = [str(picture), "-o", str(out)]
    with pytest.raises(UsageError, match="--force"):
        CliRunner().invoke(lines.command, arguments, catch_exceptions=False)
    assert out.read_bytes() == b"kept"
    assert CliRunner().invoke(lines.command, [*arguments, "--force"]).exit_code == 0
    with Image.open(out) as made:
        assert made.size == (120, 90)


def test_lines_know_their_methods(picture: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'pencil'"):
        CliRunner().invoke(
            lines.command, [str(picture), "--method", "pencli"], catch_exceptions=False
        )
    assert not (picture.parent / "ball.lines.png").exists()


def test_heavy_modules_wait_until_they_are_needed() -> None:
    program = (
        "import sys, inkhue.cli.lines, inkhue.cli.prepare\n"
        "print(*{'cv2', 'PIL', 'numpy', 'torch', 'imagehash', 'fsspec'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_preparing_never_loads_torch() -> None:
    program = "import sys, inkhue.data.prepare\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
