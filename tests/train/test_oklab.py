"""OKLab: published values, and slopes that a network can learn from."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from inkhue.train.oklab import to_oklab  # noqa: E402

# Of B. Ottosson's own code; white, black and the corners of sRGB.
KNOWN = {
    (1, 1, 1): (1, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (1, 0, 0): (0.628, 0.225, 0.126),
    (0, 1, 0): (0.866, -0.234, 0.179),
    (0, 0, 1): (0.452, -0.032, -0.312),
}


def lab(*colors):
    return to_oklab(torch.tensor(colors, dtype=torch.float32).T.reshape(1, 3, 1, -1))[0, :, 0].T


@pytest.mark.parametrize("color", KNOWN)
def test_known_colours(color):
    assert lab(color)[0].tolist() == pytest.approx(KNOWN[color], abs=1e-3)


def test_greys_have_no_colour_and_grow_lighter():
    greys = lab(*[(k / 255,) * 3 for k in range(256)])
    assert greys[:, 1:].abs().max() < 1e-5
    assert (greys[1:, 0] > greys[:-1, 0]).all()


def test_the_line_near_black_meets_the_cube_root():
    dark = torch.linspace(0, 0.05, 2000)[None, None, None].repeat(1, 3, 1, 1)
    steps = to_oklab(dark)[0, 0, 0].diff()
    assert steps.max() < 3e-4  # no jump


@pytest.mark.parametrize("value", [-0.2, 0.0, 1e-6, 0.5, 1.0, 1.3])
def test_slopes_are_finite_also_at_black_and_out_of_range(value):
    color = torch.full((2, 3, 4, 4), value, requires_grad=True)
    made = to_oklab(color)
    assert torch.isfinite(made).all()
    made.square().sum().backward()
    assert torch.isfinite(color.grad).all()
    assert color.grad.abs().max() < 100


@pytest.mark.parametrize("value", [0.0, 0.02, 0.5, 1.0])
def test_lighter_is_lighter_at_every_grey(value):
    color = torch.full((1, 3, 1, 1), value, requires_grad=True)
    to_oklab(color)[:, 0].sum().backward()
    assert color.grad.min() > 0
