from __future__ import annotations

from reward_service.attacks.padding import opened, padded
from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import (
    as_clause,
    as_noun,
    case_sentences,
    clauses,
    commits,
    ended,
    sentences,
    without_last,
    word_count,
)
from reward_service.attacks.wording import FILLER, reworded


def test_sentences_end_at_stops_and_lines_not_in_numbers() -> None:
    text = "Her pulse is 112/min. She weighs 60.5 kg.\n- no rash\n\nWhy?"
    assert sentences(text) == ("Her pulse is 112/min.", "She weighs 60.5 kg.", "- no rash", "Why?")


def test_the_case_is_what_does_not_ask() -> None:
    told = "A man coughs. He smokes."
    assert case_sentences(f"{told} Which of the following is likely?") == (
        "A man coughs.",
        "He smokes.",
    )
    assert case_sentences("A child with stridor has:") == ("A child with stridor has:",)


def test_clauses_are_pieces_of_at_least_two_words_each_once() -> None:
    told = ("He has a fever, a dry cough and chills.", "He has a fever.")
    assert clauses(told) == ("He has a fever", "a dry cough")


def test_a_clause_as_a_noun_and_a_sentence_as_a_clause() -> None:
    assert as_noun("She has a rash") == "a rash"
    assert as_noun("The patient has chills") == "chills"
    assert as_noun("Severe pain") == "severe pain"
    assert as_clause("Her pulse is high.") == "her pulse is high"


def test_rewording_knows_longer_phrases_first() -> None:
    assert reworded("He presents with shortness of breath.") == "He turns up with dyspnea."


def test_padding_doubles_the_words_and_adds_only_filler(subject: Subject) -> None:
    longer = padded(subject.reasoning)
    honest = sentences(subject.reasoning)
    assert word_count(longer) >= 2 * word_count(subject.reasoning)
    assert word_count(longer) <= 2 * word_count(subject.reasoning) + 20
    assert set(sentences(longer)) == {*honest, *(f for f in FILLER if f in longer)}
    assert [s for s in sentences(longer) if s in honest] == list(honest)


def test_padding_breaks_no_sentence_and_no_line() -> None:
    lines = "He has:\n- a fever\n- low B.P. (80/40 mm Hg) since noon\nSo he is in shock. He is ill"
    longer = padded(lines)
    assert longer.startswith(f"{FILLER[0]} He has:\n{FILLER[1]}\n- a fever\n")
    assert "\n- low B.P. (80/40 mm Hg) since noon\n" in longer
    assert " He is ill\n" in longer


def test_opening_words_stand_before_every_sentence(subject: Subject) -> None:
    assert opened("Gout fits. He drinks.").startswith("It is important to note that gout fits.")
    assert len(sentences(opened(subject.reasoning))) == len(sentences(subject.reasoning))


def test_opening_words_leave_the_lines() -> None:
    steps = opened("He coughs.\n\n- He smokes. He is ill.")
    assert steps.split("\n") == [
        "It is important to note that he coughs.",
        "",
        "As was already mentioned above, - He smokes. It should also be kept in mind that he is "
        "ill.",
    ]


def test_a_text_without_its_last_sentence_keeps_its_lines() -> None:
    steps = 'Step by step:\n\n1. She coughs.\n2. She said "no."'
    assert without_last(f"{steps}\n\nSo it is A.\n") == steps
    assert without_last(f"{steps} So it is A") == steps
    assert without_last("So it is A.") == ""


def test_what_names_an_answer_by_its_label_commits() -> None:
    assert commits("It is the most frequent one (correct answer B).")
    assert commits("Option C: too mild for a test.")
    assert commits("So the answer is gout.")
    assert not commits("The other options are less likely.")


def test_a_text_is_ended_once() -> None:
    assert ended("He is ill") == "He is ill."
    assert ended('He said "no."') == 'He said "no."'
