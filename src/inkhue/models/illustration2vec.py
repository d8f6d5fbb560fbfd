"""Illustration2Vec's first layers: what Ci et al. call the local features of a line drawing.

Source: M. Saito, Y. Matsui, "Illustration2Vec: A Semantic Vector Representation of Illustrations"
(2015), a tagger of illustrations. Its first six convolutions are used, and never trained.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inkhue.models.pretrained import Source, draw_weights

MEAN = (164.76139251, 167.47864617, 181.13838569)  # of its training pictures: blue, green, red

ILLUSTRATION2VEC = Source(
    "Illustration2Vec (local features)",
    "illustration2vec.safetensors",
    "save the i2v.pth of github.com/orashi/AlacGAN (resources/link.txt) with"
    " safetensors.torch.save_file, each name preceded by 'features.'",
)


class Illustration2Vec(nn.Module):
    """Line art (N, 1, H, W), 1 = paper -> features (N, 8 width, H/16, W/16).

    The line art is halved first: the tagger was made for small pictures. The published weights are
    of width 64.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.channels = 8 * width
        self.halve = nn.AvgPool2d(2)
        first = nn.Conv2d(3, width, 3, padding=1)
        self.features = nn.Sequential(
            *(first, nn.ReLU(), nn.MaxPool2d(2)),
            *(conv3(width, 2 * width), nn.ReLU(), nn.MaxPool2d(2)),
            *(conv3(2 * width, 4 * width), nn.ReLU()),
            *(conv3(4 * width, 4 * width), nn.ReLU(), nn.MaxPool2d(2)),
            *(conv3(4 * width, 8 * width), nn.ReLU()),
            *(conv3(8 * width, 8 * width), nn.ReLU()),
        )
        draw_weights(self)
        first.weight.data /= 255  # it sees bytes

    def forward(self, line: Tensor) -> Tensor:
        """Return the features of each 16 x 16 pixels; sides divisible by 16."""
        small = self.halve(line)
        mean = line.new_tensor(MEAN)[:, None, None]
        features: Tensor = self.features(255 * torch.cat([small, small, small], dim=1) - mean)
        return features


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    """3x3 convolution that keeps the size."""
    return nn.Conv2d(inputs, outputs, 3, padding=1)
