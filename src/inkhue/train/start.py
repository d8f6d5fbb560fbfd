"""Starting a run: fresh, from other weights, or on from where it stopped."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import torch
from lightning_fabric import Fabric

from inkhue.data.drawn import drawings
from inkhue.data.shards import Picture, read_shards
from inkhue.errors import InkhueError, UsageError
from inkhue.models.pretrained import Shelf
from inkhue.models.systems import SYSTEMS
from inkhue.train.checkpoint import (
    cut_log,
    load_config,
    load_state,
    start_folder,
    write_attribution,
    write_config,
)
from inkhue.train.config import TrainConfig
from inkhue.train.loop import Trainer, run, save
from inkhue.train.origin import freeze, load_either, load_origin
from inkhue.train.report import Report, Tell

log = logging.getLogger(__name__)

MAY_CHANGE = ("steps", "sheet_every", "save_every", "workers")  # when a run goes on


@dataclass(frozen=True)
class Request:
    """What `inkhue train` was asked for."""

    config: TrainConfig
    data: Sequence[str]
    folder: Path
    resume: bool = False
    init: Path | None = None
    draft: Path | None = None
    minutes: float | None = None
    device: str = "auto"


def train(request: Request, tell: Tell, note: Callable[[str], None] = log.warning) -> None:
    """Train one stage as requested.

    `tell` gets the log's lines as they come, `note` what published weights are missing.
    """
    fabric = make_fabric(request.config, request.device)
    fabric.launch()
    pictures = read_shards(request.data)
    config = same_run(request) if request.resume else request.config
    state = load_state(request.folder) if request.resume else None
    began = None if state is None else state.get("published", ())
    trainer = Trainer(config, fabric, frozen_part(request, state), Shelf(began))
    for text in trainer.shelf.notes:
        note(text)
    if state is None and request.init is not None:
        start_from(trainer, request.init)
    trainer.set_up()
    if state is not None:
        trainer.load(state)
    try:
        prepare_folder(request, trainer, pictures)
        report = Report(
            request.folder,
            trainer.recipe.losses,
            tell,
            trainer.sums,
            silent=not fabric.is_global_zero,
        )
        with closing(report), until(request.minutes) as time_left:
            made = drawings(config.crops.drawings, config.run.seed)
            run(trainer, [*pictures, *made], request.folder, report, time_left)
    except OSError as error:
        raise InkhueError(f"{request.folder}: cannot be written ({error.strerror})") from error


def prepare_folder(request: Request, trainer: Trainer, pictures: Sequence[Picture]) -> None:
    """Make a new run's folder, or bring the log of one that goes on to its last saved state."""
    if trainer.fabric.is_global_zero:
        if request.resume:
            cut_log(request.folder, trainer.step)
            write_config(request.folder, trainer.config)
        else:
            start_folder(request.folder, trainer.config)
        write_attribution(request.folder, pictures)
    if not request.resume:
        save(trainer, request.folder)  # so that a run can go on from its first moment


def make_fabric(config: TrainConfig, device: str) -> Fabric:
    """Make the link to the devices; under torchrun, one process of several."""
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    fabric = Fabric(
        accelerator=device,
        devices=local if processes > 1 else 1,
        num_nodes=processes // local,
        strategy="ddp" if processes > 1 else "auto",
        precision=choose_precision(config.run.precision, device),
    )
    return fabric


def choose_precision(wanted: str, device: str) -> Literal["32-true", "bf16-mixed"]:
    """Take bfloat16 where the device computes it at least as fast: on newer GPUs."""
    if wanted != "auto":
        return wanted  # type: ignore[return-value]
    on_gpu = device in ("auto", "cuda", "gpu") and torch.cuda.is_available()
    return "bf16-mixed" if on_gpu and torch.cuda.is_bf16_supported() else "32-true"


def same_run(request: Request) -> TrainConfig:
    """Return the request's config; but for what `MAY_CHANGE` names it must be the run's own."""
    config = load_config(request.folder)
    new = {name: getattr(request.config.run, name) for name in MAY_CHANGE}
    if replace(config, run=replace(config.run, **new)) != request.config:
        raise UsageError(
            f"{request.folder}: was started with another config: give the same one, or begin"
            " a new run with --init"
        )
    return request.config


def frozen_part(request: Request, state: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a run keeps of other weights: its own on resuming.

    Of a pair's colorize run the draft network of `--draft`; of a run whose features are to stay as
    they are, those of `--init`.
    """
    if state is not None:
        frozen: dict[str, Any] | None = state["frozen"]
        return frozen
    network = request.config.network.name
    if request.config.stage == SYSTEMS[network].stages[0]:
        if request.draft is not None:
            raise UsageError(f"--draft: this stage of {network} stands on no draft: leave it out")
        return kept_features(request)
    if request.draft is None:
        raise UsageError("stage 'colorize' needs a trained draft: name its run by --draft RUN")
    return freeze(load_origin(request.draft, "draft"))


def kept_features(request: Request) -> dict[str, Any] | None:
    """Return the network whose features a run of the light model keeps, if it keeps any."""
    if not request.config.loss.keep:
        return None
    if request.init is None:
        raise UsageError("loss.keep: needs features to keep: name their run by --init RUN")
    return freeze(load_either(request.init, request.config.stage))


def start_from(trainer: Trainer, init: Path) -> None:
    """Give the network the weights of another run or model, widened where that is narrower.

    A pair's run of the other stage serves too, since both have one generator: to a draft network a
    whole picture is a page where every cell is hinted.
    """
    origin = load_either(init, trainer.config.stage)
    mine, theirs = trainer.config.network, origin.network
    if not trainer.recipe.fits(origin):
        raise UsageError(
            f"{init}: is {theirs.name} of width {theirs.width}, which cannot"
            f" become {mine.name} of width {mine.width}"
            if theirs != mine
            else f"{init}: leans on other published weights than this run would"
        )
    generator = torch.Generator().manual_seed(trainer.config.run.seed)
    trainer.recipe.start(origin, generator)
    if origin.stage == trainer.config.stage:
        trainer.earlier = (origin.crops, origin.seconds)
    trainer.average.module.load_state_dict(trainer.recipe.network.state_dict())


@contextmanager
def until(minutes: float | None) -> Iterator[Callable[[], float]]:
    """Give a function that says what share of the minutes is left; none after Ctrl-C or a kill."""
    asked: list[int] = []
    started = time.monotonic()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    def time_left() -> float:
        if asked:
            return 0.0
        return 1.0 if minutes is None else 1 - (time.monotonic() - started) / (60 * minutes)

    before = {s: signal.signal(s, ask) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield time_left
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
