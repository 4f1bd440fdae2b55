from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reward_service.validity import polarity
from reward_service.validity.base import Context, Row
from reward_service.validity.mentions import Labelled, Place


@pytest.fixture(scope="module")
def own_rows() -> dict[str, Row]:
    def unused(items: Sequence[Mapping[str, Any]], *, explain: bool = False) -> Any:
        raise AssertionError("our own sentences are read without scoring")

    (test,) = (t for t in polarity.TESTS if not t.files)
    context = Context(data=Path(), half="all", limit=None, seed=0, score=unused, resamples=50)
    return {row.test.removeprefix("polarity: "): row for row in test.run(context)}


def test_own_sentences_are_read_well_enough(own_rows: dict[str, Row]) -> None:
    # Floors, a little under what is measured: a change that loses ground fails here.
    assert own_rows["present or absent"].ours >= 0.88
    assert own_rows["absent"].ours >= 0.88
    assert own_rows["family"].ours >= 0.80
    assert own_rows["past"].ours >= 0.70
    assert own_rows["not of the case"].ours >= 0.80


def test_own_sentences_beat_the_naive_readings(own_rows: dict[str, Row]) -> None:
    row = own_rows["present or absent"]
    assert set(row.baselines) == {"always present", "negation word before"}
    assert row.difference_low is not None and row.difference_low > 0


def test_the_note_has_the_confusion_counts(own_rows: dict[str, Row]) -> None:
    row = own_rows["present or absent"]
    confusions = row.note.split("; errors by group:")[0]
    assert sum(map(int, re.findall(r"\d+", confusions))) == row.n
    assert "seen wrongly" in own_rows["family"].note


def test_words_that_the_vocabulary_does_not_know_are_read_too() -> None:
    text = "She denies wibble tremblings."
    none = frozenset[str]()
    mention = Labelled("k", "g", text, True, 11, 28, "absent", none)
    assert polarity.read([mention]) == [polarity.Reading("absent", none)]


def test_real_mentions_are_chosen_by_half_and_looked_up(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = frozenset[str]()
    wanted = [
        Place("medqa_dev.jsonl", 0, "question", 26, 37, "present", none),
        Place("medqa_dev.jsonl", 0, "question", 50, 55, "absent", none),
        Place("casimedicos/train.tsv", 0, "explanation", 12, 22, "present", none),
    ]
    monkeypatch.setattr(polarity, "places", lambda: wanted)
    (test,) = (t for t in polarity.TESTS if t.files)
    rows = test.run(context)
    assert (rows[0].n, rows[0].ours) == (3, 1.0)
    halves = [replace(context, half=half) for half in ("tune", "report")]
    found = [test.run(one) for one in halves]
    assert sum(rows[0].n for rows in found if rows) == 3
