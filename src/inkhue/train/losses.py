"""The paper's losses, on pictures in [-1, 1]."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional


def l1(made: Tensor, original: Tensor) -> Tensor:
    """Mean absolute difference."""
    return functional.l1_loss(made, original)


def fooling(logits_made: Tensor, wanted: Tensor | None = None) -> Tensor:
    """Cross-entropy of the generator: the critic should take its pictures for real.

    `wanted` is what the critic is to say of a real picture, in [0, 1]; 1 by default.
    """
    wanted = torch.ones_like(logits_made) if wanted is None else wanted
    return functional.binary_cross_entropy_with_logits(logits_made, wanted)


def judging(logits_real: Tensor, logits_made: Tensor, wanted: Tensor | None = None) -> Tensor:
    """Cross-entropy of the critic: real is `wanted`, or 1, made is 0."""
    made = functional.binary_cross_entropy_with_logits(logits_made, torch.zeros_like(logits_made))
    return (fooling(logits_real, wanted) + made) / 2


def border_entropy(logits: Tensor, crops: Mapping[str, Tensor]) -> Tensor:
    """Cross-entropy of a boundary map (N, 1, h, w), by how much the crops' cells count."""
    entropy = functional.binary_cross_entropy_with_logits(logits, crops["border"], reduction="none")
    known = crops["known"]
    return (entropy * known).sum() / known.sum().clamp(min=1)
