"""The training loop: one stage of one network, resumable at any step.

Crop k of a run depends on the seed and k alone, so a run that goes on after a kill sees what it
would have seen. One class holds all that changes; nothing else does.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Sampler, default_collate

from inkhue.data.crops import Crops
from inkhue.data.shards import Picture
from inkhue.errors import InkhueError, UsageError
from inkhue.models.pretrained import Shelf
from inkhue.train.checkpoint import save_samples, save_state
from inkhue.train.config import TrainConfig
from inkhue.train.recipes import Painted, make_recipe
from inkhue.train.report import Report
from inkhue.train.sheet import save_sheet

Tensors = tuple[Tensor, ...] | list[Tensor]

LAST_RATE = 1 / 20  # of the rate, where it falls
SHEET_CROPS = 8
SHEET_SEED = 1  # added to the run's seed, so that the sheet's crops are none of the first steps'


class Trainer:
    """All that a training step changes: networks, average, optimizers, counters."""

    def __init__(
        self,
        config: TrainConfig,
        fabric: Fabric,
        frozen: dict[str, Any] | None,
        shelf: Shelf | None = None,
    ) -> None:
        torch.manual_seed(config.run.seed)
        self.config = config
        self.fabric = fabric
        self.frozen = frozen
        self.shelf = Shelf() if shelf is None else shelf  # published weights that it leans on
        self.recipe = make_recipe(config, frozen, self.shelf)
        if fabric.world_size > 1 and not self.recipe.several:
            raise UsageError(
                f"{config.network.name} trains on one device: start it without torchrun"
            )
        self.learner, self.critic = self.recipe.learner, self.recipe.critic
        average = moving_average(config.run.average)
        self.average = AveragedModel(self.recipe.network, multi_avg_fn=average, use_buffers=True)
        self.step = 0
        self.crops_seen = 0  # by all devices together
        self.seconds = 0.0
        self.earlier = (0, 0.0)  # crops and seconds of the runs that this one's weights come from
        self.sums: dict[str, Tensor] = {}  # of the losses since the log's last line

    def set_up(self) -> None:
        """Hand networks and optimizers to the devices."""
        options = self.config.optimizer
        betas = (options.beta1, options.beta2)
        self.learner.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.critic.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        learning = [weight for weight in self.learner.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.Adam(learning, options.rate, betas)
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), options.rate, betas)
        self.fast, self.optimizer = self.fabric.setup(self.learner, self.optimizer)
        self.fast_critic, self.critic_optimizer = self.fabric.setup(
            self.critic, self.critic_optimizer
        )
        for network in (self.average, *self.recipe.aides):
            network.to(self.fabric.device)

    def state(self) -> dict[str, Any]:
        """Return everything that going on needs."""
        return {
            "network": self.learner.state_dict(),
            "average": self.average.module.state_dict(),
            "averaged": int(self.average.n_averaged),
            "critic": self.critic.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "step": self.step,
            "crops": self.crops_seen,
            "seconds": self.seconds,
            "earlier": self.earlier,
            "sums": self.sums,
            "random": torch.get_rng_state(),
            "frozen": self.frozen,
            "published": sorted(self.shelf.used),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.learner.load_state_dict(state["network"])
        self.average.module.load_state_dict(state["average"])
        self.average.n_averaged.fill_(state["averaged"])
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        self.step, self.crops_seen = state["step"], state["crops"]
        self.seconds = state["seconds"]
        self.earlier = state.get("earlier", (0, 0.0))
        self.sums = {n: s.to(self.fabric.device) for n, s in state.get("sums", {}).items()}
        torch.set_rng_state(state["random"])

    @property
    def adversarial(self) -> bool:
        """Whether the critic takes part in the next step."""
        loss = self.config.loss
        return loss.adversarial > 0 and self.step >= loss.adversarial_from

    def slow_down(self, left: float) -> None:
        """Set the rate for when this share of the run is left, in (0, 1]."""
        options = self.config.optimizer
        fallen = 1 - left / options.falls if left < options.falls else 0.0
        for optimizer in (self.optimizer, self.critic_optimizer):
            for group in optimizer.param_groups:
                group["lr"] = options.rate * LAST_RATE**fallen

    def train_step(self, crops: dict[str, Tensor]) -> dict[str, Tensor]:
        """Change the weights once; return the losses."""
        self.fast.train()
        painted = self.recipe.paint(self.fast, crops)
        parts = self.recipe.compare(painted)
        weights = self.recipe.weights
        total = torch.stack([weights[name] * part for name, part in parts.items()]).sum()
        if self.adversarial:
            parts["critic"] = self.critic_step(painted)
            # The critic itself, not its wrapper: its weights are held while it judges.
            self.critic.requires_grad_(False)
            parts["adversarial"] = self.recipe.fool(self.critic, painted)
            total = total + self.config.loss.adversarial * parts["adversarial"]
        self.optimizer.zero_grad()
        self.fabric.backward(total)
        self.optimizer.step()
        self.critic.requires_grad_(True)
        self.average.update_parameters(self.recipe.network)
        self.step += 1
        self.crops_seen += self.config.optimizer.batch * self.fabric.world_size
        return {name: part.detach() for name, part in parts.items()}

    def critic_step(self, painted: Painted) -> Tensor:
        """Teach the critic to tell made pictures from real ones."""
        loss = self.recipe.judge(self.fast_critic, painted)
        self.critic_optimizer.zero_grad()
        self.fabric.backward(loss)
        self.critic_optimizer.step()
        return loss

    def sheet(self, path: Path, crops: dict[str, Tensor]) -> None:
        """Write a sample sheet of the averaged weights."""
        self.average.eval()
        with torch.no_grad():
            draft, result = self.recipe.show(self.average.module, crops)
        save_sheet(path, crops, draft, result)


def moving_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """Return the update of a moving average whose memory grows with the run, up to `decay`.

    With a long memory from the start, the average of a short run would be its random first weights.
    """

    @torch.no_grad()
    def update(averages: Tensors, currents: Tensors, averaged: Tensor | int) -> None:
        count = float(averaged)
        share = 1 - min(decay, (1 + count) / (10 + count))
        for average, current in zip(averages, currents, strict=True):
            if average.is_floating_point():
                average.lerp_(current, share)
            else:
                average.copy_(current)

    return update


class Onward(Sampler[int]):
    """Indices of this process's crops from a step on, without end."""

    def __init__(self, first: int, stride: int) -> None:
        self.first, self.stride = first, stride

    def __iter__(self) -> Iterator[int]:
        return itertools.count(self.first, self.stride)


