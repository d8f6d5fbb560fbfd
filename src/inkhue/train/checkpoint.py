"""Checkpoint folders: `config.toml`, `state.pt`, `log.csv`, `sheets/`; whole or not at all."""

from __future__ import annotations

import csv
import os
import pickle
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch

from inkhue.errors import InkhueError, UsageError
from inkhue.train.config import TrainConfig, read_config, to_toml

STATE, CONFIG, LOG = "state.pt", "config.toml", "log.csv"


@dataclass(frozen=True)
class LogRow:
    """One line of the log: means since the line before."""

    step: int
    crops: int
    seconds: float
    l1: float
    adversarial: float
    critic: float


def start_folder(folder: Path, config: TrainConfig) -> None:
    """Make a new checkpoint folder; one that holds a run already is a UsageError."""
    if (folder / STATE).exists():
        raise UsageError(f"{folder}: holds a run: go on with it by --resume, or name another folder")
    (folder / "sheets").mkdir(parents=True, exist_ok=True)
    write_whole(folder / CONFIG, to_toml(config).encode())
    (folder / LOG).unlink(missing_ok=True)


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write the state beside the old one, then put it in its place: a kill leaves one of them."""
    part = folder / (STATE + ".part")
    torch.save(state, part)
    os.replace(part, folder / STATE)


def load_state(folder: Path) -> dict[str, Any]:
    """Read a run's state; a missing or broken one is an InkhueError."""
    path = folder / STATE
    if not path.exists():
        raise InkhueError(f"{folder}: holds no {STATE}: the run has saved nothing yet")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError, zipfile.BadZipFile, OSError) as error:
        raise InkhueError(f"{path}: is broken or cut off: use an older copy of the run") from error
    return state


def load_config(folder: Path) -> TrainConfig:
    """Read the configuration that a run was started with."""
    if not (folder / CONFIG).exists():
        raise UsageError(f"{folder}: is no run (it holds no {CONFIG})")
    return read_config(folder / CONFIG)


def append_log(folder: Path, row: LogRow) -> None:
    """Add a line to the log."""
    path = folder / LOG
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(LogRow)])
        if new:
            writer.writeheader()
        writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in asdict(row).items()})


def read_log(folder: Path) -> list[LogRow]:
    """Read the log's lines; a line cut off by a kill is left out."""
    path = folder / LOG
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if None not in row.values() and None not in row]
    kinds = {"step": int, "crops": int}
    return [LogRow(**{k: kinds.get(k, float)(v) for k, v in row.items()}) for row in rows]


def cut_log(folder: Path, step: int) -> None:
    """Drop the lines after a step: what a killed run did beyond its last saved state."""
    rows = [row for row in read_log(folder) if row.step <= step]
    (folder / LOG).unlink(missing_ok=True)
    for row in rows:
        append_log(folder, row)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)
