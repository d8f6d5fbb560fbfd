"""The two-stage pairs by name, what networks cost, and how a narrow network becomes a wide one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inkhue.models.au_net import Colorize, Draft, Generator, Join

JOINS: dict[str, Join] = {"au-net": "add", "u-net": "concat"}
FULL_WIDTH = 64
LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)  # what multiply-adds are counted of


def make_stage(network: str, stage: str, width: int) -> Draft | Colorize:
    """Make the network of one stage, `draft` or `colorize`, with freshly drawn weights."""
    generator = Generator(width, JOINS[network])
    return Draft(generator) if stage == "draft" else Colorize(generator)


def count_parameters(module: nn.Module) -> int:
    """Count as the paper's framework does: weights, and batch norm's moving mean and variance."""
    moving = sum(b.numel() for b in module.buffers() if b.is_floating_point())
    return count_trainable(module) + moving


def count_trainable(module: nn.Module) -> int:
    """Count the weights that training changes."""
    return sum(p.numel() for p in module.parameters())


def count_multiply_adds(module: nn.Module, *inputs: Tensor) -> int:
    """Count the multiply-adds of convolutions and linear layers for these inputs (batch of one)."""
    total = 0

    def add(layer: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> None:
        nonlocal total
        total += layer_multiply_adds(layer, given[0], made)

    layers = [m for m in module.modules() if isinstance(m, LAYERS)]
    hooks = [layer.register_forward_hook(add) for layer in layers]
    try:
        with torch.no_grad():
            module(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return total


def layer_multiply_adds(layer: nn.Module, given: Tensor, made: Tensor) -> int:
    """Return one layer's multiply-adds: each weight is used once at each place.

    The places are the output's pixels, and a transposed convolution's input's; a linear layer has
    one.
    """
    assert isinstance(layer, LAYERS)
    places = given if isinstance(layer, nn.ConvTranspose2d) else made
    return layer.weight.numel() * places.shape[2:].numel()


def widen(narrow: nn.Module, wide: nn.Module, noise: float, generator: torch.Generator) -> None:
    """Give a wide network a narrow one's weights, so that both compute the same picture.

    Source: T. Chen, I. Goodfellow, J. Shlens, "Net2Net: Accelerating Learning via Knowledge
    Transfer" (2016), section 2.2, with every channel copied equally often. Each convolution's
    weight is then moved by `noise` times its size times a normal number, so that the copies part
    in training; with 0 they never would.
    """
    for small, large in zip(narrow.modules(), wide.modules(), strict=True):
        if isinstance(small, nn.Conv2d | nn.ConvTranspose2d):
            assert isinstance(large, nn.Conv2d | nn.ConvTranspose2d)
            inputs = 0 if isinstance(small, nn.ConvTranspose2d) else 1
            weight = repeat_channels(small.weight.data, large.weight.shape)
            weight = weight * small.weight.shape[inputs] / weight.shape[inputs]
            moved = torch.randn(weight.shape, generator=generator) * noise
            large.weight.data.copy_(weight * (1 + moved))
        elif isinstance(small, nn.BatchNorm2d):
            target = large.state_dict()
            for name, value in small.state_dict().items():
                target[name].copy_(repeat_channels(value, target[name].shape))


def repeat_channels(value: Tensor, shape: torch.Size) -> Tensor:
    """Repeat each channel along every axis as often as it takes to reach a shape."""
    for axis, length in enumerate(shape):
        value = value.repeat_interleave(length // value.shape[axis], dim=axis)
    return value
