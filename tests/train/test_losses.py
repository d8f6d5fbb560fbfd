"""Every loss moves every weight of the network that it trains, and of no other."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.critic import Critic  # noqa: E402
from inkhue.models.pair import make_stage  # noqa: E402
from inkhue.train import losses  # noqa: E402

SIZE = 32


def pictures(seed, channels=3, side=SIZE):
    return torch.rand(2, channels, side, side, generator=torch.Generator().manual_seed(seed))


def made_by(network, stage):
    side = SIZE if stage == "draft" else SIZE // 4
    second = pictures(1, 4 if stage == "draft" else 3, side)
    return 2 * network(pictures(0, 1), second) - 1


def assert_all_move(network):
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name
        assert weight.grad.abs().max() > 0, name


@pytest.fixture
def critic():
    torch.manual_seed(1)
    return Critic(SIZE, width=4)


@pytest.mark.parametrize("stage", ["draft", "colorize"])
@pytest.mark.parametrize("name", ["au-net", "u-net"])
def test_l1_moves_every_weight(name, stage):
    torch.manual_seed(0)
    network = make_stage(name, stage, 4)
    losses.l1(made_by(network, stage), 2 * pictures(2) - 1).backward()
    assert_all_move(network)


@pytest.mark.parametrize("name", ["au-net", "u-net"])
def test_fooling_moves_every_weight_of_the_draft_through_a_held_critic(name, critic):
    torch.manual_seed(0)
    network = make_stage(name, "draft", 4)
    critic.requires_grad_(False)
    losses.fooling(critic(made_by(network, "draft"))).backward()
    assert_all_move(network)
    assert all(weight.grad is None for weight in critic.parameters())


def test_judging_moves_every_weight_of_the_critic(critic):
    losses.judging(critic(2 * pictures(2) - 1), critic(2 * pictures(3) - 1)).backward()
    assert_all_move(critic)


def test_l1_by_hand():
    made = torch.tensor([1.0, -1.0, 0.0, 0.5])
    assert losses.l1(made, torch.zeros(4)).item() == pytest.approx(2.5 / 4)


def test_cross_entropies_by_hand():
    zero = torch.zeros(2)
    assert losses.fooling(zero).item() == pytest.approx(math.log(2))
    assert losses.judging(zero, zero).item() == pytest.approx(math.log(2))
    sure = torch.full((2,), 20.0)
    assert losses.fooling(sure).item() < 1e-6  # taken for real: the generator is content
    assert losses.judging(sure, -sure).item() < 1e-6  # told apart: the critic is content
    assert losses.judging(-sure, sure).item() == pytest.approx(20)
