"""Zhang et al. 2017: counts, where the style goes in, what the guides teach, and the graph."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy  # noqa: E402

from inkhue.models.pair import count_parameters  # noqa: E402
from inkhue.models.zhang2017 import Colorize, Critic, Generator, make_guides  # noqa: E402
from inkhue.train.graphs import fold_norms  # noqa: E402

WIDTH, STYLE = 2, 32
ENCODER = {"e0", "e1", "e2", "e3", "e4"}


@pytest.fixture
def generator():
    torch.manual_seed(1)
    return Generator(WIDTH, STYLE)


def crops(side=64, number=2):
    return torch.rand(number, 1, side, side), torch.rand(number, STYLE, 1, 1)


def reached(network):
    """Name the parts of a network whose every weight a loss has reached, and those partly."""
    parts = {n.partition(".")[0]: [] for n, _ in network.named_parameters()}
    for name, weight in network.named_parameters():
        parts[name.partition(".")[0]].append(weight.grad is not None and bool(weight.grad.any()))
    whole = {name for name, found in parts.items() if all(found)}
    assert all(any(found) == all(found) for found in parts.values()), parts
    return whole


def test_counts_at_the_papers_width():
    with torch.device("meta"):
        assert count_parameters(Generator()) == 31_719_123
        assert sum(map(count_parameters, make_guides())) == 6_680_452
        assert count_parameters(Critic()) == 68_854_048


def test_the_middle_has_the_figures_channels():
    seen = {}
    generator = Generator(1, STYLE)
    for name, part in generator.named_children():
        part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out.shape}))
    _, before, behind = generator(*crops())
    assert seen["e0"] == (2, 1, 64, 64)
    assert before.shape == (2, 16, 4, 4)
    assert seen["middle"] == (2, 128, 2, 2)
    assert seen["style"] == (2, 128, 1, 1)
    assert behind.shape == (2, 32, 4, 4)
    assert seen["out"] == (2, 3, 64, 64)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96)])
def test_any_side_divisible_by_32_gives_a_picture_of_its_size(generator, height, width):
    colorize = Colorize(generator).eval()
    generator.out[0].weight.data *= 1e4  # tanh at its ends
    with torch.no_grad():
        made = colorize(torch.rand(1, 1, height, width), torch.rand(1, STYLE, 1, 1))
    assert made.shape == (1, 3, height, width)
    assert made.min() >= 0
    assert made.max() <= 1
    assert made.max() - made.min() > 0.5


def test_the_style_changes_the_picture_and_not_what_is_before_the_middle(generator):
    generator.eval()
    line, style = crops(number=1)
    with torch.no_grad():
        first, before, behind = generator(line, style)
        other, same, changed = generator(line, 1 - style)
    assert torch.equal(before, same)
    assert (behind - changed).abs().max() > 1e-3
    assert (first - other).abs().max() > 1e-5


def test_the_difference_reaches_the_whole_generator(generator):
    line, style = crops()
    made = generator(line, style)[0]
    (made - torch.rand(2, 3, 64, 64)).abs().mean().backward()
    assert reached(generator) == {name for name, _ in generator.named_children()} - {"mix"}


def test_the_first_guide_teaches_the_encoder_alone(generator):
    guide, _ = make_guides(WIDTH)
    before = generator(*crops())[1]
    painted = guide(before)
    assert painted.shape == (2, 1, 64, 64)
    (painted - torch.rand(2, 1, 64, 64)).abs().mean().backward()
    assert reached(generator) == ENCODER
    assert reached(guide) == {"paint"}


def test_the_second_guide_teaches_the_middle_and_the_style_too(generator):
    _, guide = make_guides(WIDTH)
    behind = generator(*crops())[2]
    painted = guide(behind)
    assert painted.shape == (2, 3, 64, 64)
    (painted - torch.rand(2, 3, 64, 64)).abs().mean().backward()
    assert reached(generator) == ENCODER | {"middle", "style", "d5"}
    assert reached(guide) == {"paint"}


def test_the_critic_teaches_itself_and_the_whole_generator(generator):
    critic = Critic(64, 4, STYLE)
    line, style = crops()
    made, real = generator(line, style)[0], torch.rand(2, 3, 64, 64)
    logits = critic(made)
    assert logits.shape == (2, STYLE)
    cross_entropy(logits, torch.ones_like(logits)).backward()
    assert reached(generator) == {name for name, _ in generator.named_children()} - {"mix"}
    critic.zero_grad()
    judged = cross_entropy(critic(real), style.flatten(1))
    judged = judged + cross_entropy(critic(made.detach()), torch.zeros(2, STYLE))
    judged.backward()
    assert reached(critic) == {"features", "judge"}


def test_the_graph_and_torch_agree_at_any_size(generator, agree):
    colorize = Colorize(generator)
    for _ in range(3):
        colorize(*crops())  # batch norms that have seen something
    folded = fold_norms(colorize)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in folded.modules())
    with torch.no_grad():
        line, style = crops(number=1)
        assert torch.allclose(folded(line, style), colorize.eval()(line, style), atol=1e-5)
    larger = (torch.rand(1, 1, 96, 32), torch.rand(1, STYLE, 1, 1))
    used = agree(folded, ("line",), (line, style), [larger])
    assert not {"Shape", "Gather", "Reshape", "BatchNormalization"} & used
