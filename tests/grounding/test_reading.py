"""What a reader sees of a completion, and what counts as a sentence of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reward_service.grounding.case import Case
from reward_service.grounding.reading import readable
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import Standing

CASE = (
    "A 44-year-old woman comes to the clinic because of palpitations and a weight loss of 5 kg "
    "over the past 3 months. She has a fine tremor of the hands. She appears anxious. Her pulse is "
    "112/min, and the thyroid gland is enlarged. What is the most likely diagnosis?"
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a <b></b> fine <i>tremor</i>", "a fine tremor"),
        ("**a** fine tremor", "a fine tremor"),
        ("**2** nodules of *3*4* cm", "2 nodules of 3*4 cm"),
        ("a tremor <!-- and fever --> today", "a tremor today"),
        ("<!-- a fine tremor", "<!-- a fine tremor"),
        ("\uff21\u3000\uff46\uff49\uff4e\uff45\uff0e", "A fine."),
    ],
)
def test_mark_up_is_blanked(text: str, read: str) -> None:
    assert len(readable(text)) == len(text)
    assert readable(text).split() == read.split()


def test_a_section_tag_parts_sentences_and_a_formatting_one_does_not() -> None:
    assert "\n\n" in readable("one</step>two")
    assert "\n" not in readable("one</b>two")


@pytest.mark.parametrize(
    "text",
    [
        "Could the weight loss suggest thyrotoxicosis?",
        '{"findings": ["weight loss", "fine tremor"], "diagnosis": "thyrotoxicosis"}',
        "Hands of tremor anxious the past She fine and is over pulse a appears.",
        "Weight the of she is thyroid was in has gland.",
        "The thyroid is the.",
    ],
)
def test_what_states_nothing(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> None:
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is Standing.LISTED
    assert not sentence.argues


@pytest.mark.parametrize(
    "text",
    [
        "44F, tremor + weight loss → thyrotoxicosis until proven otherwise",
        "- Tremor and palpitations: too much thyroid hormone drives the heart.",
        "Option A is wrong, and so is the at-risk group.",
        "The in vitro test was what she came for.",
    ],
)
def test_clipped_reasoning_is_no_list(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout], text: str
) -> None:
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is not Standing.LISTED


def test_the_case_clause_by_clause_is_copied(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    text = (
        "Findings: a 44-year-old woman, palpitations, a weight loss of 5 kg, over the past 3 "
        "months, a fine tremor of the hands, she appears anxious, her pulse is 112/min."
    )
    (sentence,) = make_rollout(make_case(CASE), text).sentences
    assert sentence.standing is Standing.COPIED


def test_an_options_wording_in_full_uses_no_finding(
    make_case: Callable[..., Case], make_rollout: Callable[[Case, str], Rollout]
) -> None:
    options = {"A": "Measure the weight loss again later", "B": "Thyrotoxicosis"}
    case = make_case(CASE, options=options)
    empty, reasoned = (
        "Measure the weight loss again later is unlikely.",
        "Measure the weight loss again later is unsafe, since the heart races and may fibrillate.",
    )
    (sentence,) = make_rollout(case, empty).sentences
    assert any(sentence.quotes(mention) for mention in sentence.mentions)
    (sentence,) = make_rollout(case, reasoned).sentences
    assert not any(sentence.quotes(mention) for mention in sentence.mentions)
