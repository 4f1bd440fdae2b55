"""Records in each set's own columns become the same kind of question."""

from __future__ import annotations

import pytest
import question_files

from trainer.data import DataError
from trainer.data.sets import read_medmcqa, read_medqa, read_medxpertqa


@pytest.mark.parametrize("options", [4, 5])
def test_medqa(options: int) -> None:
    found = read_medqa(question_files.medqa(options=options))
    assert not found.unusable
    first, second, *_ = found.usable
    assert (first.id, first.answer, len(first.options)) == ("medqa-1", "A", options)
    assert second.options["B"] == "uric acid"
    assert (second.answer, second.extra) == ("B", {"step": "step2&3"})


def test_medqa_with_a_list_of_options_and_a_textual_key() -> None:
    record = {
        "question": " Why? ",
        "options": [{"key": "B", "value": "two"}, {"key": "A", "value": "One "}],
        "answer": "TWO.",
    }
    (question,) = read_medqa([record]).usable
    assert question.options == {"A": "One", "B": "two"}
    assert (question.text, question.answer) == ("Why?", "B")


@pytest.mark.parametrize("base", [0, 1])
def test_medmcqa_finds_out_from_what_its_keys_count(base: int) -> None:
    found = read_medmcqa(question_files.medmcqa(base=base))
    assert [question.answer for question in found.usable] == ["A", "B", "C", "D", "A", "B"]
    assert found.usable[1].reference == "It is uric acid."
    assert found.usable[0].reference is None
    assert found.usable[0].extra == {"subject": "Medicine", "choice_type": "multi"}


def test_medmcqa_without_references() -> None:
    found = read_medmcqa(question_files.medmcqa(), reference=False)
    assert all(question.reference is None for question in found.usable)


def test_medmcqa_that_does_not_tell_asks() -> None:
    records = [{**record, "cop": 2} for record in question_files.medmcqa(2)]
    with pytest.raises(DataError, match=r"neither 0 nor 4.*--key-base"):
        read_medmcqa(records)
    assert [q.answer for q in read_medmcqa(records, key_base="1").usable] == ["B", "B"]
    assert [q.answer for q in read_medmcqa(records, key_base="0").usable] == ["C", "C"]


def test_medmcqa_that_contradicts_itself() -> None:
    first, second = question_files.medmcqa(2)
    records = [{**first, "cop": 0}, {**second, "cop": 4}]
    with pytest.raises(DataError, match="both 0 and 4"):
        read_medmcqa(records)


def test_a_test_split_without_keys_is_reported_row_by_row() -> None:
    found = read_medmcqa([{**record, "cop": -1} for record in question_files.medmcqa(3)])
    assert not found.usable
    assert [(one.row, one.reason) for one in found.unusable] == [
        (1, "no answer key"),
        (2, "no answer key"),
        (3, "no answer key"),
    ]


def test_medxpertqa_shows_its_options_once() -> None:
    (first, _) = read_medxpertqa(question_files.medxpertqa()).usable
    assert first.text == question_files.STEMS[0]
    assert (list(first.options), first.answer) == (list("ABCDEFGHIJ"), "C")
    assert first.extra["system"] == "Skeletal"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"question": "  "}, "no question text"),
        ({"options": {"A": "one"}}, "fewer than two options"),
        ({"options": {"A": "one", "B": ""}}, "an empty option"),
        ({"options": {"A": "One.", "B": "one"}, "answer_idx": "A"}, "two options with the same"),
        ({"answer_idx": "F"}, "answer key is none of the options"),
    ],
)
def test_what_cannot_be_used_says_why(change: dict, reason: str) -> None:
    (record,) = question_files.medqa(1)
    (unusable,) = read_medqa([{**record, **change}]).unusable
    assert unusable.reason.startswith(reason)


def test_a_missing_column_names_row_and_columns() -> None:
    records = question_files.medqa(2)
    del records[1]["options"]
    with pytest.raises(DataError, match="row 2: no column options; the columns are answer, "):
        read_medqa(records)


def test_an_id_given_twice_is_made_different() -> None:
    records = [{**record, "id": "same"} for record in question_files.medmcqa(4)]
    ids = [question.id for question in read_medmcqa(records).usable]
    assert ids == ["same", "same#2", "same#3", "same#4"]


def test_letters_that_a_table_filled_up_with_nulls_are_no_options() -> None:
    (record,) = question_files.medxpertqa(1)
    record["options"] |= {"I": None, "J": None}
    (question,) = read_medxpertqa([record]).usable
    assert list(question.options) == list("ABCDEFGH")
