"""What the tests of networks share."""

from __future__ import annotations

import io
import warnings

import pytest


@pytest.fixture(scope="session")
def agree():
    """Export a network with symbolic sides, and compare it with torch on further inputs."""
    torch = pytest.importorskip("torch")
    onnx = pytest.importorskip("onnx")
    onnxruntime = pytest.importorskip("onnxruntime")

    @torch.no_grad()
    def check(network, sized, samples, others=()):
        """`sized` names the inputs whose sides are symbolic, in order with `samples`' first."""
        names = [*sized, *(f"fixed{i}" for i in range(len(samples) - len(sized)))]
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.onnx.export(
                network,
                samples,
                buffer,
                input_names=names,
                output_names=["made"],
                dynamic_axes={n: {2: f"{n}_height", 3: f"{n}_width"} for n in sized},
                opset_version=17,
                dynamo=False,
            )
        graph = onnx.load_from_string(buffer.getvalue())
        session = onnxruntime.InferenceSession(buffer.getvalue())
        for given in (samples, *others):
            feeds = {n: part.numpy() for n, part in zip(names, given, strict=True)}
            (made,) = session.run(None, feeds)
            expected = network(*given).numpy()
            assert abs(made - expected).max() <= 1e-4
            assert expected.std() > 0
        return {node.op_type for node in graph.graph.node}

    return check
