"""G'MIC through its command line: what it is given, and what goes wrong with it."""

from __future__ import annotations

import shutil
import sys
import tempfile

import numpy as np
import pytest

pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.errors import InkhueError
from inkhue.evaluate.rivals import gmic
from inkhue.hints import Hint, Hints

LINE = np.full((40, 60), 255, np.uint8)
LINE[:, 29:31] = 0
HINTS = Hints(60, 40, (Hint(((10, 20),), (200, 30, 30), 2), Hint(((50, 20),), None, 2)))

needs_gmic = pytest.mark.skipif(not shutil.which("gmic"), reason="gmic is not installed")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The folder that temporary files go to; nothing may be left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


@pytest.fixture
def stand_in(tmp_path, monkeypatch, temporary):
    """Puts a program in gmic's place."""
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script")

    def put(code):
        script = tmp_path / "bin" / "gmic"
        script.parent.mkdir()
        script.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", str(script.parent))

    return put


@needs_gmic
def test_both_halves_are_filled(temporary):
    layer = gmic.fill(LINE, HINTS)
    assert (layer[:, :28] == (200, 30, 30)).all()
    assert (layer[:, 32:] == 255).all()


def test_it_is_given_hints_and_lines_and_asked_for_the_third_picture(stand_in):
    stand_in(
        "import sys\n"
        "from PIL import Image\n"
        "import numpy as np\n"
        "hints, line, name, numbers, keep, output, flats = sys.argv[1:]\n"
        "assert (name, keep, output) == ('fx_colorize_lineart_smart', 'keep[2]', 'output')\n"
        "spots = np.array(Image.open(hints))\n"
        "assert spots.shape == (40, 60, 4) and (spots[..., 3] == 255).sum() == 24, spots.shape\n"
        "lines = np.array(Image.open(line))\n"
        "assert lines.shape == (40, 60) and lines[0, 29] == 0 and lines[0, 0] == 255\n"
        "Image.new('RGBA', (60, 40), (0, 0, 0, 51)).save(flats)\n"
    )
    assert (gmic.fill(LINE, HINTS) == 204).all()  # over white


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("raise SystemExit(3)", "gmic failed .* status 3"),
        ("", "left no picture"),
        ("open('flats.png', 'w').write('none')", "left no picture"),
        (
            "from PIL import Image\nImage.new('RGB', (60, 41)).save('flats.png')",
            "left 60 x 41 pixels of 60 x 40",
        ),
    ],
)
def test_failures_are_told(stand_in, code, message):
    stand_in(code)
    with pytest.raises(InkhueError, match=message):
        gmic.fill(LINE, HINTS)


def test_one_that_hangs_is_ended(stand_in):
    stand_in("import time\ntime.sleep(60)")
    with pytest.raises(InkhueError, match=r"took more than 0\.5 s"):
        gmic.fill(LINE, HINTS, time_limit=0.5)


def test_without_gmic_it_says_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InkhueError, match="not installed: get it from"):
        gmic.fill(LINE, HINTS)
