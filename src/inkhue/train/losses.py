"""The paper's losses, on pictures in [-1, 1]."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def l1(made: Tensor, original: Tensor) -> Tensor:
    """Mean absolute difference."""
    return functional.l1_loss(made, original)


def fooling(logits_made: Tensor) -> Tensor:
    """Cross-entropy of the generator: the critic should take its pictures for real."""
    return functional.binary_cross_entropy_with_logits(logits_made, torch.ones_like(logits_made))


def judging(logits_real: Tensor, logits_made: Tensor) -> Tensor:
    """Cross-entropy of the critic: real is 1, made is 0."""
    real = functional.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    made = functional.binary_cross_entropy_with_logits(logits_made, torch.zeros_like(logits_made))
    return (real + made) / 2
