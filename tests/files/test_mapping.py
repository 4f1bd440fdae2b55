from __future__ import annotations

from typing import Any

import pytest

from reward_service.files.errors import FileError
from reward_service.files.mapping import check_source_name, item_fields, read_map
from reward_service.files.paths import Missing, look_up, roots
from reward_service.files.records import item_of
from reward_service.wire import Item
from reward_service.wire.errors import RequestError

ROW = {
    "a": {"stem": "Which?", "turns": [{"text": "one"}, {"text": "two"}], "none": None},
    "x.y": "dotted",
    "x": {"y": "nested"},
    "reply": "A",
}


def test_paths() -> None:
    assert look_up(ROW, "a.stem") == "Which?"
    assert look_up(ROW, "a.turns.1.text") == "two"
    assert look_up(ROW, "x.y") == "dotted"
    assert look_up(ROW, "a.none") is None
    for path, known in (("b", ""), ("a.turns.2", "a.turns"), ("a.stem.z", "a.stem")):
        with pytest.raises(Missing) as caught:
            look_up(ROW, path)
        assert str(caught.value) == known
    assert roots(["a.b", "c"]) == {"a.b", "a", "c"}


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["question"], "expected FIELD=COLUMN"),
        (["question="], "expected FIELD=COLUMN"),
        (["stem=a"], "no field 'stem'"),
        (["options.=a"], "no field"),
        (["answer=a", "answer=b"], "mapped twice"),
    ],
)
def test_maps_that_cannot_be_meant(pairs: list[str], words: str) -> None:
    with pytest.raises(FileError, match=words):
        read_map(pairs)


def mapped(row: dict[str, Any], *pairs: str, source: str = "auto") -> Item:
    return item_of(item_fields(row, source, read_map(list(pairs))))


def test_columns_by_name() -> None:
    found = mapped(ROW, "question=a.stem", "completion=reply")
    assert (found.question, found.completions) == ("Which?", ["A"])


def test_options_in_columns_of_their_own() -> None:
    row = {"question": "Which?", "response": "A", "one": "gout", "two": "sepsis", "three": None}
    found = mapped(row, "options.A=one", "options.B=two", "options.C=three")
    assert found.options == {"A": "gout", "B": "sepsis"}


def test_a_map_wins_over_the_source() -> None:
    row = {"step": 1, "prompt": "Which?", "completion": "A", "advantage": 0.1, "key": "A"}
    found = mapped(row, "answer=key", "completion=key")
    assert (found.answer, found.prompt, found.completions) == ("A", "Which?", ["A"])
    row = {"question": "Which?", "completions": ["one"], "raw": "all of it", "said": ["two"]}
    assert mapped(row, "prompt=raw").question is None
    assert mapped(row, "completions=said").completions == ["two"]
    assert mapped(row, "completion=raw").completions == ["all of it"]


def test_a_map_helps_where_the_source_finds_no_text() -> None:
    row = {"doc": {"q": "Which?"}, "resps": [], "own": "A"}
    with pytest.raises(RequestError, match="the model's texts"):
        mapped(row)
    found = mapped(row, "question=doc.q", "completion=own")
    assert (found.question, found.completions) == ("Which?", ["A"])


def test_a_path_that_leads_nowhere_is_a_bad_row() -> None:
    with pytest.raises(RequestError, match=r"no 'a\.z'.*ends behind 'a'") as caught:
        mapped(ROW, "question=a.z", "completion=reply")
    assert caught.value.path == "question"


def test_a_forced_source() -> None:
    row = {"input": "Which?", "output": "A", "question": "Another one?"}
    assert mapped(row).question == "Another one?"
    assert mapped(row, source="rollouts").prompt == "Which?"
    with pytest.raises(RequestError, match="not a row of trl: KeyError"):
        mapped(row, source="trl")
    with pytest.raises(FileError, match="expected one of auto, lm-eval"):
        check_source_name("mystery")
