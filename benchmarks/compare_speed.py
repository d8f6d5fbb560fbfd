"""How much faster a model is than another at one working size: `compare_speed.py [A] [B]`.

Both colour the same page, taking turns: all from page to picture, a further hint, and the bare
networks of either. A obeys hints, B leaves them to its network. Medians of five rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from inkhue.colorizer import Colorizer
from inkhue.hints import Hint, Hints, default_radius
from inkhue.page import open_page
from inkhue.specimen import RED, draw

SIDE, ROUNDS = 512, 5
JOBS = ("networks", "networks, further hint", "whole way", "further hint")
T = TypeVar("T")


def main() -> None:
    """Print milliseconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("a", nargs="?", default="light")
    parser.add_argument("b", nargs="?", default="au-net")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    for name, (mine, theirs) in compare(given.a, given.b, given.threads).items():
        print(f"{name}: {mine:.0f} and {theirs:.0f} ms, 1/{theirs / mine:.1f}")


def compare(a: str, b: str, threads: int) -> dict[str, tuple[float, float]]:
    """Return the milliseconds of both models for each job; they take turns."""
    picture = draw(SIDE)
    dot = Hint(((SIDE / 2, SIDE / 3),), RED, default_radius(SIDE, SIDE))
    hints = Hints(SIDE, SIDE, (dot,))
    colorizers = [Colorizer(name, threads) for name in (a, b)]
    times: dict[tuple[int, str], list[float]] = defaultdict(list)

    def timed(key: tuple[int, str], job: Callable[[], T]) -> T:
        started = time.perf_counter()
        made = job()
        times[key].append(1000 * (time.perf_counter() - started))
        return made

    for _ in range(ROUNDS + 1):
        for k, colorizer in enumerate(colorizers):
            obey = None if k == 0 else 0.0

            def prepare(colorizer: Colorizer = colorizer):  # noqa: ANN202
                return colorizer.prepare(open_page(picture), size=SIDE)

            prepared = timed((k, "prepare"), prepare)
            timed((k, "first hint"), lambda: prepared.color(hints, obey))  # noqa: B023
            timed((k, "further hint"), lambda: prepared.color(hints, obey))  # noqa: B023
            seen = prepared.seen(hints)
            timed((k, "networks, further hint"), lambda: prepared.run_networks(seen))  # noqa: B023
            if "encode" in colorizer.model.stages:
                line = {"line": prepared.work.line}
                timed((k, "encode"), lambda: colorizer.run("encode", line))  # noqa: B023
    ms = defaultdict(float, {key: statistics.median(taken[1:]) for key, taken in times.items()})
    for k in (0, 1):
        ms[k, "whole way"] = ms[k, "prepare"] + ms[k, "first hint"]
        ms[k, "networks"] = ms[k, "encode"] + ms[k, "networks, further hint"]
    return {name: (ms[0, name], ms[1, name]) for name in JOBS}


if __name__ == "__main__":
    main()
