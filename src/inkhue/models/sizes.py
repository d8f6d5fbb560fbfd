"""What each system weighs: its networks one by one, and the paper's claims read against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from inkhue.models import ci2018, zhang2017
from inkhue.models.critic import Critic
from inkhue.models.illustration2vec import Illustration2Vec
from inkhue.models.pair import FULL_WIDTH, JOINS, count_parameters, make_stage
from inkhue.models.vgg import Contents, Style

Use = Literal["colour", "train"]  # what a network is needed for; the first includes the second

# Whole networks as they are published, of which the systems use the first layers.
WHOLE_VGG16, WHOLE_VGG19, WHOLE_TAGGER = 138_357_544, 143_667_240, 47_001_475


@dataclass(frozen=True)
class Part:
    """One network of a system; `whole` is the size of the published network it is taken from."""

    system: str
    name: str
    use: Use
    parameters: int
    whole: int = 0

    @property
    def megabytes(self) -> float:
        """As float32, in millions of bytes."""
        return 4e-6 * self.parameters


@dataclass(frozen=True)
class Reading:
    """One way to say how much a system weighs, and how much less the additive pair does."""

    system: str
    counted: str
    megabytes: float
    saved: float  # share


def parts() -> list[Part]:
    """Return all networks of the systems at their published widths."""
    with torch.device("meta"):
        return [*pairs(), *ci(), *zhang()]


def pairs() -> Iterator[Part]:
    """Yield the networks of the two-stage pairs."""
    for network in JOINS:
        for stage in ("draft", "colorize"):
            made = make_stage(network, stage, FULL_WIDTH)
            yield Part(network, stage, "colour", count_parameters(made))
        yield Part(network, "critic", "train", count_parameters(Critic()))


def ci() -> Iterator[Part]:
    """Yield the networks of Ci et al. 2018."""
    tagger = count_parameters(Illustration2Vec())
    contents = count_parameters(Contents())
    yield Part("ci2018", "generator", "colour", count_parameters(ci2018.Generator()))
    yield Part("ci2018", "Illustration2Vec to conv4_2", "colour", tagger, WHOLE_TAGGER)
    yield Part("ci2018", "critic", "train", count_parameters(ci2018.Critic()))
    yield Part("ci2018", "VGG16 to relu2_2", "train", contents, WHOLE_VGG16)


def zhang() -> Iterator[Part]:
    """Yield the networks of Zhang et al. 2017."""
    guides = sum(map(count_parameters, zhang2017.make_guides()))
    style = count_parameters(Style())
    yield Part("zhang2017", "generator", "colour", count_parameters(zhang2017.Generator()))
    yield Part("zhang2017", "VGG19 to fc1", "colour", style, WHOLE_VGG19)
    yield Part("zhang2017", "guide decoders", "train", guides)
    yield Part("zhang2017", "critic", "train", count_parameters(zhang2017.Critic()))


def readings(listed: Sequence[Part]) -> list[Reading]:
    """Return what each system weighs: to colour a page, and in all.

    A second reading counts the auxiliary networks whole, as they are published.
    """
    found = []
    pair = sum(p.megabytes for p in listed if p.system == "au-net" and p.use == "colour")
    for system in dict.fromkeys(part.system for part in listed):
        own = [part for part in listed if part.system == system]
        colour = [part for part in own if part.use == "colour"]
        for counted, chosen in (("to colour", colour), ("in all", own)):
            total = sum(part.megabytes for part in chosen)
            whole = sum(4e-6 * (part.whole or part.parameters) for part in chosen)
            found.append(Reading(system, counted, total, 1 - pair / total))
            if whole > total:
                name = f"{counted}, auxiliary networks whole"
                found.append(Reading(system, name, whole, 1 - pair / whole))
    return found


def size_tables() -> str:
    """Return the parts and the readings as two Markdown tables."""
    listed = parts()
    lines = ["| system | network | needed to | parameters | float32 MB |", "|---|---|---|--:|--:|"]
    lines += [
        f"| {p.system} | {p.name} | {p.use} | {p.parameters:,} | {p.megabytes:.1f} |"
        for p in listed
    ]
    lines += ["", "| system | counted | float32 MB | au-net weighs less by |", "|---|---|--:|--:|"]
    lines += [
        f"| {r.system} | {r.counted} | {r.megabytes:.1f} | {100 * r.saved:.1f} % |"
        for r in readings(listed)
    ]
    return "\n".join(lines) + "\n"
