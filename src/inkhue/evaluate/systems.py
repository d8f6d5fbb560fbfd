"""What is scored: our models, fills without a network, and anyone's program."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import inkhue
from inkhue.colorizer import DEFAULT_OBEY, Colorizer
from inkhue.errors import InkhueError, UsageError, did_you_mean
from inkhue.evaluate import rivals
from inkhue.evaluate.metrics.line_error import lay
from inkhue.evaluate.recorded import SUFFIX, Recorded, read_recorded
from inkhue.evaluate.rivals import RIVALS
from inkhue.evaluate.sets import SIDE, Item
from inkhue.hints import Hints
from inkhue.model import described, find_model
from inkhue.output import save_picture
from inkhue.pixels import resize

Bytes = NDArray[np.uint8]

PLACES = ("line", "hints", "hints_json", "reference", "out")  # what a command may name
SCORING_ALONE = ("cli", "data", "evaluate", "models", "train")  # code that colours nothing


@dataclass(frozen=True, eq=False)
class Prediction:
    """A coloured picture, (512, 512, 3) uint8 each.

    Attributes:
        layer: the colours alone.
        image: the lines over the colours.
        own: what the network itself painted, for a model that paints lines as well.
    """

    layer: Bytes
    image: Bytes
    own: Bytes | None = None


class System(Protocol):
    """Something that colours a line drawing."""

    name: str
    key: str  # changes with anything that changes its pictures
    with_lines: bool  # it paints lines into its colour layer

    def predict(self, item: Item, hints: Hints) -> Prediction:
        """Colour a picture; what goes wrong is an InkhueError."""


class ModelSystem:
    """One of our models, at one `obey`."""

    with_lines = False

    def __init__(self, name: str, obey: float | None, threads: int | None = None) -> None:
        self.colorizer = Colorizer(name, threads)
        self.model = self.colorizer.model
        self.usual = obey is None  # as it is shipped
        self.obey = DEFAULT_OBEY if obey is None else obey
        # By its folder: two trainings of one network have one name.
        called = self.model.folder.resolve().name
        self.name = called if obey is None else f"{called}@{obey:g}"
        graphs = [stage.sha256 for stage in self.model.stages.values()]
        self.key = digest(*graphs, f"{self.obey:g}", code_version())

    def predict(self, item: Item, hints: Hints) -> Prediction:
        """Colour a picture as `inkhue color` does."""
        reference = item.original if "reference" in self.model.needs else None
        result = self.colorizer.prepare(item.line, reference=reference).color(hints, self.obey)
        # What paints no lines of its own has no picture but the result.
        own = None if self.model.clean else resize(result.painted, SIDE, SIDE)
        return Prediction(result.color_layer, result.image, own)


class RivalSystem:
    """A fill without a network: one of RIVALS."""

    with_lines = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.fill: Callable[[Bytes, Hints], Bytes] = RIVALS[name]
        self.key = digest(name, files_version(Path(rivals.__file__).parent.glob("*.py")))

    def predict(self, item: Item, hints: Hints) -> Prediction:
        """Fill the picture from its hints; without any it stays white."""
        layer = self.fill(item.line, hints) if len(hints) else np.full_like(item.original, 255)
        return Prediction(layer, lay_lines(item.line, layer))


class CommandSystem:
    """A program that is run for each picture, without a shell.

    `command` names the files that it gets and writes: {line}, {hints} (RGBA PNG), {hints_json},
    {reference} (the original), {out}. "NAME=..." gives it a name, else it is the program's.
    """

    def __init__(self, command: str, seconds: float, *, with_lines: bool) -> None:
        found = re.match(r"([\w.-]+)=(?=\S)", command)
        try:
            self.parts = shlex.split(command[found.end() :] if found else command)
        except ValueError as error:
            raise UsageError(f"--command {command!r}: cannot be read ({error})") from error
        if not any("{out}" in part for part in self.parts):
            raise UsageError(f"--command {command!r}: says nowhere where {{out}} goes")
        for word in re.findall(r"\{(\w+)\}", " ".join(self.parts)):
            if word not in PLACES:
                hint = did_you_mean(word, PLACES)
                raise UsageError(f"--command {command!r}: knows no {{{word}}}{hint}")
        self.seconds = seconds
        self.with_lines = with_lines
        self.name = found[1] if found else Path(self.parts[0]).stem
        self.key = digest(command, str(with_lines), *named_files(self.parts))

    def predict(self, item: Item, hints: Hints) -> Prediction:
        """Run the program; what it writes is the colour layer."""
        with tempfile.TemporaryDirectory(prefix="inkhue-") as folder:
            files = self.write_inputs(Path(folder), item, hints)
            self.run(files)
            layer = self.read(files["out"])
        image = layer if self.with_lines else lay_lines(item.line, layer)
        return Prediction(layer, image)

    def write_inputs(self, folder: Path, item: Item, hints: Hints) -> dict[str, Path]:
        """Write what the command reads; return the path of each place."""
        names = ("line.png", "hints.png", "hints.json", "reference.png", "out.png")
        files = {place: folder / name for place, name in zip(PLACES, names, strict=True)}
        writers: dict[str, Callable[[Path], None]] = {
            "line": lambda path: save_picture(item.line, path),
            "hints": hints.save,
            "hints_json": hints.save,
            "reference": lambda path: save_picture(item.original, path),
        }
        for place, write in writers.items():
            if any(f"{{{place}}}" in part for part in self.parts):
                write(files[place])
        return files

    def run(self, files: dict[str, Path]) -> None:
        """Run it within the time limit."""
        arguments = [fill_in(part, files) for part in self.parts]
        silent = subprocess.DEVNULL
        try:
            # A session of its own, so that what it starts ends with it.
            program = subprocess.Popen(
                arguments,
                stdin=silent,
                stdout=silent,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise InkhueError(f"{self.name} cannot be run ({error.strerror})") from error
        with program:
            try:
                _, said = program.communicate(timeout=self.seconds)
            except subprocess.TimeoutExpired:
                end(program)
                raise InkhueError(f"{self.name} took more than {self.seconds:g} s") from None
        if program.returncode:
            last = (said.strip().splitlines() or ["no message"])[-1]
            raise InkhueError(f"{self.name} failed with exit code {program.returncode}: {last}")

    def read(self, out: Path) -> Bytes:
        """Read the picture that it wrote."""
        try:
            with Image.open(out) as picture:
                layer = np.array(picture.convert("RGB"))
        except FileNotFoundError:
            raise InkhueError(f"{self.name} wrote no picture") from None
        except Exception as error:
            raise InkhueError(f"{self.name} wrote no readable picture ({error})") from error
        if layer.shape != (SIDE, SIDE, 3):
            size = f"{layer.shape[1]}x{layer.shape[0]}"
            raise InkhueError(f"{self.name} wrote {size} pixels where {SIDE}x{SIDE} were asked for")
        return layer


def end(program: subprocess.Popen[str]) -> None:
    """End a program and, where the system has groups of processes, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(program.pid, signal.SIGKILL)
    else:
        program.kill()


