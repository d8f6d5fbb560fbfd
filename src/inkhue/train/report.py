"""What a run tells while it goes on: a CSV log, TensorBoard curves, and a bar's figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from inkhue.train.checkpoint import LogRow, append_log

LOG_EVERY = 20  # steps

Tell = Callable[[LogRow], None]


class Report:
    """Gathers the losses of each step; every 20 steps their means are logged and told."""

    def __init__(
        self,
        folder: Path,
        losses: tuple[str, ...],
        tell: Tell,
        sums: dict[str, Tensor],
        *,
        silent: bool,
    ) -> None:
        self.folder = folder
        self.losses = losses  # the log's columns
        self.tell = tell
        # All processes but the first are silent.
        self.writer = None if silent else SummaryWriter(folder / "tensorboard")
        self.sums = sums  # since the last line; the run saves them
        self.started = time.monotonic()

    def elapsed(self) -> float:
        """Seconds since this part of the run began."""
        return time.monotonic() - self.started

    def add(self, step: int, crops: int, seconds: float, parts: dict[str, Tensor]) -> None:
        """Take one step's losses; write a line where 20 are full."""
        for name, part in parts.items():
            share = part / LOG_EVERY
            self.sums[name] = self.sums[name] + share if name in self.sums else share
        if step % LOG_EVERY:
            return
        means = {name: float(total) for name, total in self.sums.items()}
        self.sums.clear()
        if self.writer is None:
            return
        losses = {name: means.get(name, 0.0) for name in self.losses}
        row = LogRow(step, crops, round(seconds, 1), losses)
        append_log(self.folder, row)
        for name, mean in means.items():
            self.writer.add_scalar(name, mean, step)
        self.tell(row)

    def close(self) -> None:
        """Write out the curves."""
        if self.writer is not None:
            self.writer.close()
