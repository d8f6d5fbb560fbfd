"""Scores in a file: compared with as if the system had been run, refused where they cannot be."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="pip install inkhue[evaluate]")
pytest.importorskip("skimage", reason="pip install inkhue[evaluate]")

from inkhue import InkhueError
from inkhue.evaluate.figures import blocks, recorded_blocks
from inkhue.evaluate.recorded import packed, read_recorded
from inkhue.evaluate.report import notes, scores_of
from inkhue.evaluate.rows import INCEPTION, SQUEEZE, Row
from inkhue.evaluate.run import Outcome, Plan
from inkhue.evaluate.scoring import Instruments
from inkhue.evaluate.tables import difference_table, figure_table

PRINT_SCORES = Path(__file__).parents[2] / "benchmarks" / "print_scores.py"
WITHOUT_TORCH = """
import runpy, sys
sys.modules["torch"] = None
sys.argv.pop(0)
runpy.run_path(sys.argv[0], None, "__main__")
"""
IDS = tuple(f"p{number}" for number in range(9))
ONE_EACH = ("lpips", "ciede", "accuracy")  # numbers of a picture


@dataclass(frozen=True)
class Painter:
    """A system of which only the scores matter."""

    name: str
    key: str = "0123456789abcdef"
    with_lines: bool = False


A, B = Painter("a"), Painter("b")


def outcome(*compared, ids=IDS, conditions=("10",)):
    """Return a run's outcome; a system's scores depend on it and the picture alone."""
    found = Outcome(Plan([], compared, Path()), Instruments(True, True, ()), [])
    for system in ["", *(system.name for system in found.plan.systems)]:
        for condition in conditions if system else [""]:
            found.rows.extend(
                Row(system, condition, "val", "made", key, score(system, key)) for key in ids
            )
    return found


def score(system, key):
    rng = np.random.default_rng([*f"{system} {key}".encode()])
    features = {SQUEEZE: rng.random(5), INCEPTION: 10 * rng.random(7)}
    if not system:
        return features
    numbers = {name: rng.random() for name in ONE_EACH}
    return {**features, **numbers, "hint_error": 20 * rng.random(int(rng.integers(1, 9)))}


@pytest.fixture
def recorded(tmp_path):
    """Return what records systems of a run, and reads their files again."""

    def record(found):
        figures = blocks(found)
        paths = []
        for system in found.plan.systems:
            paths.append(tmp_path / f"{system.name}-{len(found.rows)}.csv.gz")
            paths[-1].write_bytes(packed(scores_of(system, found, figures)))
        return [read_recorded(path) for path in paths]

    return record


def numbers(block, system):
    """Return a system's estimates and gains by metric."""
    found = {f.metric.name: (f.estimate, f.gain) for f in block.figures if f.system == system}
    return {name: [*value, *(gain or ())] for name, (value, gain) in found.items()}


@pytest.mark.parametrize("which", ["first", "second", "both"])
def test_a_recorded_system_is_compared_as_if_it_had_been_run(recorded, which):
    (live,) = blocks(outcome(A, B))
    a, b = recorded(outcome(A, B))
    if which == "both":
        (block,) = recorded_blocks([a, b])
    else:
        (block,) = blocks(outcome(a, B) if which == "first" else outcome(A, b))
    assert not block.notes
    for system in ("a", "b"):
        expected = numbers(live, system)
        assert set(expected) > {"FID", "FSD", "KSD", "hint error, 95th", "LPIPS"}
        assert len(expected["FID"]) == (6 if system == "b" else 3)
        found = numbers(block, system)
        assert set(found) == set(expected)
        for name, values in expected.items():
            assert found[name] == pytest.approx(values, rel=1e-4, abs=1e-4), name
    assert len(difference_table(block).rows) == len(difference_table(live).rows)
    assert figure_table(block).header == ("", "a", "b")


def test_of_fewer_pictures_what_is_one_number_each_is_compared(recorded):
    (a,) = recorded(outcome(A))
    found = outcome(a, B, ids=IDS[:5])
    (block,) = blocks(found)
    (whole,) = blocks(outcome(A, B, ids=IDS[:5]))
    alone = numbers(block, "b")
    assert alone["LPIPS"] == pytest.approx(numbers(whole, "b")["LPIPS"], abs=1e-5)
    assert len(alone["FID"]) == 3  # no difference
    assert not {"FID", "hint error, median"} & set(numbers(block, "a"))
    (note,) = block.notes
    assert "a, val, 10 hints: scored on 9 pictures, compared on 5" in note
    assert note in notes(found, [block])


def test_other_pictures_are_refused_block_by_block(recorded):
    (a,) = recorded(outcome(A, ids=IDS[1:], conditions=("10", "40")))
    one, other = blocks(outcome(a, B, conditions=("10", "140")))
    assert one.notes == ("a, val, 10 hints: scored on other pictures.",)
    assert other.notes == ("a, val, 140 hints: not in its file.",)
    for block in (one, other):
        assert not numbers(block, "a")
        assert len(numbers(block, "b")["LPIPS"]) == 3
        assert difference_table(block) is None
        assert all(row[1] == "" for row in figure_table(block).rows)


def test_a_file_says_what_the_system_was(recorded):
    (a,) = recorded(outcome(A))
    assert a.name == "a"
    assert "0123456789abcdef" in a.facts[0]
    assert "9 pictures" in a.facts[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"no gzip", "cannot be read"),
        (gzip.compress(b"id,lpips\np0,0.5\n"), "begins otherwise"),
        (gzip.compress(b"\xff\xfe"), "no file of scores"),
        (gzip.compress(b"# inkhue scores 1: a\nid,lpips\np0,0.5\n"), "no file of scores"),
        (None, "no such file"),
    ],
)
def test_a_file_that_is_none_is_told_in_one_line(tmp_path, data, says):
    path = tmp_path / "foreign.csv.gz"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InkhueError, match=says) as caught:
        read_recorded(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cut_off_file_and_fewer_resamples_are_refused(recorded, tmp_path):
    (a,) = recorded(outcome(A))
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(packed(a)[:-100])
    with pytest.raises(InkhueError, match="cannot be read"):
        read_recorded(path)
    (part,) = a.together
    short = {name: figure._replace(drawn=figure.drawn[:9]) for name, figure in part.metrics.items()}
    path.write_bytes(packed(replace(a, together=[replace(part, metrics=short)])))
    with pytest.raises(InkhueError, match="9 resamples, not 200"):
        read_recorded(path)


def test_files_alone_are_printed_without_torch(recorded, tmp_path):
    for name, found in (("one", outcome(A)), ("two", outcome(A))):
        (tmp_path / f"{name}.csv.gz").write_bytes(packed(recorded(found)[0]))
    (tmp_path / "b.csv.gz").write_bytes(packed(recorded(outcome(B, ids=IDS[1:]))[0]))
    names = ("one.csv.gz", "two.csv.gz", "b.csv.gz")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, str(PRINT_SCORES), *names],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "| FID ↓" in done.stdout
    assert "two.csv.gz - one.csv.gz" in done.stdout
    assert "b, val, 10 hints: scored on other pictures." in done.stdout
