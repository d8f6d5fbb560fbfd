"""Training as a whole, on tiny pictures: it learns, stops, goes on, and is killed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image, ImageDraw

torch = pytest.importorskip("torch")
pytest.importorskip("lightning_fabric")

from inkhue.data.crops import CropConfig, Crops  # noqa: E402
from inkhue.data.shards import read_shards  # noqa: E402
from inkhue.errors import InkhueError, UsageError  # noqa: E402
from inkhue.models.pair import make_stage  # noqa: E402
from inkhue.train.checkpoint import load_config, load_state, read_log  # noqa: E402
from inkhue.train.config import (  # noqa: E402
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    RunConfig,
    TrainConfig,
    to_toml,
)
from inkhue.train.loop import Trainer, load_batches  # noqa: E402
from inkhue.train.start import Request, make_fabric, train  # noqa: E402

DRAFT = TrainConfig(
    network=NetworkConfig(width=8),
    crops=CropConfig(size=32, lines={"true": 1}),
    optimizer=OptimizerConfig(rate=1e-3, batch=2),
    run=RunConfig(steps=20, average=0.9, save_every=5, sheet_every=1000, workers=0),
)
ALONE = replace(DRAFT, loss=LossConfig(adversarial=0))
COLORIZE = replace(ALONE, stage="colorize", crops=replace(DRAFT.crops, size=64))


def lasting(config, **run):
    return replace(config, run=replace(config.run, **run))


def encoded(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def tar_of(path, files):
    with tarfile.open(path, "w") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return str(path)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def shard(tmp_path_factory):
    """Make a shard of four pictures of one coloured box each, with true lines."""
    files = {}
    for k, color in enumerate(("#d03020", "#2040c0", "#30a040", "#e0b020")):
        image, line = Image.new("RGB", (96, 96), "#f4e8d8"), Image.new("L", (96, 96), 255)
        for canvas, fill, ink in ((image, color, "black"), (line, 255, 0)):
            ImageDraw.Draw(canvas).rectangle((16 + 4 * k, 20, 76, 70), fill, ink, 2)
        files |= {f"{k}.png": encoded(image), f"{k}.line.png": encoded(line)}
    return tar_of(tmp_path_factory.mktemp("data") / "boxes.tar", files)


@pytest.fixture
def go(shard, tmp_path):
    def run(config, name="run", **asked):
        folder = tmp_path / name
        train(Request(config, [shard], folder, device="cpu", **asked), lambda row: None)
        return folder

    return run


@pytest.fixture(scope="module")
def draft_run(shard, tmp_path_factory):
    folder = tmp_path_factory.mktemp("draft") / "run"
    config = lasting(ALONE, steps=5)
    train(Request(config, [shard], folder, device="cpu"), lambda row: None)
    return folder


def curve(folder):
    """Return the log without its seconds."""
    return [replace(row, seconds=0.0) for row in read_log(folder)]


def same_weights(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def refused(kind, *parts):
    return pytest.raises(kind, match="(?s)^(?!.*\n)" + "".join(f"(?=.*{part})" for part in parts))


def test_l1_falls(go):
    rows = read_log(go(lasting(ALONE, steps=60, seed=3)))
    assert [row.step for row in rows] == [20, 40, 60]
    assert [row.crops for row in rows] == [40, 80, 120]
    assert rows[2].losses["l1"] < 0.75 * rows[0].losses["l1"]
    assert rows[2].losses["adversarial"] == rows[2].losses["critic"] == 0


def test_a_run_leaves_a_whole_folder(go):
    folder = go(lasting(DRAFT, sheet_every=10))
    state = load_state(folder)
    assert (state["step"], state["crops"]) == (20, 40)
    sheets = sorted(path.name for path in (folder / "sheets").iterdir())
    assert sheets == ["0000010.png", "0000020.png"]
    assert Image.open(folder / "sheets" / sheets[0]).width == 5 * 160  # five pictures a row
    assert list((folder / "tensorboard").iterdir())
    (row,) = read_log(folder)
    assert list(row.losses) == ["l1", "adversarial", "critic"]
    assert min(row.losses.values()) > 0
    assert not list(folder.glob("*.part"))


def test_the_average_lies_between_the_weights_of_the_steps(go):
    states = [load_state(go(lasting(ALONE, steps=n), str(n))) for n in (1, 2, 3)]
    name = "generator.e0.0.weight"
    before, last = states[1]["average"][name], states[2]["network"][name]
    average = states[2]["average"][name]
    assert torch.equal(states[0]["average"][name], states[0]["network"][name])
    # One share for all weights, of the average before and of the last step's weights.
    share = float(((average - before) * (last - before)).sum() / (last - before).square().sum())
    assert 0.05 < share < 0.95
    assert torch.allclose(average, torch.lerp(before, last, share), atol=1e-6)


def test_a_stopped_run_goes_on_as_if_it_had_not(go):
    whole = go(lasting(DRAFT, steps=40), "whole")
    go(lasting(DRAFT, steps=13), "parts")  # in the middle of the log's 20 steps
    parts = go(lasting(DRAFT, steps=40), "parts", resume=True)
    assert len(curve(whole)) == 2
    assert curve(parts) == curve(whole)
    for part in ("network", "average", "critic"):
        assert same_weights(load_state(parts)[part], load_state(whole)[part])


def test_another_seed_gives_another_run(go):
    one, other = (go(lasting(ALONE, seed=seed), str(seed)) for seed in (1, 2))
    assert curve(one) != curve(other)


def test_a_time_budget_stops_a_run_whole(go):
    folder = go(lasting(ALONE, steps=100_000), minutes=0.5 / 60)
    state = load_state(folder)
    assert 0 < state["step"] < 100_000
    assert all(row.step <= state["step"] for row in read_log(folder))


@pytest.mark.parametrize(("left", "share"), [(1, 1), (0.4, 1), (0.2, 20**-0.5), (1e-9, 0.05)])
def test_the_rate_falls_to_a_twentieth_in_the_last_share_of_a_run(left, share):
    config = replace(DRAFT, optimizer=replace(DRAFT.optimizer, falls=0.4))
    trainer = Trainer(config, make_fabric(config, "cpu"), None)
    trainer.set_up()
    trainer.slow_down(left)
    for optimizer in (trainer.optimizer, trainer.critic_optimizer):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(1e-3 * share)


def test_a_rate_that_falls_changes_the_last_steps_alone(go):
    falling = replace(ALONE, optimizer=replace(ALONE.optimizer, falls=0.5))
    one, other = (
        go(lasting(config, steps=80), str(k)) for k, config in enumerate((ALONE, falling))
    )
    assert curve(one)[:2] == curve(other)[:2]
    assert curve(one)[2:] != curve(other)[2:]


def test_a_run_is_not_started_over(go):
    go(lasting(ALONE, steps=1))
    with refused(UsageError, "run", "--resume"):
        go(lasting(ALONE, steps=2))


def test_only_how_long_a_run_lasts_may_be_new(go):
    go(lasting(ALONE, steps=1))
    for other in (
        lasting(ALONE, steps=1, seed=9),
        lasting(ALONE, steps=1, average=0.5),
        replace(ALONE, optimizer=OptimizerConfig(rate=1e-5, batch=2)),
        replace(ALONE, network=NetworkConfig(width=4)),
    ):
        with refused(UsageError, "run", "another config"):
            go(other, resume=True)
    on = go(lasting(ALONE, steps=3, save_every=1), resume=True)
    assert load_state(on)["step"] == 3
    assert load_config(on).run.steps == 3


def test_there_must_be_a_run_to_go_on_with(go):
    with refused(UsageError, "nothing", "is no run"):
        go(ALONE, "nothing", resume=True)


def test_a_state_that_is_cut_off_is_said_in_one_line(go):
    folder = go(lasting(ALONE, steps=1))
    data = (folder / "state.pt").read_bytes()
    (folder / "state.pt").write_bytes(data[: len(data) // 2])
    with refused(InkhueError, r"state\.pt", "cut off"):
        go(ALONE, resume=True)


def test_a_broken_picture_is_said_in_one_line(tmp_path):
    data = tar_of(tmp_path / "bad.tar", {"x.png": b"no picture"})
    config = replace(ALONE, crops=CropConfig(size=32))
    with refused(InkhueError, r"bad\.tar", "'x'", "broken"):
        train(Request(config, [data], tmp_path / "run", device="cpu"), lambda row: None)


def test_what_a_worker_says_comes_without_its_traceback(tmp_path):
    data = tar_of(tmp_path / "bad.tar", {"x.png": b"no picture"})
    config = lasting(replace(ALONE, crops=CropConfig(size=32)), workers=1)
    trainer = Trainer(config, make_fabric(config, "cpu"), None)
    with refused(InkhueError, r"^\S*bad\.tar: picture 'x' is broken"):
        next(load_batches(trainer, read_shards([data])))


def test_a_colorize_run_needs_a_draft(go, draft_run):
    with refused(UsageError, "colorize", "--draft"):
        go(COLORIZE)
    colorize = go(lasting(COLORIZE, steps=2), draft=draft_run)
    with refused(UsageError, "stage 'colorize'"):
        go(COLORIZE, "second", draft=colorize)


def test_a_colorize_run_keeps_its_draft_as_it_was(go, draft_run):
    folder = go(lasting(COLORIZE, steps=20), draft=draft_run)
    average = load_state(draft_run)["average"]
    assert same_weights(load_state(folder)["frozen"]["weights"], average)
    again = go(lasting(COLORIZE, steps=21), resume=True)  # the draft's run is not asked for
    assert load_state(again)["step"] == 21
    assert same_weights(load_state(again)["frozen"]["weights"], average)


def test_a_run_starts_from_a_narrower_ones_weights(go, draft_run):
    wide = replace(lasting(ALONE, steps=0), network=NetworkConfig(width=16))
    state = load_state(go(wide, "wide", init=draft_run))
    narrow = make_stage("au-net", "draft", 8).eval()
    narrow.load_state_dict(load_state(draft_run)["average"])
    widened = make_stage("au-net", "draft", 16).eval()
    widened.load_state_dict(state["network"])
    fresh = make_stage("au-net", "draft", 16).eval()
    inputs = torch.rand(1, 1, 32, 32), torch.zeros(1, 4, 32, 32)
    with torch.no_grad():
        wanted = narrow(*inputs)
        off, far = ((made(*inputs) - wanted).abs().mean() for made in (widened, fresh))
    assert 0 < off < far / 3
    assert same_weights(state["network"], state["average"])


def test_weights_of_another_plan_are_refused(go, draft_run):
    for network in (NetworkConfig("u-net", 8), NetworkConfig("au-net", 12)):
        with refused(UsageError, "au-net of width 8", f"{network.name} of width {network.width}"):
            go(replace(ALONE, network=network), init=draft_run)


@pytest.fixture
def trainer():
    made = Trainer(replace(DRAFT, loss=LossConfig(l1=0)), make_fabric(DRAFT, "cpu"), None)
    made.set_up()
    return made


@pytest.fixture
def batch(shard):
    crops = Crops(read_shards([shard]), "draft", DRAFT.crops, 0)
    return torch.utils.data.default_collate([crops[k] for k in range(2)])


def test_the_generators_step_leaves_the_critic_alone(trainer, batch, monkeypatch):
    """Fooling alone moves every weight of the generator, and none of the critic that it asks."""
    monkeypatch.setattr(trainer, "critic_step", lambda painted: torch.zeros(()))
    before = {name: weight.clone() for name, weight in trainer.critic.named_parameters()}
    trainer.train_step(batch)
    for name, weight in trainer.learner.named_parameters():
        assert torch.isfinite(weight.grad).all(), name
        assert weight.grad.abs().max() > 0, name
    for name, weight in trainer.critic.named_parameters():
        assert weight.grad is None, name
        assert weight.requires_grad, name
        assert torch.equal(weight, before[name]), name


def test_a_step_moves_every_weight_of_both(trainer, batch):
    networks = (trainer.learner, trainer.critic)
    before = [{n: w.clone() for n, w in network.named_parameters()} for network in networks]
    parts = trainer.train_step(batch)
    assert set(parts) == {"l1", "critic", "adversarial"}
    for network, weights in zip(networks, before, strict=True):
        for name, weight in network.named_parameters():
            assert not torch.equal(weight, weights[name]), name


def test_the_critic_joins_at_its_step(batch):
    config = replace(DRAFT, loss=LossConfig(adversarial_from=1))
    trainer = Trainer(config, make_fabric(config, "cpu"), None)
    trainer.set_up()
    assert [set(trainer.train_step(batch)) for _ in range(2)] == [
        {"l1"},
        {"l1", "critic", "adversarial"},
    ]


# Imports once, then forks a child for each part of the run and ends it from outside.
KILLER = """
import json, os, signal, sys, time
from pathlib import Path
import torch
import numpy as np
from inkhue.train.config import read_config
from inkhue.train.start import Request, train

