"""What the repository ships or describes is what the networks are."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from inkhue.model import DEFAULT_MODEL, read_model  # noqa: E402
from inkhue.models.pair import count_parameters, count_trainable  # noqa: E402
from inkhue.models.systems import SYSTEMS, make_network, model_name  # noqa: E402

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(p.parent for p in ROOT.glob("**/weights/*/model.json") if ".venv" not in p.parts)
PERMISSIVE = ("public", "cc0", "cc-by-3", "cc-by-4", "mit", "apache", "bsd")


def part(network, stage, width):
    """Make the network of a stage, which may be a part of one that is trained as a whole."""
    if stage in SYSTEMS[network].stages:
        whole = make_network(network, stage, width)
        return whole.parts.get(stage, whole)
    return make_network(network, "colorize", width).parts[stage]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_counts_are_the_networks(folder):
    model = read_model(folder)
    assert model.name == folder.name
    network, _, width = model.name.partition("-w")
    width = int(width or SYSTEMS[network].width)
    for stage, entry in model.stages.items():
        made = part(network, stage, width)
        assert entry.parameters == count_parameters(made)
        assert entry.trainable == count_trainable(made)
    assert model.name == model_name(network, width)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_graphs_match_their_checksums(folder):
    model = read_model(folder)
    if model.installed:
        for stage in model.stages:
            assert model.check(stage)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_training_picture_names_a_permissive_licence(folder):
    model = read_model(folder)
    if not model.installed:
        assert model.attribution == ""  # nobody's picture is in weights that are not there
        return
    with (folder / model.attribution).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == model.training["pictures"] > 0
    for row in rows:
        assert row["license"].lower().startswith(PERMISSIVE), row
        # A few pictures' sources name no author; those name where they are from.
        assert row["author"] or row["origin"], row


def test_the_papers_counts():
    names = {folder.name: read_model(folder) for folder in FOLDERS}
    assert {s.parameters for s in names["au-net"].stages.values()} == {13_071_072}
    assert {s.parameters for s in names["u-net"].stages.values()} == {18_642_496}
    assert names[DEFAULT_MODEL].installed
