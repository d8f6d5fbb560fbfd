"""Ci et al. 2018: published counts, what sees what, what learns from what, and the graph."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.errors import UsageError  # noqa: E402
from inkhue.models.ci2018 import Block, Colorize, Critic, Generator  # noqa: E402
from inkhue.models.illustration2vec import Illustration2Vec  # noqa: E402
from inkhue.models.pair import count_parameters  # noqa: E402
from inkhue.models.pretrained import still  # noqa: E402

WIDTH = 8
LOCAL = 16  # channels of the local features at a width of 2


@pytest.fixture
def colorize():
    torch.manual_seed(1)
    local = Illustration2Vec(2)
    still(local)
    made = Colorize(Generator(WIDTH, LOCAL), local)
    for name, weight in made.generator.named_parameters():
        if "change" not in name:  # larger weights, so that what goes deep still shows
            weight.data *= 2.5
    return made


@pytest.fixture
def critic():
    torch.manual_seed(2)
    return Critic(64, WIDTH, LOCAL)


def crops(side=64, number=2):
    generator = torch.Generator().manual_seed(3)
    line = torch.rand(number, 1, side, side, generator=generator)
    hint = torch.rand(number, 4, side // 4, side // 4, generator=generator)
    hint[:, 3] = (hint[:, 3] > 0.9).float()
    hint[:, :3] *= hint[:, 3:]
    return line, hint


def untouched(network):
    """Name the weights that no loss has reached."""
    return {n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()}


def critic_loss(critic, real, made, local):
    """Wasserstein with gradient penalty and drift, as published."""
    mixed = ((real + made) / 2).requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed, local).sum(), mixed, create_graph=True)
    penalty = (slope.flatten(1).norm(dim=1) - 1).square().mean()
    score = critic(real, local)
    drift = score.square().mean()
    return critic(made, local).mean() - score.mean() + 10 * penalty + 0.001 * drift, penalty


@pytest.mark.parametrize(("network", "number"), [(Generator, 21_936_003), (Critic, 10_612_033)])
def test_counts_are_those_of_the_published_code(network, number):
    with torch.device("meta"):
        assert count_parameters(network()) == number


def test_twenty_blocks_then_eight_eight_and_five():
    with torch.device("meta"):
        generator = Generator()
    dilations = {
        name: [m.change[2].dilation[0] for m in part if isinstance(m, Block)]
        for name, part in generator.named_children()
        if name in ("d4", "d3", "d2", "d1")
    }
    eight = [1, 1, 2, 2, 4, 4, 2, 1]
    assert dilations == {"d4": [1] * 20, "d3": eight, "d2": eight, "d1": [1, 2, 4, 2, 1]}
    groups = {
        name: {m.change[2].groups for m in part if isinstance(m, Block)}
        for name, part in generator.named_children()
        if name in dilations
    }
    assert groups == {"d4": {32}, "d3": {32}, "d2": {32}, "d1": {16}}


@pytest.mark.parametrize(("height", "width"), [(16, 16), (48, 80)])
def test_any_side_divisible_by_16_gives_a_picture_of_its_size(colorize, height, width):
    colorize.generator.out[0].weight.data *= 1e3  # tanh at its ends
    with torch.no_grad():
        hint = torch.zeros(1, 4, height // 4, width // 4)
        made = colorize(torch.rand(1, 1, height, width), hint)
    assert made.shape == (1, 3, height, width)
    assert made.min() >= 0
    assert made.max() <= 1
    assert made.max() - made.min() > 0.5


def test_only_hinted_cells_show_a_colour(colorize):
    given = []
    colorize.generator.register_forward_pre_hook(lambda _, inputs: given.append(inputs))
    line, hint = torch.rand(1, 1, 32, 32), torch.zeros(1, 4, 8, 8)
    hint[0, :, 3, 5] = torch.tensor([1.0, 0.5, 0.0, 1.0])
    hint[0, :, 6, 2] = torch.tensor([0.0, 0.0, 0.0, 1.0])
    colorize(line, hint)
    drawn, seen, _ = given[0]
    assert torch.allclose(drawn, 2 * line - 1)
    assert torch.allclose(seen[0, :, 3, 5], torch.tensor([1.0, 0.0, -1.0, 1.0]))
    assert torch.allclose(seen[0, :, 6, 2], torch.tensor([-1.0, -1.0, -1.0, 1.0]))
    assert not seen[0, :, hint[0, 3] == 0].any()


def test_a_hint_and_the_local_features_change_the_picture(colorize):
    line, hint = crops(number=1)
    with torch.no_grad():
        first = colorize(line, hint)
        assert (colorize(line, torch.zeros_like(hint)) - first).abs().max() > 1e-2
        colorize.local.features[0].weight.data *= 2
        assert (colorize(line, hint) - first).abs().max() > 1e-2


def test_the_difference_reaches_the_whole_generator_and_no_local_feature(colorize):
    line, hint = crops()
    (colorize(line, hint) - torch.rand(2, 3, 64, 64)).abs().mean().backward()
    assert untouched(colorize.generator) == set()
    assert all(p.grad is None for p in colorize.local.parameters())


def test_the_critics_score_reaches_the_whole_generator(colorize, critic):
    line, hint = crops()
    made = 2 * colorize(line, hint) - 1
    (-critic(made, colorize.local(line)).mean()).backward()
    assert untouched(colorize.generator) == set()


def test_the_critics_loss_reaches_the_whole_critic(critic):
    loss, penalty = critic_loss(
        critic, torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64), torch.rand(2, LOCAL, 4, 4)
    )
    penalty.backward(retain_graph=True)
    # The penalty is of the slope, which does not know the last unit's constant.
    assert untouched(critic) == {"judge.bias"}
    loss.backward()
    assert untouched(critic) == set()


@pytest.mark.parametrize("size", [64, 128])
def test_one_score_a_picture(size):
    critic = Critic(size, WIDTH, LOCAL)
    scores = critic(torch.rand(3, 3, size, size), torch.rand(3, LOCAL, size // 16, size // 16))
    assert scores.shape == (3,)
    assert scores.unique().numel() == 3


def test_the_critic_sees_every_corner_and_the_local_features(critic):
    picture = torch.zeros(1, 3, 64, 64, requires_grad=True)
    local = torch.rand(1, LOCAL, 4, 4, requires_grad=True)
    critic(picture, local).sum().backward()
    seen = picture.grad[0].abs().sum(dim=0)
    assert all(seen[y, x] > 0 for y in (0, -1) for x in (0, -1))
    assert local.grad.abs().sum(dim=1).all()


@pytest.mark.parametrize("size", [32, 96])
def test_a_critic_of_another_size_is_refused(size):
    with pytest.raises(UsageError, match=r"crops\.size"):
        Critic(size, WIDTH, LOCAL)


def test_the_graph_and_torch_agree_at_any_size(colorize, agree):
    larger = (torch.rand(1, 1, 96, 48), torch.rand(1, 4, 24, 12))
    used = agree(colorize.eval(), ("line", "hint"), crops(number=1), [larger])
    assert not {"Shape", "Gather", "Reshape"} & used
    assert "DepthToSpace" in used
