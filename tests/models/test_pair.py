"""Names, counts and the widening of a pair."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.au_net import Colorize, Draft  # noqa: E402
from inkhue.models.pair import (  # noqa: E402
    count_multiply_adds,
    count_parameters,
    count_trainable,
    make_stage,
    widen,
)


def inputs_of(stage, seed=5, side=32):
    generator = torch.Generator().manual_seed(seed)
    small = torch.rand(2, 4, side, side, generator=generator)
    if stage == "draft":
        small[:, :3] *= small[:, 3:] > 0.5
        small[:, 3] = (small[:, 3] > 0.5).float()
        return torch.rand(2, 1, side, side, generator=generator), small
    return torch.rand(2, 1, 4 * side, 4 * side, generator=generator), small[:, :3]


def trained(network, stage, width=8):
    """Return a narrow network whose batch norms have seen pictures and whose weights moved."""
    torch.manual_seed(2)
    narrow = make_stage(network, stage, width)
    optimizer = torch.optim.SGD(narrow.parameters(), 0.5)
    for seed in range(4):
        loss = narrow(*inputs_of(stage, seed)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return narrow.eval()


def widened(narrow, network, stage, width, noise):
    torch.manual_seed(3)
    wide = make_stage(network, stage, width).eval()
    widen(narrow, wide, noise, torch.Generator().manual_seed(4))
    return wide


def test_stages_by_name():
    assert isinstance(make_stage("au-net", "draft", 4), Draft)
    assert isinstance(make_stage("u-net", "colorize", 4), Colorize)
    assert make_stage("u-net", "draft", 4).generator.join == "concat"


def test_a_layers_cost_by_hand():
    convolution = torch.nn.Conv2d(3, 5, 4, stride=2, padding=1, bias=False)
    up = torch.nn.ConvTranspose2d(3, 5, 4, stride=2, padding=1, bias=False)
    picture = torch.empty(1, 3, 8, 12)
    assert count_multiply_adds(convolution, picture) == (3 * 16 * 5) * (4 * 6)
    assert count_multiply_adds(up, picture) == (3 * 16 * 5) * (8 * 12)


def test_counting_leaves_no_hooks():
    network = make_stage("au-net", "draft", 4)
    first = count_multiply_adds(network, *inputs_of("draft"))
    assert count_multiply_adds(network, *inputs_of("draft")) == first > 0
    assert not any(module._forward_hooks for module in network.modules())


def test_a_norms_mean_and_variance_are_counted():
    norm = torch.nn.BatchNorm2d(7)
    assert count_trainable(norm) == 14
    assert count_parameters(norm) == 28


@pytest.mark.parametrize("stage", ["draft", "colorize"])
@pytest.mark.parametrize("network", ["au-net", "u-net"])
def test_a_widened_network_paints_the_same_picture(network, stage):
    narrow = trained(network, stage)
    inputs = inputs_of(stage, 11)
    with torch.no_grad():
        wanted = narrow(*inputs)
        assert wanted.std() > 1e-3  # a picture, not one grey
        for width in (16, 32):
            made = widened(narrow, network, stage, width, 0.0)(*inputs)
            assert (made - wanted).abs().max() < 1e-5


def test_without_noise_the_copies_stay_alike_and_with_it_they_part():
    narrow = trained("au-net", "draft")
    same = widened(narrow, "au-net", "draft", 16, 0.0).generator.e2[0].weight
    apart = widened(narrow, "au-net", "draft", 16, 0.05).generator.e2[0].weight
    assert torch.equal(same[0::2], same[1::2])
    assert not torch.isclose(apart[0::2], apart[1::2]).any(dim=(1, 2, 3)).all()
    moved = ((apart - same) / same).std().item()
    assert moved == pytest.approx(0.05, rel=0.1)


def test_a_little_noise_changes_the_picture_little():
    narrow = trained("au-net", "draft")
    inputs = inputs_of("draft", 12)
    with torch.no_grad():
        change = widened(narrow, "au-net", "draft", 16, 0.05)(*inputs) - narrow(*inputs)
    assert 0 < change.abs().mean() < 0.05