config, data, folder, reference = sys.argv[1:]
state = Path(folder) / "state.pt"
rng = np.random.default_rng(7)

def start(name, resume):
    child = os.fork()
    if child == 0:
        torch.set_num_threads(1)
        request = Request(read_config(Path(config)), [data], Path(name), resume, device="cpu")
        train(request, lambda row: None)
        os._exit(0)
    return child

def inode():
    return state.stat().st_ino if state.exists() else 0

def end(number):
    child = start(folder, state.exists())
    for _ in range(1 + int(rng.integers(1, 3))):  # the next saves, and a moment more
        seen = inode()
        while inode() == seen and os.waitpid(child, os.WNOHANG) == (0, 0):
            time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.3))
    os.kill(child, number)
    return os.waitpid(child, 0)[1]

kill = [end(signal.SIGKILL) for _ in range(5)]
polite = end(signal.SIGINT)
finish = os.waitpid(start(folder, True), 0)[1]
whole = os.waitpid(start(reference, False), 0)[1]
print(json.dumps({"kill": kill, "polite": polite, "finish": finish, "whole": whole}))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_a_run_killed_five_times_has_the_curve_of_one_that_was_not(shard, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(to_toml(lasting(replace(DRAFT, network=NetworkConfig(width=4)), steps=100)))
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    done = subprocess.run(
        [sys.executable, "-c", KILLER, config, shard, folder, whole],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    assert ended == {"kill": [9] * 5, "polite": 0, "finish": 0, "whole": 0}, done.stderr
    assert [row.step for row in curve(folder)] == [20, 40, 60, 80, 100]
    assert curve(folder) == curve(whole)
    for part in ("network", "average", "critic"):
        assert same_weights(load_state(folder)[part], load_state(whole)[part])


# Trains in each of several processes, and writes down what each saw and came to.
SEVERAL = """
import hashlib, json, sys
from pathlib import Path
import torch
from inkhue.train import loop
from inkhue.train.config import read_config
from inkhue.train.start import Request, train

torch.set_num_threads(1)
config, data, folder = sys.argv[1:]
seen, last = [], []
step = loop.Trainer.train_step

def watched(self, crops):
    seen.extend(hashlib.sha256(c.numpy().tobytes()).hexdigest() for c in crops["color"])
    last[:] = [self]
    return step(self, crops)

loop.Trainer.train_step = watched
train(Request(read_config(Path(config)), [data], Path(folder), device="cpu"), lambda row: None)
weights = [float(w.double().sum()) for w in last[0].learner.parameters()]
rank = last[0].fabric.global_rank
Path(f"{folder}-{rank}.json").write_text(json.dumps({"seen": seen, "weights": weights}))
"""


def test_two_processes_share_the_crops_and_the_weights(shard, tmp_path):
    """Two CPU processes under torchrun, six steps."""
    settings = lasting(DRAFT, steps=6)
    (tmp_path / "config.toml").write_text(to_toml(settings))
    (tmp_path / "several.py").write_text(SEVERAL)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    names = ["several.py", "config.toml", shard, "run"]
    done = subprocess.run(
        [sys.executable, *launch, *names], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (json.loads((tmp_path / f"run-{rank}.json").read_text()) for rank in (0, 1))
    crops = Crops(read_shards([shard]), "draft", settings.crops, settings.run.seed)
    wanted = [sha256(crops[k]["color"].numpy().tobytes()).hexdigest() for k in range(24)]
    assert first["seen"] == wanted[0::2]
    assert second["seen"] == wanted[1::2]
    assert len(set(wanted)) == 24
    assert np.array_equal(first["weights"], second["weights"])
    state = load_state(tmp_path / "run")
    assert (state["step"], state["crops"]) == (6, 24)
