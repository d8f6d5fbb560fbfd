"""The recorded scores of the two watersheds, whole sets, against the protocol's table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inkhue.evaluate.recorded import read_recorded

SCORES = Path(__file__).parents[3] / "benchmarks" / "scores" / "flats"

# Accuracy: mean and tenth percentile; bleed: mean; pictures.
TABLE = {
    ("openmoji", "watershed-lines"): (0.8925, 0.7883, 0.2855, 353),
    ("openmoji", "watershed-distance"): (0.8611, 0.6535, 0.0692, 353),
    ("facesjs", "watershed-lines"): (0.9797, 0.9545, 0.0764, 56),
    ("facesjs", "watershed-distance"): (0.9545, 0.8917, 0.0101, 56),
    ("dicebear-micah", "watershed-lines"): (0.9793, 0.9416, 0.0250, 58),
    ("dicebear-micah", "watershed-distance"): (0.9453, 0.8419, 0.0023, 58),
}


@pytest.mark.parametrize(("group", "name"), TABLE)
def test_all_pictures_have_the_protocols_figures(group: str, name: str) -> None:
    rows = [r for r in read_recorded(SCORES / f"{name}.csv.gz").rows if r.group == group]
    accuracy, bleed = (np.array([r.score[key] for r in rows]) for key in ("accuracy", "bleed"))
    mean, tenth, wrong, pictures = TABLE[group, name]
    assert len(rows) == pictures
    assert accuracy.mean() == pytest.approx(mean, abs=0.005)
    assert np.quantile(accuracy, 0.1) == pytest.approx(tenth, abs=0.01)
    assert bleed.mean() == pytest.approx(wrong, abs=0.005)
