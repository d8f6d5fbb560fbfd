"""What a network says of itself, so that it can become a graph of a model folder (contract 4)."""

from __future__ import annotations

from typing import ClassVar

from torch import nn

FULL = ("height", "width")  # names of a graph's symbolic sides
QUARTER = ("h", "w")
REDUCED = {FULL: 1, QUARTER: 4, ("h/2", "w/2"): 8, ("h/4", "w/4"): 16, ("h/8", "w/8"): 32}


class Exported(nn.Module):
    """A network that is exported as one graph."""

    INPUTS: ClassVar[tuple[str, ...]]
    OUTPUTS: ClassVar[tuple[str, ...]]
    SIDES: ClassVar[dict[str, tuple[str, str]]]  # of inputs and outputs; others' are fixed

    @property
    def parts(self) -> dict[str, Exported]:
        """The graphs that it is exported as, by their stages' names; none if it is one itself."""
        return {}
