from __future__ import annotations

from typing import Any

import pytest

from reward_service.files.readers.base import TOO_LONG, Row, Unreadable
from reward_service.files.records import item_of, row_data
from reward_service.wire import Item
from reward_service.wire.errors import RequestError

CASE = {"question": "Which one?", "options": {"A": "gout", "B": "sepsis"}, "answer": "A"}


def test_an_item_row_is_the_item() -> None:
    row = {**CASE, "id": "q", "completions": ["one", "two"], "model": "m"}
    assert item_of(row) == Item.model_validate({**CASE, "id": "q", "completions": ["one", "two"]})


@pytest.mark.parametrize("column", ["completion", "response", "output"])
def test_a_flat_row_has_one_completion(column: str) -> None:
    assert item_of({**CASE, column: "text"}).completions == ["text"]


def test_the_canonical_column_wins() -> None:
    row = {**CASE, "output": "o", "response": "r", "completion": "c", "completions": None}
    assert item_of(row).completions == ["c"]


def test_chat_messages_in_a_flat_row() -> None:
    messages = [{"role": "assistant", "content": "text"}]
    (completion,) = item_of({**CASE, "completion": messages}).completions
    assert not isinstance(completion, str)
    assert completion[0].content == "text"


def test_tables_write_options_in_their_own_ways() -> None:
    for options in (
        {"A": "gout", "B": "sepsis", "C": None},
        [("A", "gout"), ("B", "sepsis")],
        '{"A": "gout", "B": "sepsis", "C": null}',
    ):
        assert item_of({**CASE, "options": options, "completion": "c"}).options == CASE["options"]


def test_a_number_as_id_becomes_text() -> None:
    assert item_of({**CASE, "id": 17, "completion": "c"}).id == "17"


@pytest.mark.parametrize(
    ("row", "path", "words"),
    [
        ({**CASE}, "completions", "'completion'"),
        ({**CASE, "completions": []}, "completions", "at least 1"),
        ({**CASE, "completions": ["fine", 5]}, "completions[1]", "string"),
        ({**CASE, "completion": 5}, "completion", "string"),
        ({**CASE, "completion": [{"role": "user"}]}, "completion[0].content", "required"),
        ({**CASE, "completion": "c", "options": {"A": 5}}, "options.A", "string"),
        ({**CASE, "completion": "c", "options": "{A"}, "options", "JSON"),
        ({**CASE, "completion": "c", "options": ["gout", 5]}, "options", "dictionary"),
        ({**CASE, "completion": "c", "answer": 5}, "answer", "string"),
        ({"completion": "c", "answer": "A"}, "", "'question'"),
        ({"question": "Which?", "completion": "c", "anwser": "A"}, "", "did you mean 'answer'"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(row: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        item_of(row)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("line", "words"),
    [(b"{", "JSON"), (b"[1]", "list"), (b'"text"', "str"), (b"\xff", "JSON"), (TOO_LONG, "64 MiB")],
)
def test_lines_that_are_no_object(line: bytes | Unreadable, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        row_data(Row(1, line))


def test_numbers_that_json_does_not_have_are_null() -> None:
    row = Row(1, b'{"question": "NaN", "score": NaN, "more": [-Infinity, 1]}')
    assert row_data(row) == {"question": "NaN", "score": None, "more": [None, 1]}
    with pytest.raises(RequestError, match="JSON"):
        row_data(Row(1, b'{"score": NaN'))
