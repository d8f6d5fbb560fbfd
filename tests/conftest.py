"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with art/ and lineart/, where there is one."""
    folder = os.environ.get("INKHUE_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("INKHUE_TEST_DATA names no folder with the test art")
    return Path(folder)


@pytest.fixture(scope="session")
def art(shared: Path) -> Path:
    """The folder of art shards (train-0000.tar, val.tar, flats.tar ...)."""
    return shared / "art"


@pytest.fixture(scope="session")
def lineart(shared: Path) -> Path:
    """The folder of line drawings without colour."""
    return shared / "lineart"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The repository's own drawings and their hints."""
    return Path(__file__).parent.parent / "examples"


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator: every test draws the same numbers in every run."""
    return np.random.default_rng(20)
