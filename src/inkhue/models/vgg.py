"""VGG features: Ci et al. compare them as contents, Zhang et al. describe a style by them.

Source: K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015). Layers have torchvision's names (`features.0.weight`, `classifier.0.bias`),
so that its weights, as a safetensors file, can be loaded.
"""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from inkhue.models.exported import Exported
from inkhue.models.pretrained import Source, draw_weights

VGG16_BLOCKS, VGG19_BLOCKS = (2, 2, 3, 3, 3), (2, 2, 4, 4, 4)  # convolutions between poolings
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of torchvision's training
REFERENCE_SIDE = 256  # pixels
CELLS = 7  # a side of what the first linear layer sees

VGG16 = Source(
    "VGG16 (contents)",
    "vgg16.safetensors",
    "save torchvision's vgg16 weights (its state_dict) with safetensors.torch.save_file",
)
VGG19 = Source(
    "VGG19 (styles)",
    "vgg19.safetensors",
    "save torchvision's vgg19 weights (its state_dict) with safetensors.torch.save_file",
)


class Contents(nn.Module):
    """VGG16 up to relu2_2: a picture (N, 3, H, W) in [0, 1] -> (N, 2 width, H/2, W/2).

    The published weights are of width 64.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.features = nn.Sequential(*convolutions(VGG16_BLOCKS[:2], width)[:-1])

    def forward(self, picture: Tensor) -> Tensor:
        """Return the features of each pixel; sides divisible by 2."""
        features: Tensor = self.features(normalise(picture))
        return features


class Style(Exported):
    """VGG19 up to fc1: a picture (N, 3, 256, 256) in [0, 1] -> (N, 64 width, 1, 1).

    The published weights are of width 64.
    """

    INPUTS, OUTPUTS = ("reference",), ("style",)
    SIDES: ClassVar = {}

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.features = nn.Sequential(*convolutions(VGG19_BLOCKS, width))
        # Made for 224 pixels, whose last pooling leaves 7 x 7 cells. Of the 8 x 8 that 256
        # pixels leave, torchvision's adaptive pooling makes the same means as this one.
        self.pool = nn.AvgPool2d(2, stride=1)
        fc1 = nn.Linear(8 * width * CELLS**2, self.features_of(width))
        self.classifier = nn.Sequential(fc1, nn.ReLU())
        draw_weights(self)

    def forward(self, picture: Tensor) -> Tensor:
        """Return one vector a picture, as features of one pixel; none is below 0."""
        cells = self.pool(self.features(normalise(picture)))
        style: Tensor = self.classifier(cells.flatten(1))
        return style[:, :, None, None]

    @staticmethod
    def features_of(width: int) -> int:
        """Return how many numbers describe a picture at this width."""
        return 64 * width


def as_reference(picture: Tensor) -> Tensor:
    """Squash pictures (N, 3, H, W) to the size that a style is taken of."""
    return functional.interpolate(picture, (REFERENCE_SIDE, REFERENCE_SIDE), mode="area")


def convolutions(blocks: tuple[int, ...], width: int) -> list[nn.Module]:
    """Return blocks of 3x3 convolutions, each ended by a pooling that halves the size."""
    layers: list[nn.Module] = []
    inputs = 3
    for scale, number in enumerate(blocks):
        outputs = width * min(2**scale, 8)
        for _ in range(number):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    return layers


def normalise(picture: Tensor) -> Tensor:
    """Bring a picture in [0, 1] to the mean and deviation that the weights were trained with."""
    mean, deviation = (picture.new_tensor(v)[:, None, None] for v in (MEAN, DEVIATION))
    return (picture - mean) / deviation
