"""The systems that can be trained, by name: their stages, sizes, and what they lean on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import torch

from inkhue.models import ci2018, zhang2017
from inkhue.models.exported import Exported
from inkhue.models.illustration2vec import ILLUSTRATION2VEC, Illustration2Vec
from inkhue.models.light import Light
from inkhue.models.pair import make_stage
from inkhue.models.pretrained import Source, load_pretrained, still
from inkhue.models.vgg import VGG19, Style

PUBLISHED_WIDTH = 64  # of VGG19 and Illustration2Vec
DRAWN_SEED = 0  # an aide that is drawn is the same in every run


@dataclass(frozen=True)
class Aide:
    """A published network that describes pictures for a system, and is never trained.

    Without its weights it is drawn, `narrow` times as wide as the system's own network.
    """

    source: Source
    network: type[Illustration2Vec] | type[Style]
    narrow: int

    def width(self, width: int, published: Collection[str]) -> int:
        """Return its width in a system of this width, given the files that the run began with."""
        return PUBLISHED_WIDTH if self.source.file in published else self.narrow * width

    def load(self, width: int, published: Collection[str]) -> Illustration2Vec | Style:
        """Return it for a system of this width; weights that are gone by now are an InkhueError."""
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(DRAWN_SEED)
            network = self.network(self.width(width, published))
        if self.source.file in published:
            load_pretrained(network, self.source.path())
        still(network)
        return network


@dataclass(frozen=True)
class System:
    """What is particular to a system; `make` gets stage, width, and the aide's width, 0 if none."""

    summary: str
    make: Callable[[str, int, int], Exported]
    stages: tuple[str, ...]  # that are trained, in order
    sides: Mapping[str, int]  # what divides a crop's side, pixels, by stage
    width: int  # as published
    widths: int  # what divides a width
    size: int  # working size, pixels
    multiple: int = 64  # what divides the working page's sides, pixels
    line_width: float = 0.0  # thicker lines are reduced to about this, pixels; 0: they are not
    clean: bool = False  # its colours run through under the lines
    needs: tuple[str, ...] = ()
    aide: Aide | None = None
    contents: bool = False  # its recipe has a content loss
    reopens: bool = False  # training can start from a model folder
    folded: bool = False  # whose graphs hold batch norms folded away


def make_pair(network: str, stage: str, width: int, aide: int) -> Exported:
    """Make a stage of a pair, which has no aide."""
    return make_stage(network, stage, width)


def make_light(stage: str, width: int, aide: int) -> Light:
    """Make the light network, all three parts."""
    return Light(width)


def make_ci2018(stage: str, width: int, aide: int) -> Exported:
    """Make Ci et al.'s network, whose local features it holds."""
    local = Illustration2Vec(aide)
    still(local)
    return ci2018.Colorize(ci2018.Generator(width, local.channels), local)


def make_zhang2017(stage: str, width: int, aide: int) -> Exported:
    """Make Zhang et al.'s network; the style that it takes is made by a graph of its own."""
    return zhang2017.Colorize(zhang2017.Generator(width, Style.features_of(aide)))


def pair(network: str, summary: str) -> System:
    """Describe a two-stage pair."""
    return System(
        summary,
        partial(make_pair, network),
        stages=("draft", "colorize"),
        sides={"draft": 16, "colorize": 64},
        width=64,
        widths=2,
        size=512,
        reopens=True,
        folded=True,
    )


SYSTEMS = {
    "au-net": pair("au-net", "the paper's pair of additive U-Nets"),
    "u-net": pair("u-net", "the pair of U-Nets that the paper compares with"),
    "light": System(
        "the light model: the drawing encoded once, spread hints refined",
        make_light,
        stages=("colorize",),
        sides={"colorize": 32},
        width=32,
        widths=16,
        size=1024,
        multiple=32,
        line_width=3.0,
        clean=True,
        reopens=True,
    ),
    "ci2018": System(
        "Ci et al. 2018: ResNeXt decoder, local features of the line art",
        make_ci2018,
        stages=("colorize",),
        sides={"colorize": 64},
        width=64,
        widths=8,
        size=512,
        aide=Aide(ILLUSTRATION2VEC, Illustration2Vec, 1),
        contents=True,
    ),
    "zhang2017": System(
        "Zhang et al. 2017: residual U-Net, colours of a reference picture",
        make_zhang2017,
        stages=("colorize",),
        sides={"colorize": 32},
        width=16,
        widths=2,
        size=256,
        needs=("reference",),
        aide=Aide(VGG19, Style, 4),
    ),
}


def make_network(name: str, stage: str, width: int, published: Collection[str] = ()) -> Exported:
    """Make a stage's network, freshly drawn; `published` are the weight files it leans on."""
    system = SYSTEMS[name]
    aide = system.aide.width(width, published) if system.aide else 0
    return system.make(stage, width, aide)


def model_name(network: str, width: int) -> str:
    """Return a model's name: `au-net` at the published width, `au-net-w16` at another."""
    return network if width == SYSTEMS[network].width else f"{network}-w{width}"
