"""The light network: what it costs, what it paints before it has learnt, and its graphs."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from torch import nn  # noqa: E402

from inkhue.models.light import PAPER, Colorize, Draft, Encode, Light, base  # noqa: E402
from inkhue.models.pair import count_multiply_adds, count_parameters, make_stage  # noqa: E402
from inkhue.train.compare import run_graph  # noqa: E402
from inkhue.train.graphs import to_onnx  # noqa: E402

SIZES = [(32, 32), (64, 32), (32, 160), (96, 128)]
# What onnxruntime runs on browsers' GPUs.
RUN = {
    "Add", "AveragePool", "Cast", "Clip", "Concat", "Constant", "Conv", "DepthToSpace", "Div",
    "Greater", "Mul", "ReduceMean", "Relu", "Resize", "Sigmoid", "Sub",
}  # fmt: skip


def given(height=64, width=64, number=2, seed=0):
    """Line, hint, flats and sure of a page on which half of the cells are reached."""
    generator = torch.Generator().manual_seed(seed)
    shapes = ((1, 1), (4, 4), (3, 4), (1, 4))
    line, hint, flats, sure = (
        torch.rand(number, n, height // scale, width // scale, generator=generator)
        for n, scale in shapes
    )
    return line, hint, flats, sure * (sure > 0.5)


@pytest.fixture
def fresh():
    torch.manual_seed(1)
    return Light(16).eval()


@pytest.fixture
def wild():
    """A network whose painters go far out of [0, 1]."""
    torch.manual_seed(2)
    network = Light(16).eval()
    for painter in (network.draft, network.colorize):
        nn.init.normal_(painter.leave.weight, 0, 1)
    return network


def costs(side):
    """Multiply-adds of the three parts for a picture of side x side."""
    network = Light()
    line, *cells = given(side, side, 1)
    with torch.no_grad():
        features = network.encode(line)[:4]
        draft = network.draft(*cells, *features)
    return [
        count_multiply_adds(network.encode, line),
        count_multiply_adds(network.draft, *cells, *features),
        count_multiply_adds(network.colorize, features[0], draft),
    ]


def pairs_cost(side):
    """Multiply-adds of the AU-Net pair, as published."""
    total = 0
    for stage, page, second, channels in (
        ("draft", side // 4, side // 4, 4),
        ("colorize", side, side // 4, 3),
    ):
        network = make_stage("au-net", stage, 64).eval()
        inputs = torch.zeros(1, 1, page, page), torch.zeros(1, channels, second, second)
        total += count_multiply_adds(network, *inputs)
    return total


def test_it_has_few_parameters():
    network = Light()
    assert count_parameters(network) == 2_728_404 <= 3_000_000
    parts = [count_parameters(part) for part in network.parts.values()]
    assert sum(parts) == count_parameters(network)


def test_it_costs_a_fifteenth_of_the_pair_and_another_hint_a_thirtieth():
    # Costs grow with the area alone: what holds at 128 pixels holds at 512.
    encode, draft, colorize = costs(128)
    assert [4 * cost for cost in costs(64)] == [encode, draft, colorize]
    assert 16 * (encode + draft + colorize) == 3_607_625_728
    pair = pairs_cost(128)
    assert pair / (encode + draft + colorize) >= 15
    assert pair / (draft + colorize) >= 30


def test_it_has_no_norms():
    norms = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)
    assert not any(isinstance(module, norms) for module in Light(16).modules())
    assert not list(Light(16).buffers())


@torch.no_grad()
def test_untrained_it_paints_the_spread_hints(fresh):
    line, hint, _, _ = given(128, 96)
    flats = torch.rand(2, 3, 4, 3).repeat_interleave(8, 2).repeat_interleave(8, 3)
    sure = 0.25 + 0.75 * torch.rand(2, 1, 32, 24)  # sure enough everywhere
    draft, color, _ = fresh(line, hint, flats, sure)
    assert (draft - flats).abs().max() <= 0.5 / 255
    wanted = flats.repeat_interleave(4, 2).repeat_interleave(4, 3)
    inside = (slice(None), slice(None), torch.arange(128) % 32 // 2 % 15 > 0)
    off = (color - wanted).abs()[inside][..., torch.arange(96) % 32 // 2 % 15 > 0]
    assert off.max() <= 0.5 / 255


@torch.no_grad()
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_untrained_it_paints_paper_without_hints(fresh, height, width):
    line = given(height, width)[0]
    cells = torch.zeros(2, 4, height // 4, width // 4)
    draft, color, _ = fresh(line, cells, cells[:, :3], cells[:, :1])
    assert (draft - PAPER).abs().max() < 1e-6
    assert (color - PAPER).abs().max() < 1e-6


@torch.no_grad()
def test_where_no_hint_reaches_the_base_takes_what_is_around():
    flats, sure = torch.zeros(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    red, blue = (torch.tensor(c)[None, :, None, None] for c in ([0.9, 0.1, 0.1], [0.1, 0.2, 0.8]))
    sure[..., :4] = sure[..., -4:] = 1
    flats[..., :4], flats[..., -4:] = red, blue
    made = base(flats, sure)
    assert made.shape == flats.shape
    assert (made[..., :4] - red).abs().max() < 2e-3
    assert (made[..., -4:] - blue).abs().max() < 2e-3
    farther = made[0, 0, 16, 4:28]
    assert (farther.diff() < 1e-6).all()  # from red to blue
    assert (made[..., 4:12] - red).abs().max() < (made[..., 4:12] - blue).abs().max()
    limits = torch.minimum(red, blue) - 2e-3, torch.maximum(red, blue) + 2e-3
    assert ((made >= limits[0]) & (made <= limits[1])).all()  # no paper anywhere


@torch.no_grad()
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_any_sides_that_32_divides(fresh, height, width):
    draft, color, boundary = fresh(*given(height, width, 1))
    assert draft.shape == (1, 3, height // 4, width // 4)
    assert color.shape == (1, 3, height, width)
    assert boundary.shape == (1, 1, height // 4, width // 4)


@torch.no_grad()
@pytest.mark.parametrize("seed", range(4))
def test_pictures_and_boundaries_lie_in_range_whatever_comes(wild, seed):
    inputs = [3 * part - 1 for part in given(64, 96, 2, seed)]  # not even inputs in range
    draft, color, _ = wild(*inputs)
    assert 0 <= draft.min() < 0.01 < 0.99 < draft.max() <= 1
    assert 0 <= color.min() < 0.01 < 0.99 < color.max() <= 1
    boundary = wild.encode(inputs[0])[-1]
    assert 0 <= boundary.min() < boundary.max() <= 1


def test_in_training_a_picture_out_of_range_finds_its_way_back(wild):
    draft, color, _ = wild.train()(*given())
    assert color.max() > 1 > 0 > color.min()
    (color.clamp(min=1).sum() + draft.clamp(min=1).sum()).backward()
    assert wild.colorize.leave.weight.grad.abs().max() > 0
    assert wild.draft.leave.weight.grad.abs().max() > 0


@torch.no_grad()
def test_the_drawings_features_do_not_wait_for_hints(fresh):
    seen = []
    hook = fresh.draft.register_forward_hook(lambda _, inputs, made: seen.append(inputs[3:]))
    line, hint, flats, sure = given()
    first = fresh(line, hint, flats, sure)
    second = fresh(line, 0 * hint, 1 - flats, 0 * sure)
    hook.remove()
    assert all(torch.equal(a, b) for a, b in zip(*seen, strict=True))
    assert torch.equal(first[2], second[2])
    assert not torch.equal(first[0], second[0])
    assert Encode.INPUTS == ("line",)
    assert "line" not in (*Draft.INPUTS, *Colorize.INPUTS)


@torch.no_grad()
def test_every_input_matters(wild):
    inputs = given(64, 64, 1)
    plain = wild(*inputs)
    for index in range(4):
        changed = [1 - part if i == index else part for i, part in enumerate(inputs)]
        assert not torch.equal(wild(*changed)[1], plain[1]), index


def sized(network, height, width):
    """Each part with what it is shown of a page of this size."""
    line, hint, flats, sure = given(height, width, 1)
    with torch.no_grad():
        features = network.encode(line)[:4]
    draft = torch.rand(1, 3, height // 4, width // 4)
    inputs = {
        "encode": (line,),
        "draft": (hint, flats, sure, *features),
        "colorize": (features[0], draft),
    }
    return [(network.parts[name], parts) for name, parts in inputs.items()]


def test_graphs_compute_what_torch_does_at_other_sizes(wild):
    for (part, small), (_, large) in zip(sized(wild, 64, 64), sized(wild, 96, 160), strict=True):
        graph = to_onnx(part, small)
        for inputs in (small, large):
            with torch.no_grad():
                expected = part(*inputs)
            expected = expected if isinstance(expected, tuple) else (expected,)
            for made, wanted in zip(run_graph(graph, inputs), expected, strict=True):
                limit = 1e-4 * max(1, wanted.abs().max().item())
                assert np.abs(made - wanted.numpy()).max() <= limit


def test_graphs_hold_what_browsers_run(tiny_light):
    for stage in ("encode", "draft", "colorize"):
        nodes = onnx.load(tiny_light / f"{stage}.onnx").graph.node
        assert {node.op_type for node in nodes} <= RUN, stage
        modes = {
            onnx.helper.get_attribute_value(attribute)
            for node in nodes
            if node.op_type == "Resize"
            for attribute in node.attribute
            if attribute.name == "mode"
        }
        assert modes <= {b"nearest", b"linear"}
