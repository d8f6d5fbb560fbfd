"""The critic's shape and layers."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.critic import Critic  # noqa: E402


@pytest.mark.parametrize("size", [32, 64, 128])
def test_one_logit_a_picture(size):
    critic = Critic(size, width=4)
    logits = critic(torch.rand(3, 3, size, size))
    assert logits.shape == (3,)
    assert logits.unique().numel() == 3


def test_the_authors_seven_convolutions():
    layers = [m for m in Critic().modules() if isinstance(m, torch.nn.Conv2d)]
    plan = [(m.out_channels, m.kernel_size[0], m.stride[0]) for m in layers]
    assert plan == [
        (32, 4, 2),
        (32, 3, 1),
        (64, 4, 2),
        (64, 3, 1),
        (128, 4, 2),
        (128, 3, 1),
        (256, 4, 2),
    ]
    assert layers[0].in_channels == 3  # it sees the colours alone, not the lines


def test_it_sees_every_corner():
    torch.manual_seed(0)
    critic = Critic(32, width=4).eval()
    picture = torch.zeros(1, 3, 32, 32, requires_grad=True)
    critic(picture).sum().backward()
    seen = picture.grad[0].abs().sum(dim=0)
    assert all(seen[y, x] > 0 for y in (0, -1) for x in (0, -1))
