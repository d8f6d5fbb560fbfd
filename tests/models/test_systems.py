"""The systems by name: what a name and a width make, and the networks that they lean on."""

from __future__ import annotations

import typing

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")

from inkhue.models import systems  # noqa: E402
from inkhue.models.systems import SYSTEMS, make_network, model_name  # noqa: E402
from inkhue.train.config import NetworkConfig  # noqa: E402


def test_names():
    assert model_name("au-net", 64) == "au-net"
    assert model_name("u-net", 64) == "u-net"
    assert model_name("au-net", 16) == "au-net-w16"
    assert model_name("zhang2017", 16) == "zhang2017"
    assert model_name("ci2018", 8) == "ci2018-w8"


def test_a_config_can_name_them_all():
    names = typing.get_args(typing.get_type_hints(NetworkConfig)["name"])
    assert set(names) == set(SYSTEMS)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_stage_can_be_made_and_says_what_it_takes(name):
    for stage in SYSTEMS[name].stages:
        network = make_network(name, stage, SYSTEMS[name].widths)
        made = network.OUTPUTS[-1]
        assert made == ("draft" if stage == "draft" else "color")
        assert network.SIDES["line"] == network.SIDES[made] == ("height", "width")
        for part in network.parts.values() or [network]:
            assert set(part.OUTPUTS) <= set(part.SIDES)


@pytest.mark.parametrize("name", ["ci2018", "zhang2017"])
def test_an_aide_is_drawn_the_same_each_time_or_loaded(name, tmp_path, monkeypatch):
    monkeypatch.setenv("INKHUE_PRETRAINED", str(tmp_path))
    monkeypatch.setattr(systems, "PUBLISHED_WIDTH", 3)
    aide = SYSTEMS[name].aide
    before = torch.get_rng_state()
    drawn = [aide.load(2, ()).state_dict() for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(weight, drawn[1][key]) for key, weight in drawn[0].items())
    weights = {key: weight + 1 for key, weight in aide.network(3).state_dict().items()}
    safetensors.save_file(weights, tmp_path / aide.source.file)
    loaded = aide.load(2, {aide.source.file})
    assert all(torch.equal(weight, weights[key]) for key, weight in loaded.state_dict().items())
    assert not any(weight.requires_grad for weight in loaded.parameters())
