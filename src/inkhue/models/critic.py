"""The DCGAN critic of the draft stage: it sees the colour picture alone."""

from __future__ import annotations

from torch import Tensor, nn

from inkhue.models.au_net import draw_weights

LEAK = 0.2


class Critic(nn.Module):
    """A colour picture in [-1, 1] -> one logit, positive for a real one.

    Seven convolutions (author's code of 2019): 4x4 with stride 2 and 3x3 in turn; then one linear
    unit over all features, for which the picture's side must be known.
    """

    def __init__(self, size: int = 128, width: int = 32) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        inputs = 3
        for outputs in (width, 2 * width, 4 * width):
            blocks += [*block(inputs, outputs, 4), *block(outputs, outputs, 3)]
            inputs = outputs
        blocks += block(inputs, 8 * width, 4)
        self.features = nn.Sequential(*blocks)
        self.judge = nn.Linear(8 * width * (size // 16) ** 2, 1)
        self.apply(draw_weights)

    def forward(self, picture: Tensor) -> Tensor:
        """(N, 3, size, size) -> (N,) logits."""
        logits: Tensor = self.judge(self.features(picture).flatten(1))
        return logits.squeeze(1)


def block(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
    """Convolution (stride 2 where the kernel is 4), batch norm, leaky ReLU."""
    stride = 2 if kernel == 4 else 1
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.LeakyReLU(LEAK),
    ]
