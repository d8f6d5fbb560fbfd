from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkhue.regions.integers import log_steps, root, squared_distance


@given(st.integers(1, 2**24 - 1))
def test_log_steps_are_sixteenths_of_octaves(n: int) -> None:
    steps = int(log_steps(np.array([n]))[0])
    assert 1 << steps <= n**16 < 1 << (steps + 1)


@given(st.integers(0, 2**52))
def test_root_is_whole_part(n: int) -> None:
    found = int(root(np.array([n]))[0])
    assert found * found <= n < (found + 1) ** 2


@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_distance_is_exact(free: np.ndarray) -> None:
    found = squared_distance(free)
    ys, xs = np.nonzero(~free)
    if not len(ys):
        assert (found == sum(free.shape) ** 2).all()
        return
    rows, columns = np.indices(free.shape)
    squares = (rows[..., None] - ys) ** 2 + (columns[..., None] - xs) ** 2
    assert np.array_equal(found, squares.min(axis=-1))


@pytest.mark.parametrize("walls", [1, 7, 400])
def test_distance_is_exact_on_the_largest_page(rng: np.random.Generator, walls: int) -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    free = np.ones((768, 768), np.bool_)
    free[tuple(rng.integers(0, 768, (2, walls)))] = False
    places = ndimage.distance_transform_edt(free, return_distances=False, return_indices=True)
    exact = ((places - np.indices(free.shape)) ** 2).sum(axis=0)
    assert np.array_equal(squared_distance(free), exact)
