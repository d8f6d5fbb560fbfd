"""AU-Net against U-Net at one width: same pictures, same number of crops, same seeds.

    compare_pairs.py --data SHARDS... --width 16 --seeds 0 1 --score val.tar -o FOLDER

trains both pairs from nothing for each seed, exports them as FOLDER/NAME-wWIDTH-sSEED, and scores
them with `inkhue evaluate` on the first pictures of a set: FOLDER/report holds the table. What is
there already is left alone; a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from inkhue.train.config import TrainConfig, read_config, to_toml

CONFIGS = Path(__file__).parent.parent / "configs"
NETWORKS = ("au-net", "u-net")


def main() -> None:
    """Train and export what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--draft-crops", type=int, default=6000)
    parser.add_argument("--colorize-crops", type=int, default=2400)
    parser.add_argument("--score", nargs="+", default=[], help="sets to score them on")
    parser.add_argument("--pictures", type=int, default=64, help="of each set, the first ones")
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    pairs = [make_pair(network, seed, given) for seed in given.seeds for network in NETWORKS]
    if given.score:
        score(pairs, given)


def score(pairs: list[Path], given: argparse.Namespace) -> None:
    """Score the networks alone: obeyed hints would hide most of the difference."""
    data = [part for shard in given.score for part in ("--data", shard)]
    models = ",".join(f"{pair}@0" for pair in pairs)
    first = ("--hints", "10,140", "--limit", given.pictures)
    call("evaluate", *data, "--model", models, *first, "-o", given.output / "report")


def make_pair(network: str, seed: int, given: argparse.Namespace) -> Path:
    """Train one pair and export it."""
    name = f"{network}-w{given.width}-s{seed}"
    model, draft, colorize = (given.output / f"{name}{part}" for part in ("", "-draft", "-color"))
    if (model / "model.json").is_file():
        return model
    train(config("draft", network, seed, given), draft, given.data)
    second = config("colorize", network, seed, given)
    train(second, colorize, given.data, "--draft", draft, "--init", draft)
    call("export", draft, colorize, "-o", model)
    return model


def config(stage: str, network: str, seed: int, given: argparse.Namespace) -> TrainConfig:
    """Return a narrow pair's config, shortened: a third of the draft crops has dense hints."""
    found = read_config(CONFIGS / f"{network}-w16-{stage}.toml")
    crops = given.draft_crops if stage == "draft" else given.colorize_crops
    dense = given.draft_crops // 3 if stage == "draft" else 0
    return replace(
        found,
        network=replace(found.network, width=given.width),
        crops=replace(found.crops, dense_until=dense),
        run=replace(found.run, steps=crops // found.optimizer.batch, seed=seed),
    )


def train(config: TrainConfig, run: Path, data: list[str], *more: object) -> None:
    """Train a run to its end, from where it stands."""
    run.parent.mkdir(parents=True, exist_ok=True)
    path = run.with_suffix(".toml")
    path.write_text(to_toml(config), encoding="utf-8")
    going_on = (run / "state.pt").is_file()
    rest = ("--resume",) if going_on else more
    call("train", path, "--data", *data, "-o", run, *rest)


def call(*arguments: object) -> None:
    """Run inkhue."""
    subprocess.run([sys.executable, "-m", "inkhue", *map(str, arguments)], check=True)


if __name__ == "__main__":
    main()
