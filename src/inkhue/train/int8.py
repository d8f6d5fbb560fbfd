"""A graph that computes in 8 bits: static quantisation, QDQ form, scales from real drawings."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from torch import Tensor

from inkhue.train.graphs import SMALL, picture_feeds


class Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands a stage's inputs to the calibration, picture by picture."""

    def __init__(self, feeds: Sequence[dict[str, NDArray[np.float32]]]) -> None:
        self.feeds: Iterator[dict[str, NDArray[np.float32]]] = iter(feeds)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """Return the next picture's inputs, None after the last."""
        return next(self.feeds, None)


def int8_arithmetic(model: onnx.ModelProto, inputs: tuple[Tensor, ...]) -> onnx.ModelProto:
    """Quantise the convolutions of a stage's float32 graph.

    The transposed ones stay in float32, for which onnxruntime has no 8-bit kernel, and so do the
    layers next to the picture, whose rounding shows and which hold next to nothing.
    """
    return quantised(model, picture_feeds(model, inputs), ["Conv"], small_layers(model))


def quantised(
    model: onnx.ModelProto,
    feeds: Sequence[dict[str, NDArray[np.float32]]],
    operators: Sequence[str],
    left_out: Sequence[str],
    activations: QuantType = QuantType.QUInt8,
) -> onnx.ModelProto:
    """Quantise a float32 graph to 8 bits: weights signed, a scale a channel; static, QDQ form.

    Args:
        model: the graph.
        feeds: inputs by name, from which the scales of what flows are taken.
        operators: the types that compute in 8 bits.
        left_out: names of nodes that do not.
        activations: their type; unsigned is faster than float32, signed is not (docs/light.md).
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)
        logging.disable(logging.WARNING)  # its advice on shape inference is not for such graphs
        try:
            quantize_static(
                source,
                target,
                Reader(feeds),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(operators),
                per_channel=True,
                activation_type=activations,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=list(left_out),
                calibrate_method=CalibrationMethod.MinMax,
            )
        finally:
            logging.disable(logging.NOTSET)
        return onnx.load(target)


def small_layers(model: onnx.ModelProto) -> list[str]:
    """Name the convolutions that hold less than `SMALL` of the graph's weights."""
    sizes = {t.name: numpy_helper.to_array(t).size for t in model.graph.initializer}
    total = sum(sizes.values())
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv" and sizes[node.input[1]] < SMALL * total
    ]
