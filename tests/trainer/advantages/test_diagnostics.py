"""Statistics of a batch of rewards, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trainer.advantages import group_diagnostics, zero_advantage_share

NAN = math.nan
NAMES = ("accuracy", "faithfulness", "coverage")
REWARDS = [
    [1.0, 0.2, 0.5],
    [0.0, 0.4, NAN],
    [1.0, 0.9, 0.7],
    [1.0, 0.9, NAN],
]


def test_by_hand() -> None:
    found = group_diagnostics(REWARDS, 2, names=NAMES)
    assert found.mean == pytest.approx((0.75, 0.6, 0.6))
    assert found.std == pytest.approx((0.5, math.sqrt((0.16 + 0.04 + 0.18) / 3), 0.2 / 2**0.5))
    assert found.abstained == (0.0, 0.0, 0.5)
    assert found.zero_variance == (0.5, 0.5, 1.0)
    # within groups accuracy deviates by (.5, -.5, 0, 0) and faithfulness by (-.1, .1, 0, 0)
    assert found.correlations[0][1] == found.correlations[1][0] == pytest.approx(-1.0)
    assert math.isnan(found.correlations[0][2])


def test_metrics_have_the_loggers_names_and_no_nan() -> None:
    metrics = group_diagnostics(REWARDS, 2, names=NAMES).metrics()
    assert metrics["objectives/coverage/abstained"] == 0.5
    assert metrics["objectives/accuracy/zero_variance_groups"] == 0.5
    assert metrics["objectives/correlation/accuracy-faithfulness"] == pytest.approx(-1.0)
    assert "objectives/correlation/accuracy-coverage" not in metrics
    assert not any(math.isnan(value) for value in metrics.values())


def test_nothing_judged() -> None:
    found = group_diagnostics(np.full((4, 1), NAN), 2)
    assert found.names == ("0",)
    assert math.isnan(found.mean[0]) and math.isnan(found.std[0])
    assert found.abstained == found.zero_variance == (1.0,)
    assert group_diagnostics(np.zeros((0, 2)), 2).metrics() == {}


def test_shares_of_groups_that_teach_nothing() -> None:
    assert zero_advantage_share([0.0, 0.0, 1.0, -1.0], 2) == 0.5
    assert math.isnan(zero_advantage_share([], 2))


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="whole groups of 3 rows"):
        group_diagnostics(REWARDS, 3)
    with pytest.raises(ValueError, match="names: expected 3"):
        group_diagnostics(REWARDS, 2, names=("accuracy",))
