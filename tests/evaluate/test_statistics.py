"""Intervals hold what they say, leave out what was not measured, and pair pictures."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from inkhue.evaluate import statistics

NAN = float("nan")
TENTH = partial(np.percentile, q=10)


def bootstrap_mean(values, rng):
    return statistics.bootstrap(values, np.mean, rng)


def fresh():
    return np.random.Generator(np.random.PCG64(3))


def test_the_interval_of_a_mean_is_that_of_the_textbook(rng):
    values = rng.standard_normal(400) * 3 + 10
    mean, low, high = bootstrap_mean(values, fresh())
    assert mean == values.mean()
    half = 1.96 * values.std(ddof=1) / 20
    assert low == pytest.approx(mean - half, abs=0.1 * half)
    assert high == pytest.approx(mean + half, abs=0.1 * half)


def test_the_same_generator_gives_the_same_digits(rng):
    values = rng.random(50)
    assert bootstrap_mean(values, fresh()) == bootstrap_mean(values, fresh())


def test_pictures_without_the_metric_are_left_out():
    measured = [1.0, 2.0, 4.0, 5.0]
    with_gaps = [1.0, NAN, 2.0, 4.0, NAN, 5.0]
    assert bootstrap_mean(with_gaps, fresh()) == bootstrap_mean(measured, fresh())


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_nothing_measured_is_no_figure(values):
    nothing = [
        bootstrap_mean(values, fresh()),
        statistics.paired(values, values, fresh()),
    ]
    assert np.isnan(nothing).all()
    assert statistics.pooled([np.empty(0)] * len(values), np.median, fresh()) is None


def test_medians_and_percentiles(rng):
    values = rng.exponential(size=300)
    for statistic in (np.median, TENTH):
        value, low, high = statistics.bootstrap(values, statistic, fresh())
        assert value == statistic(values)
        assert low < value < high
    assert high < statistics.bootstrap(values, np.median, fresh()).low


def test_a_paired_difference_is_narrower_than_its_two_sides(rng):
    a = 10 * rng.random(100)
    b = a + 0.1 + 0.01 * rng.standard_normal(100)
    difference, low, high = statistics.paired(a, b, fresh())
    assert difference == pytest.approx(-0.1, abs=0.01)
    assert low < difference < high < 0
    assert high - low < 0.01
    alone = bootstrap_mean(a, fresh())
    assert alone.high - alone.low > 0.5
    assert statistics.paired(a, b, fresh()) == pytest.approx(bootstrap_mean(a - b, fresh()))


def test_a_pair_needs_both_pictures():
    a, b = [1.0, NAN, 3.0, 100.0], [2.0, 50.0, 5.0, NAN]
    assert statistics.paired(a, b, fresh()).value == -1.5


def test_a_paired_percentile_is_the_difference_of_percentiles(rng):
    a, b = rng.random(60), rng.random(60)
    estimate = statistics.paired(a, b, fresh(), TENTH)
    assert estimate.value == pytest.approx(TENTH(a) - TENTH(b))
    assert estimate.low <= estimate.value <= estimate.high


def test_many_numbers_of_one_picture_are_no_more_pictures(rng):
    values = rng.random(40)
    repeated = [np.full(25, value) for value in values]
    found = statistics.pooled(repeated, np.mean, fresh(), statistics.RESAMPLES)
    assert found.pictures == 40
    assert statistics.estimate(*found[1:]) == pytest.approx(bootstrap_mean(values, fresh()))


def test_pooled_counts_numbers_not_pictures():
    values = [np.array([0.0]), np.empty(0), np.array([1.0, 1.0, 1.0])]
    found = statistics.pooled(values, np.mean, fresh())
    assert found[:2] == (2, 0.75)


def test_resamples_of_the_same_pictures_are_paired(rng):
    """A shift that is the same in all pictures has no interval."""
    a = [rng.random(3) for _ in range(20)]
    b = [values - 0.5 for values in a]
    of_a, of_b = (statistics.pooled(values, np.median, fresh()) for values in (a, b))
    assert np.ptp(of_a.drawn) > 0.1
    assert of_a.less(of_b).value == pytest.approx(0.5)
    assert of_a.less(of_b).drawn == pytest.approx(0.5)


def test_resamples_of_set_metrics_are_those_of_the_protocol():
    counts = statistics.set_counts(9)
    assert counts.shape == (200, 9)
    assert (counts.sum(1) == 9).all()
    first = np.random.Generator(np.random.PCG64(0)).integers(9, size=9)
    assert counts[0].tolist() == np.bincount(first, minlength=9).tolist()


def test_a_set_metric_keeps_its_value_in_the_middle_of_its_interval(rng):
    resampled = rng.standard_normal(200) + 50  # all of them above the value of the full set
    value, low, high = statistics.set_estimate(40.0, resampled)
    assert value == 40
    assert low == pytest.approx(40 - 1.96, abs=0.4)
    assert high == pytest.approx(40 + 1.96, abs=0.4)
