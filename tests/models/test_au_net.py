"""The generators: the paper's counts, the joins, the ranges, the hint's channels."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.au_net import NO_HINT, Colorize, Draft, Generator  # noqa: E402
from inkhue.models.pair import count_multiply_adds, count_parameters, count_trainable  # noqa: E402

SKIPS = {"d8.0", "d6.0", "d4.0", "d2.0", "out.0"}  # layers that a skip leads into


def on_meta(join):
    with torch.device("meta"):
        return Generator(64, join)


@pytest.mark.parametrize(("join", "number"), [("add", 13_071_072), ("concat", 18_642_496)])
def test_a_full_generator_has_the_papers_parameters(join, number):
    assert count_parameters(on_meta(join)) == number


@pytest.mark.parametrize("join", ["add", "concat"])
def test_moving_means_and_variances_are_counted_but_do_not_learn(join):
    network = on_meta(join)
    norms = [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    channels = sum(m.num_features for m in norms)
    # e1 to e8 and d8 to d3: all but e0, d2, d1 and out.
    assert len(norms) == 14
    assert channels == 2 * (64 + 128 + 256 + 512) + 512 + 256 + 256 + 128 + 128 + 64
    assert count_parameters(network) - count_trainable(network) == 2 * channels


@pytest.mark.parametrize(
    ("join", "side", "giga"),
    [("add", 128, 3.46), ("add", 512, 55.3), ("concat", 128, 4.54), ("concat", 512, 72.7)],
)
def test_a_full_generator_costs_the_papers_multiply_adds(join, side, giga):
    picture = torch.empty(1, 4, side, side, device="meta")
    assert count_multiply_adds(on_meta(join), picture) / 1e9 == pytest.approx(giga, rel=0.01)


def test_the_joins_differ_only_in_the_inputs_of_five_layers():
    added = dict(on_meta("add").named_parameters())
    joined = dict(on_meta("concat").named_parameters())
    assert added.keys() == joined.keys()
    differing = {n.removesuffix(".weight") for n in added if added[n].shape != joined[n].shape}
    assert differing == SKIPS
    for name in SKIPS:
        inputs = 1 if name == "out.0" else 0  # a transposed convolution's inputs come first
        narrow, wide = added[f"{name}.weight"].shape, joined[f"{name}.weight"].shape
        assert wide[inputs] == 2 * narrow[inputs]
        assert wide[1 - inputs] == narrow[1 - inputs]


@pytest.mark.parametrize("join", ["add", "concat"])
def test_skips_join_equal_shapes_of_five_scales(join):
    network = Generator(8, join).eval()
    seen = []
    skip = network.skip
    network.skip = lambda encoded, decoded: seen.append((encoded, decoded)) or skip(*seen[-1])
    network(torch.rand(1, 4, 32, 32))
    assert [tuple(encoded.shape[1:]) for encoded, _ in seen] == [
        (64, 2, 2),
        (32, 4, 4),
        (16, 8, 8),
        (8, 16, 16),
        (4, 32, 32),
    ]
    for encoded, decoded in seen:
        assert encoded.shape == decoded.shape
        assert not torch.equal(encoded, decoded)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (48, 80), (64, 16)])
@pytest.mark.parametrize("join", ["add", "concat"])
def test_any_side_divisible_by_16_gives_a_picture_of_its_size(join, height, width):
    torch.manual_seed(1)
    draft, colorize = Draft(Generator(4, join)).eval(), Colorize(Generator(4, join)).eval()
    # Large weights drive tanh to its ends: the range must hold there too.
    for network in (draft, colorize):
        network.generator.out[0].weight.data *= 1e4
    with torch.no_grad():
        hint = torch.zeros(2, 4, height, width)
        small = draft(torch.rand(2, 1, height, width), hint)
        large = colorize(torch.rand(2, 1, 4 * height, 4 * width), small)
    assert small.shape == (2, 3, height, width)
    assert large.shape == (2, 3, 4 * height, 4 * width)
    for made in (small, large):
        assert made.min() >= 0
        assert made.max() <= 1
        assert made.max() - made.min() > 0.5


def test_only_hinted_cells_show_the_generator_a_colour():
    draft = Draft(Generator(4)).eval()
    given = []
    draft.generator.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    line = torch.rand(1, 1, 16, 16)
    hint = torch.zeros(1, 4, 16, 16)
    hint[0, :, 3, 5] = torch.tensor([1.0, 0.5, 0.0, 1.0])
    hint[0, :, 9, 2] = torch.tensor([0.0, 0.0, 0.0, 1.0])  # black is a colour like any other
    draft(line, hint)
    seen = given[0][0]
    assert torch.allclose(seen[0], 2 * line[0, 0] - 1)
    assert torch.allclose(seen[1:, 3, 5], torch.tensor([1.0, 0.0, -1.0]))
    assert torch.allclose(seen[1:, 9, 2], torch.full((3,), -1.0))
    empty = hint[0, 3] == 0
    assert NO_HINT == 2.0
    assert (seen[1:, empty] == 2.0).all()


def test_the_draft_is_enlarged_by_nearest_neighbour():
    colorize = Colorize(Generator(4))
    given = []
    colorize.generator.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    draft = torch.rand(1, 3, 16, 16)
    colorize(torch.ones(1, 1, 64, 64), draft)
    blocks = given[0][0, 1:].reshape(3, 16, 4, 16, 4)
    wanted = (2 * draft[0] - 1)[:, :, None, :, None].expand_as(blocks)
    assert torch.allclose(blocks, wanted)
    assert (given[0][0, 0] == 1).all()
