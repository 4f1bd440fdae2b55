from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.bootstrap import Bootstrap, intervals
from trainer.experiment.bootstrap import difference, draw, mean, relative_difference

BOOTSTRAP = Bootstrap(resamples=500)
GENERATOR = np.random.default_rng(1)


def test_the_value_is_the_mean_of_what_was_judged() -> None:
    values = np.array([[1.0, 0.0, np.nan], [1.0, 1.0, 0.5]])
    found = mean(values, draw(2, 3, BOOTSTRAP))
    assert found is not None
    assert found.value == pytest.approx(3.5 / 5)
    assert found.low <= found.value <= found.high


def test_nothing_judged_is_none() -> None:
    assert mean(np.full((2, 3), np.nan), draw(2, 3, BOOTSTRAP)) is None


def test_the_same_draw_every_time() -> None:
    values = GENERATOR.random((3, 20))
    assert mean(values, draw(3, 20, BOOTSTRAP)) == mean(values, draw(3, 20, BOOTSTRAP))


def test_one_seed_is_the_bootstrap_over_questions() -> None:
    values = GENERATOR.random((1, 200))
    ours = mean(values, draw(1, 200, Bootstrap(resamples=4000)))
    (theirs,) = intervals(values.T, Bootstrap(resamples=4000))
    assert ours is not None and theirs is not None
    assert ours.value == pytest.approx(theirs.value)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_seeds_that_differ_widen_the_interval() -> None:
    questions = GENERATOR.random((1, 50))
    alike = np.repeat(questions, 3, axis=0)
    apart = alike + np.array([[-0.2], [0.0], [0.2]])
    drawn = draw(3, 50, BOOTSTRAP)
    narrow, wide = mean(alike, drawn), mean(apart, drawn)
    assert narrow is not None and wide is not None
    assert wide.value == pytest.approx(narrow.value)
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_differences_are_paired() -> None:
    baseline = GENERATOR.random((3, 50))
    found = difference(baseline + 0.25, baseline, draw(3, 50, BOOTSTRAP))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_relative_differences_by_hand() -> None:
    baseline = np.full((2, 4), 0.5)
    found = relative_difference(baseline * 1.2, baseline, draw(2, 4, BOOTSTRAP))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.2, 0.2))


def test_relative_to_nothing_is_none() -> None:
    zero = np.zeros((2, 4))
    assert relative_difference(zero + 1, zero, draw(2, 4, BOOTSTRAP)) is None
