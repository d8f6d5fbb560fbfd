"""Checkpoint folders: `config.toml`, `state.pt`, `log.csv`, `sheets/`; whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from inkhue.data.shards import Picture
from inkhue.errors import InkhueError, UsageError
from inkhue.train.config import TrainConfig, read_config, to_toml

STATE, CONFIG, LOG = "state.pt", "config.toml", "log.csv"
SAMPLES = "samples.pt"  # the sheets' crops: real inputs, which an export compares with torch on
ATTRIBUTION = "ATTRIBUTION.csv"
FACTS = ("id", "title", "author", "license", "origin", "path")


@dataclass(frozen=True)
class LogRow:
    """One line of the log: means of the losses since the line before."""

    step: int
    crops: int
    seconds: float
    losses: Mapping[str, float]


def start_folder(folder: Path, config: TrainConfig) -> None:
    """Make a new checkpoint folder; one that holds a run already is a UsageError."""
    if (folder / STATE).exists():
        raise UsageError(f"{folder}: holds a run: go on by --resume, or name another folder")
    (folder / "sheets").mkdir(parents=True, exist_ok=True)
    write_config(folder, config)
    (folder / LOG).unlink(missing_ok=True)


def write_config(folder: Path, config: TrainConfig) -> None:
    """Write what the run does; one that goes on may do more steps than it was started with."""
    write_whole(folder / CONFIG, to_toml(config).encode())


def save_state(folder: Path, state: dict[str, Any]) -> None:
    """Write the state beside the old one, then put it in its place: a kill leaves one of them."""
    part = folder / (STATE + ".part")
    try:
        torch.save(state, part)
        part.replace(folder / STATE)
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        reason = str(error).splitlines()[0]
        raise InkhueError(
            f"{folder / STATE}: cannot be written ({reason}): make room and go on by --resume"
        ) from error


def load_state(folder: Path) -> dict[str, Any]:
    """Read a run's state; a missing or broken one is an InkhueError."""
    path = folder / STATE
    if not path.exists():
        raise InkhueError(f"{folder}: holds no {STATE}: the run has saved nothing, start it anew")
    return load_file(path)


def load_file(path: Path) -> dict[str, Any]:
    """Read a file that torch wrote; a broken one is an InkhueError."""
    try:
        held: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a broken pickle raises can be anything
        raise InkhueError(f"{path}: is broken or cut off: use an older copy of the run") from error
    return held


def load_config(folder: Path) -> TrainConfig:
    """Read the configuration that a run was started with."""
    if not (folder / CONFIG).exists():
        raise UsageError(f"{folder}: is no run (it holds no {CONFIG})")
    return read_config(folder / CONFIG)


def save_samples(folder: Path, crops: dict[str, Tensor]) -> None:
    """Keep a few crops (values in [0, 1]) as bytes."""
    packed = {k: (255 * v).round().to(torch.uint8).cpu() for k, v in crops.items()}
    torch.save(packed, folder / SAMPLES)


def load_samples(folder: Path) -> dict[str, Tensor]:
    """Read the crops that a run kept, float32 in [0, 1]."""
    return {k: v.float() / 255 for k, v in load_file(folder / SAMPLES).items()}


def write_attribution(folder: Path, pictures: Sequence[Picture]) -> None:
    """List every picture that the run has learned from, before a resume too, with its author."""
    rows = {row["id"]: row for row in read_attribution(folder)}
    for picture in pictures:
        rows[picture.id] = {key: picture.meta.get(key, "") for key in FACTS} | {"id": picture.id}
    with (folder / ATTRIBUTION).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FACTS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())


def read_attribution(folder: Path) -> list[dict[str, str]]:
    """Read the list of a run's pictures; a run that has not begun has none."""
    if not (folder / ATTRIBUTION).exists():
        return []
    try:
        with (folder / ATTRIBUTION).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise InkhueError(f"{folder / ATTRIBUTION}: cannot be read ({error.strerror})") from error


def append_log(folder: Path, row: LogRow) -> None:
    """Add a line to the log."""
    path = folder / LOG
    text = log_line(row) if path.exists() else log_header(row) + log_line(row)
    with path.open("a", newline="", encoding="utf-8") as file:
        file.write(text)


def log_header(row: LogRow) -> str:
    """Write the log's first line."""
    return ",".join(("step", "crops", "seconds", *row.losses)) + "\n"


def log_line(row: LogRow) -> str:
    """Write one line of the log."""
    numbers = (f"{value:.6g}" for value in (row.seconds, *row.losses.values()))
    return ",".join((str(row.step), str(row.crops), *numbers)) + "\n"


def read_log(folder: Path) -> list[LogRow]:
    """Read the log's lines; a line cut off by a kill is left out."""
    path = folder / LOG
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    lines = list(csv.reader(whole.splitlines()))
    return [
        LogRow(
            int(step),
            int(crops),
            float(seconds),
            dict(zip(lines[0][3:], map(float, losses), strict=True)),
        )
        for step, crops, seconds, *losses in lines[1:]
    ]


def cut_log(folder: Path, step: int) -> None:
    """Drop the lines after a step: what a killed run did beyond its last saved state."""
    rows = [row for row in read_log(folder) if row.step <= step]
    if rows:
        write_whole(folder / LOG, (log_header(rows[0]) + "".join(map(log_line, rows))).encode())
    else:
        (folder / LOG).unlink(missing_ok=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary one."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
