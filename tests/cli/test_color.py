"""`inkhue color`: what it writes, and that everything wrong is one line and leaves nothing."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from inkhue.cli import main
from inkhue.hints import Hint, Hints, default_radius, draw_hints
from inkhue.page import open_page, over
from inkhue.specimen import draw

MODEL = "au-net-w8"
FACE = draw(96)
INK = (FACE == 0).all(axis=2)


@pytest.fixture
def folder(tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with face.png, where the tiny model is found by name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INKHUE_MODELS", str(tiny_model.parent))
    Image.fromarray(FACE).save("face.png", dpi=(300, 300))
    return tmp_path


def color(*args: object, model: str | Path = MODEL, stdin: bytes | None = None) -> Result:
    """Run `inkhue color` in this process, small."""
    common = ["--model", str(model), "--size", "64", "--threads", "1"]
    return CliRunner().invoke(main, ["color", *map(str, args), *common], input=stdin)


def pixels(source: str | Path | io.BytesIO) -> np.ndarray:
    with Image.open(source) as image:
        return np.asarray(image)


def test_the_result_lies_beside_the_drawing(folder: Path) -> None:
    done = color("face.png", "--hint", "48,40,#c81e28,5")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "face.color.png" in done.stderr
    result = pixels("face.color.png")
    assert result.shape == FACE.shape
    assert tuple(result[40, 48]) == (200, 30, 40)
    assert INK.any()
    assert (result[INK] == 0).all()
    assert np.ptp(result[2:10, 2:10].astype(int), axis=2).any()
    with Image.open("face.color.png") as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert "icc_profile" in image.info


@pytest.mark.parametrize(
    ("suffix", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("tif", "TIFF"), ("JPG", "JPEG")]
)
def test_the_suffix_chooses_the_format(folder: Path, suffix: str, kind: str) -> None:
    assert color("face.png", "-o", f"out.{suffix}").exit_code == 0
    with Image.open(f"out.{suffix}") as image:
        assert (image.format, image.size) == (kind, (96, 96))


def test_stdin_to_stdout(folder: Path) -> None:
    given = Path("face.png").read_bytes()
    done = color("-", stdin=given)
    assert done.exit_code == 0
    color("face.png")
    assert (pixels(io.BytesIO(done.stdout_bytes)) == pixels("face.color.png")).all()
    assert sorted(p.name for p in folder.iterdir()) == ["face.color.png", "face.png"]


def test_a_file_to_stdout_and_stdin_to_a_file(folder: Path) -> None:
    done = color("face.png", "-o", "-")
    assert color("-", "-o", "out.png", stdin=Path("face.png").read_bytes()).exit_code == 0
    assert (pixels(io.BytesIO(done.stdout_bytes)) == pixels("out.png")).all()


def test_json_says_what_was_written(folder: Path) -> None:
    facts = json.loads(color("face.png", "--json").stdout)
    assert facts.pop("seconds") > 0
    assert facts == {"output": "face.color.png", "width": 96, "height": 96, "model": MODEL}


def test_quiet_says_nothing(folder: Path) -> None:
    for args in (["-q", "color", "face.png"], ["color", "face.png", "-q", "--force"]):
        done = CliRunner().invoke(main, [*args, "--model", MODEL, "--size", "64"])
        assert (done.exit_code, done.output) == (0, "")


def test_each_hint_lies_over_the_hint_file(folder: Path) -> None:
    red, blue = (255, 0, 0), (0, 0, 255)
    dots = tuple(Hint(((x, 60.0),), red, 4) for x in (40, 80))
    Hints(192, 192, (*dots, Hint(((100.0, 120.0),), red, 4))).save("hints.json")
    done = color("face.png", "--hints", "hints.json", "--hint", "50,60,#0000ff,2", "--color-only")
    assert done.exit_code == 0, done.stderr
    layer = pixels("face.color.png")
    # The file is for a page of twice the size.
    assert [tuple(layer[y, x]) for x, y in ((20, 30), (40, 30), (50, 60))] == [red, red, blue]


def test_a_hint_has_the_default_radius(folder: Path) -> None:
    color("face.png", "--hint", "48,40,#010203", "--color-only", "--save-hints", "hints.png")
    hints = Hints(96, 96, (Hint(((48, 40),), (1, 2, 3), default_radius(96, 96)),))
    assert (pixels("face.color.png")[hints.owner() == 0] == (1, 2, 3)).all()
    assert (pixels("hints.png") == draw_hints(open_page("face.png").rgb, hints)).all()


def test_draft_and_hints_are_saved_too(folder: Path) -> None:
    hint = ["--hint", "48,40,#c81e28,5"]
    done = color("face.png", *hint, "--save-draft", "draft.png", "--save-hints", "hints.png")
    assert done.exit_code == 0
    assert pixels("draft.png").shape == (16, 16, 3)
    drawn = pixels("hints.png")
    assert tuple(drawn[40, 48]) == (200, 30, 40)
    assert (drawn[70:] == FACE[70:]).all()


@pytest.fixture(params=["tiny_model", "tiny_light"])
def any_model(request: pytest.FixtureRequest) -> Path:
    """A model that knows no boundaries, and one that draws them for its regions."""
    return request.getfixturevalue(request.param)


def test_regions_are_saved_each_in_its_own_tint(folder: Path, any_model: Path) -> None:
    page = np.full((90, 130, 3), 255, np.uint8)
    for left in (10, 70):
        page[20:70, left : left + 50] = 0
        page[23:67, left + 3 : left + 47] = 255
    Image.fromarray(page).save("boxes.png", dpi=(300, 300))
    done = color("boxes.png", "--save-regions", "regions.png", model=any_model)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    regions = pixels("regions.png")
    assert regions.shape == page.shape
    one, other, around = (tuple(regions[y, x]) for y, x in ((45, 35), (45, 95), (5, 5)))
    assert len({one, other, around}) == 3
    assert (regions[30:60, 20:50] == one).all()
    assert (regions[30:60, 80:110] == other).all()
    assert (regions[page == 0] == 0).all()  # the lines lie over
    assert min(min(tint) for tint in (one, other, around)) > 80  # light enough to see them
    with Image.open("regions.png") as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    # Without hints there are regions all the same, and the result is as without the option.
    before = Path("boxes.color.png").read_bytes()
    color("boxes.png", "--force", model=any_model)
    assert Path("boxes.color.png").read_bytes() == before


def test_saved_regions_are_replaced_by_force_alone(folder: Path) -> None:
    Path("regions.png").write_bytes(b"precious")
    assert color("face.png", "--save-regions", "regions.png").exit_code == 2
    assert Path("regions.png").read_bytes() == b"precious"
    assert not Path("face.color.png").exists()
    assert color("face.png", "--save-regions", "regions.png", "--force").exit_code == 0
    assert pixels("regions.png").shape == FACE.shape


def test_the_light_model_colours_at_a_size_of_its_own(folder: Path, tiny_light: Path) -> None:
    call = ["color", "face.png", "--hint", "48,40,#c81e28,5", "--save-draft", "draft.png"]
    done = CliRunner().invoke(main, [*call, "--model", str(tiny_light), "--threads", "1"])
    assert done.exit_code == 0, done.stderr
    assert pixels("face.color.png").shape == FACE.shape
    assert tuple(pixels("face.color.png")[40, 48]) == (200, 30, 40)
    assert pixels("draft.png").shape == (32, 32, 3)  # of a page of 96: shown at 128


def test_color_only_leaves_the_lines_out(folder: Path) -> None:
    color("face.png", "--color-only", "-o", "layer.png")
    color("face.png", "-o", "whole.png")
    layer, whole = pixels("layer.png"), pixels("whole.png")
    ink = np.dstack([np.zeros_like(FACE), 255 - FACE[..., :1]])
    assert (over(ink, layer) == whole).all()
    assert layer[INK].any()


def test_transparent_hints_are_clear_but_for_the_lines(folder: Path) -> None:
    color("face.png", "--transparent", "--hint", "10,10,transparent,60")
    result = pixels("face.color.png")
    y, x = np.mgrid[:96, :96] + 0.5
    hinted = (x - 10) ** 2 + (y - 10) ** 2 <= 60**2
    assert (result[hinted][:, 3] == 255 - FACE[hinted][:, 0]).all()
    assert (result[~hinted][:, 3] == 255).all()
    assert (result[hinted & (FACE[..., 0] < 255)][:, :3] == 0).all()


def test_transparent_keeps_a_cut_out_and_fills_lines_drawn_on_nothing(folder: Path) -> None:
    disc = Hints(96, 96, (Hint(((48, 48),), (0, 0, 0), 46),)).owner() == 0
    Image.fromarray(np.dstack([FACE, 255 * disc.astype(np.uint8)])).save("figure.png")
    Image.fromarray(np.dstack([0 * FACE, 255 - FACE[..., 0]])).save("lines.png")
    assert color("figure.png", "--transparent").exit_code == 0
    assert color("lines.png", "--transparent").exit_code == 0
    assert (pixels("figure.color.png")[..., 3] == 255 * disc).all()
    assert (pixels("lines.color.png")[..., 3] == 255).all()


def test_without_transparent_the_result_lies_over_white(folder: Path) -> None:
    color("face.png", "--hint", "10,10,transparent,6")
    result = pixels("face.color.png")
    assert result.shape[2] == 3
    assert (result[10, 10] == 255).all()


def test_one_pixel_is_a_drawing(folder: Path) -> None:
    Image.new("L", (1, 1), 255).save("dot.png")
    assert color("dot.png", "--hint", "0,0,#102030").exit_code == 0
    assert pixels("dot.color.png").tolist() == [[[16, 32, 48]]]


def test_a_photo_is_warned_of_and_coloured(folder: Path, rng: np.random.Generator) -> None:
    photo = rng.integers(0, 256, (8, 8, 3), np.uint8)
    Image.fromarray(photo).resize((96, 96), Image.Resampling.BICUBIC).save("photo.png")
    done = color("photo.png")
    assert done.exit_code == 0
    assert "photo.png looks like no line art" in done.stderr
    assert Path("photo.color.png").exists()


def bomb() -> bytes:
    """The header of a PNG of 30000 x 20000 pixels, and a little data."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 30000, 20000, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def check_refused(done: Result, code: int, says: str, folder: Path, before: set[str]) -> None:
    """One line, the right code, nothing on stdout, no file made."""
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("inkhue: ")
    assert re.search(says, lines[0]), lines[0]
    assert {p.name for p in folder.iterdir()} == before


