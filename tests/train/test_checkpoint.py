"""Checkpoint folders: whole or not at all, and what is said of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from inkhue.errors import InkhueError, UsageError  # noqa: E402
from inkhue.train.checkpoint import (  # noqa: E402
    LogRow,
    append_log,
    cut_log,
    load_config,
    load_state,
    read_log,
    save_state,
    start_folder,
)
from inkhue.train.config import TrainConfig  # noqa: E402

ROWS = [
    LogRow(20 * k, 40 * k, 1.5 * k, {"l1": 0.125 * k, "adversarial": 0.25, "critic": 1e-7})
    for k in (1, 2, 3)
]


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "one"
    start_folder(folder, TrainConfig())
    return folder


@pytest.fixture
def logged(run):
    for row in ROWS:
        append_log(run, row)
    return run


def test_a_new_folder_keeps_its_config(run):
    assert load_config(run) == TrainConfig()
    assert (run / "sheets").is_dir()
    assert read_log(run) == []


def test_a_state_comes_back(run):
    state = {"step": 3, "network": {"w": torch.arange(4.0)}, "random": torch.get_rng_state()}
    save_state(run, state)
    loaded = load_state(run)
    assert loaded["step"] == 3
    assert torch.equal(loaded["network"]["w"], torch.arange(4.0))
    assert [path.name for path in run.glob("state.*")] == ["state.pt"]


def test_a_folder_that_holds_a_run_is_left_alone(run):
    save_state(run, {"step": 1})
    with pytest.raises(UsageError, match="holds a run"):
        start_folder(run, TrainConfig())
    assert load_state(run)["step"] == 1


def test_a_kill_while_saving_leaves_the_state_before(run):
    save_state(run, {"step": 1})
    (run / "state.pt.part").write_bytes(b"half")
    assert load_state(run)["step"] == 1
    save_state(run, {"step": 2})
    assert load_state(run)["step"] == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a full disk")
def test_a_full_disk_leaves_the_state_before(run):
    save_state(run, {"step": 1})
    (run / "state.pt.part").symlink_to("/dev/full")
    with pytest.raises(InkhueError, match="cannot be written") as error:
        save_state(run, {"step": 2, "w": torch.zeros(100_000)})
    assert "\n" not in str(error.value)
    assert load_state(run)["step"] == 1
    assert not (run / "state.pt.part").is_symlink()


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.9, 0.999])
def test_a_state_that_is_cut_off(run, share):
    save_state(run, {"step": 1, "w": torch.zeros(5000)})
    data = (run / "state.pt").read_bytes()
    (run / "state.pt").write_bytes(data[: int(share * len(data))])
    with pytest.raises(InkhueError, match=r"state\.pt: is broken or cut off") as error:
        load_state(run)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"hello\n", b"\x80\x02", b"PK\x03\x04", bytes(500)])
def test_a_state_that_is_none(run, data):
    (run / "state.pt").write_bytes(data)
    with pytest.raises(InkhueError, match="is broken"):
        load_state(run)


def test_a_state_that_would_run_code_is_refused(run):
    torch.save({"step": Path("x")}, run / "state.pt")
    with pytest.raises(InkhueError, match="is broken"):
        load_state(run)


def test_a_run_without_a_state_and_a_folder_without_a_run(run, tmp_path):
    with pytest.raises(InkhueError, match=r"holds no state\.pt"):
        load_state(run)
    with pytest.raises(UsageError, match="is no run"):
        load_config(tmp_path)


def test_the_log_comes_back(logged):
    assert read_log(logged) == ROWS
    header = (logged / "log.csv").read_text().splitlines()[0]
    assert header == "step,crops,seconds,l1,adversarial,critic"


def test_a_log_is_cut_to_a_step(logged):
    cut_log(logged, 45)
    assert read_log(logged) == ROWS[:2]
    append_log(logged, ROWS[2])
    assert read_log(logged) == ROWS
    cut_log(logged, 0)
    append_log(logged, ROWS[0])
    assert read_log(logged) == ROWS[:1]


def test_a_line_cut_off_anywhere_is_left_out(logged):
    text = (logged / "log.csv").read_text()
    start = text.rindex("\n", 0, -1) + 1  # of the last line
    for end in range(start, len(text)):
        (logged / "log.csv").write_text(text[:end])
        assert read_log(logged) == ROWS[:2]
    cut_log(logged, 40)
    append_log(logged, ROWS[2])
    assert read_log(logged) == ROWS


def test_a_log_cut_off_in_its_header_is_empty(run):
    for text in ("", "step,cr", "step,crops,seconds,l1,adversarial,critic\n"):
        (run / "log.csv").write_text(text)
        assert read_log(run) == []
        cut_log(run, 0)
        append_log(run, ROWS[0])
        assert read_log(run) == ROWS[:1]
