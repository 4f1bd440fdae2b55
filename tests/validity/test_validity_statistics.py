from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from reward_service.validity.base import Context
from reward_service.validity.statistics import (
    auc,
    auc_of_pairs,
    mean,
    measured,
    partial_spearman,
    share_of_pairs,
    spearman,
)

CHANCE = np.random.default_rng(0)


def test_auc_counts_ties_half() -> None:
    right = np.array([True, True, False, False])
    assert auc(np.array([3.0, 2.0, 1.0, 0.0]), right) == 1.0
    assert auc(np.array([1.0, 0.0, 1.0, 0.0]), right) == 0.5
    assert auc(np.zeros(4), right) == 0.5
    assert math.isnan(auc(np.zeros(2), np.array([True, True])))
    scores_N = CHANCE.integers(0, 5, 200).astype(float)
    labels_N = CHANCE.random(200) < 0.3
    assert auc(scores_N, labels_N) == pytest.approx(roc_auc_score(labels_N, scores_N))


def test_a_tie_counts_half_in_a_share_of_pairs() -> None:
    pairs_N2 = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.9, 0.1]])
    assert share_of_pairs(pairs_N2, np.arange(4)) == 0.625
    assert share_of_pairs(pairs_N2, np.array([0, 0, 2])) == pytest.approx(2 / 3)
    assert auc_of_pairs(pairs_N2) == pytest.approx(
        roc_auc_score([1] * 4 + [0] * 4, pairs_N2.T.ravel())
    )


def test_spearman_with_ties() -> None:
    x_N, y_N = CHANCE.integers(0, 4, (2, 100)).astype(float)
    assert spearman(x_N, y_N) == pytest.approx(spearmanr(x_N, y_N).statistic)
    assert math.isnan(spearman(x_N, np.ones(100)))


def test_what_length_explains_is_gone_when_it_is_held_fixed() -> None:
    length_N = CHANCE.random(500)
    x_N, y_N = length_N + 0.1 * CHANCE.random((2, 500))
    assert spearman(x_N, y_N) > 0.9
    assert abs(partial_spearman(x_N, y_N, length_N)) < 0.15
    assert partial_spearman(x_N, x_N, length_N) == pytest.approx(1.0)
    # The textbook formula of the three correlations.
    xy, xz, yz = spearman(x_N, y_N), spearman(x_N, length_N), spearman(y_N, length_N)
    expected = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    assert partial_spearman(x_N, y_N, length_N) == pytest.approx(expected)
    assert math.isnan(partial_spearman(length_N, y_N, length_N))


def test_clusters_are_drawn_whole(context: Context) -> None:
    # 100 rows of 10 questions, equal within each: as uncertain as 10 rows.
    values_N = np.repeat(np.arange(10.0), 10)
    by_question, by_row, again = (
        measured(
            replace(context, resamples=500),
            test="t",
            data="d",
            figure="mean",
            statistic=mean,
            ours=values_N,
            clusters=[str(key) for key in keys],
        )[0]
        for keys in (values_N, range(100), values_N)
    )
    assert by_question.ours == by_row.ours == 4.5
    assert by_question.high - by_question.low > 2 * (by_row.high - by_row.low)
    assert again == by_question


def test_a_row_with_its_best_baseline(context: Context) -> None:
    right_N = np.arange(40) % 2 == 0
    noise_N = np.random.default_rng(1).random(40)
    (row,) = measured(
        replace(context, resamples=200),
        test="t",
        data="d",
        figure="AUC",
        statistic=lambda values, rows: auc(values[rows], right_N[rows]),
        ours=right_N.astype(float),
        clusters=[str(i) for i in range(40)],
        baselines={"noise": noise_N, "worse": -right_N.astype(float)},
        goal=0.9,
    )
    assert (row.n, row.ours, row.low, row.high, row.met) == (40, 1.0, 1.0, 1.0, True)
    assert list(row.baselines) == ["noise", "worse"]
    assert row.baselines["worse"] == 0.0
    assert row.difference == pytest.approx(1 - row.baselines["noise"])
    assert row.difference_low is not None and row.difference_high is not None
    assert 0 < row.difference_low < row.difference < row.difference_high
    assert replace(row, goal=None).met is None
    assert replace(row, ours=0.89).met is False


def test_nothing_to_measure_is_no_row(context: Context) -> None:
    for values in ([], [1.0, 1.0]):
        rows = measured(
            context,
            test="t",
            data="d",
            figure="AUC",
            statistic=lambda v, rows: auc(v[rows], np.ones(len(rows), dtype=bool)),
            ours=np.array(values),
            clusters=[str(i) for i in range(len(values))],
        )
        assert rows == []