INPUTS = {
    "text": (b"once upon a time", "bad.png"),
    "truncated": (None, "bad.png"),
    "empty": (b"", "bad.png"),
    "bomb": (bomb(), "30000"),
}


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("piped", [False, True])
def test_a_bad_drawing_is_one_line(folder: Path, kind: str, piped: bool) -> None:
    data, says = INPUTS[kind]
    data = Path("face.png").read_bytes()[:300] if data is None else data
    Path("bad.png").write_bytes(data)
    before = {p.name for p in folder.iterdir()}
    if piped:
        says = says.replace("bad.png", "the input")
        done = color("-", stdin=data)
    else:
        done = color("bad.png")
    check_refused(done, 1, says, folder, before)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["nosuch.png"], 1, "nosuch.png"),
        ([".", "-o", "x.png"], 1, "folder"),
        (["face.png", "--hint", "500,10,#ff0000"], 2, r"\(500, 10\) lies outside .* 96 x 96"),
        (["face.png", "--hint", "-1,10,#ff0000"], 2, "outside"),
        (["face.png", "--hint", "5,10,#ff00zz"], 2, "#ff00zz.*#rrggbb"),
        (["face.png", "--hint", "5,10,red"], 2, "'red' does not parse"),
        (["face.png", "--hint", "5,10"], 2, "3 or 4 parts"),
        (["face.png", "--hints", "nosuch.json"], 2, "nosuch.json"),
        (["face.png", "--hints", "wide.json"], 2, "200 x 100 .* 96 x 96"),
        (["face.png", "--hints", "face.png"], 2, "face.png: has no transparency"),
        (["face.png", "--obey", "1.5"], 2, "obey is 1.5"),
        (["face.png", "--obey", "nan"], 2, "obey is nan"),
        (["face.png", "--obey", "much"], 2, "much"),
        (["face.png", "--size", "5"], 2, "size is 5"),
        (["face.png", "--size", "0"], 2, "--size"),
        (["face.png", "--threads", "0"], 2, "--threads"),
        (["face.png", "--reference", "face.png"], 2, "uses no --reference"),
        (["face.png", "-o", "nosuch/out.png"], 1, "nosuch"),
        (["face.png", "-o", "face.png/out.png"], 1, "cannot write"),
        (["face.png", "-o", "old.png"], 2, "old.png exists.*--force"),
        (["face.png", "--save-draft", "old.png"], 2, "old.png exists.*--force"),
        (["face.png", "--save-regions", "old.png"], 2, "old.png exists.*--force"),
        (["face.png", "--save-regions", "a.png", "-o", "a.png"], 2, "one name"),
        (["face.png", "--save-regions", "nosuch/a.png"], 1, "nosuch"),
        (["face.png", "-o", "a.png", "--save-hints", "a.png"], 2, "one name"),
        (["face.png", "-o", "out.xyz"], 2, r"\.xyz.*\.png"),
        (["face.png", "-o", "out.jpg", "--transparent"], 2, "JPEG keeps no transparency"),
        (["face.png", "-o", "-", "--json"], 2, "name a file by -o"),
        (["face.png", "--hnit", "1,1,#ff0000"], 2, "--hint"),
        ([], 2, "LINE"),
    ],
)
def test_a_bad_request_is_one_line(folder: Path, args: list[str], code: int, says: str) -> None:
    Hints(200, 100, (Hint(((1, 1),), (1, 2, 3), 2),)).save("wide.json")
    Path("old.png").write_bytes(b"precious")
    before = {p.name for p in folder.iterdir()}
    own_size = "--size" in args
    call = ["color", *args, "--model", MODEL, *([] if own_size else ["--size", "64"])]
    check_refused(CliRunner().invoke(main, call), code, says, folder, before)
    assert Path("old.png").read_bytes() == b"precious"


