"""The bundled cases are what the demonstration and its readers rely on."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from reward_service.bundled import KINDS, DemoCase, DemoCompletion, load_cases
from reward_service.wire import Item, ScoreRequest

CASES = load_cases()
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_BOXED = re.compile(r"\\boxed\{([^{}]*)\}")

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def content(completion: DemoCompletion) -> str:
    if completion.text is not None:
        return completion.text
    return "\n".join(message.content for message in completion.messages or [])


def completion_text(case: DemoCase, kind: str) -> str:
    return next(content(c) for c in case.completions if c.kind == kind)


def keys(case: DemoCase) -> list[str]:
    return [case.answer] if isinstance(case.answer, str) else case.answer


def boxed(text: str) -> list[str]:
    return [part.strip() for group in _BOXED.findall(text) for part in group.split(",")]


def test_enough_cases_of_many_specialities() -> None:
    assert len(CASES) >= 22
    assert len({case.id for case in CASES}) == len(CASES)
    assert len({case.speciality for case in CASES}) >= 14


def test_every_form_of_item_occurs() -> None:
    assert sum(case.context is not None for case in CASES) >= 3
    assert sum(case.reference is not None for case in CASES) >= 2
    assert any(isinstance(case.answer, list) for case in CASES)
    assert any(case.options is None for case in CASES)
    assert any(len(case.question) < 100 for case in CASES), "a question without a patient"
    assert any(c.messages for case in CASES for c in case.completions)


@each_case
def test_case_is_a_valid_item(case: DemoCase) -> None:
    item = case.item()
    assert item == Item.model_validate_json(item.model_dump_json())
    assert ScoreRequest(items=[item], objectives=None, weights=None, explain=False)


@each_case
def test_every_kind_occurs(case: DemoCase) -> None:
    assert {completion.kind for completion in case.completions} == set(KINDS)


@each_case
def test_key_is_among_the_options(case: DemoCase) -> None:
    if case.options is not None:
        assert set(keys(case)) <= case.options.keys()
        assert len(set(case.options.values())) == len(case.options) >= 4


@each_case
@pytest.mark.parametrize("kind", ["good", "unfaithful", "gappy"])
def test_right_kinds_give_the_key(case: DemoCase, kind: str) -> None:
    assert boxed(completion_text(case, kind)) == keys(case)


@each_case
def test_wrong_gives_another_answer(case: DemoCase) -> None:
    given = boxed(completion_text(case, "wrong"))
    assert set(given) != set(keys(case))
    assert case.options is None or set(given) <= case.options.keys()


@each_case
def test_untagged_has_no_tags_and_ends_with_the_key(case: DemoCase) -> None:
    text = completion_text(case, "untagged")
    assert "<" not in text and "\\boxed" not in text
    assert re.search(
        rf"Therefore, the answers? (?:is|are) {re.escape(' and '.join(keys(case)))}\.$", text, re.I
    )


@each_case
@pytest.mark.parametrize("kind", ["good", "wrong"])
def test_careful_reasoning_invents_no_number(case: DemoCase, kind: str) -> None:
    source = " ".join([case.question, case.context or "", *(case.options or {}).values()])
    stated = set(_NUMBER.findall(source))
    assert [n for n in _NUMBER.findall(completion_text(case, kind)) if n not in stated] == []


@each_case
def test_good_completions_are_essays_and_gappy_ones_are_not(case: DemoCase) -> None:
    assert 110 <= len(completion_text(case, "good").split()) <= 220
    assert len(completion_text(case, "gappy").split()) <= 40


@each_case
def test_texts_are_clean(case: DemoCase) -> None:
    for completion in case.completions:
        text = content(completion)
        assert text == text.strip() and "  " not in text and "\t" not in text
        if completion.kind != "untagged":
            tags = ["<dx>", "</dx>", "<conclusion>", "</conclusion>"]
            assert re.findall(r"</?[a-z]+>", text) == tags


def test_a_completion_is_a_text_or_messages() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        DemoCompletion(kind="good")
    with pytest.raises(ValidationError, match="exactly one"):
        DemoCompletion.model_validate({"kind": "good", "text": "a", "messages": []})


def test_a_missing_kind_is_named() -> None:
    case = CASES[0].model_copy(update={"completions": [DemoCompletion(kind="good", text="a")]})
    with pytest.raises(LookupError, match="gaming"):
        case.completion("gaming")
