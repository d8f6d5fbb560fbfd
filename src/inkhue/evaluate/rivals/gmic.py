"""G'MIC's smart colouring (Fourey, Tschumperlé and Revoy), through its command line."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkhue.errors import InkhueError
from inkhue.evaluate.rivals.paint import painted
from inkhue.hints import Hints
from inkhue.lines import over_color

# It takes colour spots on a transparent layer and the lines below, and adds the flats.
FILTER = ("fx_colorize_lineart_smart", "1,95,0,0,1,24,200,0,75,2,60,20,90,1,10,1,0")
TIME_LIMIT = 60.0  # seconds


def fill(
    line: NDArray[np.uint8], hints: Hints, time_limit: float = TIME_LIMIT
) -> NDArray[np.uint8]:
    """Colour line art, (H, W) uint8, 255 = paper; return (H, W, 3) uint8.

    InkhueError where `gmic` is not installed, fails, takes longer than `time_limit` seconds, or
    leaves no picture of that size.
    """
    program = shutil.which("gmic")
    if program is None:
        raise InkhueError("gmic is not installed: get it from gmic.eu, or on Debian by apt")
    owner = hints.owner()
    spots = np.dstack([painted(owner + 1, hints), np.where(owner < 0, 0, 255).astype(np.uint8)])
    with TemporaryDirectory(prefix="inkhue-gmic-") as name:
        folder = Path(name)
        Image.fromarray(spots).save(folder / "hints.png")
        Image.fromarray(line).save(folder / "line.png")
        command = [program, "hints.png", "line.png", *FILTER, "keep[2]", "output", "flats.png"]
        run(command, folder, time_limit)
        return read_flats(folder / "flats.png", line.shape)


def run(command: list[str], folder: Path, time_limit: float) -> None:
    """Run G'MIC in a folder."""
    try:
        subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=time_limit,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise InkhueError(f"gmic took more than {time_limit:g} s: allow it more time") from None
    except (OSError, subprocess.CalledProcessError) as error:
        raise InkhueError(f"gmic failed ({error}): try `gmic -version`") from error


def read_flats(file: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Read the flats, over white where they are transparent."""
    try:
        with Image.open(file) as image:
            flats = over_color(np.array(image.convert("RGBA")))
    except OSError as error:
        raise InkhueError(
            f"gmic left no picture ({error}): is its version 2.9 or later?"
        ) from error
    if flats.shape[:2] != shape:
        raise InkhueError(
            f"gmic left {flats.shape[1]} x {flats.shape[0]} pixels of {shape[1]} x {shape[0]}: "
            "use version 2.9 or later"
        )
    return flats
