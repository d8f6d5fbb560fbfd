"""What a network says of itself, so that it can become a graph of a model folder (contract 4)."""

from __future__ import annotations

from typing import ClassVar

from torch import nn

FULL = ("height", "width")  # names of a graph's symbolic sides
QUARTER = ("h", "w")


class Exported(nn.Module):
    """A network that is exported as one graph; it makes one output."""

    INPUTS: ClassVar[tuple[str, ...]]
    OUTPUT: ClassVar[str]
    SIDES: ClassVar[dict[str, tuple[str, str]]]  # of inputs and output; others' are fixed
