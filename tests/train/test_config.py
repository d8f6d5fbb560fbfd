"""Run configurations: read, written, and refused with the key's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")

from inkhue.data.crops import CropConfig
from inkhue.errors import UsageError
from inkhue.models.systems import SYSTEMS
from inkhue.train.config import (
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    RunConfig,
    TrainConfig,
    read_config,
    to_toml,
)

LIGHT = "stage = 'colorize'\n[network]\nname = 'light'\nwidth = 32\n"
CI = "stage = 'colorize'\n[network]\nname = 'ci2018'\n"
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.toml"))


@pytest.fixture
def read(tmp_path):
    def of(text):
        path = tmp_path / "run.toml"
        path.write_text(text, encoding="utf-8")
        return read_config(path)

    return of


def refused(read, text, *parts):
    with pytest.raises(UsageError) as error:
        read(text)
    message = str(error.value)
    assert "\n" not in message
    for part in ("run.toml", *parts):
        assert part in message


def test_an_empty_file_is_the_papers_recipe(read):
    config = read("")
    assert config == TrainConfig()
    assert (config.network.name, config.network.width) == ("au-net", 64)
    assert config.loss.l1 == 100
    assert config.loss.adversarial == 1
    assert config.crops.hints == {"paper": 1}


def test_what_is_written_is_read_back(read):
    config = TrainConfig(
        stage="colorize",
        network=NetworkConfig("u-net", 8),
        crops=CropConfig(
            size=128,
            whole=0.1,
            recolor=0,
            redraw=False,
            lines={"ink": 2.5},
            hints={"people": 1, "paper": 1e-3},
            weights={'a "b" \\ ü': 2},
        ),
        loss=LossConfig(1, 0, 7, 0),
        optimizer=OptimizerConfig(1e-5, 0, 0.99, 1),
        run=RunConfig(3, 4, 0.5, "32-true", 1, 2, 0),
    )
    assert read(to_toml(config)) == config
    assert read(to_toml(TrainConfig())) == TrainConfig()


PRINTABLE = st.characters(codec="utf-8", exclude_characters="\x7f")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(PRINTABLE, max_size=8), st.floats(0, 1e9), max_size=5))
def test_any_part_of_an_id_can_have_a_weight(tmp_path_factory, weights):
    config = TrainConfig(crops=CropConfig(weights=weights))
    path = tmp_path_factory.mktemp("weights") / "run.toml"
    path.write_text(to_toml(config), encoding="utf-8", newline="\n")
    assert read_config(path) == config


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_repositorys_configs_can_be_read(path):
    config = read_config(path)
    assert config.network.name in path.stem or path.stem.startswith("smoke")
    assert config.stage in path.stem or len(SYSTEMS[config.network.name].stages) == 1


def test_there_are_smoke_configs_of_both_stages():
    smoke = [read_config(path) for path in CONFIGS if path.stem.startswith("smoke")]
    assert sorted(config.stage for config in smoke) == ["colorize", "draft"]
    assert len({config.network for config in smoke}) == 1  # one pair


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("stagee = 1", ["'stagee'", "did you mean 'stage'"]),
        ("[run]\nstep = 1", ["run", "'step'", "did you mean 'steps'"]),
        ("[optimiser]\nrate = 1", ["'optimiser'", "did you mean 'optimizer'"]),
        ("stage = 'drafts'", ["stage", "'drafts'", "did you mean 'draft'"]),
        ("[network]\nname = 'aunet'", ["network: name", "did you mean 'au-net'"]),
        ("[crops]\nhints = { peeple = 1 }", ["crops", "'peeple'", "did you mean 'people'"]),
        ("[crops]\nlines = { xdogs = 1 }", ["crops", "'xdogs'", "did you mean 'xdog'"]),
        ("[crops]\nhints = 'paper'", ["crops: hints", "table"]),
        ("[crops]\nhints = { paper = 'much' }", ["crops: hints.paper", "'much'"]),
        ("[run]\nsteps = 1.5", ["run: steps", "1.5"]),
        ("[run]\nsteps = '9'", ["run: steps", "'9'"]),
        ("[run]\nsteps = true", ["run: steps", "True"]),
        ("[loss]\nl1 = false", ["loss: l1", "False"]),
        ("[crops]\nredraw = 1", ["crops: redraw", "1"]),
        ("run = 3", ["run", "table"]),
        ("[crops]\nsize = 100", ["crops.size", "multiple of 16"]),
        ("stage = 'colorize'\n[crops]\nsize = 80", ["crops.size", "multiple of 64"]),
        ("[network]\nwidth = 7", ["network.width", "7"]),
        ("[network]\nname = 'ci2018'", ["stage", "ci2018", "'colorize'"]),
        (CI + "width = 12", ["network.width", "multiple of 8", "ci2018", "12"]),
        (CI + "width = 8\n[crops]\nsize = 96", ["crops.size", "multiple of 64"]),
        ("[loss]\ncontent = 1", ["loss.content", "au-net"]),
        ("[optimizer]\nfalls = 1.5", ["optimizer.falls", "1.5", "0 to 1"]),
        ("[loss]\nkeep = 1", ["loss.keep", "au-net"]),
        (LIGHT + "[loss]\nkeep = 1", ["loss.keep", "crops.borders", "l1"]),
        (LIGHT, ["crops.regions", "light"]),
        ("[network]\nwidth = 0", ["network.width", "0"]),
        ("stage = ", ["no TOML"]),
    ],
)
def test_what_is_wrong_is_named(read, text, parts):
    refused(read, text, *parts)


def test_whole_numbers_are_numbers(read):
    rate = read("[optimizer]\nrate = 1").optimizer.rate
    assert rate == 1
    assert isinstance(rate, float)


def test_a_missing_file_and_one_that_is_no_text(tmp_path):
    with pytest.raises(UsageError, match=r"none\.toml: cannot be read"):
        read_config(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match=r"bytes\.toml: is no TOML"):
        read_config(tmp_path / "bytes.toml")


def test_configs_cannot_be_changed():
    with pytest.raises(AttributeError):
        TrainConfig().run.steps = 3
    assert replace(TrainConfig(), stage="draft") == TrainConfig()
