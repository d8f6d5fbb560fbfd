"""What each part of a model's way to a picture brings: `ablate.py --art FOLDER [--pictures N]`.

Leaves out one part after another and scores what comes out by the protocol (docs/evaluation.md):
LPIPS and CIEDE2000 of `val` with 10 and 140 hints, region accuracy, its tenth percentile and bleed
of `flats`. Parts of the training cannot be left out here: docs/light.md says what was tried.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np

from inkhue import working
from inkhue.colorizer import Colorizer, Prepared, Result
from inkhue.evaluate.metrics import ciede, lpips, region_accuracy
from inkhue.evaluate.sets import Item, make_item, pixel_hints, read_set, region_hints
from inkhue.evaluate.true_regions import FEWEST, true_regions
from inkhue.hints import Hints
from inkhue.page import open_page
from inkhue.regions import areas, guarantee, lend, soft

HINTS = (10, 140)
Without = Callable[[], AbstractContextManager[object]]


def plain_borders() -> AbstractContextManager[object]:
    """Enlarge the network's picture as it is."""
    return patch.object(
        Prepared, "_with_borders", lambda self, painted, *_: self._to_native(painted)
    )


PARTS: dict[str, Without] = {
    "nothing": nullcontext,
    "the boundary map: regions from lines alone": lambda: patch.object(
        Prepared, "_boundary", lambda _: None
    ),
    "straight cuts": lambda: patch.object(areas, "find_cuts", np.zeros_like),
    "a least size: thick-lined pages down to 128 pixels": lambda: patch.object(
        working, "LEAST_REDUCED", working.LEAST_SIZE
    ),
    "the network's shading: areas filled flat": lambda: patch.object(guarantee, "CONTRAST", 1e-3),
    "the least deviation: all of it is shading": lambda: patch.object(guarantee, "STILL", 0.0),
    "soft borders where hints meet in open space": lambda: patch.object(soft, "REACH", 0),
    "sharp borders taken from the page": plain_borders,
    "colours lent to what no hint reaches": lambda: patch.object(lend, "SHARE", 0.0),
}
NETWORK = "obeying: the network alone"


def main() -> None:
    """Print a row for each part that is left out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--art", type=Path, required=True, help="folder with val.tar and flats.tar")
    parser.add_argument("--model", default="light")
    parser.add_argument("--pictures", type=int, default=24, help="of val, and of each group")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    colorizer = Colorizer(given.model, given.threads)
    val = spaced(read_items(given.art / "val.tar"), given.pictures)
    flats = read_items(given.art / "flats.tar")
    groups = {
        group: spaced([item for item in flats if item.group == group], given.pictures)
        for group in sorted({item.group for item in flats})
    }
    print(
        "| without | "
        + " | ".join(f"{name}, {n} hints" for n in HINTS for name in ("LPIPS", "CIEDE2000")),
        "|",
        " | ".join(f"{group}: accuracy, 10th, bleed" for group in groups),
        "|",
    )
    print("|---|" + "--:|" * (2 * len(HINTS) + len(groups)))
    for name, without in {**PARTS, NETWORK: nullcontext}.items():
        obey = 0.0 if name == NETWORK else 1.0
        with without():
            cells = [
                *picture_cells(colorizer, val, obey),
                *(region_cell(colorizer, items, obey) for items in groups.values()),
            ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def read_items(shard: Path) -> list[Item]:
    """Read a set's pictures at the protocol's size."""
    return [make_item(picture) for picture in read_set([str(shard)])]


def spaced(items: Sequence[Item], number: int) -> list[Item]:
    """Return so many, spread over the set."""
    return [items[k] for k in np.unique(np.linspace(0, len(items) - 1, number).astype(int))]


def picture_cells(colorizer: Colorizer, items: Sequence[Item], obey: float) -> list[str]:
    """Return LPIPS and CIEDE2000, means over the pictures, at each number of hints."""
    cells = []
    for number in HINTS:
        results = [colored(colorizer, item, pixel_hints(item, number), obey) for item in items]
        pairs = list(zip(results, items, strict=True))
        looks = [lpips.distance(made.image, item.original) for made, item in pairs]
        colors = [
            ciede.difference(made.image, item.original, item.line > 127) for made, item in pairs
        ]
        cells += [f"{np.mean(looks):.4f}", f"{np.nanmean(colors):.2f}"]
    return cells


def region_cell(colorizer: Colorizer, items: Sequence[Item], obey: float) -> str:
    """Return region accuracy, its tenth percentile and bleed, per cent."""
    scores = []
    for item in items:
        regions = true_regions(item)
        if len(regions) >= FEWEST:
            made = colored(colorizer, item, region_hints(regions), obey)
            scores.append(region_accuracy.score(made.color_layer, regions))
    accuracy, bleed = 100 * np.array(scores).T
    return f"{accuracy.mean():.1f}, {np.quantile(accuracy, 0.1):.1f}, {bleed.mean():.1f}"


def colored(colorizer: Colorizer, item: Item, hints: Hints, obey: float) -> Result:
    """Colour a picture's line art."""
    page = open_page(np.repeat(item.line[..., None], 3, axis=2))
    return colorizer.prepare(page).color(hints, obey)


if __name__ == "__main__":
    main()
