"""From a torch network to an ONNX graph, and its weights into fewer bits."""

from __future__ import annotations

import copy
import tempfile
import warnings
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from inkhue.models.exported import Exported

Network = TypeVar("Network", bound=nn.Module)

OPSET = 17
SMALL = 1 / 256  # share of all weights below which a layer keeps them in float32
MEDIUM = 1 / 64  # share below which they have no fewer than 16 bits
FORBIDDEN = {"Shape", "Gather", "Reshape"}  # what browsers' GPUs run slowly or not at all


def fold_norms(network: Network) -> Network:
    """Return a copy in eval mode whose batch norms are folded into the convolutions before them."""
    folded = copy.deepcopy(network).eval()
    # Training may have left the weights in another layout, which an exported graph has not.
    for weight in folded.parameters():
        weight.data = weight.data.contiguous()
    for block in folded.modules():
        if isinstance(block, nn.Sequential) and len(block) > 1:
            convolution, norm = block[0], block[1]
            if isinstance(norm, nn.BatchNorm2d):
                transposed = isinstance(convolution, nn.ConvTranspose2d)
                block[0] = fuse_conv_bn_eval(convolution, norm, transpose=transposed)  # type: ignore[type-var]
                block[1] = nn.Identity()
    return folded


def norm_values(network: nn.Module) -> dict[str, NDArray[np.float32]]:
    """Return the batch norms by name: with them, training can go on from an exported graph."""
    return {
        f"{name}.{key}": value.detach().cpu().numpy()
        for name, module in network.named_modules()
        if isinstance(module, nn.BatchNorm2d)
        for key, value in module.state_dict().items()
    }


def to_onnx(network: Exported, samples: tuple[Tensor, ...]) -> onnx.ModelProto:
    """Export a folded network of one stage; the sides that it names are symbolic."""
    axes = {
        name: {2: height, 3: width}
        for name, (height, width) in network.SIDES.items()
        if name in (*network.INPUTS, *network.OUTPUTS)
    }
    with tempfile.TemporaryDirectory() as folder, torch.no_grad(), warnings.catch_warnings():
        # The newer exporter computes sizes in the graph (Shape, Gather), which the contract bars.
        warnings.simplefilter("ignore", DeprecationWarning)
        path = Path(folder) / "graph.onnx"
        torch.onnx.export(
            network,
            samples,
            path,
            input_names=list(network.INPUTS),
            output_names=list(network.OUTPUTS),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(path)
    found = FORBIDDEN & {node.op_type for node in graph.graph.node}
    assert not found, f"the graph holds {found}"
    return graph


def picture_feeds(
    graph: onnx.ModelProto, inputs: tuple[Tensor, ...]
) -> list[dict[str, NDArray[np.float32]]]:
    """Return each picture's inputs by the names that the graph has for them."""
    names = [entry.name for entry in graph.graph.input]
    return [
        {name: part[i : i + 1].numpy() for name, part in zip(names, inputs, strict=True)}
        for i in range(len(inputs[0]))
    ]


def store_weights(model: onnx.ModelProto, kind: str) -> onnx.ModelProto:
    """Store the layers' weights in fewer bits: `float16`, or `int8` with a scale a channel.

    Each becomes Cast (times scale), which onnxruntime folds at load: it computes in float32. The
    layers next to the picture hold next to nothing and stay as they are, the next ones get 16 bits:
    rounding the first two of a draft network to 8 bits moved its picture by 7 and 2 levels on
    average, its fourth 0.1 % of the pixels by 11.
    """
    out = onnx.ModelProto()
    out.CopyFrom(model)
    transposed = {n.input[1] for n in out.graph.node if n.op_type == "ConvTranspose"}
    total = sum(numpy_helper.to_array(tensor).size for tensor in out.graph.initializer)
    nodes, tensors = [], []
    for tensor in out.graph.initializer:
        weight = numpy_helper.to_array(tensor)
        if weight.ndim not in (2, 4) or weight.size < SMALL * total:
            tensors.append(tensor)
            continue
        if kind == "float16" or weight.size < MEDIUM * total:
            tensors.append(numpy_helper.from_array(weight.astype(np.float16), f"{tensor.name}.f16"))
            nodes.append(cast(f"{tensor.name}.f16", tensor.name))
            continue
        quantised, scale = quantise(weight, axis=1 if tensor.name in transposed else 0)
        tensors.append(numpy_helper.from_array(quantised, f"{tensor.name}.int8"))
        tensors.append(numpy_helper.from_array(scale, f"{tensor.name}.scale"))
        nodes.append(cast(f"{tensor.name}.int8", f"{tensor.name}.float"))
        nodes.append(
            helper.make_node("Mul", [f"{tensor.name}.float", f"{tensor.name}.scale"], [tensor.name])
        )
    rest = list(out.graph.node)
    del out.graph.initializer[:], out.graph.node[:]
    out.graph.initializer.extend(tensors)
    out.graph.node.extend([*nodes, *rest])
    onnx.checker.check_model(out)
    return out


def cast(source: str, target: str) -> onnx.NodeProto:
    """Return a node that turns a stored tensor into float32."""
    return helper.make_node("Cast", [source], [target], to=TensorProto.FLOAT)


def quantise(
    weight: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round a weight to 8 bits with one scale for each output channel."""
    others = tuple(a for a in range(weight.ndim) if a != axis)
    scale = np.abs(weight).max(axis=others, keepdims=True) / 127
    scale = np.maximum(scale, np.float32(1e-12)).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def read_weights(model: onnx.ModelProto) -> dict[str, NDArray[np.float32]]:
    """Return a graph's weights and biases by name as float32, however they are stored."""
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    weights = {}
    for name, value in stored.items():
        base, _, kind = name.rpartition(".")
        if kind == "int8":
            weights[base] = value.astype(np.float32) * stored[f"{base}.scale"]
        elif kind == "f16":
            weights[base] = value.astype(np.float32)
        elif kind != "scale":
            weights[name] = value
    return weights


def unfold_norms(
    network: nn.Module,
    weights: dict[str, NDArray[np.float32]],
    norms: dict[str, NDArray[np.float32]],
) -> None:
    """Load a folded graph's weights into a network with batch norms: `fold_norms` undone."""
    state = {name: torch.from_numpy(np.array(value)) for name, value in norms.items()}
    modules = dict(network.named_modules())
    for name, module in modules.items():
        if not isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            continue
        weight = torch.from_numpy(np.array(weights[f"{name}.weight"]))
        norm_name = f"{name.rpartition('.')[0]}.1"
        norm = modules.get(norm_name)
        if isinstance(norm, nn.BatchNorm2d):
            deviation = torch.sqrt(state[f"{norm_name}.running_var"] + norm.eps)
            gain = state[f"{norm_name}.weight"] / deviation
            shape = (1, -1, 1, 1) if isinstance(module, nn.ConvTranspose2d) else (-1, 1, 1, 1)
            weight = weight / gain.reshape(shape)
        state[f"{name}.weight"] = weight
    network.load_state_dict(state)
