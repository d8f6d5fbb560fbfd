"""What the systems weigh, and the paper's claims as far as they can be read from it."""

from __future__ import annotations

from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.sizes import (  # noqa: E402
    WHOLE_TAGGER,
    WHOLE_VGG16,
    WHOLE_VGG19,
    parts,
    readings,
    size_tables,
)
from inkhue.models.vgg import VGG16_BLOCKS, VGG19_BLOCKS  # noqa: E402


@pytest.fixture(scope="module")
def listed():
    return parts()


@pytest.fixture(scope="module")
def found(listed):
    return {(r.system, r.counted): r for r in readings(listed)}


def layers(plan):
    """Count convolutions of 3x3 with constants, given inputs and outputs."""
    return sum(9 * inputs * outputs + outputs for inputs, outputs in plan)


def vgg(blocks):
    widths = [3] + [64 * min(2**i, 8) for i, number in enumerate(blocks) for _ in range(number)]
    linear = [(512 * 49, 4096), (4096, 4096), (4096, 1000)]
    return layers(pairwise(widths)) + sum(a * b + b for a, b in linear)


def test_the_whole_published_networks():
    assert vgg(VGG16_BLOCKS) == WHOLE_VGG16
    assert vgg(VGG19_BLOCKS) == WHOLE_VGG19
    widths = [3, 64, 128, 256, 256, 512, 512, 512, 512, 1024, 1024, 1024, 1539]
    assert layers(pairwise(widths)) == WHOLE_TAGGER


def test_the_pairs_weigh_what_the_paper_says(found):
    assert found["au-net", "to colour"].megabytes == pytest.approx(106, rel=0.015)
    assert found["u-net", "to colour"].megabytes == pytest.approx(148, rel=0.015)
    assert found["u-net", "to colour"].saved == pytest.approx(0.30, abs=0.005)


def test_85_percent_is_zhang_with_the_whole_vgg19(found):
    assert found["zhang2017", "to colour, auxiliary networks whole"].saved == pytest.approx(
        0.85, abs=0.005
    )
    assert found["zhang2017", "to colour"].megabytes > 567


def test_ci_colours_with_no_more_than_the_pair(found):
    assert found["ci2018", "to colour"].megabytes == pytest.approx(105.7, abs=0.1)
    assert found["ci2018", "in all"].megabytes < 567
    assert found["ci2018", "in all, auxiliary networks whole"].megabytes > 567


def test_all_is_the_sum_of_the_parts(listed, found):
    for system in {part.system for part in listed}:
        total = sum(4e-6 * part.parameters for part in listed if part.system == system)
        assert found[system, "in all"].megabytes == pytest.approx(total)


def test_the_tables_list_everything(listed, found):
    text = size_tables()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == len(listed) + len(found) + 2
    assert "| ci2018 | generator | colour | 21,936,003 | 87.7 |" in rows
    assert len({line.count("|") for line in rows}) == 2
