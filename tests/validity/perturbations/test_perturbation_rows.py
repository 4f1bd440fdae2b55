"""The tests of the benchmark, on made-up data and on made-up scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reward_service.validity.base import Context, Row, Scored, ScoreItems
from reward_service.validity.data.question import Question
from reward_service.validity.perturbations.base import Setting
from reward_service.validity.perturbations.honest import Honest
from reward_service.validity.perturbations.pairs import change_of, fitting_score, make_pairs
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.registers import write
from reward_service.validity.perturbations.rows import PERTURBATIONS, TESTS
from reward_service.validity.resolution import distinct, resolution, spread
from reward_service.validity.statistics import share_of_pairs

QUESTIONS = [
    {
        "question": f"A {40 + i}-year-old man has had {symptom} and fever for 2 days. He denies "
        f"rash. He takes {drug}. His pulse is {90 + i}/min. Which diagnosis fits?",
        "options": {"A": "Pneumonia", "B": "Migraine", "C": "Gout"},
        "answer_idx": "A",
    }
    for i, (symptom, drug) in enumerate(
        [("a cough", "warfarin"), ("a headache", "metformin"), ("vomiting", "lisinopril")]
    )
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in QUESTIONS)
    (tmp_path / "medqa_dev.jsonl").write_text(text)
    return tmp_path


def context_of(folder: Path, score: ScoreItems) -> Context:
    return Context(data=folder, half="all", limit=None, seed=0, score=score, resamples=40)


def rows_of(name: str, context: Context) -> dict[str, Row]:
    test = next(test for test in TESTS if test.name == name)
    return {row.test: row for row in test.run(context)}


def test_restated_vignettes_give_a_row_a_perturbation(folder: Path, real_score: ScoreItems) -> None:
    rows = rows_of("restated in terms", context_of(folder, real_score))
    assert list(rows) == [
        "perturbed: swapped entity",
        "perturbed: flipped polarity",
        "perturbed: changed number",
        "perturbed: changed unit",
        "perturbed: half of the findings dropped",
        "perturbed: an option dropped",
        "perturbed: moved to a relative",
        "perturbed: moved to the past",
        "perturbed: another case's explanation",
        "unmoved: doubled by filler",
        "unmoved: halved by cutting filler",
        "unmoved: other sentences",
        "unmoved: other register",
    ]
    for row in rows.values():
        assert 1 <= row.n <= 3 and 0 <= row.low <= row.ours <= row.high <= 1
    assert rows["perturbed: changed number"].goal == 0.95
    assert set(rows["perturbed: changed number"].baselines) == {
        "token overlap",
        "token recall",
        "length",
    }
    again = rows_of("restated in terms", context_of(folder, real_score))
    assert again == rows


def by_length(
    items: Sequence[Mapping[str, Any]], *, explain: bool = False
) -> list[tuple[Scored, ...]]:
    """Scores that go with length, but for texts that speak of a rash, which are not judged."""

    def scored(text: str) -> Scored:
        value = None if "rash" in text else min(1.0, len(text) / 5000)
        objectives = dict.fromkeys(("accuracy", "structure", "faithfulness", "coverage"), value)
        return Scored(objectives, {}, value, {})

    return [tuple(scored(text) for text in item["completions"]) for item in items]


def test_length_is_caught_by_filler(folder: Path) -> None:
    rows = rows_of("restated in terms", context_of(folder, by_length))
    row = rows.get("unmoved: doubled by filler")
    assert row is None or row.ours == 0.0
    dropped = rows.get("perturbed: an option dropped")
    assert dropped is None or dropped.ours == 1.0


def test_unjudged_texts_are_left_out(folder: Path) -> None:
    def nothing(
        items: Sequence[Mapping[str, Any]], *, explain: bool = False
    ) -> list[tuple[Scored, ...]]:
        names = ("accuracy", "structure", "faithfulness", "coverage")
        none = Scored(dict.fromkeys(names), {}, None, {})
        return [tuple(none for _ in item["completions"]) for item in items]

    assert rows_of("restated in lay words", context_of(folder, nothing)) == {}


def test_real_texts_are_measured(context: Context) -> None:
    names = ("changed doctors", "changed experts", "changed chains")
    apart = [rows_of(name, context) for name in names]
    for rows in apart:
        for row in rows.values():
            assert row.n >= 1 and 0 <= row.ours <= 1
    together = rows_of("changed real texts", context)
    for name, row in together.items():
        assert row.data == "real texts"
        assert row.n == sum(rows[name].n for rows in apart if name in rows)


def test_a_real_text_is_changed_in_up_to_three_ways(
    setting: Setting, context: Context, plan: Plan
) -> None:
    said = "The patient has fever and a murmur. She has a history of hypertension. It is A."
    question = Question(
        key="q", row=0, question=setting.case, options=dict(setting.options), answer="A"
    )
    change = change_of(next(p for p in PERTURBATIONS if p.name == "flipped polarity"))
    real = make_pairs(context, [Honest(question, said, setting, None)], "flips", change)
    assert 2 <= len(real) == len({pair.changed for pair in real}) <= 3
    restated = Honest(question, write(plan), setting, plan)
    assert len(make_pairs(context, [restated], "flips", change)) == 1


def test_ties_count_half() -> None:
    pairs_N2 = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [0.9, 0.1]])
    assert share_of_pairs(pairs_N2, np.arange(4)) == pytest.approx(0.625)


def test_the_sum_of_what_was_judged_is_the_process_score() -> None:
    scored = Scored({"faithfulness": None, "coverage": 0.4}, {}, 0.4, {})
    assert fitting_score(scored, "faithfulness + coverage") == 0.4
    assert fitting_score(scored, "faithfulness") is None


def test_distinct_values_and_spread() -> None:
    assert distinct([0.5, 0.5, 0.5]) == 1
    assert distinct([0.5, 0.5 + 1e-12, 0.7, 0.1]) == 3
    assert spread([0.0, 1.0]) == pytest.approx(0.7071, abs=1e-4)


def test_resolution_of_made_up_groups(context: Context) -> None:
    rows = {(row.test, row.data): row for row in resolution(context)}
    accuracy = rows["resolution: accuracy", "chains of thought"]
    assert accuracy.ours == 1.0 and accuracy.n == 2
    assert "2.00 distinct values" in accuracy.note
    assert ("resolution: paid reward", "chains of thought") in rows
