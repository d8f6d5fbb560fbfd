"""VGG features: torchvision's names and sizes, pooling, and where gradients go."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional  # noqa: E402

from inkhue.models.pair import count_parameters  # noqa: E402
from inkhue.models.vgg import Contents, Style, normalise  # noqa: E402


def test_layers_have_torchvisions_names_and_shapes():
    with torch.device("meta"):
        contents, style = Contents().state_dict(), Style().state_dict()
    assert set(contents) == {f"features.{n}.{k}" for n in (0, 2, 5, 7) for k in ("weight", "bias")}
    assert contents["features.7.weight"].shape == (128, 128, 3, 3)
    numbers = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
    names = {f"features.{n}" for n in numbers} | {"classifier.0"}
    assert {n.rpartition(".")[0] for n in style} == names
    assert style["features.34.weight"].shape == (512, 512, 3, 3)
    assert style["classifier.0.weight"].shape == (4096, 25088)


def test_counts():
    with torch.device("meta"):
        assert count_parameters(Contents()) == 260_160
        assert count_parameters(Style()) == 122_788_928


def test_contents_are_relu2_2_of_a_normalised_picture():
    torch.manual_seed(1)
    contents = Contents(4)
    picture = torch.rand(2, 3, 16, 24)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    seen = (picture - mean[:, None, None]) / deviation[:, None, None]
    assert torch.allclose(normalise(picture), seen)
    weights = list(contents.state_dict().values())
    for layer in range(4):
        weight, bias = weights[2 * layer : 2 * layer + 2]
        seen = functional.relu(functional.conv2d(seen, weight, bias, padding=1))
        if layer == 1:
            seen = functional.max_pool2d(seen, 2)
    with torch.no_grad():
        made = contents(picture)
    assert made.shape == (2, 8, 8, 12)
    assert torch.allclose(made, seen, atol=1e-5)


def test_style_pools_as_torchvision_does():
    style = Style(1)
    cells = torch.rand(2, 8, 8, 8)
    assert torch.allclose(style.pool(cells), functional.adaptive_avg_pool2d(cells, 7))


def test_a_picture_has_one_style():
    torch.manual_seed(1)
    style = Style(2)
    with torch.no_grad():
        made = style(torch.rand(2, 3, 256, 256))
    assert made.shape == (2, 128, 1, 1)
    assert made.min() >= 0
    assert made.std() > 0.1  # drawn weights tell two pictures apart
    assert (made[0] - made[1]).abs().mean() > 1e-3


def test_a_difference_of_contents_reaches_the_picture():
    contents = Contents(4).requires_grad_(False)
    picture = torch.rand(1, 3, 16, 16, requires_grad=True)
    functional.mse_loss(contents(picture), contents(torch.rand(1, 3, 16, 16))).backward()
    assert picture.grad.abs().sum(dim=1).all()


def test_the_graph_of_a_style_agrees_with_torch(agree):
    torch.manual_seed(1)
    reference, other = torch.rand(1, 3, 256, 256), torch.rand(1, 3, 256, 256)
    used = agree(Style(2).eval(), (), (reference,), [(other,)])
    assert not {"Shape", "Gather", "Reshape"} & used
