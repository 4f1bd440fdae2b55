"""What is talk about the text, and what only looks like it."""

from __future__ import annotations

import pytest

from reward_service.grounding.talk import without_talk


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("It should be noted that the rash spares the face.", "The rash spares the face."),
        ("Let us not forget that he smokes.", "He smokes."),
        ("There is no doubt that the lens is opaque.", "The lens is opaque."),
        ("To put it differently, the valve leaks.", "The valve leaks."),
        ("As mentioned above, it is clear that the valve leaks.", "The valve leaks."),
        ("Next, one ought to bear in mind that he smokes.", "He smokes."),
        ("- Please note that he smokes.", "- He smokes."),
        ("2) It is worth mentioning that he smokes.", "2) He smokes."),
        ("He smokes.\nIt is important that\nhis father did.", "He smokes.\nHis father did."),
        ("Let us take this step by step. He smokes.", "He smokes."),
        ("He smokes. That said, he runs.", "He smokes. He runs."),
    ],
)
def test_talk_is_left_out(text: str, read: str) -> None:
    found = without_talk(text)
    assert len(found) == len(text)
    assert " ".join(found.split()) == " ".join(read.split())


@pytest.mark.parametrize(
    "text",
    [
        "It is possible that the rash spares the face.",
        "It is likely that he smokes.",
        "It is not clear that he smokes.",
        "It is reported that he smokes.",
        "He notes that the rash itches.",
        "I doubt that he smokes.",
        "The fact that he smokes argues for a carcinoma.",
        "Given that he smokes, a carcinoma is likely.",
        "If we look closely, the rash spares the face.",
        "However, the valve leaks.",
        "Therefore, the valve leaks.",
        "In this patient, the valve leaks.",
        "The answer is B.",
        "This is so because of B, C, and D.",
        "Has a way of speaking that is hard to follow.",
        "Key points:\n- fever",
        "",
    ],
)
def test_what_bears_on_the_rest_stays(text: str) -> None:
    assert without_talk(text) == text


def test_long_texts_take_linear_time() -> None:
    for piece in ("Let us see, ", "It is important to note that ", "\n", "First. ", "look "):
        text = piece * 20_000
        assert len(without_talk(text)) == len(text)
