"""Whether a model's graphs compute in a browser what they do in Python: `check_browser.py [MODEL]`.

Runs the graphs as shipped, in float32 and computing in int8 (as compare_storage.py makes them) in
onnxruntime-web's WASM backend under node, on the same inputs of 512 x 512 pixels. Prints how far
their outputs are from those of Python's onnxruntime, and milliseconds (medians; all take turns).
Exit status 1 if a shipped graph is off by more than 1e-3 of the largest value.

Wants node, and onnxruntime-web in the node_modules of the folder named by --modules or above it
(`npm install onnxruntime-web` there).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from compare_storage import (
    FLOAT32,
    SHIPPED,
    SIDE,
    STAGES,
    Values,
    examples,
    load,
    run_one,
    specimen,
    three_graphs,
    write_variants,
)

from inkhue.colorizer import Colorizer

SCRIPT = Path(__file__).with_suffix(".mjs")
VARIANTS = (SHIPPED, FLOAT32, "int8 S8S8", "int8 U8S8")
TOLERANCE = 1e-3  # of a shipped graph, in parts of the largest value
MISSING = 3  # node's exit status where it finds no onnxruntime-web


def main() -> None:
    """Print each graph's operators, then a table, one line a graph."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", nargs="?", default="light")
    parser.add_argument("--modules", type=Path, default=Path.cwd(), metavar="FOLDER")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    node = shutil.which("node")
    if node is None:
        sys.exit("check_browser: node is missing: install Node.js 20 or later")
    model = three_graphs(given.model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seen = list(examples(Colorizer(model.folder, 1)))[::2]
        variants = write_variants(model, seen, folder, threads=1)
        for stage, file in zip(STAGES, variants[SHIPPED], strict=True):
            print(f"{stage}: {operators(file)}")
        job = folder / "job.json"
        job.write_text(json.dumps(list(graphs(variants, specimen(model), folder))))
        runs = [run_node(node, job, given.modules, n, given.rounds) for n in given.threads]
    titles = " | ".join(f"ms, threads: {threads}" for threads in given.threads)
    print(f"\n| graph, {SIDE} x {SIDE} | difference | {titles} |")
    print("|---|--:|" + "--:|" * len(runs))
    worst = 0.0
    for results in zip(*runs, strict=True):
        stage, variant = results[0]["stage"], results[0]["variant"]
        most = max(result["difference"] for result in results)
        times = " | ".join(f"{result['ms']:.0f}" for result in results)
        print(f"| {stage}, {variant} | {most:.1e} | {times} |")
        worst = max(worst, most) if variant == SHIPPED else worst
    if worst > TOLERANCE:
        sys.exit(f"check_browser: a shipped graph is off by {worst:.1e}, more than {TOLERANCE:g}")


def operators(file: Path) -> str:
    """Return a graph's operators, each with how often it is there."""
    counts = Counter(node.op_type for node in onnx.load(file).graph.node)
    return ", ".join(f"{name} {counts[name]}" for name in sorted(counts))


def graphs(
    variants: Mapping[str, Sequence[Path]], known: Values, folder: Path
) -> Iterator[dict[str, Any]]:
    """Yield what node is to run; write the tensors that this takes.

    A graph's inputs are what the float32 graphs make, whichever its own variant.
    """
    for variant in VARIANTS:
        for (stage, session), file in zip(
            load(variants[variant], 1).items(), variants[variant], strict=True
        ):
            names = [entry.name for entry in session.get_inputs()]
            made = run_one(session, known)
            yield {
                "variant": variant,
                "stage": stage,
                "file": str(file),
                "inputs": write_tensors({name: known[name] for name in names}, folder / "inputs"),
                "outputs": write_tensors(made, folder / f"outputs of {variant}"),
            }


def write_tensors(values: Values, folder: Path) -> list[dict[str, Any]]:
    """Write tensors as raw float32; return where they are and their sides."""
    folder.mkdir(exist_ok=True)
    for name, value in values.items():
        (folder / name).write_bytes(np.ascontiguousarray(value, np.dtype("<f4")).tobytes())
    return [
        {"name": name, "dims": value.shape, "file": str(folder / name)}
        for name, value in values.items()
    ]


def run_node(
    node: str, job: Path, modules: Path, threads: int, rounds: int
) -> list[dict[str, Any]]:
    """Run the graphs under node; return each one's difference and milliseconds."""
    command = [node, str(SCRIPT), str(job), str(modules), str(threads), str(rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == MISSING:
        sys.exit(
            f"check_browser: no onnxruntime-web in {modules.resolve()} or above it:"
            " `npm install onnxruntime-web` there, or name its folder by --modules"
        )
    if done.returncode:
        sys.exit(f"check_browser: node ended with status {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
