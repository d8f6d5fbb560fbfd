"""`inkhue color`: a line drawing and hints become a coloured picture."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from inkhue.cli import say
from inkhue.colorizer import Colorizer, Result
from inkhue.errors import UsageError
from inkhue.hints import Hint, Hints, default_radius, draw_hints, parse_hint
from inkhue.model import DEFAULT_MODEL
from inkhue.output import encode_picture, replacing
from inkhue.page import Page, open_page, over
from inkhue.regions import rooms, tinted

PIPE = "-"  # stdin as LINE, stdout as OUT
FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class Request:
    """What `inkhue color` was asked for; the fields are the options."""

    line: str
    output: str | None
    hints: Path | None
    hint: tuple[str, ...]
    model: str
    reference: Path | None
    size: int | None
    obey: float | None
    threads: int | None
    color_only: bool
    transparent: bool
    save_draft: Path | None
    save_hints: Path | None
    save_regions: Path | None
    force: bool
    as_json: bool

    @property
    def out(self) -> Path | None:
        """The picture to write; None is stdout."""
        if self.output is None and self.line != PIPE:
            line = Path(self.line)
            return line.with_name(f"{line.stem}.color.png")
        return None if self.output in (None, PIPE) else Path(str(self.output))

    @property
    def files(self) -> dict[str, Path]:
        """The files to write, by what they hold."""
        files = {
            "image": self.out,
            "draft": self.save_draft,
            "hints": self.save_hints,
            "regions": self.save_regions,
        }
        return {key: path for key, path in files.items() if path is not None}


@click.command()
@click.argument("line")
@click.option(
    "-o", "--output", metavar="OUT", help="Result: .png, .webp, .tiff, .jpeg; - is stdout."
)
@click.option("--hints", type=FILE, help="Hints: a .json, or a .png of the page's size.")
@click.option("--hint", multiple=True, metavar="X,Y,#RRGGBB[,RADIUS]", help="One dab; repeatable.")
@click.option("--model", default=DEFAULT_MODEL, show_default=True, help="A name, or a folder.")
@click.option("--reference", type=FILE, help="A picture whose colours to take (some models).")
@click.option("--size", type=click.IntRange(min=1), help="Longer side the networks see, pixels.")
@click.option("--obey", type=float, help="How far areas take their hints' colours, 0 to 1.")
@click.option("--threads", type=click.IntRange(min=1), help="All cores, at most 4, by default.")
@click.option("--color-only", is_flag=True, help="The colours without the lines.")
@click.option("--transparent", is_flag=True, help="Keep the page's transparency and clear hints.")
@click.option("--save-draft", type=FILE, help="Write the first stage's rough picture too.")
@click.option("--save-hints", type=FILE, help="Write the page with the hints drawn on it too.")
@click.option("--save-regions", type=FILE, help="Write the areas found, each in its own tint, too.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="Say on stdout what was written, as JSON.")
def command(**given: Any) -> None:  # noqa: ANN401
    """Colour the drawing LINE (- is stdin); the result is LINE's name with .color.png."""
    color(Request(**given))


def color(request: Request) -> None:
    """Colour one drawing; all files are written, or none."""
    started = time.perf_counter()
    check(request)
    page = open_page(sys.stdin.buffer if request.line == PIPE else request.line)
    for warning in page.warnings:
        say(warning)
    hints = gather_hints(request, page)
    with ExitStack() as stack:
        # Opened before the work: what cannot be written is told at once.
        parts = {
            key: stack.enter_context(replacing(path, force=request.force))
            for key, path in request.files.items()
        }
        colorizer = Colorizer(request.model, request.threads)
        prepared = colorizer.prepare(page, size=request.size, reference=request.reference)
        result = prepared.color(hints, request.obey)
        for note in result.notes:
            say(note)
        pictures = {"image": choose(request, page, result), "draft": result.draft}
        if request.save_hints:
            pictures["hints"] = draw_hints(page.rgb, hints)
        if request.save_regions:
            pictures["regions"] = over(page.lines, tinted(rooms(prepared.regions)))
        for key, part in parts.items():
            dpi = None if key == "draft" else page.dpi
            part.write_bytes(encode_picture(pictures[key], request.files[key].suffix, dpi))
    if request.out is None:
        sys.stdout.buffer.write(encode_picture(pictures["image"], ".png", page.dpi))
        sys.stdout.buffer.flush()
    tell(request, page, colorizer, time.perf_counter() - started)


def check(request: Request) -> None:
    """Refuse, before any work, what could not be written after it."""
    if request.out is None and (request.as_json or sys.stdout.isatty()):
        reason = "has --json to carry" if request.as_json else "is a terminal"
        raise UsageError(f"stdout {reason}: name a file by -o")
    paths = request.files
    if len({path.absolute() for path in paths.values()}) < len(paths):
        raise UsageError("two results have one name: give each a file of its own")
    for key, path in paths.items():
        channels = 4 if request.transparent and key == "image" else 3
        encode_picture(np.zeros((1, 1, channels), np.uint8), path.suffix)


def gather_hints(request: Request, page: Page) -> Hints:
    """Return the hints of `--hints`, scaled to the page, under those of each `--hint`."""
    width, height = page.size
    items: list[Hint] = []
    if request.hints is not None:
        items += Hints.load(request.hints).fitted(width, height)
    for text in request.hint:
        x, y, colour, radius = parse_hint(text)
        items.append(
            Hint(((x, y),), colour, default_radius(width, height) if radius is None else radius)
        )
    return Hints(width, height, tuple(items))


def choose(request: Request, page: Page, result: Result) -> NDArray[np.uint8]:
    """Return the picture that was asked for, (H, W, 3) or (H, W, 4)."""
    if request.transparent:
        return result.transparent(page, lines=not request.color_only)
    return result.color_layer if request.color_only else result.image


def tell(request: Request, page: Page, colorizer: Colorizer, seconds: float) -> None:
    """Say what was done: JSON on stdout if asked for, else a line on stderr."""
    width, height = page.size
    out = "stdout" if request.out is None else str(request.out)
    model = colorizer.model.name
    if request.as_json:
        facts = {"output": out, "width": width, "height": height, "model": model}
        click.echo(json.dumps(facts | {"seconds": round(seconds, 3)}))
        return
    say(f"{out}: {width} x {height} pixels by {model} in {seconds:.1f} s")
    paths = [str(path) for key, path in request.files.items() if key != "image"]
    say(f"{colorizer.threads} threads; also written: {', '.join(paths) or 'nothing'}", level=1)
