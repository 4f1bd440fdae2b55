from __future__ import annotations

import numpy as np
import pytest

from reward_service.compare import statistics
from reward_service.compare.statistics import bootstrap_interval


def test_the_interval_is_that_of_the_mean() -> None:
    values_Q = np.random.default_rng(5).normal(0.3, 1.0, size=400)
    interval = bootstrap_interval(values_Q, resamples=4000)
    assert interval is not None
    half = 1.96 * values_Q.std() / np.sqrt(len(values_Q))
    assert interval.low == pytest.approx(values_Q.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(values_Q.mean() + half, abs=0.01)


def test_a_lower_level_is_narrower_and_a_seed_repeats() -> None:
    values_Q = np.arange(50.0)
    wide, narrow = (bootstrap_interval(values_Q, level=level) for level in (0.95, 0.5))
    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < 24.5 < narrow.high < wide.high
    assert bootstrap_interval(values_Q) == wide
    assert bootstrap_interval(values_Q, seed=1) != wide


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    values_Q = np.arange(50.0)
    whole = bootstrap_interval(values_Q, resamples=300)
    monkeypatch.setattr(statistics, "_BLOCK", 700)
    assert bootstrap_interval(values_Q, resamples=300) == whole


def test_few_questions() -> None:
    assert bootstrap_interval(np.array([])) is None
    assert bootstrap_interval(np.array([0.25])) == (0.25, 0.25)
