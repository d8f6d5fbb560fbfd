"""What scoring a prediction costs, the model's own time left out.

    time_evaluation.py --data val.tar --pictures 24

Predictions are made and kept first; then scores and the originals' features are thrown away and
made anew, with all metrics, on two threads. Prints seconds a scored prediction and the process's
peak memory.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

import torch

from inkhue.evaluate.run import Plan, evaluate
from inkhue.evaluate.systems import make_systems

HINTS = (10, 140)


def main() -> None:
    """Print the time and the memory."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--model", default="light")
    parser.add_argument("--pictures", type=int, default=24, help="of each set")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        systems = make_systems([given.model], [], seconds=60, with_lines=False)
        plan = Plan(given.data, systems, Path(folder), HINTS, limit=given.pictures)
        evaluate(plan, lambda *_: None)
        for made in ("scores", "originals"):
            shutil.rmtree(plan.folder / made)
        started = time.perf_counter()
        scored = len(evaluate(plan, lambda *_: None).predictions)
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds / scored:.2f} s a prediction ({scored}), peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
