"""How much two models' pictures differ: `compare_models.py A B DRAWING... [--hints FOLDER]`.

For two storages of one network (float32 and int8, say): differences of what the networks paint, in
levels of 255, over all pixels of all drawings. Hints are FOLDER/NAME.json where there are some.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from inkhue.colorizer import Colorizer
from inkhue.hints import Hints


def main() -> None:
    """Print mean, 99.9th percentile and largest difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs=2)
    parser.add_argument("drawings", nargs="+", type=Path)
    parser.add_argument("--hints", type=Path)
    arguments = parser.parse_args()
    models = [Colorizer(name) for name in arguments.models]
    differences = []
    for drawing in arguments.drawings:
        hints = hints_for(drawing, arguments.hints)
        results = [model.prepare(drawing).color(hints, obey=0) for model in models]
        one, other = (result.painted.astype(int) for result in results)
        differences.append(np.abs(one - other).ravel())
    off = np.concatenate(differences)
    print(
        f"{len(differences)} drawings: mean {off.mean():.3f}/255,"
        f" 99.9th percentile {np.percentile(off, 99.9):.1f}/255, largest {off.max()}/255"
    )


def hints_for(drawing: Path, folder: Path | None) -> Hints | None:
    """Return a drawing's hints, None where there are none."""
    path = (folder or drawing.parent) / f"{drawing.stem}.json"
    return Hints.load(path) if path.is_file() else None


if __name__ == "__main__":
    main()
