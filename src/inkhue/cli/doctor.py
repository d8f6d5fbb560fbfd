"""`inkhue doctor`: whether all that colouring needs is here, and works."""

from __future__ import annotations

import itertools
import platform
from collections.abc import Iterator
from importlib.metadata import version

import click
import numpy as np
import onnxruntime

from inkhue import __version__
from inkhue.colorizer import MOST_THREADS, Colorizer, available_cores
from inkhue.errors import InkhueError
from inkhue.hints import Hint, Hints
from inkhue.model import DEFAULT_MODEL, described, model_folders, read_model
from inkhue.page import open_page
from inkhue.specimen import RED, draw

PACKAGES = ("numpy", "opencv-python-headless", "onnxruntime", "pillow", "click", "rich")


@click.command()
@click.option("--model", default=DEFAULT_MODEL, show_default=True, help="Whose self-test to run.")
@click.pass_context
def command(ctx: click.Context, model: str) -> None:
    """Show versions and models, check their files, and colour a small drawing."""
    for line in versions():
        click.echo(line)
    wrong = 0
    for what, trouble in (*check_models(), ("self-test", self_test(model))):
        click.echo(f"{what}: {trouble or 'ok'}")
        wrong += bool(trouble)
    if wrong:
        click.echo(f"inkhue: {wrong} of these checks failed", err=True)
        ctx.exit(1)


def versions() -> Iterator[str]:
    """Tell what runs here."""
    yield f"inkhue {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"execution providers: {', '.join(onnxruntime.get_available_providers())}"
    yield f"threads: {min(available_cores(), MOST_THREADS)} of {available_cores()} cores"
    yield f"models are looked for in: {', '.join(map(str, model_folders()))}"


def check_models() -> Iterator[tuple[str, str]]:
    """Yield each model folder and what is wrong with it, empty if nothing is."""
    for folder in described():
        try:
            model = read_model(folder)
            files = [folder / stage.file for stage in model.stages.values()]
            if not any(file.exists() for file in files):
                yield f"model {model.name} in {folder} (described, not installed)", ""
                continue
            for stage, variant in itertools.product(model.stages, model.variants):
                model.check(stage, variant)
            yield f"model {model.name} in {folder}", ""
        except InkhueError as error:
            yield f"model in {folder}", str(error)


def self_test(model: str) -> str:
    """Colour a small drawing; return what is wrong with the result, empty if nothing is."""
    picture = draw(160)
    try:
        page = open_page(picture)
        colorizer = Colorizer(model)
        reference = picture if "reference" in colorizer.model.needs else None
        prepared = colorizer.prepare(page, reference=reference)
        result = prepared.color(Hints(160, 160, (Hint(((80, 60),), RED, 2),)))
    except InkhueError as error:
        return str(error)
    if result.image.shape != picture.shape:
        return f"the result has shape {result.image.shape}, not {picture.shape}"
    if (result.image[page.ink == 1] != picture[page.ink == 1]).any():
        return "the lines were changed"
    if tuple(result.image[60, 80]) != RED:
        return f"the hint's pixel is {tuple(result.image[60, 80])}, not {RED}"
    if not np.ptp(result.draft.astype(int), axis=2).any():
        return "the picture has no colour"
    return ""
