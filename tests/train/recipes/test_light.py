"""The light recipe learns from what a user gets; its runs are exported, and begun from exports."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch")
pytest.importorskip("lightning_fabric")
pytest.importorskip("onnx")
pytest.importorskip("fsspec")

from torch.utils.data import default_collate  # noqa: E402

from inkhue.colorizer import Colorizer  # noqa: E402
from inkhue.data.borders import through  # noqa: E402
from inkhue.data.crops import CropConfig, Crops  # noqa: E402
from inkhue.data.known_regions import planes  # noqa: E402
from inkhue.data.shards import read_shards  # noqa: E402
from inkhue.errors import UsageError  # noqa: E402
from inkhue.hint_files import from_pixels  # noqa: E402
from inkhue.hints import Hint, Hints  # noqa: E402
from inkhue.model import read_model  # noqa: E402
from inkhue.models import pretrained  # noqa: E402
from inkhue.models.pretrained import Shelf  # noqa: E402
from inkhue.models.squeezenet import SQUEEZENET  # noqa: E402
from inkhue.regions import find_regions, spread  # noqa: E402
from inkhue.regions import obey as obey_pixels  # noqa: E402
from inkhue.regions import with_borders as with_borders_of_pixels  # noqa: E402
from inkhue.specimen import draw  # noqa: E402
from inkhue.train.checkpoint import load_state  # noqa: E402
from inkhue.train.config import NetworkConfig, read_config  # noqa: E402
from inkhue.train.export import Form, export  # noqa: E402
from inkhue.train.origin import load_origin  # noqa: E402
from inkhue.train.recipes.light import LightRecipe, obey, with_borders  # noqa: E402
from inkhue.train.start import Request, train  # noqa: E402

CONFIGS = Path(__file__).parents[3] / "configs"
SHOWN = ("line", "hint", "flats", "sure")


def small(perceptual=0.0, **run):
    """The recipe as it is trained, on small crops of these tests' pictures alone."""
    config = read_config(CONFIGS / "light.toml")
    rules = {"many": 1}
    return replace(
        config,
        network=NetworkConfig("light", 16),
        crops=replace(config.crops, size=64, drawings=0, lines={"true": 1}, hints=rules),
        loss=replace(config.loss, perceptual=perceptual),
        optimizer=replace(config.optimizer, batch=2),
        run=replace(config.run, workers=0, average=0.5, save_every=100, sheet_every=100, **run),
    )


