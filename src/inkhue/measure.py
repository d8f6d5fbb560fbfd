"""How long colouring takes here, and how much memory.

Each model and size is measured in a process of its own (`python -m inkhue.measure`), so that its
peak memory is its own. All times are medians; pipeline and bare networks take turns.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from inkhue.colorizer import Colorizer
from inkhue.errors import InkhueError
from inkhue.hints import Hint, Hints, default_radius
from inkhue.page import open_page
from inkhue.specimen import RED, draw


@dataclass(frozen=True)
class Measured:
    """One row of the table; milliseconds."""

    model: str
    variant: str
    size: int  # the page is square; the working size is the model's own
    threads: int
    draft: float
    color: float
    whole: float  # page, prepare and color, without decoding and writing files
    networks: float  # the onnxruntime calls of prepare and color alone
    hint: float  # those of a further hint
    peak_mb: float | None  # None where the system does not tell

    @property
    def ratio(self) -> float:
        """The whole pipeline relative to its networks."""
        return self.whole / self.networks


def measure_apart(model: str, variant: str, side: int, threads: int | None, runs: int) -> Measured:
    """Measure in a fresh process."""
    arguments = [model, variant, str(side), str(threads or 0), str(runs)]
    done = subprocess.run(
        [sys.executable, "-m", "inkhue.measure", *arguments], capture_output=True, text=True
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it was killed; out of memory?"])[-1]
        raise InkhueError(f"{model} ({variant}) at {side} pixels: {reason}")
    return Measured(**json.loads(done.stdout))


def measure(model: str, variant: str, side: int, threads: int | None, runs: int) -> Measured:
    """Measure in this process."""
    picture = draw(side)
    hints = Hints(side, side, (Hint(((side / 2, side / 3),), RED, default_radius(side, side)),))
    colorizer = Colorizer(model, threads, variant=variant)
    reference = picture if "reference" in colorizer.model.needs else None
    prepared = colorizer.prepare(open_page(picture), reference=reference)
    seen = prepared.seen(hints)

    def networks() -> None:
        if "encode" in colorizer.model.stages:
            colorizer.run("encode", {"line": prepared.work.line})
        prepared.run_networks(seen)

    jobs: dict[str, Callable[[], object]] = {
        "draft": lambda: prepared.draft(hints),
        "color": lambda: prepared.color(hints),
        "whole": lambda: colorizer.prepare(open_page(picture), reference=reference).color(hints),
        "networks": networks,
        "hint": lambda: prepared.run_networks(seen),
    }
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs + 1):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            times[name].append(1000 * (time.perf_counter() - started))
    medians = {name: round(statistics.median(taken[1:]), 2) for name, taken in times.items()}
    name, used = colorizer.model.name, colorizer.threads
    return Measured(name, variant, side, used, **medians, peak_mb=peak_memory())


def peak_memory() -> float | None:
    """Return this process's largest resident size so far, MB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where getrusage counts what was before this program was loaded
        high = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if high:
            return round(int(high[1]) / 1024, 1)
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1024), 1)


if __name__ == "__main__":
    name, kind, *numbers = sys.argv[1:]
    side, threads, runs = map(int, numbers)
    try:
        sys.stdout.write(json.dumps(asdict(measure(name, kind, side, threads or None, runs))))
    except InkhueError as error:
        sys.exit(str(error))