def test_force_replaces(folder: Path) -> None:
    Path("old.png").write_bytes(b"precious")
    assert color("face.png", "-o", "old.png", "--force").exit_code == 0
    assert pixels("old.png").shape == FACE.shape


def cut(model: Path) -> None:
    file = model / "colorize.onnx"
    file.write_bytes(file.read_bytes()[:-100])


def change(model: Path) -> None:
    file = model / "draft.onnx"
    data = bytearray(file.read_bytes())
    data[5000] ^= 1
    file.write_bytes(data)


def of_format_2(model: Path) -> None:
    file = model / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 2}))


def needs_reference(model: Path) -> None:
    file = model / "model.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"needs": ["reference"]}))


@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (cut, 1, "colorize.onnx: .*cut off"),
        (change, 1, "draft.onnx: .*checksum"),
        (of_format_2, 1, "model.json: is of format 2"),
        (lambda m: (m / "model.json").write_text("{"), 1, "model.json: is no model description"),
        (lambda m: (m / "draft.onnx").unlink(), 1, "not installed"),
        (needs_reference, 2, "--reference PICTURE"),
    ],
)
def test_a_bad_model_is_one_line(folder: Path, tiny_model: Path, spoil, code, says) -> None:
    model = folder / "spoilt"
    shutil.copytree(tiny_model, model)
    spoil(model)
    before = {p.name for p in folder.iterdir()}
    check_refused(color("face.png", model=model), code, says, folder, before)


def test_an_unknown_model_is_told_the_nearest(folder: Path) -> None:
    done = color("face.png", model="au-net-w9")
    check_refused(done, 2, f"no model 'au-net-w9', did you mean '{MODEL}'", folder, {"face.png"})


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 1, "disk is full"),
        (MemoryError(), 1, "out of memory"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_what_breaks_off_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, says: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Path, "write_bytes", fail)
    done = color("face.png", "--save-draft", "draft.png")
    assert done.exit_code == code
    assert says in done.stderr
    assert len(done.stderr.split("\n", 2)) <= 3
    assert [p.name for p in folder.iterdir()] == ["face.png"]


def test_colouring_loads_neither_torch_nor_the_training_side(folder: Path) -> None:
    code = (
        "import sys, inkhue, inkhue.cli\n"
        "try: inkhue.cli.main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(*sorted(sys.modules))"
    )
    args = ["color", "face.png", "--model", MODEL, "--size", "64", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": ""},
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "inkhue.colorizer" in loaded
    parts = ("torch", "onnx", "matplotlib", "inkhue.train", "inkhue.data", "inkhue.models")
    assert not loaded & set(parts)
    assert Path("face.color.png").exists()
