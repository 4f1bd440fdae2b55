"""structure, by cases (fixtures/structure.jsonl) and by properties."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_service.completions import Commitment, Completion, Tags, find_answer, parse_completion
from reward_service.objectives.base import Judgement
from reward_service.objectives.structure import Structure, StructureConfig
from reward_service.wire.request import Message

FIXTURES = Path(__file__).parent / "fixtures" / "structure.jsonl"
CASES = [json.loads(line) for line in FIXTURES.read_text(encoding="utf-8").splitlines()]
OPTIONS = {"A": "Magnesium sulfate", "B": "Nifedipine"}


@dataclass(frozen=True)
class CaseStub:
    options: Mapping[str, str] | None = None
    key: str | Sequence[str] | None = None
    question: str = "Which drug?"


@dataclass(frozen=True)
class RolloutStub:
    completion: Completion
    commitment: Commitment
    names_another: bool = False


def judge(
    text: str | list[Message],
    tags: Tags | None = None,
    options: Mapping[str, str] | None = OPTIONS,
    config: StructureConfig | None = None,
) -> tuple[Judgement, Completion]:
    completion = parse_completion(text, tags)
    rollout = RolloutStub(completion, find_answer(completion, options))
    return Structure(config or StructureConfig()).judge(CaseStub(options), rollout), completion


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["completion"])[:60])
def test_case(case: dict[str, Any]) -> None:
    text = case["completion"]
    if isinstance(text, list):
        text = [Message(**message) for message in text]
    tags = Tags(*case["tags"]) if "tags" in case else None
    judgement, completion = judge(text, tags, case["item"]["options"])
    assert judgement.score == pytest.approx(case["expect"]["score"], abs=1e-9)
    assert list(completion.problems) == case["expect"]["problems"]


def test_there_are_cases_of_every_kind() -> None:
    assert len(CASES) >= 25
    assert {case["tag"] for case in CASES} == {"full", "zero", "malformed", "determinism"}


def test_each_check_has_its_credit() -> None:
    text = "<dx>Weighed.</dx><conclusion>The answer is B.</conclusion>"
    judgement, _ = judge(text)
    earned = {e.name: e.earned for e in judgement.evidence}
    config = StructureConfig()
    assert earned == {f.name: getattr(config, f.name) for f in fields(config)}


def test_credits_are_a_setting() -> None:
    config = StructureConfig(analysis=0.0, conclusion=0.0, order=0.0, outside=0.0, answer=1.0)
    assert judge("The answer is B.", config=config)[0].score == 1.0
    with pytest.raises(ValueError, match="add up to 1"):
        StructureConfig(answer=0.5)
    with pytest.raises(ValueError, match="not negative"):
        StructureConfig(analysis=-0.25, conclusion=0.75)


PIECES = st.lists(
    st.sampled_from(
        ["<dx>", "</dx>", "<conclusion>", "</conclusion>", "The answer is B. ", "Weighed. ", " "]
    ),
    max_size=12,
).map("".join)


@given(PIECES | st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_evidence_adds_up(text: str) -> None:
    judgement, _ = judge(text)
    assert judgement.score is not None
    assert 0.0 <= judgement.score <= 1.0
    assert judgement.score == pytest.approx(sum(e.earned for e in judgement.evidence), abs=1e-6)


@given(PIECES, st.sampled_from(["The answer is B.", "Weighed."]))
@settings(max_examples=300, deadline=None)
def test_a_repeated_sentence_never_raises_the_score(text: str, sentence: str) -> None:
    text += sentence
    before, _ = judge(text)
    after, _ = judge(text + " " + sentence)
    assert before.score is not None and after.score is not None
    assert after.score <= before.score
