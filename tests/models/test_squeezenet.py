"""LPIPS as a loss is the LPIPS that is reported, and has a slope everywhere."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")
pytest.importorskip("fsspec")

from inkhue.data.shards import read_shards  # noqa: E402
from inkhue.evaluate.metrics import lpips  # noqa: E402
from inkhue.models import pretrained  # noqa: E402
from inkhue.models.pretrained import Shelf  # noqa: E402
from inkhue.models.squeezenet import SQUEEZENET, difference, load_likeness  # noqa: E402


@pytest.fixture(scope="module")
def likeness(shared):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKHUE_PERCEPTUAL", str(shared / "perceptual"))
        if SQUEEZENET.find() is None:
            pytest.skip("the test art has no folder perceptual/ with weights")
        shelf = Shelf()
        loss = load_likeness(shelf)
        assert shelf.used == {SQUEEZENET.file}
        assert shelf.notes == []
        yield loss


@pytest.fixture(scope="module")
def pictures(art):
    """Six real pictures of 96 x 96, uint8."""
    found = read_shards([str(art / "val.tar")])[:60:10]
    return np.stack([picture.rgb()[20:116, 30:126] for picture in found])


def as_tensor(pictures):
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1


def test_equal_pictures_are_alike(likeness, pictures):
    assert likeness(as_tensor(pictures), as_tensor(pictures)).item() == pytest.approx(0, abs=1e-5)


def test_it_is_the_lpips_that_is_reported(likeness, pictures):
    others = np.roll(pictures, 1, axis=0)
    expected = [lpips.distance(a, b) for a, b in zip(pictures, others, strict=True)]
    for index, value in enumerate(expected):
        one = slice(index, index + 1)
        found = likeness(as_tensor(pictures[one]), as_tensor(others[one])).item()
        assert found == pytest.approx(value, abs=1e-4)
    whole = likeness(as_tensor(pictures), as_tensor(others)).item()
    assert whole == pytest.approx(np.mean(expected), abs=1e-4)
    assert min(expected) > 0.1


@pytest.mark.parametrize("grey", [-1.0, 0.0, 1.0])
def test_its_slope_is_finite_on_flat_pictures(likeness, pictures, grey):
    made = torch.full((2, 3, 64, 64), grey, requires_grad=True)
    likeness(made, as_tensor(pictures)[:2, :, :64, :64]).backward()
    assert torch.isfinite(made.grad).all()
    assert made.grad.abs().max() > 0


def test_places_without_any_feature_have_a_finite_slope_too():
    tap = torch.zeros(1, 4, 2, 2)
    tap[..., 0] = 3
    tap.requires_grad_()
    made = difference(tap, torch.ones(1, 4, 2, 2), torch.ones(4))
    assert torch.allclose(made[..., 0], torch.zeros(1, 2), atol=1e-6)  # one direction
    assert torch.allclose(made[..., 1], torch.ones(1, 2))  # none against one
    made.sum().backward()
    assert torch.isfinite(tap.grad).all()


def test_the_difference_is_that_of_directions(rng):
    one, other = (torch.from_numpy(rng.random((2, 5, 3, 4), np.float32)) for _ in range(2))
    head = torch.from_numpy(rng.random(5, np.float32))
    directions = [tap / tap.norm(dim=1, keepdim=True) for tap in (one, other)]
    wanted = ((directions[0] - directions[1]) ** 2 * head.view(-1, 1, 1)).sum(1)
    assert torch.allclose(difference(one, other, head), wanted, atol=1e-6)


def test_nothing_reaches_original_or_network(likeness, pictures):
    made, original = (as_tensor(pictures)[k : k + 1].requires_grad_() for k in (0, 1))
    likeness(made, original).backward()
    assert made.grad.abs().max() > 0
    assert original.grad is None
    assert not any(weight.requires_grad for weight in likeness.parameters())


def test_without_weights_it_is_left_out_and_said(tmp_path, monkeypatch):
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(tmp_path))
    monkeypatch.setattr(pretrained.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path))
    shelf = Shelf()
    assert load_likeness(shelf) is None
    (note,) = shelf.notes
    assert SQUEEZENET.file in note
    assert "left out" in note
