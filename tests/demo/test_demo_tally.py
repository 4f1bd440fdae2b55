"""The table's means and the remarks come from the scores alone."""

from __future__ import annotations

from typing import Any

import pytest

from reward_service.bundled import load_cases
from reward_service.demo.scoring import Scored
from reward_service.demo.tally import mean, remarks, tally
from reward_service.wire import Score

CASES = load_cases()[:2]


def scored(values: dict[tuple[int, str], dict[str, Any]]) -> list[Scored]:
    """(case number, kind) → objectives; the reward is 10 × accuracy + the rest."""
    found = []
    for (number, kind), objectives in values.items():
        judged = {name: value for name, value in objectives.items() if value is not None}
        reward = sum(v * (10 if n == "accuracy" else 1) for n, v in judged.items())
        score = Score.model_validate(
            {
                "objectives": objectives,
                "abstentions": {
                    n: "no_findings_in_case" for n, v in objectives.items() if v is None
                },
                "reward": reward,
                "metrics": {"contradiction_rate": 0.25},
                "explanation": None,
            }
        )
        completion = next(c for c in CASES[number].completions if c.kind == kind)
        found.append(Scored(CASES[number], completion, score))
    return found


SCORES = scored(
    {
        (0, "good"): {"accuracy": 1.0, "faithfulness": 0.9, "coverage": 0.8},
        (0, "unfaithful"): {"accuracy": 1.0, "faithfulness": 0.1, "coverage": 0.2},
        (0, "gaming"): {"accuracy": 1.0, "faithfulness": 1.0, "coverage": 0.9},
        (0, "wrong"): {"accuracy": 0.0, "faithfulness": 0.8, "coverage": 0.6},
        (1, "good"): {"accuracy": 1.0, "faithfulness": None, "coverage": 0.6},
        (1, "unfaithful"): {"accuracy": 1.0, "faithfulness": 0.3, "coverage": 0.0},
        (1, "gaming"): {"accuracy": 0.0, "faithfulness": 0.0, "coverage": 0.1},
    }
)


def test_means_leave_out_what_was_not_judged() -> None:
    rows = {row.kind: row for row in tally(SCORES)}
    assert rows["good"].completions == 2
    assert rows["good"].objectives == {
        "accuracy": 1.0,
        "faithfulness": 0.9,
        "coverage": pytest.approx(0.7),
    }
    assert rows["good"].abstentions == 1
    assert rows["good"].reward == pytest.approx((11.7 + 10.6) / 2)
    assert list(rows) == ["good", "unfaithful", "gaming", "wrong"]


def test_mean_of_nothing_is_none() -> None:
    assert mean([None, None]) is None
    assert mean([]) is None
    assert mean([None, 1.0, 0.0]) == 0.5


def test_remarks_count_and_name_even_where_a_cheat_wins() -> None:
    lines = remarks(SCORES)
    assert lines[0] == (
        "Measured by the reward, the good completion beats the unfaithful one in 2 of 2 cases, "
        "the gaming one in 1 of 2 cases."
    )
    assert "0.20 on average, against 0.90; 25% of those claims contradict" in lines[1]
    assert "stays faithful (0.80) but earns a reward of 1.40 against 11.15" in lines[2]
    assert "0.50 of coverage on average, reasoning 0.70" in lines[3]
    assert f"({CASES[0].id}) has 0.90" in lines[3]
    assert lines[4].endswith("faithfulness: no_findings_in_case ×1.")


def test_remarks_need_no_particular_kind_or_objective() -> None:
    assert remarks([]) == []
    only = scored({(0, "gappy"): {"accuracy": 1.0}})
    assert remarks(only) == []
    assert tally(only)[0].objectives == {"accuracy": 1.0}
