"""accuracy, by cases (fixtures/accuracy.jsonl) and by properties."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_service.completions import Commitment, Completion, find_answer, parse_completion
from reward_service.objectives.accuracy import Accuracy
from reward_service.objectives.base import Judgement
from reward_service.wire.request import Message

FIXTURES = Path(__file__).parent / "fixtures" / "accuracy.jsonl"
CASES = [json.loads(line) for line in FIXTURES.read_text(encoding="utf-8").splitlines()]
OPTIONS = {"A": "Magnesium sulfate", "B": "Nifedipine", "C": "Ritodrine", "D": "Isoxsuprine"}


@dataclass(frozen=True)
class CaseStub:
    options: Mapping[str, str] | None
    key: str | Sequence[str] | None
    question: str = "Which drug?"


@dataclass(frozen=True)
class RolloutStub:
    completion: Completion
    commitment: Commitment
    names_another: bool = False


def judge(
    text: str | list[Message],
    key: str | Sequence[str] | None = "B",
    options: Mapping[str, str] | None = OPTIONS,
) -> tuple[Judgement, Commitment]:
    completion = parse_completion(text)
    commitment = find_answer(completion, options)
    case, rollout = CaseStub(options, key), RolloutStub(completion, commitment)
    return Accuracy().judge(case, rollout), commitment


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["completion"])[:60])
def test_case(case: dict[str, Any]) -> None:
    completion = case["completion"]
    if isinstance(completion, list):
        completion = [Message(**message) for message in completion]
    item, expect = case["item"], case["expect"]
    judgement, commitment = judge(completion, item.get("answer"), item.get("options"))
    assert judgement.score == expect.get("score"), commitment
    assert judgement.abstention == expect.get("abstention")
    if "answers" in expect:
        assert list(commitment.answers) == expect["answers"]


def test_there_are_cases_of_every_kind() -> None:
    tags = [case["tag"] for case in CASES]
    assert len(tags) >= 80
    assert set(tags) == {"full", "zero", "abstain", "malformed", "determinism"}


def test_evidence_adds_up_and_shows_answer_and_key() -> None:
    judgement, commitment = judge("Weighed. The answer is A and B.", ["A", "B"])
    assert judgement.score == pytest.approx(sum(e.earned for e in judgement.evidence))
    assert [e.case for e in judgement.evidence] == [("option:A", 0, 17), ("option:B", 0, 10)]
    assert {e.completion for e in judgement.evidence} == {commitment.span}
    assert commitment.stated == "A and B"


def test_the_span_is_where_the_answer_stands() -> None:
    text = "<dx>Weighed.</dx><conclusion>The answer is B, nifedipine.</conclusion>"
    _, commitment = judge(text)
    assert commitment.span is not None
    assert text[slice(*commitment.span)] == "B, nifedipine"


def test_a_letter_beside_another_disease_is_no_answer() -> None:
    text = "The diagnosis is sarcoidosis \\boxed{B}"
    completion = parse_completion(text)
    commitment = find_answer(completion, OPTIONS)
    named = RolloutStub(completion, commitment, names_another=True)
    assert Accuracy().judge(CaseStub(OPTIONS, "B"), named).score == 0.0


def test_a_free_answer_may_be_led_in() -> None:
    assert judge("It is vitamin C.", "vitamin C", None)[0].score == 1.0
    assert judge("It is vitamin C.", "vitamin B", None)[0].score == 0.0


PIECES = (
    "A|B|the answer is|\\boxed{|}|<dx>|</dx>|<conclusion>|</conclusion>|. |, | or |(|)|\n\n|:|“"
)
ANY_TEXT = st.text(max_size=400) | st.lists(
    st.sampled_from([*PIECES.split("|"), "nifedipine", " not ", " is correct"]), max_size=40
).map("".join)
SENTENCES = st.sampled_from(
    [
        "The answer is A.",
        "The answer is B.",
        "Therefore, the answer is C.",
        "So B is correct.",
        "The answer is not A.",
        "The answer is A or B.",
        "\\boxed{A} it is.",
        "It must be \\boxed{B}.",
        "B) Nifedipine.",
        "Nifedipine.",
        "Hence nifedipine.",
        "The most likely answer is ritodrine.",
        "I would choose D.",
        "Wait.",
        "But no.",
        "She has no fever.",
        "A tocolytic is needed.",
        "The answer cannot be determined.",
        "Answer: C.",
    ]
)
JOINS = st.sampled_from([" ", "\n", "\n\n"])


@given(ANY_TEXT, st.sampled_from([None, "A", "B", "", "Z", ["A", "B"]]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_text_is_judged(text: str, key: str | list[str] | None, with_options: bool) -> None:
    judgement, _ = judge(text, key, OPTIONS if with_options else None)
    assert judgement.score in {None, 0.0, 1.0}
    assert judgement.score is not None or judgement.abstention is not None


@given(
    st.lists(st.tuples(SENTENCES, JOINS), min_size=1, max_size=8),
    st.data(),
    st.sampled_from(["A", "B", "C", ["A", "B"]]),
    st.sampled_from(["", "<dx>", "<dx>Weighed.</dx><conclusion>", "<dx>Weighed.</dx> "]),
)
@settings(max_examples=500, deadline=None)
def test_a_repeated_sentence_never_raises_the_score(
    parts: list[tuple[str, str]], data: st.DataObject, key: str | list[str], opening: str
) -> None:
    text = opening + "".join(sentence + join for sentence, join in parts)
    repeated = data.draw(st.sampled_from([sentence for sentence, _ in parts]))
    before, _ = judge(text, key)
    after, commitment = judge(text + repeated, key)
    assert before.score is not None and after.score is not None
    assert after.score <= before.score, commitment


@given(
    st.permutations(list(OPTIONS.values())),
    st.sampled_from(list(OPTIONS.values())),
    st.sampled_from(
        [
            "The answer is {}.",
            "\\boxed{{{}}}",
            "{}",
            "Hence {}.",
            "The answer is {} or ritodrine.",
            "<dx>Weighed.</dx><conclusion>{} fits best.</conclusion>",
            "The answer is ({}) {}.",
        ]
    ),
    st.sampled_from(list(OPTIONS.values())),
)
def test_permuting_options_with_the_key_changes_nothing(
    order: list[str], said: str, template: str, key: str
) -> None:
    def score(options: dict[str, str]) -> float | None:
        letter = {text: label for label, text in options.items()}
        filled = template.format(*([letter[said], said] if template.count("{}") == 2 else [said]))
        return judge(filled, letter[key], options)[0].score

    permuted = dict(zip(OPTIONS, order, strict=True))
    assert score(permuted) == score(OPTIONS)
    assert score(dict(reversed(OPTIONS.items()))) == score(OPTIONS)
