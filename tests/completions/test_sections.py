"""Sections of completions: tagged, untagged, broken."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_service.completions import Completion, Problem, Tags, parse_completion
from reward_service.wire.request import Message


def parts(completion: Completion) -> tuple[list[str], str | None]:
    text = completion.text
    conclusion = completion.conclusion
    analysis = [text[a:b] for a, b in completion.analysis]
    return analysis, None if conclusion is None else text[slice(*conclusion)]


def test_tagged() -> None:
    completion = parse_completion("<dx>Weighed.</dx>\n<conclusion>B</conclusion>")
    assert parts(completion) == (["Weighed."], "B")
    assert completion.tagged and completion.sealed and not completion.truncated
    assert completion.problems == ()


@pytest.mark.parametrize(
    ("text", "analysis", "conclusion"),
    [
        ("<DX>a</dx><CONCLUSION>b</Conclusion>", ["a"], "b"),
        ("< dx >a</ dx >< conclusion >b</conclusion >", ["a"], "b"),
        ("a</dx><conclusion>b</conclusion>", ["a"], "b"),
        ("a<conclusion>b</conclusion>", ["a"], "b"),
        ("<dx>a</dx>b", ["a"], "b"),
        ("<dx>a<conclusion>b", ["a"], "b"),
        ("<dx>a<dx>b</dx>c</dx><conclusion>d</conclusion>", ["a<dx>b"], "d"),
        ("<dx>a</dx><dx>b</dx><conclusion>c</conclusion>", ["a", "b"], "c"),
        ("<conclusion>a</conclusion><conclusion>b</conclusion>", [], "b"),
        ("<conclusion>a</conclusion><conclusion> </conclusion>", [], "a"),
        ("<conclusion>b</conclusion><dx>a</dx>", ["a"], "b"),
        ("<dx></dx><conclusion></conclusion>", [], None),
        ("<dx>a", ["a"], None),
    ],
)
def test_broken_tags_are_read_forgivingly(
    text: str, analysis: list[str], conclusion: str | None
) -> None:
    completion = parse_completion(text)
    assert completion.tagged
    assert parts(completion) == (analysis, conclusion)


@pytest.mark.parametrize(
    ("text", "analysis", "conclusion"),
    [
        ("It hurts. The answer is B.", ["It hurts. "], "The answer is B."),
        ("The answer is B. It hurts.", [" It hurts."], "The answer is B."),
        ("It hurts.\n\nAnswer:\n\nB", ["It hurts.\n\n"], "Answer:\n\nB"),
        ("It hurts. So \\boxed{B} it is. Bye.", ["It hurts. ", " Bye."], "So \\boxed{B} it is."),
        ("The answer is A. But no. The answer is B.", ["The answer is A. But no. "], None),
        ("It is most likely gout.", ["It is most likely gout."], None),
        ("The most likely diagnosis is gout.", [], "The most likely diagnosis is gout."),
        ("It hurts.", ["It hurts."], None),
        ("", [], None),
    ],
)
def test_without_tags_the_last_committing_sentence_concludes(
    text: str, analysis: list[str], conclusion: str | None
) -> None:
    completion = parse_completion(text)
    assert not completion.tagged
    found = parts(completion)
    assert found[0] == analysis
    if conclusion is not None or not text.endswith("is B."):
        assert found[1] == conclusion


def test_a_repeated_sentence_does_not_move_the_conclusion() -> None:
    text = "The answer is A. No, the answer is B."
    assert parse_completion(text + " The answer is A.").conclusion == (17, 37)
    assert parse_completion(text).conclusion == (17, 37)


def test_truncated() -> None:
    assert parse_completion("<dx>a</dx><conclusion>The ans").truncated
    assert parse_completion("<dx>a").truncated
    assert not parse_completion("<dx>a<conclusion>b</conclusion>").truncated
    assert not parse_completion("The ans").truncated


def test_problems_come_in_a_fixed_order() -> None:
    completion = parse_completion("x<conclusion></conclusion><dx>a<dx>")
    assert completion.problems == (
        Problem.UNCLOSED_ANALYSIS,
        Problem.EMPTY_CONCLUSION,
        Problem.STRAY_TAG,
        Problem.WRONG_ORDER,
        Problem.TEXT_OUTSIDE,
    )


def test_tags_are_a_setting() -> None:
    tags = Tags("think", "answer")
    assert parts(parse_completion("<think>a</think><answer>b</answer>", tags)) == (["a"], "b")
    assert not parse_completion("<dx>a</dx>", tags).tagged


@pytest.mark.parametrize("names", [("", "b"), ("a b", "c"), ("<a>", "b"), ("dx", "DX"), ("1", "b")])
def test_tag_names_are_checked(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="tag"):
        Tags(*names)


def test_chat_messages() -> None:
    messages = [
        Message(role="user", content="Which?"),
        Message(role="Assistant", content="<dx>a</dx>"),
        Message(role="tool", content="noise"),
        Message(role="assistant", content="<conclusion>b</conclusion>"),
    ]
    completion = parse_completion(messages)
    assert completion.text == "<dx>a</dx>\n\n<conclusion>b</conclusion>"
    assert parts(completion) == (["a"], "b")
    only_users = [Message(role="user", content="x"), Message(role="user", content="y")]
    assert parse_completion(only_users).text == "x\n\ny"
    assert parse_completion([]).text == ""


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            ["<dx>", "</dx>", "<conclusion>", "</conclusion>", "a", " ", "\n", "<", ">"]
        ),
        max_size=30,
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_sections_lie_in_the_text_and_do_not_overlap(text: str) -> None:
    completion = parse_completion(text)
    ranges = sorted([*completion.analysis, *completion.conclusions])
    assert all(0 <= a < b <= len(text) for a, b in ranges)
    assert all(left[1] <= right[0] for left, right in pairwise(ranges))
    assert completion.conclusion is None or completion.conclusion in completion.conclusions
    assert completion.tagged or completion.problems == ()
