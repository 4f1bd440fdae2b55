"""faithfulness and coverage on hand-written cases (fixtures/*.jsonl), judged by the real scorer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reward_service.scoring.scorer import Scorer
from reward_service.wire import Item, Score, ScoreRequest

FIXTURES = Path(__file__).parent / "fixtures"
CASES: dict[str, dict[str, Any]] = json.loads((FIXTURES / "cases.json").read_text())


def _rows() -> list[Any]:
    return [
        pytest.param(objective, row, id=f"{objective}: {row['name']}")
        for objective in ("faithfulness", "coverage")
        for row in map(json.loads, (FIXTURES / f"{objective}.jsonl").read_text().splitlines())
    ]


def _score(scorer: Scorer, row: dict[str, Any]) -> Score:
    item = Item(
        **CASES[row["case"]], reference=row.get("reference"), completions=[row["completion"]]
    )
    return scorer.score(ScoreRequest(items=[item], explain=True)).items[0].scores[0]


@pytest.mark.parametrize(("objective", "row"), _rows())
def test_fixture(scorer: Scorer, objective: str, row: dict[str, Any]) -> None:
    result = _score(scorer, row)
    value = result.objectives[objective]
    if "abstention" in row:
        assert value is None
        assert result.abstentions[objective].value == row["abstention"]
        return
    assert value is not None
    if "score" in row:
        assert value == pytest.approx(row["score"], abs=1e-6)
    else:
        assert row["min"] <= value <= row["max"]
    assert result.explanation is not None
    evidence = result.explanation.objectives[objective].evidence
    told = {(e.completion.text, e.outcome.value) for e in evidence if e.completion}
    told |= {(e.case.text, e.outcome.value) for e in evidence if e.case}
    for text, outcome in row.get("evidence", []):
        assert (text, outcome) in told


@pytest.mark.parametrize(("objective", "row"), _rows())
def test_evidence_adds_up_to_the_score(scorer: Scorer, objective: str, row: dict[str, Any]) -> None:
    explanation = _score(scorer, row).explanation
    assert explanation is not None
    told = explanation.objectives[objective]
    if told.score is not None:
        assert sum(e.earned for e in told.evidence) == pytest.approx(told.score, abs=2e-6)


@pytest.mark.parametrize(("objective", "row"), _rows())
def test_spans_are_the_texts_they_name(scorer: Scorer, objective: str, row: dict[str, Any]) -> None:
    explanation = _score(scorer, row).explanation
    assert explanation is not None
    for e in explanation.objectives[objective].evidence:
        if e.completion:
            assert explanation.text[e.completion.start : e.completion.end] == e.completion.text
        if e.case:
            case_text = explanation.case_texts[e.case.field]
            assert case_text[e.case.start : e.case.end] == e.case.text
