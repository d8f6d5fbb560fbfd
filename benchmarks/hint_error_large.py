"""Hint error and hint spread of enlarged pictures: `hint_error_large.py --size 2048 [-o FILE]`.

The protocol's hints as dots of two pixels of the enlarged page, obeyed fully: pixel hints of the
first pictures of `val`, region hints of the first of each group of `flats`. Line art is enlarged,
hints keep their place and colour, and the spread's disc grows with the page. With -o the scores
are recorded, as `inkhue evaluate` records them.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inkhue.colorizer import Colorizer
from inkhue.errors import InkhueError
from inkhue.evaluate.figures import Block, grouped, make_block, scored_column
from inkhue.evaluate.metrics import hint_error, hint_spread
from inkhue.evaluate.recorded import Recorded, packed
from inkhue.evaluate.rows import REGIONS, Row, Score
from inkhue.evaluate.run import hints_of
from inkhue.evaluate.sets import SIDE, Item, Regions, make_item, read_set
from inkhue.evaluate.store import write
from inkhue.evaluate.tables import interval
from inkhue.evaluate.true_regions import FEWEST
from inkhue.hints import Hints

Bytes = NDArray[np.uint8]

DOT = 2.0  # radius, pixels of the enlarged page
NUMBER = "140"  # pixel hints
FOUND = ("hint error", "hint spread")
ART = Path(os.environ.get("INKHUE_TEST_DATA", ".")) / "art"


def main() -> None:
    """Print medians and 95th percentiles."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, default=2048, help=f"a multiple of {SIDE}")
    parser.add_argument("--pictures", type=int, default=8, help="of val and of each group of flats")
    parser.add_argument("--model", default="light")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--val", type=Path, default=ART / "val.tar")
    parser.add_argument("--flats", type=Path, default=ART / "flats.tar")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="NAME.csv.gz")
    given = parser.parse_args()
    if given.size % SIDE or not given.size:
        parser.error(f"--size {given.size}: give a multiple of {SIDE}")
    try:
        colorizer = Colorizer(given.model, given.threads)
        name = f"{colorizer.model.name} at {given.size} pixels"
        rows = [
            row_of(name, condition, page, score(colorizer, page, given.size))
            for path, condition in ((given.val, NUMBER), (given.flats, REGIONS))
            for page in pages(path, condition, given.pictures)
        ]
        blocks = [block_of(name, found) for found in grouped(rows).values()]
        if given.output:
            facts = facts_of(colorizer, given.size, len(rows))
            kept = Recorded(name, facts, rows, [block.together(name) for block in blocks])
            write(given.output, packed(kept))
    except InkhueError as error:
        parser.exit(1, f"{error}\n")
    for block in blocks:
        print("\n".join(lines_of(block, name)))


@dataclass(frozen=True, eq=False)
class Page:
    """A picture that is scored, at the protocol's size, with its hints."""

    item: Item
    hints: Hints
    regions: Regions | None


def pages(path: Path, condition: str, number: int) -> Iterator[Page]:
    """Yield a set's first pictures; with region hints the first of each group."""
    taken: Counter[str] = Counter()
    for picture in read_set([str(path)]):
        item = make_item(picture)
        group = item.group if condition == REGIONS else ""
        if taken[group] == number:
            if not group:
                return
            continue
        hints, regions = hints_of(item, condition)
        if regions is None or len(regions) >= FEWEST:
            taken[group] += 1
            yield Page(item, hints, regions)


def score(colorizer: Colorizer, page: Page, size: int) -> Score:
    """Enlarge a page, colour it and compare with its hints."""
    enlarged = Image.fromarray(page.item.line).resize((size, size), Image.Resampling.BICUBIC)
    line: Bytes = np.array(enlarged)
    scaled = page.hints.fitted(size, size)
    dots = Hints(size, size, tuple(replace(hint, radius=DOT) for hint in scaled))
    layer = colorizer.prepare(line).color(dots, 1.0).color_layer
    found = {"hint_error": hint_error.errors(layer, dots, line)}
    if page.regions is not None:
        # The mean around a hint is that of the means of what each pixel was enlarged to.
        found["hint_spread"] = hint_spread.errors(reduced(layer), page.regions, page.hints)
    return found


def reduced(layer: Bytes) -> Bytes:
    """Bring a colour layer back to SIDE pixels."""
    factor = len(layer) // SIDE
    means = layer.reshape(SIDE, factor, SIDE, factor, 3).mean(axis=(1, 3))
    return np.asarray(np.rint(means), np.uint8)


def row_of(name: str, condition: str, page: Page, found: Score) -> Row:
    """Make a row of a page's score."""
    return Row(name, condition, page.item.shard, page.item.group, page.item.id, found)


def block_of(name: str, rows: Sequence[Row]) -> Block:
    """Compute the figures of a block."""
    return make_block(rows[0], [row.id for row in rows], [(scored_column(name, rows, rows), "")])


def facts_of(colorizer: Colorizer, size: int, pictures: int) -> tuple[str, ...]:
    """Say what was scored."""
    stages = colorizer.model.stages.items()
    graphs = [f"{name}: sha256 {stage.sha256[:16]}" for name, stage in stages]
    return f"enlarged to {size} pixels, {pictures} pictures", *graphs


def lines_of(block: Block, name: str) -> Iterator[str]:
    """Yield a line for each metric that a block has."""
    for metric in FOUND:
        shares = [(share, block.find(f"{metric}, {share}", name)) for share in ("median", "95th")]
        shown = [f"{share} {interval(f.estimate, f.metric.digits)}" for share, f in shares if f]
        key = metric.replace(" ", "_")
        count = sum(row.score[key].size for row in block.columns[0].rows if key in row.score)
        if shown:
            said = f"{block.title}: {metric} {', '.join(shown)}"
            yield f"{said}; {block.pictures} pictures, {count:,} hints"


if __name__ == "__main__":
    main()
