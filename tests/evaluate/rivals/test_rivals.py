"""Rivals without a network: the known answers of the two watersheds, and what each promises."""

from __future__ import annotations

import shutil
from collections import defaultdict

import numpy as np
import pytest

pytest.importorskip("fsspec", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue.evaluate.metrics import region_accuracy
from inkhue.evaluate.rivals import RIVALS
from inkhue.evaluate.sets import make_item, read_set, region_hints
from inkhue.evaluate.true_regions import FEWEST, true_regions
from inkhue.hints import Hint, Hints

RED, BLUE, GREEN = (200, 30, 30), (40, 60, 200), (30, 160, 60)

# Accuracy: mean and tenth percentile; bleed: mean. The protocol's table, all pictures.
PUBLISHED = {
    ("facesjs", "watershed-lines"): (0.9797, 0.9545, 0.0764),
    ("facesjs", "watershed-distance"): (0.9545, 0.8917, 0.0101),
}
# The same of the first pictures, as this code had them when all groups gave the table's figures.
FIRST = {
    ("openmoji", "watershed-lines"): (0.9063, 0.8628, 0.2535),
    ("openmoji", "watershed-distance"): (0.8567, 0.7850, 0.0441),
    ("dicebear-micah", "watershed-lines"): (0.9729, 0.9431, 0.0251),
    ("dicebear-micah", "watershed-distance"): (0.9256, 0.8685, 0.0010),
}
COUNTS = {"facesjs": 56, "openmoji": 5, "dicebear-micah": 12}


@pytest.fixture(scope="module")
def figures(art):
    """Accuracies and bleeds of the two watersheds, by group and name."""
    scores = defaultdict(list)
    left = dict(COUNTS)
    for picture in read_set([str(art / "flats.tar")]):
        group = next(name for name in left if picture.id.startswith(name))
        if not left[group]:
            continue
        item = make_item(picture)
        regions = true_regions(item)
        if len(regions) < FEWEST:
            continue
        assert item.group == group
        left[group] -= 1
        hints = region_hints(regions)
        for name in ("watershed-lines", "watershed-distance"):
            score = region_accuracy.score(RIVALS[name](item.line, hints), regions)
            scores[group, name].append(score)
    assert not any(left.values())
    return {key: np.array(found) for key, found in scores.items()}


def summary(scores):
    accuracy, bleed = scores.T
    return accuracy.mean(), np.percentile(accuracy, 10), bleed.mean()


@pytest.mark.parametrize("key", PUBLISHED, ids="-".join)
def test_the_protocols_known_answers(figures, key):
    assert summary(figures[key]) == pytest.approx(PUBLISHED[key], abs=0.0002)


@pytest.mark.parametrize("key", FIRST, ids="-".join)
def test_the_first_pictures_keep_their_figures(figures, key):
    assert summary(figures[key]) == pytest.approx(FIRST[key], abs=0.0002)


def boxes():
    """Return two boxes, one with a gap of two pixels, around them nothing; and hints for all."""
    line = np.full((80, 121), 255, np.uint8)
    for left, right in ((10, 50), (60, 100)):
        line[20:60, left:right] = 0
        line[23:57, left + 3 : right - 3] = 255
    line[40:42, 47:50] = 255
    dots = (((30, 40), RED), ((80, 40), BLUE), ((4, 4), GREEN))
    return line, Hints(121, 80, tuple(Hint((point,), color, 2) for point, color in dots))


def rivals(*left_out):
    return [
        pytest.param(
            fill,
            id=name,
            marks=pytest.mark.skipif(
                name == "gmic" and not shutil.which("gmic"), reason="gmic is not installed"
            ),
        )
        for name, fill in RIVALS.items()
        if name not in left_out
    ]


@pytest.mark.parametrize("fill", rivals())
def test_closed_areas_get_their_hints_colour(fill):
    line, hints = boxes()
    layer = fill(line, hints)
    assert layer.shape == (80, 121, 3)
    assert layer.dtype == np.uint8
    assert (layer[24:56, 64:96] == BLUE).all()
    assert {tuple(color) for color in layer.reshape(-1, 3).tolist()} == {RED, BLUE, GREEN}


@pytest.mark.parametrize("fill", rivals("watershed-lines"))
def test_a_small_gap_leaks_nothing(fill):
    line, hints = boxes()
    layer = fill(line, hints)
    assert (layer[24:56, 14:44] == RED).all()
    assert (layer[:18] == GREEN).all()


@pytest.mark.parametrize("fill", rivals("gmic"))
def test_later_hints_lie_over_earlier_ones_and_covered_ones_shift_no_colour(fill):
    line, hints = boxes()
    covered = (Hint(((80, 40),), RED, 1), Hint(((60, 70),), BLUE, 2), Hint(((60, 70),), RED, 2))
    layer = fill(line, Hints(121, 80, (*covered, *hints)))
    assert (layer[40, 80] == BLUE).all()
    assert (layer[70, 60] == RED).all()
    assert (layer[4, 4] == GREEN).all()
    assert {tuple(color) for color in layer.reshape(-1, 3).tolist()} == {RED, BLUE, GREEN}


@pytest.mark.parametrize("fill", rivals("gmic"))
def test_no_hint_leaves_paper_and_one_takes_all(fill):
    line, _ = boxes()
    assert (fill(line, Hints(121, 80)) == 255).all()
    assert (fill(line, Hints(121, 80, (Hint(((4, 4),), RED, 2),))) == RED).all()
    assert (fill(line, Hints(121, 80, (Hint(((4, 4),), None, 2),))) == 255).all()
    everywhere = Hints(121, 80, (Hint(((4, 4),), RED, 300),))
    assert (fill(line, everywhere) == RED).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("fill", rivals("gmic", "watershed-lines"))
def test_a_page_without_lines_is_shared_out(fill):
    hints = Hints(60, 40, (Hint(((10, 20),), RED, 2), Hint(((50, 20),), BLUE, 2)))
    layer = fill(np.full((40, 60), 255, np.uint8), hints)
    assert (layer[5:35, 5:20] == RED).all()
    assert (layer[5:35, 40:55] == BLUE).all()
