"""Weights of the feature networks: what is missing or wrong is told in one line."""

from __future__ import annotations

import shutil

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from safetensors.torch import save_file  # noqa: E402

from inkhue import InkhueError  # noqa: E402
from inkhue.evaluate.metrics import inception  # noqa: E402
from inkhue.models import pretrained, squeezenet  # noqa: E402

SOURCES = [squeezenet.SQUEEZENET, inception.INCEPTION]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.file)
def test_a_missing_file_says_what_to_get_and_where_to_put_it(tmp_path, monkeypatch, source):
    monkeypatch.setattr(
        pretrained.platformdirs, "user_data_dir", lambda *_, **__: tmp_path / "user"
    )
    monkeypatch.delenv("INKHUE_PERCEPTUAL", raising=False)
    with pytest.raises(InkhueError) as caught:
        source.path()
    message = str(caught.value)
    place = str(tmp_path / "user" / "perceptual")
    for part in (source.file, "docs/evaluation.md", "$INKHUE_PERCEPTUAL", place):
        assert part in message
    assert "\n" not in message


def test_a_file_that_is_no_safetensors_is_refused(tmp_path):
    path = tmp_path / "lpips-squeeze.safetensors"
    path.write_bytes(b"<html>not found</html>")
    with pytest.raises(InkhueError, match="cannot be read"):
        squeezenet.load(path)


def test_a_missing_and_a_misshapen_tensor_are_named(tmp_path):
    tensors = {name: t.clone() for name, t in squeezenet.SqueezeNet().state_dict().items()}
    tensors["features.3.squeeze.weight"] = torch.zeros(16, 64, 3, 3)
    save_file(tensors, tmp_path / "misshapen.safetensors")
    with pytest.raises(InkhueError, match=r"features\.3\.squeeze\.weight is \(16, 64, 3, 3\)"):
        squeezenet.load(tmp_path / "misshapen.safetensors")
    del tensors["features.12.expand3x3.bias"]
    tensors["features.3.squeeze.weight"] = torch.zeros(16, 64, 1, 1)
    save_file(tensors, tmp_path / "short.safetensors")
    with pytest.raises(InkhueError, match=r"features\.12\.expand3x3\.bias is missing"):
        squeezenet.load(tmp_path / "short.safetensors")
    with pytest.raises(InkhueError, match=r"lin0\.weight is missing"):
        squeezenet.heads(tmp_path / "short.safetensors")
    with pytest.raises(InkhueError, match=r"Conv2d_1a_3x3\.weight is missing"):
        inception.load(tmp_path / "short.safetensors")


def test_a_layer_without_batch_norm_is_named(tmp_path):
    path = tmp_path / "fid.safetensors"
    save_file({"Conv2d_1a_3x3.conv.weight": torch.zeros(32, 3, 3, 3)}, path)
    with pytest.raises(InkhueError, match=r"Conv2d_1a_3x3\.bn\.running_mean is missing"):
        inception.load(path)


def test_loading_leaves_the_global_generator_alone(shared, tmp_path):
    source = shared / "perceptual" / "lpips-squeeze.safetensors"
    path = shutil.copy(source, tmp_path / "fresh.safetensors")
    before = torch.get_rng_state()
    squeezenet.load(path)
    assert torch.equal(before, torch.get_rng_state())
