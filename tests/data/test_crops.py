"""Training crops: repeatable, of the right shapes, and hard on broken shards."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch")

from inkhue.data.augment import draw_window  # noqa: E402
from inkhue.data.crops import (  # noqa: E402
    ByteCache,
    CropConfig,
    Crops,
    picture_chances,
    reduce,
)
from inkhue.data.shards import Picture  # noqa: E402
from inkhue.errors import InkhueError, UsageError  # noqa: E402
from inkhue.lines.thickness import line_thickness  # noqa: E402

CONFIG = CropConfig(size=64, hints={"paper": 1, "people": 1})


def encoded(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def picture(name, color, *, line=True):
    image, drawn = Image.new("RGB", (150, 120), "white"), Image.new("L", (150, 120), 255)
    for canvas, fill, ink in ((image, color, "black"), (drawn, 255, 0)):
        ImageDraw.Draw(canvas).rectangle((30, 20, 110, 90), fill, ink, 3)
    return Picture(name, "test.tar", encoded(image), encoded(drawn) if line else None)


PICTURES = [picture("red", "#d03020"), picture("blue", "#2040c0", line=False)]


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


@pytest.mark.parametrize("stage", ["draft", "colorize"])
def test_a_crop_is_the_same_whoever_makes_it(stage):
    first, second = (Crops(PICTURES, stage, CONFIG, seed=5) for _ in range(2))
    backwards = [first[k] for k in (9, 4, 0)]  # what was made before must not matter
    for k, crop in zip((0, 4, 9), reversed(backwards), strict=True):
        assert same(second[k], crop)


def test_other_indices_and_other_seeds_give_other_crops():
    crops, other = Crops(PICTURES, "draft", CONFIG, 5), Crops(PICTURES, "draft", CONFIG, 6)
    made = [crops[k]["color"] for k in range(8)]
    assert all(not torch.equal(made[i], made[j]) for i in range(8) for j in range(i))
    assert not any(torch.equal(made[k], other[k]["color"]) for k in range(8))


@pytest.mark.parametrize(("stage", "grid"), [("draft", 64), ("colorize", 16)])
def test_shapes_and_ranges(stage, grid):
    crops = Crops(PICTURES, stage, CONFIG, 1)
    for k in range(12):
        crop = crops[k]
        shapes = {name: tuple(part.shape) for name, part in crop.items()}
        wanted = {"line": (1, 64, 64), "color": (3, 64, 64), "hint": (4, grid, grid)}
        if stage == "colorize":
            wanted["line_small"] = (1, 16, 16)
        assert shapes == wanted
        for part in crop.values():
            assert part.dtype == torch.float32
            assert part.min() >= 0
            assert part.max() <= 1


def test_lines_and_colours_of_a_crop_lie_over_each_other():
    config = replace(CONFIG, lines={"true": 1}, recolor=0, redraw=False, whole=0)
    crops = Crops(PICTURES[:1], "colorize", config, 2)
    for k in range(10):
        crop = crops[k]
        inked = crop["line"][0] < 0.2
        assert crop["color"][:, inked].numel() == 0 or crop["color"][:, inked].max() < 0.5


def test_without_hints_a_picture_keeps_its_colours():
    config = replace(CONFIG, recolor=1, hints={"people": 1}, redraw=False)
    crops = Crops(PICTURES[:1], "colorize", config, 2)
    red = torch.tensor([0xD0, 0x30, 0x20]).view(3, 1, 1) / 255
    own, changed = 0, 0
    for k in range(60):
        shown = (crops[k]["color"] - red).abs().amax(0) < 0.02
        own += bool(crops[k]["hint"][3].sum() == 0 and shown.any())
        changed += bool(crops[k]["hint"][3].any() and not shown.any())
        assert shown.any() or crops[k]["hint"][3].any() or crops[k]["color"].mean() > 0.97
    assert own > 5
    assert changed > 20


def test_hints_lie_in_the_same_places_whatever_the_colours():
    kept, changed = (
        Crops(PICTURES, "colorize", replace(CONFIG, recolor=share, hints={"people": 1}), 4)
        for share in (0, 1)
    )
    for k in range(8):
        assert torch.equal(kept[k]["hint"][3], changed[k]["hint"][3])


@pytest.mark.parametrize("stage", ["draft", "colorize"])
def test_hints_show_the_crops_own_colours(stage):
    config = replace(CONFIG, hints={"paper-colorize": 1})
    crop = Crops(PICTURES, stage, config, 3)[1]
    color = crop["color"].permute(1, 2, 0).numpy()
    small = color if stage == "draft" else reduce(color)
    rows, columns = np.nonzero(crop["hint"][3].numpy())
    shown = crop["hint"][:3, rows, columns].T.numpy()
    near = [
        np.abs(shown - small[np.clip(rows + y, 0, None) % len(small), (columns + x) % len(small)])
        for y in (-1, 0, 1)
        for x in (-1, 0, 1)
    ]
    assert len(rows) > 0
    # The mean of a 4 x 4 block is rounded to a byte.
    assert np.min([n.max(axis=1) for n in near], axis=0).max() <= 0.5 / 255 + 1e-6


def test_the_draft_stage_sees_more_of_the_picture_than_a_crop_of_its_size():
    config = replace(CONFIG, size=32, whole=0, lines={"pencil": 1}, recolor=0)
    draft, colorize = (Crops(PICTURES, stage, config, 4) for stage in ("draft", "colorize"))
    paper = [
        np.mean([(crops[k]["color"] > 0.99).all(dim=0).float().mean() for k in range(12)])
        for crops in (draft, colorize)
    ]
    assert paper[0] > 0.3  # 128 pixels of a 150 x 120 picture: the margins show
    assert paper[0] != paper[1]


def test_pictures_without_a_true_line_get_a_made_one():
    config = replace(CONFIG, lines={"true": 100, "pencil": 1})
    crop = Crops([PICTURES[1]], "draft", config, 0)[0]
    assert crop["line"].min() < 1


def test_weights_go_by_part_of_the_id():
    chances = picture_chances(PICTURES, CropConfig(weights={"red": 3}))
    assert chances.tolist() == [0.75, 0.25]
    chosen = Crops(PICTURES, "draft", replace(CONFIG, weights={"blue": 0}), 0)
    assert all(chosen.pictures[_chosen(chosen, k)].id == "red" for k in range(10))


def test_pictures_without_line_art_of_their_own_weigh_what_is_asked_for():
    assert [p.encoded_line is None for p in PICTURES] == [False, True]
    assert picture_chances(PICTURES, CropConfig(unlined=0.5)).tolist() == [2 / 3, 1 / 3]
    both = CropConfig(unlined=0.5, weights={"blue": 6})
    assert picture_chances(PICTURES, both).tolist() == [0.25, 0.75]


def _chosen(crops, index):
    rng = np.random.default_rng([crops.seed, index])
    return int(rng.choice(len(crops.pictures), p=crops.chances))


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UsageError, match=r"'papr'.*did you mean 'paper'"):
        CropConfig(hints={"papr": 1})
    with pytest.raises(UsageError, match=r"'xdogg'.*did you mean 'xdog'"):
        CropConfig(lines={"xdogg": 1})


def broken_pictures():
    bad = Picture("bad", "shard-7.tar", PICTURES[0].encoded[:200])
    return [bad]


def test_a_broken_picture_names_its_shard():
    with pytest.raises(InkhueError, match=r"shard-7\.tar: picture 'bad' is broken") as error:
        Crops(broken_pictures(), "draft", CONFIG, 0)[0]
    assert "\n" not in str(error.value)


def test_a_loader_with_two_workers_gives_the_same_crops():
    crops = Crops(PICTURES, "draft", replace(CONFIG, size=32), 8)
    loader = torch.utils.data.DataLoader(crops, batch_size=3, sampler=range(10, 22), num_workers=2)
    batches = list(loader)
    assert len(batches) == 4
    for b, batch in enumerate(batches):
        for i in range(3):
            assert same({k: v[i] for k, v in batch.items()}, crops[10 + 3 * b + i])


def test_the_cache_keeps_the_last_used_within_its_limit():
    cache = ByteCache(1000)
    made = []

    def get(key, size=300):
        return cache.get(key, lambda: made.append(key) or np.zeros(size, np.uint8))

    for key in "abc":
        get(key)
    get("a")  # used again: b is now the longest unused
    get("d")
    assert cache.held == 900
    get("a")
    assert made == list("abcd")
    get("b")
    assert made == list("abcdb")
    assert cache.held == sum(a.nbytes for a in cache.arrays.values()) <= 1000


def test_an_array_over_the_limit_is_kept_alone():
    cache = ByteCache(10)
    big = cache.get("big", lambda: np.zeros(50, np.uint8))
    assert cache.get("big", lambda: None) is big
    cache.get("small", lambda: np.zeros(5, np.uint8))
    assert cache.held == 5


def test_reducing_takes_the_mean_of_blocks():
    values = np.arange(64, dtype=np.float32).reshape(8, 8)
    assert np.allclose(reduce(values), values.reshape(2, 4, 2, 4).mean(axis=(1, 3)))


def test_a_config_without_hints_or_lines_is_refused():
    with pytest.raises(UsageError, match="no hint rule"):
        CropConfig(hints={})
    with pytest.raises(UsageError, match="no line method"):
        CropConfig(lines={})


KNOWING = replace(CONFIG, regions=True, hints={"many": 1})
CELLS, FULL = (16, 16), (64, 64)


def test_a_crop_with_regions_holds_them_all():
    crops = Crops(PICTURES, "colorize", KNOWING, 1)
    shapes = {
        "line": (1, *FULL), "color": (3, *FULL), "line_small": (1, *CELLS), "hint": (4, *CELLS),
        "flats": (3, *CELLS), "sure": (1, *CELLS), "around": (3, *CELLS),
        "area": FULL, "tone": (3, *FULL), "run": (3, *FULL),
        "border": (1, *CELLS), "known": (1, *CELLS),
    }  # fmt: skip
    for k in range(10):
        crop = crops[k]
        assert {name: tuple(part.shape) for name, part in crop.items()} == shapes
        for name, part in crop.items():
            assert part.dtype == (torch.int32 if name == "area" else torch.float32), name
            assert part.max() <= (FULL[0] ** 2 if name == "area" else 1), name
            assert part.min() >= (-1 if name in ("area", "run") else 0), name
        assert set(crop["border"].unique().tolist()) <= {0, 1}
        assert not (crop["border"] * (1 - crop["known"])).any()
        given = {tuple(c) for c in crop["hint"][:3, crop["hint"][3] > 0].T.tolist()}
        reached = crop["sure"][0] > 0
        assert {tuple(c) for c in crop["flats"][:, reached].T.tolist()} <= given
        assert {tuple(c) for c in crop["tone"][:, crop["area"] >= 0].T.tolist()} <= given
        assert not crop["tone"][:, crop["area"] < 0].any()


def test_borders_are_known_with_and_without_true_lines():
    """All is outlined: borders without a line are where the picture ends in a straight cut."""
    config = replace(KNOWING, lines={"true": 1, "ink": 1}, whole=1, redraw=False)
    for picture in PICTURES[:2]:
        made, cut = (
            [Crops([picture], "colorize", replace(config, vignette=share), 1)[k] for k in range(4)]
            for share in (0.0, 1.0)
        )
        assert all((crop["known"] > 0).float().mean() > 0.9 for crop in (*made, *cut))
        assert all(crop["border"].any() for crop in made)
        assert not any((crop["known"] > 1).any() for crop in made)
        assert any((crop["known"] > 1).any() for crop in cut)


def test_a_crop_with_regions_is_the_same_whoever_makes_it():
    first, second = (Crops(PICTURES, "colorize", KNOWING, seed=5) for _ in range(2))
    backwards = [first[k] for k in (9, 4, 0)]
    for k, crop in zip((0, 4, 9), reversed(backwards), strict=True):
        assert same(second[k], crop)
    assert not same(second[0], second[1])


def thick_lined():
    """Discs with lines of 11 pixels."""
    color, line = np.full((500, 600, 3), 255, np.uint8), np.full((500, 600), 255, np.uint8)
    for x, y, radius in ((150, 150, 90), (400, 180, 120), (250, 380, 80), (480, 400, 60)):
        cv2.circle(color, (x, y), radius, (200, 60, 40), -1)
        cv2.circle(color, (x, y), radius, (0, 0, 0), 11)
        cv2.circle(line, (x, y), radius, 0, 11)
    return Picture("thick", "test.tar", *(encoded(Image.fromarray(a)) for a in (color, line)))


def lines_of(picture, count, **config):
    config = CropConfig(size=64, whole=0, redraw=False, recolor=0, lines={"true": 1}, **config)
    crops = Crops([picture], "colorize", config, 3)
    return [np.rint(255 * crops[k]["line"][0].numpy()).astype(np.uint8) for k in range(count)]


def test_thick_lines_are_brought_to_the_width_that_is_asked_for():
    def usual(**config):
        found = [line_thickness(line) for line in lines_of(thick_lined(), 40, **config)]
        return np.median([thick for thick in found if thick])

    assert usual() > 6
    assert usual(line_width=2.0) == pytest.approx(2, rel=0.35)
    assert usual(line_width=4.0) == pytest.approx(4, rel=0.35)


def test_a_share_of_crops_has_far_thicker_lines():
    thin, asked = thick_lined(), {"line_width": 40.0}
    plain, thick = (lines_of(thin, 20, thick=share, **asked) for share in (0.0, 1.0))
    ink = [np.mean([(255.0 - line).mean() for line in lines]) for lines in (plain, thick)]
    assert ink[1] > 1.2 * ink[0]
    # They are brought to one width as others are.
    found = [line_thickness(line) for line in lines_of(thin, 40, thick=1.0, line_width=3.0)]
    assert np.median([thickness for thickness in found if thickness]) == pytest.approx(3, rel=0.4)


def test_thin_lines_are_left_as_they_are():
    thin = picture("thin", "#d03020")
    for one, other in zip(lines_of(thin, 6), lines_of(thin, 6, line_width=5.0), strict=True):
        assert np.array_equal(one, other)


def test_blank_windows_are_rare():
    line = np.full((400, 400), 255, np.uint8)
    cv2.circle(line, (130, 130), 90, 0, 3)
    color = np.repeat(line[..., None], 3, axis=2)
    sparse = Picture("sparse", "test.tar", *(encoded(Image.fromarray(a)) for a in (color, line)))
    once = [
        draw_window(line.shape, 64, np.random.default_rng(seed), whole=0).shows_ink(line)
        for seed in range(300)
    ]
    blank = 1 - np.mean(once)
    assert 0.4 < blank < 0.8  # so often by one window
    found = np.mean([crop.min() >= 128 for crop in lines_of(sparse, 80)])
    assert found < blank**3 + 0.15