def named_files(parts: Sequence[str]) -> list[str]:
    """Return digests of the files that a command names: an edited program is another one."""
    paths = [Path(shutil.which(parts[0]) or parts[0]), *map(Path, parts[1:])]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()]


def fill_in(part: str, files: dict[str, Path]) -> str:
    """Put the files' paths into one argument."""
    for name, path in files.items():
        part = part.replace(f"{{{name}}}", str(path))
    return part


def lay_lines(line: Bytes, layer: Bytes) -> Bytes:
    """Lay a scored picture's lines, (H, W) grey on white, over a colour layer: the scorer's way."""
    return lay(np.repeat(line[..., None], 3, axis=2), layer).astype(np.uint8)


def make_systems(
    models: Sequence[str],
    commands: Sequence[str],
    *,
    seconds: float,
    with_lines: bool,
    threads: int | None = None,
) -> list[System | Recorded]:
    """Make the systems of a run; names that come twice are a UsageError."""
    systems: list[System | Recorded] = [named_system(name, threads) for name in models]
    systems += [CommandSystem(c, seconds, with_lines=with_lines) for c in commands]
    names = [system.name for system in systems]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name!r} is given twice: name each system once")
    if all(isinstance(system, Recorded) for system in systems):
        raise UsageError("nothing to score: name a --model or a --command that is not recorded")
    return systems


def named_system(text: str, threads: int | None) -> System | Recorded:
    """Make the system that NAME, NAME@OBEY, a rival's name or a file of scores means."""
    if text.endswith(SUFFIX):
        found = read_recorded(Path(text))
        return replace(found, name=f"{found.name} (recorded)")  # beside the model of this name
    if text in RIVALS:
        return RivalSystem(text)
    name, at, number = text.rpartition("@")
    if not at:
        name, obey = text, None
    else:
        try:
            obey = float(number)
        except ValueError:
            obey = -1
        if not 0 <= obey <= 1:
            raise UsageError(f"{text!r}: after the @ stands obey, a number from 0 to 1")
    try:
        find_model(name)
    except UsageError:
        names = sorted({path.name for path in described()} | set(RIVALS))
        hint = did_you_mean(name, names)
        raise UsageError(f"no model or fill {name!r}{hint}") from None
    return ModelSystem(name, obey, threads)


def code_version() -> str:
    """Digest the code that colours: no prediction of other code is taken for this one's."""
    package = Path(inkhue.__file__).parent
    return files_version(
        path
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in SCORING_ALONE
    )


def files_version(paths: Iterable[Path]) -> str:
    """Digest some files of code."""
    return digest(*(path.read_text(encoding="utf-8") for path in sorted(paths)))


def digest(*parts: str) -> str:
    """Return 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