def encoded(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Three pictures of flat colours with their true lines."""
    folder = tmp_path_factory.mktemp("data")
    for index, color in enumerate(("#c03020", "#2050c0", "#30a040")):
        picture, line = Image.new("RGB", (96, 80), "#f4e8d8"), Image.new("L", (96, 80), 255)
        for canvas, fill, ink in ((picture, color, "black"), (line, 255, 0)):
            ImageDraw.Draw(canvas).ellipse((15, 12, 80, 70), fill, ink, 3)
        (folder / f"p{index}.png").write_bytes(encoded(picture))
        (folder / f"p{index}.line.png").write_bytes(encoded(line))
    return str(folder)


@pytest.fixture(scope="module")
def batch(data):
    crops = Crops(read_shards([data]), "colorize", small().crops, 1)
    return default_collate([crops[k] for k in range(2)])


def make(**loss):
    config = small()
    config = replace(config, loss=replace(config.loss, **loss))
    torch.manual_seed(1)
    return LightRecipe(config, None, Shelf())


@pytest.fixture(scope="module")
def taught(batch):
    """A recipe after some steps on one batch, the loss of each, and the weights before."""
    recipe = make(perceptual=0.0)
    before = {name: weight.clone() for name, weight in recipe.learner.state_dict().items()}
    optimizer = torch.optim.Adam(recipe.learner.parameters(), 1e-3)
    found = []
    for _ in range(25):
        parts = recipe.compare(recipe.paint(recipe.learner, batch))
        loss = sum(recipe.weights[name] * part for name, part in parts.items())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append({name: part.item() for name, part in parts.items()} | {"all": loss.item()})
    return SimpleNamespace(recipe=recipe, losses=found, before=before)


def test_the_losses_fall_on_a_repeated_batch(taught):
    first, last = taught.losses[0], taught.losses[-1]
    assert last["all"] < 0.7 * first["all"]
    for name in ("own", "border"):
        assert last[name] < 0.9 * first[name], name
    assert last["l1"] <= first["l1"]


def test_every_weight_learns(taught):
    for name, weight in taught.recipe.learner.state_dict().items():
        assert torch.isfinite(weight).all(), name
        assert not torch.equal(weight, taught.before[name]), name


def test_the_boundary_map_learns_from_borders_alone(batch):
    recipe = make()
    parts = recipe.compare(recipe.paint(recipe.learner, batch))
    parts["border"].backward()
    reached = {n for n, w in recipe.learner.named_parameters() if w.grad is not None}
    assert {"encode.boundary.leave.weight", "encode.stem.0.weight"} <= reached
    assert all(name.startswith("encode.") for name in reached)
    unknown = {**batch, "known": 0 * batch["known"]}
    assert recipe.compare(recipe.paint(recipe.learner, unknown))["border"].item() == 0


def test_under_ink_nothing_counts(batch):
    recipe = make(perceptual=0.0)
    black = {**batch, "line": 0 * batch["line"]}
    parts = recipe.compare(recipe.paint(recipe.learner, black))
    assert parts["l1"].item() == 0
    assert parts["own"].item() == 0
    sum(parts.values()).backward()
    assert all(w.grad is None or w.grad.isfinite().all() for w in recipe.learner.parameters())


def test_an_obeyed_picture_of_a_page_without_hints_is_the_networks(batch):
    recipe = make()
    empty = ("hint", "flats", "sure", "around", "tone", "run")
    bare = batch | {name: 0 * batch[name] for name in empty}
    bare["area"] = 0 * batch["area"] - 1
    painted = recipe.paint(recipe.learner, bare)
    assert torch.equal(painted.picture, 2 * painted.guesses[1] - 1)


def as_planes(picture):
    return torch.from_numpy(picture.transpose(2, 0, 1)[None] / np.float32(255))


def as_pixels(planes):
    return 255 * planes[0].numpy().transpose(1, 2, 0)


def spread_of(crop):
    """A crop's hints spread over its lines, as the pipeline has them, and as a recipe has."""
    rgba = np.rint(255 * crop["hint"].numpy().transpose(1, 2, 0)).astype(np.uint8)
    hints = from_pixels(np.repeat(np.repeat(rgba, 4, 0), 4, 1))
    line = np.rint(255 * crop["line"][0].numpy()).astype(np.uint8)
    regions = find_regions(line)
    made = {n: torch.from_numpy(p)[None] for n, p in planes(regions, crop["hint"].numpy()).items()}
    found = spread(regions, hints)
    assert np.array_equal(made["area"][0].numpy(), found.areas)
    return SimpleNamespace(hints=hints, spread=found, made=made, line=line)


@pytest.fixture(scope="module")
def examples(art):
    """Crops of real flat art with few and with many hints, and what lies away from hints' pixels.

    `layer` is the art itself, its colours running through under the lines.
    """
    pictures = [p for p in read_shards([str(art / "flats.tar")]) if p.encoded_line is not None]
    config = CropConfig(
        size=128, recolor=0, redraw=False, line_width=2.0, lines={"true": 1}, hints={"many": 1}
    )
    crops = Crops(pictures, "colorize", config, 3)
    found = []
    for k in range(12):
        crop = crops[k]
        if k % 3:  # a few of them only
            kept = torch.from_numpy(np.random.default_rng(k).random(crop["hint"][3].shape) < 0.2)
            crop["hint"] *= kept
        example = spread_of(crop)
        clear = cv2.erode(example.line, np.ones((3, 3), np.uint8)) > 230
        example.layer = np.rint(as_pixels(crop["color"][None])).astype(np.uint8)
        if clear.any():
            example.layer = through(example.layer, clear)
        held = np.zeros(example.line.shape, bool)
        held.reshape(-1)[example.spread.held] = True
        away = cv2.distanceTransform((~held).astype(np.uint8), cv2.DIST_L2, 5)
        reach = max([6 * hint.radius for hint in example.hints] + [128 / 40])
        example.away = (example.spread.areas >= 0) & (away > reach)
        example.nowhere = (example.spread.areas < 0) & ~held
        if example.away.mean() > 0.2:
            found.append(example)
    assert len(found) >= 6
    return found


def both_obeyed(example, layer):
    """A layer obeyed by the recipe and by the pipeline, in levels."""
    mine = obey(as_planes(layer), example.made["area"], example.made["tone"])
    theirs, _ = obey_pixels(layer, example.hints, example.spread, 1.0)
    return as_pixels(mine), theirs.astype(np.float32)


def test_obey_agrees_with_the_pipelines_on_shading(examples):
    """A layer that is the hints' colours, shaded: as a network's is that has learnt a little."""
    rng = np.random.default_rng(5)
    for example in examples:
        noise = cv2.GaussianBlur(rng.normal(0, 1, example.layer.shape), (0, 0), 6)
        tone = as_pixels(example.made["tone"])
        layer = np.clip(tone + 12 * noise / noise.std(), 0, 255).astype(np.uint8)
        mine, theirs = both_obeyed(example, layer)
        off = np.abs(mine - theirs)[example.away]
        assert off.mean() < 3  # tones near white are bent the most, and their means moved
        assert np.median(off) < 1


def test_obey_agrees_with_the_pipelines_on_real_art(examples):
    """Areas of several colours, far from their tone: bending moves their mean by some levels."""
    means, moved = [], []
    for example in examples:
        mine, theirs = both_obeyed(example, example.layer)
        means.append(np.abs(mine - theirs)[example.away].mean())
        moved.append(np.abs(theirs - example.layer)[example.away].mean())
        same = mine[example.nowhere] - theirs[example.nowhere]
        assert not same.size or np.abs(same).max() < 0.5
    assert np.mean(moved) > 5  # there is something to agree on
    assert np.mean(means) < 3
    assert np.max(means) < 8
    assert np.mean(means) < 0.25 * np.mean(moved)


def test_an_obeyed_areas_mean_is_its_tone(examples):
    for example in examples:
        mine, _ = both_obeyed(example, example.layer)
        tone = as_pixels(example.made["tone"])
        for area in np.unique(example.spread.areas[example.away]):
            inside = example.spread.areas == area
            assert np.abs(mine[inside].mean(axis=0) - tone[inside][0]).max() < 10


def test_obey_passes_slopes_on_and_means_stay_in_their_picture():
    color = torch.rand(2, 3, 8, 8, requires_grad=True)
    area = torch.zeros(2, 8, 8, dtype=torch.int32)
    area[:, :, 4:] = -1
    tone = torch.full((2, 3, 8, 8), 0.5)
    made = obey(color, area, tone)
    made.square().sum().backward()
    assert color.grad.isfinite().all()
    assert color.grad[..., :4].abs().max() > 0
    alone = torch.cat([obey(color[k : k + 1], area[k : k + 1], tone[:1]) for k in range(2)])
    assert torch.allclose(made, alone, atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_obeying_black_and_white_is_exact_and_has_finite_slopes(value):
    color = torch.rand(1, 3, 8, 8, requires_grad=True)
    area, tone = torch.zeros(1, 8, 8, dtype=torch.int32), torch.full((1, 3, 8, 8), value)
    made = obey(color, area, tone)
    assert made.min() > -0.01
    assert made.max() < 1.01
    made.sum().backward()
    assert color.grad.isfinite().all()


def test_sharp_borders_are_put_back_as_the_pipeline_does(examples):
    rng = np.random.default_rng(6)
    for example in examples:
        noise = cv2.GaussianBlur(rng.normal(0, 1, example.layer.shape), (0, 0), 4)
        seen = torch.nn.functional.interpolate(
            example.made["around"], scale_factor=4.0, mode="bilinear"
        )
        layer = np.clip(as_pixels(seen) + 10 * noise / noise.std(), 0, 255).astype(np.uint8)
        mine = with_borders(as_planes(layer), example.made)
        pixels = np.rint(as_pixels(seen)).astype(np.uint8)
        theirs = with_borders_of_pixels(layer, pixels, example.spread, example.hints)
        off = np.abs(as_pixels(mine.clamp(0, 1)) - theirs)[example.spread.areas >= 0]
        assert off.mean() < 0.6
        assert np.quantile(off, 0.999) <= 1


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(tmp_path / "nothing"))
    monkeypatch.setattr(pretrained.platformdirs, "user_data_dir", lambda *_, **__: str(tmp_path))


def test_without_squeezenet_it_says_so_and_goes_on(no_weights, data, tmp_path):
    notes = []
    config = small(perceptual=1.0, steps=1)
    train(Request(config, [data], tmp_path / "run", device="cpu"), lambda row: None, notes.append)
    (note,) = notes
    assert SQUEEZENET.file in note
    assert "perceptual loss is left out" in note
    state = load_state(tmp_path / "run")
    assert (state["step"], state["published"]) == (1, [])


def test_with_squeezenet_it_is_one_of_the_losses(shared, monkeypatch, batch):
    monkeypatch.setenv("INKHUE_PERCEPTUAL", str(shared / "perceptual"))
    if SQUEEZENET.find() is None:
        pytest.skip("the test art has no folder perceptual/ with weights")
    recipe = make(perceptual=1.0)
    assert recipe.losses == ("l1", "own", "border", "perceptual", "adversarial", "critic")
    parts = recipe.compare(recipe.paint(recipe.learner, batch))
    assert 0 < parts["perceptual"].item() < 2
    parts["perceptual"].backward()
    assert recipe.learner.colorize.leave.weight.grad.abs().max() > 0
    assert all(w.grad is None for aide in recipe.aides for w in aide.parameters())


def test_judging_and_fooling_reach_their_own(batch):
    recipe = make()
    painted = recipe.paint(recipe.learner, batch)
    recipe.judge(recipe.critic, painted).backward()
    assert all(w.grad is None for w in recipe.learner.parameters())
    assert any(w.grad is not None for w in recipe.critic.parameters())
    recipe.critic.requires_grad_(False)
    recipe.fool(recipe.critic, painted).backward()
    assert recipe.learner.colorize.leave.weight.grad.abs().max() > 0


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "light"
    train(Request(small(steps=4), [data], folder, device="cpu"), lambda row: None, print)
    return folder


@pytest.fixture(scope="module")
def model(run, tmp_path_factory):
    return export([run], tmp_path_factory.mktemp("models") / "light-w16", Form(), print)


def test_a_run_is_exported_in_three_parts(model):
    described = read_model(model)
    assert described.name == "light-w16"
    assert list(described.stages) == ["encode", "draft", "colorize"]
    assert (described.multiple, described.clean, described.line_width) == (32, True, 3.0)
    assert described.training["colorize"]["crops"] == 8
    assert described.training["pictures"] == 3
    names = {"ATTRIBUTION.csv", "model.json", *(s.file for s in described.stages.values())}
    assert {path.name for path in model.iterdir()} == names
    # Stored in 8 bits for the most part.
    assert described.file_bytes < 0.5 * described.float32_bytes


def test_the_exported_model_colours_a_drawing(model):
    prepared = Colorizer(model, threads=1).prepare(draw(160))
    assert {"near", "middle", "far", "deep", "boundary"} == set(prepared.features)
    hints = Hints(160, 160, (Hint(((80, 60),), (220, 40, 40), 8),))
    result = prepared.color(hints)
    assert result.image.shape == (160, 160, 3)
    assert tuple(result.color_layer[60, 80]) == (220, 40, 40)
    assert not np.array_equal(prepared.draft(hints), prepared.draft())


def test_the_exported_model_paints_what_the_network_does(model, run, batch):
    network = load_origin(run, "colorize").module.eval()
    one = [batch[name][:1] for name in SHOWN]
    with torch.no_grad():
        draft, color, _ = network(*one)
    colorizer = Colorizer(model, threads=1)
    known = {name: part.numpy() for name, part in zip(SHOWN, one, strict=True)}
    known |= colorizer.run("encode", known)
    known |= colorizer.run("draft", known)
    known |= colorizer.run("colorize", known)
    for name, wanted in (("draft", draft), ("color", color)):
        assert np.abs(known[name] - wanted.numpy()).mean() < 1 / 255


def test_training_starts_from_the_exported_folder(model, run, data, tmp_path):
    config = small(steps=1)
    config = replace(config, optimizer=replace(config.optimizer, rate=1e-9))
    request = Request(config, [data], tmp_path / "run", init=model, device="cpu")
    train(request, lambda row: None, print)
    before, after = load_origin(run, "colorize"), load_origin(tmp_path / "run", "colorize")
    for name, weight in before.module.named_parameters():
        moved = (weight - after.module.get_parameter(name)).abs().max()
        assert moved <= weight.abs().max() / 100, name  # rounding to 8 bits
    assert (before.crops, after.crops) == (8, 10)


def test_another_width_is_no_start(model, data, tmp_path):
    config = replace(small(steps=0), network=NetworkConfig("light", 32))
    with pytest.raises(UsageError, match=r"light of width 16.*width 32"):
        train(Request(config, [data], tmp_path / "run", init=model, device="cpu"), print)


def test_a_run_that_stopped_comes_to_the_same(run, data, tmp_path):
    for steps in (2, 4):
        request = Request(small(steps=steps), [data], tmp_path / "run", resume=steps == 4)
        train(replace(request, device="cpu"), lambda row: None, print)
    one, other = (load_state(folder)["network"] for folder in (run, tmp_path / "run"))
    assert all(torch.equal(weight, other[name]) for name, weight in one.items())


@pytest.mark.parametrize("name", ["light.toml", "light-2.toml"])
def test_the_reported_configs_are_read(name):
    config = read_config(CONFIGS / name)
    assert (config.network.name, config.network.width) == ("light", 32)
    assert config.crops.regions
    assert config.loss.perceptual


def test_sheets_show_lines_over_colour(taught, batch):
    with torch.no_grad():
        draft, result = taught.recipe.show(taught.recipe.network.eval(), batch)
    taught.recipe.network.train()
    assert draft.shape == (2, 3, 16, 16)
    assert result.shape == (2, 3, 64, 64)
    assert 0 <= result.min() <= result.max() <= 1
    assert (result[(batch["line"] == 0).expand_as(result)] == 0).all()
