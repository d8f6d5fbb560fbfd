"""Which files of a model to ship: `compare_storage.py [MODEL] [--threads N] [--rounds N]`.

A model of three graphs (encode, draft, colorize) as it is shipped, with weights in float32, float16
and int8 (all three compute in float32), and computing in int8 (static quantisation, QDQ form, a
scale a channel, first and last layers in float32). Prints bytes, milliseconds of each graph at
512 x 512 pixels (medians of rounds in which all take turns), how far the colour is from float32's
in levels of 255 (mean, 99.9th percentile, most), and the boundary map at most in levels of 15.
Every second drawing gives the scales, the others are measured.

Of a folder that holds int8 weights, float32 is what those stand for: to see what their rounding
does, export with `--store float32` and name that folder.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType

from inkhue.colorizer import Colorizer
from inkhue.data.drawn import drawings
from inkhue.data.hint_rules import middles
from inkhue.errors import UsageError
from inkhue.hints import Hint, Hints, default_radius
from inkhue.model import Model, find_model
from inkhue.page import Page, open_page
from inkhue.specimen import RED, draw
from inkhue.train.graphs import read_weights, store_weights
from inkhue.train.int8 import quantised, small_layers

Values: TypeAlias = "dict[str, NDArray[np.float32]]"  # inputs and outputs of the graphs, by name
Graphs: TypeAlias = "dict[str, onnx.ModelProto]"  # of a model, by stage
Sessions: TypeAlias = "dict[str, onnxruntime.InferenceSession]"

STAGES = ("encode", "draft", "colorize")
SIDE = 512  # of what the networks see, pixels
DRAWN, DOTS = 8, 12  # drawings made by code, and hints on each
EXAMPLES = Path(__file__).parent.parent / "examples"
LOAD, SHIPPED, FLOAT32 = "load", "as shipped", "float32"
QUANTISED = ["Conv", "Relu"]  # additions in 8 bits cost more accuracy than they save time


def main() -> None:
    """Print a table, one line a variant."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", nargs="?", default="light")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    model = three_graphs(given.model)
    seen = list(examples(Colorizer(model.folder, given.threads)))
    with tempfile.TemporaryDirectory() as folder:
        variants = write_variants(model, seen[::2], Path(folder), given.threads)
        sizes = {name: sum(f.stat().st_size for f in files) for name, files in variants.items()}
        times = measure(variants, specimen(model), given.threads, given.rounds)
        made = {
            name: [run(load(files, given.threads), inputs) for inputs in seen[1::2]]
            for name, files in variants.items()
        }
    print(f"onnxruntime {onnxruntime.__version__}, {SIDE} x {SIDE}, threads: {given.threads}\n")
    print("| files | bytes | load | encode | draft | colorize | mean | 99.9 % | most | borders |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for name in variants:
        taken = " | ".join(f"{times[name][what]:.1f}" for what in (LOAD, *STAGES))
        off = " | ".join(f"{part:.2f}" for part in differences(made[name], made[FLOAT32]))
        print(f"| {name} | {sizes[name]:,} | {taken} | {off} |")


def three_graphs(name: str) -> Model:
    """Find a model that encodes the drawing, drafts and colours."""
    model = find_model(name)
    if tuple(model.stages) != STAGES:
        raise UsageError(f"model {model.name!r} has no such graphs: name one with {STAGES}")
    return model


def examples(colorizer: Colorizer) -> Iterator[Values]:
    """Yield what the networks see of the example drawings and of some made by code."""
    for page, hints in pages():
        prepared = colorizer.prepare(page, size=SIDE)
        yield {"line": prepared.work.line, **prepared.seen(hints)}


def pages() -> Iterator[tuple[Page, Hints]]:
    """Yield the example drawings with their hints, then drawings made by code with dots."""
    for path in sorted(EXAMPLES.glob("*.png")):
        yield open_page(path), Hints.load(path.with_suffix(".hints.json"))
    for number, picture in enumerate(drawings(DRAWN, seed=1)):
        line, rgb = picture.line(), picture.rgb()
        assert line is not None
        height, width = line.shape
        rng = np.random.default_rng(number)
        places = middles(np.asarray(line / 255, np.float32), DOTS, rng)
        radius = default_radius(width, height)
        dots = []
        for y, x in (divmod(int(place), width) for place in places):
            red, green, blue = map(int, rgb[y, x])
            dots.append(Hint(((x + 0.5, y + 0.5),), (red, green, blue), radius))
        yield open_page(np.dstack([line] * 3)), Hints(width, height, tuple(dots))


def specimen(model: Model) -> Values:
    """Return all that the graphs take for a square page with one hint."""
    colorizer = Colorizer(model.folder, 1)
    dot = Hint(((SIDE / 2, SIDE / 3),), RED, default_radius(SIDE, SIDE))
    prepared = colorizer.prepare(open_page(draw(SIDE)), size=SIDE)
    inputs = {"line": prepared.work.line, **prepared.seen(Hints(SIDE, SIDE, (dot,)))}
    files = [model.folder / model.stages[stage].file for stage in STAGES]
    return run(load(files, 1), inputs)


def write_variants(
    model: Model, seen: Sequence[Values], folder: Path, threads: int
) -> dict[str, list[Path]]:
    """Write all variants' graphs; return their files, in the order of the stages."""
    shipped = [model.folder / model.stages[stage].file for stage in STAGES]
    exact = {
        stage: as_float32(onnx.load(path)) for stage, path in zip(STAGES, shipped, strict=True)
    }
    files = {SHIPPED: shipped, FLOAT32: write(exact, folder / FLOAT32)}
    for kind in ("float16", "int8"):
        stored = {stage: store_weights(graph, kind) for stage, graph in exact.items()}
        files[f"{kind} stored"] = write(stored, folder / kind)
    sessions = load(files[FLOAT32], threads)
    known = [run(sessions, inputs) for inputs in seen]
    for name, kind in (("S8S8", QuantType.QInt8), ("U8S8", QuantType.QUInt8)):
        fast = {stage: in_8_bits(graph, known, kind) for stage, graph in exact.items()}
        files[f"int8 {name}"] = write(fast, folder / name)
    # The borders that encode draws decide on areas: in float32 they are everywhere the same.
    files["encode stored, others U8S8"] = [files["int8 stored"][0], *files["int8 U8S8"][1:]]
    return files


def as_float32(graph: onnx.ModelProto) -> onnx.ModelProto:
    """Return a graph whose weights are stored as float32, whatever they were stored as."""
    weights = read_weights(graph)
    plain = onnx.ModelProto()
    plain.CopyFrom(graph)
    # What gave a weight, or a part of it, is a node that follows from stored tensors alone.
    known = {tensor.name for tensor in graph.graph.initializer}
    rest = []
    for node in graph.graph.node:
        if node.op_type in ("Cast", "Mul") and known.issuperset(node.input):
            known.update(node.output)
        else:
            rest.append(node)
    del plain.graph.node[:], plain.graph.initializer[:]
    plain.graph.node.extend(rest)
    plain.graph.initializer.extend(
        onnx.numpy_helper.from_array(value, name) for name, value in weights.items()
    )
    onnx.checker.check_model(plain)
    return plain


def in_8_bits(
    graph: onnx.ModelProto, known: Sequence[Values], activations: QuantType
) -> onnx.ModelProto:
    """Return a graph that computes in 8 bits, but for its first and last layers and small ones."""
    layers = [node.name for node in graph.graph.node if node.op_type == "Conv"]
    names = [entry.name for entry in graph.graph.input]
    feeds = [{name: values[name] for name in names} for values in known]
    left_out = [layers[0], layers[-1], *small_layers(graph)]
    return quantised(graph, feeds, QUANTISED, left_out, activations)


def write(graphs: Graphs, folder: Path) -> list[Path]:
    """Write graphs into a new folder; return their files."""
    folder.mkdir()
    files = [folder / f"{stage}.onnx" for stage in STAGES]
    for stage, file in zip(STAGES, files, strict=True):
        onnx.save(graphs[stage], file)
    return files


def load(files: Sequence[Path], threads: int) -> Sessions:
    """Load a variant's graphs as inkhue does."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return {
        stage: onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        for stage, file in zip(STAGES, files, strict=True)
    }


def run(sessions: Sessions, inputs: Values) -> Values:
    """Run the graphs one after the other; return all inputs and outputs."""
    known = dict(inputs)
    for session in sessions.values():
        known |= run_one(session, known)
    return known


def run_one(session: onnxruntime.InferenceSession, known: Values) -> Values:
    """Run a graph on those of the known values that it takes; return what it makes."""
    names = [output.name for output in session.get_outputs()]
    made = session.run(names, {entry.name: known[entry.name] for entry in session.get_inputs()})
    return dict(zip(names, made, strict=True))


def measure(
    variants: Mapping[str, Sequence[Path]], known: Values, threads: int, rounds: int
) -> dict[str, dict[str, float]]:
    """Return each variant's median milliseconds to load and to run each graph."""
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    loaded = {}
    for name, files in variants.items():
        for _ in range(3):
            started = time.perf_counter()
            loaded[name] = load(files, threads)
            times[name][LOAD].append(time.perf_counter() - started)
    for _ in range(rounds + 1):
        for stage in STAGES:
            for name, sessions in loaded.items():
                started = time.perf_counter()
                run_one(sessions[stage], known)
                times[name][stage].append(time.perf_counter() - started)
    return {
        name: {what: 1000 * statistics.median(taken[1:]) for what, taken in parts.items()}
        for name, parts in times.items()
    }


def differences(made: Sequence[Values], exact: Sequence[Values]) -> tuple[float, ...]:
    """Return how far colours are off: mean, 99.9th percentile, most, of 255; of borders, of 15."""
    pairs = list(zip(made, exact, strict=True))
    color = np.concatenate([np.abs(a["color"] - b["color"]).ravel() for a, b in pairs])
    border = np.concatenate([np.abs(a["boundary"] - b["boundary"]).ravel() for a, b in pairs])
    return (
        float(255 * color.mean()),
        float(255 * np.quantile(color, 0.999)),
        float(255 * color.max()),
        float(15 * border.max()),
    )


if __name__ == "__main__":
    main()
