"""Published weights: found in a folder, loaded by name, and missed or refused in one line."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
safetensors = pytest.importorskip("safetensors.torch")

from inkhue.errors import InkhueError  # noqa: E402
from inkhue.models import pretrained  # noqa: E402
from inkhue.models.pretrained import Shelf, load_pretrained, still  # noqa: E402
from inkhue.models.vgg import VGG16, Contents  # noqa: E402


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("INKHUE_PRETRAINED", str(tmp_path))
    return tmp_path


def published(folder, **changes):
    """Write a file as a whole VGG16's would be: more layers than are wanted."""
    torch.manual_seed(4)
    weights = Contents(2).state_dict() | {"classifier.6.bias": torch.rand(10)} | changes
    safetensors.save_file(weights, folder / "vgg16.safetensors")
    return weights


def test_weights_are_found_and_loaded_by_name(folder):
    weights = published(folder)
    contents = Contents(2)
    load_pretrained(contents, VGG16.find())
    for name, weight in contents.state_dict().items():
        assert torch.equal(weight, weights[name])


def test_missing_weights_are_said_in_one_line(folder):
    assert VGG16.find() is None
    assert str(folder) in VGG16.missing
    assert "vgg16.safetensors" in VGG16.missing
    assert "torchvision" in VGG16.missing
    assert "\n" not in VGG16.missing


def test_the_named_folder_comes_before_the_users(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(
        pretrained.platformdirs, "user_data_dir", lambda *_, **__: tmp_path / "user"
    )
    assert str(tmp_path / "user" / "pretrained") in VGG16.missing
    users = tmp_path / "user" / "pretrained" / VGG16.file
    users.parent.mkdir(parents=True)
    users.touch()
    assert VGG16.find() == users
    published(folder)
    assert VGG16.find() == folder / VGG16.file
    monkeypatch.delenv("INKHUE_PRETRAINED")
    assert VGG16.find() == users


@pytest.mark.parametrize("change", [torch.rand(4), None])
def test_a_file_of_other_layers_is_refused_and_changes_nothing(folder, change):
    weights = published(folder)
    if change is None:
        del weights["features.2.bias"]
    else:
        weights["features.2.bias"] = change
    safetensors.save_file(weights, folder / "vgg16.safetensors")
    contents = Contents(2)
    before = {n: w.clone() for n, w in contents.state_dict().items()}
    with pytest.raises(InkhueError, match=r"vgg16\.safetensors.*features\.2\.bias"):
        load_pretrained(contents, VGG16.find())
    for name, weight in contents.state_dict().items():
        assert torch.equal(weight, before[name])


def test_a_broken_file_is_refused(folder):
    published(folder)
    path = folder / "vgg16.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InkhueError, match="cannot be read"):
        load_pretrained(Contents(2), path)


def test_a_still_network_does_not_learn():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.BatchNorm2d(2))
    still(network)
    assert not any(p.requires_grad for p in network.parameters())
    assert not any(m.training for m in network.modules())


def test_a_new_run_takes_what_is_there_and_notes_what_is_not(folder):
    shelf = Shelf()
    assert shelf.take(VGG16, "nothing is compared") is None
    (note,) = shelf.notes
    assert note == f"{VGG16.missing}; nothing is compared"
    published(folder)
    assert shelf.take(VGG16, "") == folder / "vgg16.safetensors"
    assert shelf.used == {"vgg16.safetensors"}


def test_a_run_that_goes_on_takes_what_it_began_with(folder):
    with pytest.raises(InkhueError, match=r"no vgg16\.safetensors"):
        Shelf(["vgg16.safetensors"]).take(VGG16, "")
    published(folder)
    without = Shelf([])
    assert without.take(VGG16, "nothing is compared") is None
    assert without.used == set()