def load_batches(trainer: Trainer, pictures: Sequence[Picture]) -> Iterator[dict[str, Tensor]]:
    """Return batches of crops from the trainer's step on."""
    config, fabric = trainer.config, trainer.fabric
    # Here too: a worker forked from a process with OpenCV's threads waits for them for ever.
    cv2.setNumThreads(1)
    loader = DataLoader(
        Crops(pictures, config.stage, config.crops, config.run.seed),
        batch_size=config.optimizer.batch,
        sampler=Onward(trainer.crops_seen + fabric.global_rank, fabric.world_size),
        num_workers=config.run.workers,
        # A forked worker can hang in OpenCV, whose threads the fork does not bring along.
        multiprocessing_context="spawn" if config.run.workers else None,
        worker_init_fn=start_worker,
        # Of its own: on going on, the shared one must be where the run left it.
        generator=torch.Generator(),
        pin_memory=fabric.device.type == "cuda",
    )
    return (fabric.to_device(batch) for batch in one_line(iter(loader)))


def one_line(batches: Iterator[dict[str, Tensor]]) -> Iterator[dict[str, Tensor]]:
    """Pass batches on; what a worker says of a broken picture comes without its traceback."""
    try:
        yield from batches
    except InkhueError as error:
        raise InkhueError(str(error).rpartition("InkhueError: ")[2].strip()) from error


def start_worker(worker: int) -> None:
    """Leave the cores to the training, and Ctrl-C to the process that saves the run."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def sheet_crops(trainer: Trainer, pictures: Sequence[Picture]) -> dict[str, Tensor]:
    """Return the crops of the sample sheets, the same through a run."""
    config = trainer.config
    # With all that the network takes, although a run of the boundary map alone has no use for it.
    wanted = replace(config.crops, regions=config.crops.regions or config.crops.borders)
    crops = Crops(pictures, config.stage, wanted, config.run.seed + SHEET_SEED)
    first = config.crops.dense_until  # those before it have other hints
    batch = default_collate([crops[first + k] for k in range(SHEET_CROPS)])
    return {name: part.to(trainer.fabric.device) for name, part in batch.items()}


def run(
    trainer: Trainer,
    pictures: Sequence[Picture],
    folder: Path,
    report: Report,
    time_left: Callable[[], float],
) -> None:
    """Train until the config's steps or the time are spent; save on the way and at the end.

    `time_left` gives the share of the run's time that is left: 1 without a limit, 0 to stop.
    """
    options = trainer.config.run
    batches = load_batches(trainer, pictures)
    samples = sheet_crops(trainer, pictures)
    if trainer.fabric.is_global_zero:
        save_samples(folder, samples)
    started = trainer.seconds
    while (left := share_left(trainer, time_left())) > 0:
        trainer.slow_down(left)
        parts = trainer.train_step(next(batches))
        trainer.seconds = started + report.elapsed()
        report.add(trainer.step, trainer.crops_seen, trainer.seconds, parts)
        if trainer.step % options.sheet_every == 0 and trainer.fabric.is_global_zero:
            trainer.sheet(folder / "sheets" / f"{trainer.step:07d}.png", samples)
        if trainer.step % options.save_every == 0:
            save(trainer, folder)
    save(trainer, folder)


def share_left(trainer: Trainer, time_left: float) -> float:
    """Return how much of a run is left, by steps or time, whichever ends first.

    The first process decides for all: one that stopped alone would leave others waiting.
    """
    steps = trainer.config.run.steps
    left = min((steps - trainer.step) / max(steps, 1), time_left)
    return left if trainer.fabric.world_size == 1 else float(trainer.fabric.broadcast(left))


def save(trainer: Trainer, folder: Path) -> None:
    """Save the run's state, by one process for all."""
    if trainer.fabric.is_global_zero:
        save_state(folder, trainer.state())
    trainer.fabric.barrier()
