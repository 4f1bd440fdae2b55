"""Stem and options out of prompts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reward_service.completions import read_prompt
from reward_service.wire.request import Message

STEM = "A 54-year-old man has crushing chest pain. Which of the following is most likely?"
OPTIONS = {"A": "Pericarditis", "B": "Myocardial infarction", "C": "Pleurisy, viral"}


def lines(template: str, joined: str = "\n") -> str:
    return joined.join(template.format(letter, text) for letter, text in OPTIONS.items())


@pytest.mark.parametrize(
    "marker", ["{}. {}", "{}) {}", "({}) {}", "{}: {}", "**{}.** {}", "- {}) {}"]
)
def test_options_on_lines(marker: str) -> None:
    assert read_prompt(f"{STEM}\n{lines(marker)}") == (STEM, OPTIONS)


@pytest.mark.parametrize("marker", ["{}. {}", "{}) {}", "({}) {}"])
def test_options_within_a_line(marker: str) -> None:
    assert read_prompt(f"{STEM} {lines(marker, ' ')}") == (STEM, OPTIONS)
    assert read_prompt(f"{STEM} {lines(marker, ', ')}") == (STEM, OPTIONS)


def test_lower_case_letters_become_capitals() -> None:
    assert read_prompt("Which?\na) one\nb) two") == ("Which?", {"A": "one", "B": "two"})


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "Answer the following multiple-choice question.\n\n",
        "You are a medical expert. Please answer the question step by step.\n",
        "Read the question carefully and choose the best answer.\n\nQuestion: ",
        "Question: ",
    ],
)
@pytest.mark.parametrize(
    "label", ["\n", "\n\nOptions:\n", "\nAnswer choices:\n", "\n**Choices:**\n"]
)
@pytest.mark.parametrize(
    "suffix",
    [
        "",
        "\n\nPlease reason step by step, and put your final answer within \\boxed{}.",
        "\nLet's think step by step.",
        "\n\nAnswer:",
        "\nThink first. Then give your final answer in <answer></answer> tags.",
    ],
)
def test_instructions_around_the_question_are_left_out(
    prefix: str, label: str, suffix: str
) -> None:
    prompt = f"{prefix}{STEM}{label}{lines('{}. {}')}{suffix}"
    assert read_prompt(prompt) == (STEM, OPTIONS)


def test_without_options() -> None:
    assert read_prompt(f"{STEM}\nThink step by step.") == (STEM, None)
    assert read_prompt("Hepatitis A. B cells rise. What is it?")[1] is None
    assert read_prompt("") == ("", None)
    assert read_prompt("Think step by step.") == ("Think step by step.", None)


def test_a_worked_example_before_the_question_is_left_out() -> None:
    shots = "Question: Why?\nA. x\nB. y\nAnswer: A\n\n"
    assert read_prompt(f"{shots}Question: {STEM}\n{lines('{}. {}')}\nAnswer:") == (STEM, OPTIONS)


def test_an_option_may_go_over_lines_and_hold_letters() -> None:
    prompt = "Which?\nA. one\n   more\nB. C. difficile\nC. vitamin A. or B\n"
    assert read_prompt(prompt)[1] == {
        "A": "one more",
        "B": "C. difficile",
        "C": "vitamin A. or B",
    }


def test_options_before_the_question() -> None:
    assert read_prompt("A. one\nB. two\n\nWhich of these is it?") == (
        "Which of these is it?",
        {"A": "one", "B": "two"},
    )


def test_the_last_user_message_is_the_prompt() -> None:
    messages = [
        Message(role="system", content="You are a doctor."),
        Message(role="user", content="Hello?\nA. no\nB. no"),
        Message(role="assistant", content="Yes."),
        Message(role="user", content=f"{STEM}\n{lines('{}. {}')}"),
    ]
    assert read_prompt(messages) == (STEM, OPTIONS)
    assert read_prompt([Message(role="system", content="Which?")]) == ("Which?", None)
    assert read_prompt([]) == ("", None)


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["A. ", "B) ", "(C) ", "x", "\n", " ", "?", "Answer:"]), max_size=30
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_any_prompt_is_read(prompt: str) -> None:
    stem, options = read_prompt(prompt)
    assert stem == stem.strip()
    assert options is None or list(options) == [*"ABCDEFGHIJ"][: len(options)]


def test_text_of_a_chat_template_is_read_as_its_user_turn() -> None:
    asked = f"{STEM}\n{lines('{}. {}')}"
    template = (
        "<|im_start|>system\nAnswer as a physician.<|im_end|>\n"
        f"<|im_start|>user\n{asked}<|im_end|>\n<|im_start|>assistant\n"
    )
    assert read_prompt(template) == read_prompt(asked) == (STEM, OPTIONS)
