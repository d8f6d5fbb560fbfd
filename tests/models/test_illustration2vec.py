"""The local features: layers, scale, and what the tagger is shown."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.models.illustration2vec import MEAN, Illustration2Vec  # noqa: E402
from inkhue.models.pair import count_parameters  # noqa: E402


def test_the_published_layers():
    with torch.device("meta"):
        network = Illustration2Vec()
    assert count_parameters(network) == 4_500_864
    shapes = {n: tuple(w.shape[:2]) for n, w in network.state_dict().items() if "weight" in n}
    assert shapes == {
        "features.0.weight": (64, 3),
        "features.3.weight": (128, 64),
        "features.6.weight": (256, 128),
        "features.8.weight": (256, 256),
        "features.11.weight": (512, 256),
        "features.13.weight": (512, 512),
    }


def test_one_feature_for_16_pixels():
    with torch.no_grad():
        made = Illustration2Vec(2)(torch.rand(2, 1, 48, 80))
    assert made.shape == (2, 16, 3, 5)
    assert made.min() >= 0


def test_the_tagger_sees_halved_bytes_without_their_mean():
    network = Illustration2Vec(2)
    given = []
    network.features.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    line = torch.rand(1, 1, 32, 32)
    network(line)
    halved = 255 * line.reshape(16, 2, 16, 2).mean(dim=(1, 3))
    wanted = halved - torch.tensor(MEAN)[:, None, None]
    assert torch.allclose(given[0][0], wanted, atol=1e-3)


def test_drawn_weights_keep_the_features_in_bounds():
    torch.manual_seed(1)
    with torch.no_grad():
        made = Illustration2Vec(8)((torch.rand(2, 1, 64, 64) > 0.1).float())
    assert 0.01 < made.std() < 10
