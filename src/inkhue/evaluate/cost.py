"""What each system costs: parameters, bytes, multiply-adds, time and memory."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from inkhue.errors import InkhueError
from inkhue.evaluate.run import SystemFailedError, predict
from inkhue.evaluate.sets import Item
from inkhue.evaluate.systems import ModelSystem, System
from inkhue.hints import Hints
from inkhue.measure import measure_apart

SIDE, THREADS, ROUNDS = 512, 2, 5


@dataclass(frozen=True)
class Cost:
    """One system's costs; None where it does not apply or cannot be measured."""

    system: str
    milliseconds: float | None  # for a picture of 512 x 512, the drawing's preparation included
    parameters: int | None = None
    megabytes: float | None = None
    multiply_adds: int | None = None
    peak_mb: float | None = None


def costs(systems: Sequence[System], item: Item, hints: Hints) -> list[Cost]:
    """Measure all systems on one picture, alternating, and look up what is known."""
    times = alternate([with_threads(system) for system in systems], item, hints)
    return [cost_of(system, taken) for system, taken in zip(systems, times, strict=True)]


def alternate(systems: Sequence[System], item: Item, hints: Hints) -> list[float | None]:
    """Return each system's median time, ms; the first of its runs does not count.

    A system that fails is not run again.
    """
    taken: list[list[float]] = [[] for _ in systems]
    failed: set[str] = set()
    for _ in range(ROUNDS + 1):
        for system, times in zip(systems, taken, strict=True):
            if system.name in failed:
                continue
            started = time.perf_counter()
            try:
                predict(system, item, hints)
            except SystemFailedError:
                failed.add(system.name)
            times.append(1000 * (time.perf_counter() - started))
    return [
        None if system.name in failed else statistics.median(times[1:])
        for system, times in zip(systems, taken, strict=True)
    ]


def with_threads(system: System) -> System:
    """Return a model on THREADS; programs see to their own."""
    if not isinstance(system, ModelSystem):
        return system
    obey = None if system.usual else system.obey
    return ModelSystem(str(system.model.folder), obey, THREADS)


def cost_of(system: System, milliseconds: float | None) -> Cost:
    """Return a system's costs, a model's from its description."""
    if not isinstance(system, ModelSystem):
        return Cost(system.name, milliseconds)
    model = system.model
    try:
        peak = measure_apart(str(model.folder), model.variant, SIDE, THREADS, 1).peak_mb
    except InkhueError:
        peak = None
    megabytes = model.file_bytes / 1e6
    return Cost(system.name, milliseconds, model.parameters, megabytes, model.multiply_adds, peak)
