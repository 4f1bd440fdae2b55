"""Copies are found, parts are disjoint and repeatable, leaks are reported and taken out."""

from __future__ import annotations

from dataclasses import replace

import pytest
import question_files

from trainer.data import DataError, Question
from trainer.data.duplicates import distinct, leaks
from trainer.data.prepare import Plan, prepare, report
from trainer.data.questions import identity, normalised
from trainer.data.sets import Questions, read_medqa
from trainer.data.split import deal

SIX = read_medqa(question_files.medqa()).usable


def changed(question: Question, id: str, **changes: object) -> Question:
    return replace(question, id=id, **changes)


def near_copy(question: Question, id: str) -> Question:
    return changed(question, id, text=question.text.replace(" has ", " now has "))


def numbered(count: int) -> tuple[Question, ...]:
    """Questions that have nothing in common."""
    return tuple(
        Question(
            id=str(i),
            text=" ".join(f"word{i}x{k}" for k in range(12)),
            options={"A": f"left{i}", "B": f"right{i}"},
            answer="A",
        )
        for i in range(count)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  The  Patient's K+ is 5.1 mmol/L.", "the patient s k+ is 5.1 mmol/l"),
        ("Na+ – rises; pH ≥ 7.4!", "na+ rises ph ≥ 7.4"),
        ("①–½", "1 1 2"),
    ],
)
def test_normalised(text: str, expected: str) -> None:
    assert normalised(text) == expected


def test_options_belong_to_a_question_but_their_order_does_not() -> None:
    backwards = dict(zip("ABCDE", reversed(SIX[0].options.values()), strict=True))
    turned = changed(SIX[0], "turned", options=backwards)
    assert identity(turned) == identity(SIX[0])
    other = changed(SIX[0], "other", options={"A": "yes", "B": "no"})
    assert identity(other) != identity(SIX[0])


def test_an_exact_copy_goes_and_the_first_stays() -> None:
    copy = changed(SIX[1], "copy", text=SIX[1].text.upper() + "!")
    found = distinct([*SIX, copy])
    assert found.questions == SIX
    assert [(pair.first, pair.second) for pair in found.exact] == [(SIX[1].id, "copy")]


def test_copies_with_different_keys_both_go() -> None:
    copy = changed(SIX[1], "copy", answer="E")
    found = distinct([*SIX, copy])
    assert SIX[1] not in found.questions
    assert len(found.questions) == 5
    assert [pair.second for pair in found.conflicting] == ["copy"]


def test_a_near_copy_goes_unless_it_has_another_key() -> None:
    copy, contrast = near_copy(SIX[0], "copy"), near_copy(SIX[5], "contrast")
    found = distinct([*SIX, copy, replace(contrast, answer="B" if contrast.answer == "A" else "A")])
    assert [question.id for question in found.questions][-1] == "contrast"
    ((pair),) = found.near
    assert (pair.first, pair.second) == (SIX[0].id, "copy")
    assert 0.7 <= pair.similarity < 1.0
    assert distinct([*SIX, copy], near=None).near == ()


def test_questions_that_share_only_common_words_are_no_copies() -> None:
    assert not distinct(SIX).near


def test_leaks_are_listed_with_the_most_alike_first() -> None:
    test = [changed(SIX[2], "t-exact"), near_copy(SIX[0], "t-near")]
    found = leaks(SIX, test)
    assert [(pair.first, pair.second) for pair in found] == [
        (SIX[2].id, "t-exact"),
        (SIX[0].id, "t-near"),
    ]
    assert found[0].similarity == 1.0 > found[1].similarity


def test_parts_are_disjoint_and_do_not_depend_on_the_order() -> None:
    questions = numbered(40)
    sizes = {"test": 5, "cold_start": 10, "train": None}
    parts = deal(questions, sizes, seed=3)
    assert [len(part) for part in parts.values()] == [5, 10, 25]
    assert {q.id for part in parts.values() for q in part} == {q.id for q in questions}
    assert deal(tuple(reversed(questions)), sizes, seed=3) == parts
    assert deal(questions, sizes, seed=4) != parts


def test_too_few_questions_for_the_sizes() -> None:
    with pytest.raises(DataError, match=r"6 questions are left.* 4 for test \+ 3 for train"):
        deal(SIX, {"test": 4, "train": 3}, seed=0)


def test_prepare_splits_a_test_part_off() -> None:
    made = prepare(Questions(numbered(30), ()), Plan(cold_start_size=4, train_size=10, seed=1))
    assert {name: len(part) for name, part in made.parts.items()} == {
        "cold_start": 4,
        "train": 10,
        "test": 3,
    }
    assert report(made)["leaks"] == []


def test_a_test_set_of_its_own_is_left_as_it_is_and_leaks_are_removed() -> None:
    train = Questions((*numbered(10), changed(SIX[2], "same"), SIX[0]), ())
    test = Questions((changed(SIX[2], "t1"), changed(SIX[2], "t2"), near_copy(SIX[0], "t3")), ())
    kept = prepare(train, Plan(), test=test)
    assert [pair.first for pair in kept.leaks] == ["same", SIX[0].id]
    assert len(kept.parts["train"]) == 12
    removed = prepare(train, Plan(remove_leaks=True), test=test)
    assert removed.parts["test"] == test.usable
    assert {q.id for q in removed.parts["train"]} == {str(i) for i in range(10)}
    assert report(removed)["leaks_removed"]


def test_ids_that_stand_in_both_sets_are_refused() -> None:
    with pytest.raises(DataError, match="1 ids stand in both sets, such as 0"):
        prepare(Questions(numbered(3), ()), Plan(), test=Questions(numbered(1), ()))
