from __future__ import annotations

from typing import Any

import pytest

from trainer.evaluation.bootstrap import Bootstrap, Interval
from trainer.experiment.aggregate import Comparison, Difference, aggregate, stack
from trainer.experiment.claims import expected, judge, verdicts
from trainer.experiment.config import Claims

BOOTSTRAP = Bootstrap(resamples=200)


def rows(
    accuracy: float, faithfulness: float | None = 0.5, ids: str = "abc"
) -> list[dict[str, Any]]:
    return [
        {
            "id": id,
            "accuracy": accuracy,
            "faithfulness": faithfulness,
            "coverage": 0.5,
            "metric_hallucination_rate": 0.2,
            "failure": None,
        }
        for id in ids
    ]


def test_means_of_each_arm_and_differences_from_the_baseline() -> None:
    arms = [
        stack("start", {0: rows(0.25)}),
        stack("grpo", {0: rows(0.5), 1: rows(0.7)}),
        stack("crpo", {1: rows(0.8, 0.75), 0: rows(0.6, 0.75)}),
    ]
    results = aggregate(arms, baseline="grpo", bootstrap=BOOTSTRAP)
    accuracy = results.table["grpo"]["accuracy"]
    assert accuracy is not None and accuracy.value == pytest.approx(0.6)
    assert list(results.table) == ["start", "grpo", "crpo"]
    assert results.seeds["crpo"] == (0, 1)
    assert list(results.comparisons) == ["start", "crpo"]
    crpo = results.comparisons["crpo"].columns
    assert crpo["accuracy"].absolute is not None
    assert crpo["accuracy"].absolute.low == pytest.approx(0.1)
    assert crpo["faithfulness"].relative is not None
    assert crpo["faithfulness"].relative.value == pytest.approx(0.5)
    start = results.comparisons["start"].columns["accuracy"].absolute
    assert start is not None and start.value == pytest.approx(-0.35)
    assert results.table["grpo"]["drc"] is None


def test_only_seeds_of_both_are_compared() -> None:
    arms = [stack("grpo", {0: rows(0.5), 2: rows(0.9)}), stack("crpo", {0: rows(0.6)})]
    results = aggregate(arms, baseline="grpo", bootstrap=BOOTSTRAP)
    assert results.comparisons["crpo"].seeds == (0,)
    found = results.comparisons["crpo"].columns["accuracy"].absolute
    assert found is not None and found.value == pytest.approx(0.1)


def test_without_a_shared_seed_or_a_baseline_there_is_no_comparison() -> None:
    crpo = stack("crpo", {1: rows(0.6)})
    apart = aggregate([stack("grpo", {0: rows(0.5)}), crpo], baseline="grpo", bootstrap=BOOTSTRAP)
    assert apart.comparisons == {}
    assert aggregate([crpo], baseline="grpo", bootstrap=BOOTSTRAP).comparisons == {}


def test_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="seeds 0 and 1 were evaluated on other questions"):
        stack("grpo", {0: rows(0.5), 1: rows(0.5, ids="abd")})
    arms = [stack("grpo", {0: rows(0.5)}), stack("crpo", {0: rows(0.5, ids="ab")})]
    with pytest.raises(ValueError, match="crpo and grpo"):
        aggregate(arms, baseline="grpo", bootstrap=BOOTSTRAP)


def test_completions_without_scores_are_counted_not_averaged() -> None:
    broken = [*rows(0.5), dict.fromkeys(rows(0.5)[0]) | {"id": "a", "failure": "timeout"}]
    results = aggregate([stack("grpo", {0: broken})], baseline="grpo", bootstrap=BOOTSTRAP)
    assert results.failures == {"grpo": 1}
    assert results.completions == {"grpo": 4}
    accuracy = results.table["grpo"]["accuracy"]
    assert accuracy is not None and accuracy.value == 0.5


FAITHFULNESS, COVERAGE, HALLUCINATION, ACCURACY = expected(Claims())


@pytest.mark.parametrize(
    ("claim", "found", "outcome"),
    [
        (FAITHFULNESS, (0.3, 0.21, 0.4), "met"),
        (FAITHFULNESS, (0.3, 0.1, 0.4), "met, uncertain"),
        (FAITHFULNESS, (0.19, 0.1, 0.4), "not met"),
        (COVERAGE, (0.2, 0.2, 0.2), "met"),
        (HALLUCINATION, (-0.1, -0.2, -0.05), "met"),
        (HALLUCINATION, (-0.1, -0.2, 0.0), "met, uncertain"),
        (HALLUCINATION, (0.0, -0.1, 0.1), "not met"),
        (ACCURACY, (-0.005, -0.009, 0.1), "met"),
        (ACCURACY, (-0.005, -0.02, 0.1), "met, uncertain"),
        (ACCURACY, (-0.02, -0.03, 0.0), "not met"),
        (ACCURACY, None, "not judged"),
    ],
)
def test_verdicts(claim: Any, found: tuple[float, float, float] | None, outcome: str) -> None:
    interval = None if found is None else Interval(*found)
    other = Interval(-9.0, -9.0, -9.0) if claim.at_least else Interval(9.0, 9.0, 9.0)
    both = Difference(
        absolute=other if claim.relative else interval,
        relative=interval if claim.relative else other,
    )
    assert judge(Comparison("crpo", (0,), {claim.column: both}), claim).outcome == outcome


def test_the_start_makes_no_claims() -> None:
    arms = [stack(name, {0: rows(0.5)}) for name in ("start", "grpo", "crpo")]
    results = aggregate(arms, baseline="grpo", bootstrap=BOOTSTRAP)
    assert {one.arm for one in verdicts(results, expected(Claims()))} == {"crpo"}
