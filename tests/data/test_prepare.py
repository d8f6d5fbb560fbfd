"""Making shards: what comes in, what is left out and why, resuming, rebuilding from a table."""

from __future__ import annotations

import csv
import io
import json
import re
import tarfile
from pathlib import Path

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from inkhue.data import prepare
from inkhue.data.encode import mean_chroma, open_line, open_reduced
from inkhue.data.prepare import Summary, prepare_folder, rebuild
from inkhue.data.shards import read_shards
from inkhue.data.sources import COLUMNS, LeftOut, find_pictures, origin_folder, picture_id
from inkhue.errors import InkhueError, UsageError


def painting(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A coloured scene of discs that differs from those of other seeds."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", size, tuple(int(v) for v in rng.integers(120, 256, 3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(9):
        x, y, radius = rng.uniform(0, size[0]), rng.uniform(0, size[1]), rng.uniform(8, 45)
        color = tuple(int(v) for v in rng.integers(0, 256, 3))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    return picture


def quiet(done: int, total: int) -> None:
    assert 0 <= done <= total


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reasons(out: Path) -> dict[str, str]:
    return {row["path"]: row["reason"] for row in table(out / "left-out.csv")}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "pictures"
    (made / "deep").mkdir(parents=True)
    for seed in range(4):
        painting(seed).save(made / f"scene {seed}.png")
    painting(4).save(made / "deep" / "scene.jpg", quality=95)
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "shards"


def test_pictures_come_back_from_the_shards(folder: Path, out: Path) -> None:
    line = Image.new("L", (160, 120), 255)
    ImageDraw.Draw(line).line((10, 10, 150, 110), fill=0, width=3)
    line.save(folder / "scene 1.line.png")
    facts = {"title": "Écume", "author": "A. Nemo", "license": "CC0-1.0", "more": "not kept"}
    (folder / "scene 1.json").write_text(json.dumps(facts), encoding="utf-8")

    assert prepare_folder(folder, out, quiet) == Summary(pictures=5, shards=1, left_out=0)

    pictures = {p.meta["path"]: p for p in read_shards([str(out)])}
    assert sorted(pictures) == ["deep/scene.jpg", *(f"scene {n}.png" for n in range(4))]
    one = pictures["scene 1.png"]
    assert one.meta == {
        "title": "Écume",
        "author": "A. Nemo",
        "license": "CC0-1.0",
        "path": "scene 1.png",
    }
    assert np.array_equal(one.line(), np.array(line))
    change = one.rgb().astype(int) - np.array(painting(1)).astype(int)
    assert np.abs(change).mean() < 4
    assert pictures["scene 2.png"].line() is None


def test_manifest_has_the_facts_and_the_hash(folder: Path, out: Path) -> None:
    prepare_folder(folder, out, quiet)
    rows = table(out / "manifest.csv")
    assert list(rows[0]) == [*COLUMNS, "hash"]
    assert {row["shard"] for row in rows} == {"train-0000"}
    row = next(row for row in rows if row["path"] == "scene 3.png")
    assert row["true_line"] == "0"
    assert row["hash"] == str(imagehash.phash(painting(3)))
    assert reasons(out) == {}


def test_members_are_named_as_webdataset_wants(folder: Path, out: Path) -> None:
    painting(1).convert("L").save(folder / "scene 1.line.webp")
    prepare_folder(folder, out, quiet)
    with tarfile.open(out / "train-0000.tar") as tar:
        members = tar.getmembers()
    found = [m.name for m in members if m.name.startswith("scene-1-")]
    name = picture_id("scene 1.png")
    assert found == [f"{name}.webp", f"{name}.line.webp", f"{name}.json"]
    assert {(m.mtime, m.uid, m.gid, m.uname, m.mode) for m in members} == {(0, 0, 0, "", 0o644)}


def test_same_pictures_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    prepare_folder(folder, tmp_path / "a", quiet)
    prepare_folder(folder, tmp_path / "b", quiet)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_large_pictures_are_reduced(folder: Path, out: Path) -> None:
    painting(8, (1300, 650)).save(folder / "large.png")
    painting(8, (1300, 650)).convert("L").save(folder / "large.line.png")
    prepare_folder(folder, out, quiet)
    large = next(p for p in read_shards([str(out)]) if p.meta["path"] == "large.png")
    assert large.rgb().shape == (256, 512, 3)
    assert large.line().shape == (256, 512)


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("broken.png", lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n rest is lost"), "broken"),
        ("empty.jpg", lambda p: p.write_bytes(b""), "no picture"),
        ("text.webp", lambda p: p.write_text("a letter"), "no picture"),
        ("small.png", lambda p: painting(9, (200, 63)).save(p), "too small: 200x63"),
        ("strip.png", lambda p: painting(9, (2000, 200)).save(p), "too small: 512x51"),
        ("grey.png", lambda p: painting(9).convert("L").convert("RGB").save(p), "grey"),
        ("grey.jpg", lambda p: painting(9).convert("L").convert("RGB").save(p), "grey"),
        ("ink.png", lambda p: Image.new("1", (90, 90), 1).save(p), "grey"),
        ("twice.png", lambda p: painting(2).save(p), f"same as {picture_id('scene 2.png')}"),
        ("near.jpg", lambda p: painting(2).resize((320, 240)).save(p, quality=70), "same as"),
        ("lost.line.png", lambda p: painting(9).save(p), "without its picture"),
    ],
)
def test_unfit_pictures_are_left_out_with_the_reason(
    folder: Path, out: Path, name: str, make: object, reason: str
) -> None:
    make(folder / "deep" / name)  # type: ignore[operator]
    twin = name in ("twice.png", "near.jpg")  # which of two comes first is the path's order
    if twin:
        (folder / "deep" / name).rename(folder / f"z {name}")
    summary = prepare_folder(folder, out, quiet)
    assert summary == Summary(pictures=5, shards=1, left_out=1)
    left_out = reasons(out)
    assert reason in left_out[f"z {name}" if twin else f"deep/{name}"]
    assert len(read_shards([str(out)])) == 5


def test_cut_off_jpeg_is_left_out(folder: Path, out: Path) -> None:
    whole = (folder / "deep" / "scene.jpg").read_bytes()
    (folder / "deep" / "scene.jpg").write_bytes(whole[: len(whole) // 2])
    prepare_folder(folder, out, quiet)
    assert "scene.jpg is broken" in reasons(out)["deep/scene.jpg"]


def test_broken_facts_and_lines_are_named(folder: Path, out: Path) -> None:
    (folder / "scene 0.json").write_text("[1]")
    (folder / "scene 1.line.png").write_text("no lines")
    painting(0, (120, 160)).save(folder / "scene 2.line.png")
    prepare_folder(folder, out, quiet)
    left_out = reasons(out)
    assert "scene 0.json is no JSON object" in left_out["scene 0.png"]
    assert "scene 1.line.png is no picture" in left_out["scene 1.png"]
    assert "scene 2.line.png has another shape" in left_out["scene 2.png"]


def test_transparent_pictures_lie_over_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (900, 900), (200, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((300, 300, 600, 600), fill=(0, 90, 200, 255))
    clear.save(tmp_path / "clear.png")
    seen = np.array(open_reduced(tmp_path / "clear.png"))
    assert seen.shape == (512, 512, 3)
    assert (seen[:140, :140] == 255).all()
    assert np.abs(seen[250, 250].astype(int) - (0, 90, 200)).max() <= 1


@pytest.mark.parametrize("mode", ["P", "LA", "CMYK", "I;16", "1"])
def test_other_modes_are_reduced_smoothly(tmp_path: Path, mode: str) -> None:
    ramp = np.tile(np.linspace(0, 255, 1024).astype(np.uint8), (1024, 1))
    if mode == "I;16":
        picture = Image.fromarray(ramp.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(ramp).convert("RGB" if mode == "CMYK" else "L").convert(mode)
    picture.save(file := tmp_path / ("ramp.tif" if mode == "CMYK" else "ramp.png"))
    seen = np.array(open_reduced(file)).astype(int)[..., 1]
    assert seen.shape == (512, 512)
    assert np.abs(seen.mean(axis=0) - ramp[0].reshape(512, 2).mean(axis=1)).mean() < 12


def test_a_turned_photo_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    painting(1, (800, 600)).save(tmp_path / "turned.jpg", exif=exif)
    assert open_reduced(tmp_path / "turned.jpg").size == (384, 512)


def test_a_line_of_another_size_is_scaled_alike(tmp_path: Path) -> None:
    line = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(line).rectangle((150, 0, 300, 200), fill=0)
    line.save(tmp_path / "line.png")
    fitted = np.array(open_line(tmp_path / "line.png", (510, 340)))
    assert fitted.shape == (340, 510)
    assert fitted[:, :240].min() > 250
    assert fitted[:, 270:].max() < 5


def test_a_second_run_adds_only_new_pictures(folder: Path, out: Path) -> None:
    prepare_folder(folder, out, quiet)
    before = contents(out)
    assert prepare_folder(folder, out, quiet).pictures == 5
    assert contents(out) == before

    painting(20).save(folder / "a new one.png")
    painting(3).save(folder / "an old one.png")
    assert prepare_folder(folder, out, quiet) == Summary(pictures=6, shards=2, left_out=1)
    assert contents(out)["train-0000.tar"] == before["train-0000.tar"]
    assert [p.meta["path"] for p in read_shards([str(out / "train-0001.tar")])] == ["a new one.png"]
    assert list(reasons(out)) == ["an old one.png"]


class Killed(BaseException):
    """What no handler in the code under test catches."""


@pytest.mark.parametrize("moment", range(6))
def test_a_killed_run_goes_on_to_the_same_end(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    painting(0).save(folder / "z twin.png")
    monkeypatch.setattr(prepare, "SHARD_BYTES", 9000)
    prepare_folder(folder, tmp_path / "whole", quiet)
    assert len(list((tmp_path / "whole").glob("*.tar"))) >= 3

    replacing, writes = prepare.replacing, 0

    def dying(path: Path, *, force: bool) -> object:
        nonlocal writes
        writes += 1
        if writes == 2 + moment:
            path.with_name(".inkhue-0badcafe.tar").write_bytes(b"a part")
            raise Killed
        return replacing(path, force=force)

    monkeypatch.setattr(prepare, "replacing", dying)
    with pytest.raises(Killed):
        prepare_folder(folder, tmp_path / "killed", quiet)
    monkeypatch.setattr(prepare, "replacing", replacing)
    prepare_folder(folder, tmp_path / "killed", quiet)
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_shards_are_filled_up_to_their_size(
    folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "SHARD_BYTES", 1)
    assert prepare_folder(folder, out, quiet).shards == 5
    assert sorted(p.name for p in out.glob("*.tar")) == [f"train-{n:04d}.tar" for n in range(5)]


def test_a_deleted_shard_is_made_again(folder: Path, out: Path) -> None:
    prepare_folder(folder, out, quiet)
    before = contents(out)
    (out / "train-0000.tar").unlink()
    prepare_folder(folder, out, quiet)
    assert contents(out) == before


def test_shards_of_another_making_are_left_alone(folder: Path, out: Path) -> None:
    out.mkdir()
    (out / "train-0000.tar").write_bytes(b"someone's")
    with pytest.raises(UsageError, match=r"has shards but no manifest\.csv"):
        prepare_folder(folder, out, quiet)
    assert contents(out) == {"train-0000.tar": b"someone's"}


def test_folders_that_cannot_be_used(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InkhueError, match="no such folder"):
        prepare_folder(tmp_path / "nowhere", tmp_path / "out", quiet)
    (tmp_path / "bare").mkdir()
    with pytest.raises(InkhueError, match="holds no pictures"):
        prepare_folder(tmp_path / "bare", tmp_path / "out", quiet)
    (tmp_path / "file").write_text("")
    with pytest.raises(InkhueError, match="cannot write into"):
        prepare_folder(folder, tmp_path / "file", quiet)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InkhueError, match="no column shard"):
        prepare_folder(folder, tmp_path / "out", quiet)


def test_hidden_files_are_passed_over(folder: Path) -> None:
    (folder / ".cache").mkdir()
    painting(30).save(folder / ".cache" / "thumb.png")
    painting(31).save(folder / "._scene.png")
    assert len(list(find_pictures(folder))) == 5


paths = st.lists(
    st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=9), min_size=1, max_size=3
)


@settings(max_examples=50, deadline=None)
@given(paths, paths)
def test_ids_are_plain_short_and_unique(one: list[str], other: list[str]) -> None:
    first, second = "/".join(one) + ".png", "/".join(other) + ".png"
    ids = picture_id(first), picture_id(second)
    assert all(re.fullmatch(r"[a-z0-9-]{9,69}", id) for id in ids)
    assert (ids[0] == ids[1]) == (first == second)


def test_grey_is_told_from_colour() -> None:
    rng = np.random.default_rng(3)
    grey = rng.integers(0, 256, (100, 100, 1)).astype(np.uint8).repeat(3, axis=2)
    assert mean_chroma(Image.fromarray(grey)) < 0.1
    assert mean_chroma(painting(0)) > 10


def test_real_art_is_taken_in(art: Path, tmp_path: Path) -> None:
    source = tmp_path / "art"
    source.mkdir()
    for picture in read_shards([str(art / "val.tar")])[:6]:
        (source / f"{picture.id}.webp").write_bytes(picture.encoded)
        (source / f"{picture.id}.json").write_text(json.dumps(picture.meta))
    summary = prepare_folder(source, tmp_path / "out", quiet)
    assert summary == Summary(pictures=6, shards=1, left_out=0)


# --- rebuilding ---------------------------------------------------------------------------------


def write_sources(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for shard, id, origin, where in rows:
        writer.writerow([shard, id, 0, "Title", "Author", "CC0-1.0", origin, where])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    home = tmp_path / "copies" / "github_some_birds"
    (home / "art").mkdir(parents=True)
    for seed in range(3):
        painting(seed).save(home / "art" / f"{seed}.png")
    painting(0).save(home / "art" / "again.png")
    return tmp_path / "copies"


BIRDS = "github:some/birds@6f0c1"
TABLE = [
    ("val", "bird-two", BIRDS, "art/2.png"),
    ("train-0000", "bird-zero", BIRDS, "art/0.png"),
    ("train-0000", "bird-again", BIRDS, "art/again.png"),
    ("train-0000", "face-1", BIRDS, "createAvatar(style,options) seed=1 " + "x" * 900),
    ("train-0001", "bird-one", BIRDS, "art/1.png"),
    ("train-0001", "elsewhere", "npm:@dicebear/micah@9.4.3", "a.png"),
]


def test_a_table_rebuilds_its_shards(copies: Path, out: Path, tmp_path: Path) -> None:
    painting(1).convert("L").save(copies / "github_some_birds" / "art" / "1.line.png")
    sources = write_sources(tmp_path / "sources.csv", TABLE)
    summary = rebuild(sources, copies, out, quiet)
    assert summary == Summary(pictures=4, shards=3, left_out=2)
    found = {p.id: p for p in read_shards([str(out)])}
    assert {id: Path(p.shard).stem for id, p in found.items()} == {
        "bird-again": "train-0000",  # the table's choice is trusted, though it repeats a picture
        "bird-zero": "train-0000",
        "bird-one": "train-0001",
        "bird-two": "val",
    }
    assert found["bird-one"].encoded_line is not None
    assert found["bird-two"].meta["origin"] == BIRDS
    left_out = reasons(out)
    assert left_out["npm:@dicebear/micah@9.4.3: a.png"].startswith("no folder npm_dicebear_micah")
    assert left_out[f"{BIRDS}: {TABLE[3][3]}"].endswith("render it to face-1.png")


def test_what_was_missing_comes_into_its_shard(copies: Path, out: Path, tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "sources.csv", TABLE)
    rebuild(sources, copies, out, quiet)
    before = contents(out)
    rebuild(sources, copies, out, quiet)
    assert contents(out) == before

    painting(7).save(copies / "github_some_birds" / "face-1.png")
    assert rebuild(sources, copies, out, quiet) == Summary(pictures=5, shards=3, left_out=1)
    rebuild(sources, copies, tmp_path / "at once", quiet)
    assert contents(out) == contents(tmp_path / "at once")
    assert contents(out)["val.tar"] == before["val.tar"]


def test_a_path_may_not_lead_out_of_its_source(copies: Path, out: Path, tmp_path: Path) -> None:
    painting(5).save(tmp_path / "secret.png")
    rows = [
        ("train-0000", "up", BIRDS, "../../secret.png"),
        ("train-0000", "root", BIRDS, str(tmp_path / "secret.png")),
        ("train-0000", "zero", "..", "secret.png"),
    ]
    summary = rebuild(write_sources(tmp_path / "sources.csv", rows), copies, out, quiet)
    assert summary == Summary(pictures=0, shards=0, left_out=3)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("train-0000", "a/b", BIRDS, "art/0.png")], "can be no id"),
        ([("../x", "a", BIRDS, "art/0.png")], "can be no id or shard"),
        ([("train-0000", "a", BIRDS, "art/0.png")] * 2, "is there twice"),
    ],
)
def test_tables_that_cannot_be_used(
    copies: Path, out: Path, tmp_path: Path, rows: list[tuple[str, str, str, str]], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        rebuild(write_sources(tmp_path / "sources.csv", rows), copies, out, quiet)
    assert not out.exists()


def test_a_table_that_is_none(copies: Path, out: Path, tmp_path: Path) -> None:
    with pytest.raises(InkhueError, match="cannot be read"):
        rebuild(tmp_path / "nowhere.csv", copies, out, quiet)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(InkhueError, match="cannot be read"):
        rebuild(tmp_path / "picture.csv", copies, out, quiet)
    (tmp_path / "other.csv").write_text("shard,id\n1,2\n")
    with pytest.raises(InkhueError, match="no column true_line, title"):
        rebuild(tmp_path / "other.csv", copies, out, quiet)


def test_the_real_table_is_understood(art: Path, tmp_path: Path) -> None:
    home = tmp_path / "copies" / "github_yidarvin_tarot" / "cards" / "standard"
    home.mkdir(parents=True)
    painting(1).save(home / "Cups04.jpg")
    summary = rebuild(art / "sources.csv", tmp_path / "copies", tmp_path / "out", quiet)
    assert summary.pictures == 1
    assert summary.left_out == len(table(art / "sources.csv")) - 1
    assert read_shards([str(tmp_path / "out")])[0].id == "tarot-cups04"


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("github:global-asp/asp-imagebank@a56e6db", "github_global-asp_asp-imagebank"),
        ("npm:@dicebear/micah@9.4.3", "npm_dicebear_micah"),
        ("npm:@dicebear/micah", "npm_dicebear_micah"),
        ("deb:openclipart-svg@1:0.18+dfsg-19", "deb_openclipart-svg"),
        ("..", "unknown"),
    ],
)
def test_folders_of_origins(origin: str, name: str) -> None:
    assert origin_folder(origin) == name


def test_left_out_is_listed_in_order(folder: Path) -> None:
    (folder / "scene 2.json").write_text("{")
    found = list(find_pictures(folder))
    assert isinstance(found[3], LeftOut)
    assert found[3].path == "scene 2.png"
