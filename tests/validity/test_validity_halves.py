from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from reward_service.validity.base import Context
from reward_service.validity.halves import half_of


class Keyed(NamedTuple):
    key: str
    number: int


ROWS = [Keyed(f"q{i // 2}", i) for i in range(400)]


def test_halves_are_stable_and_about_even() -> None:
    # By SHA-256, so these never change.
    assert [half_of(f"medqa:{i}") for i in range(6)] == [
        "tune",
        "report",
        "tune",
        "tune",
        "tune",
        "report",
    ]
    report = sum(half_of(f"q{i}") == "report" for i in range(2000))
    assert 900 < report < 1100


def test_a_half_takes_whole_questions(context: Context) -> None:
    tune, report = (replace(context, half=half).choose(ROWS) for half in ("tune", "report"))
    assert {row.key for row in tune}.isdisjoint(row.key for row in report)
    assert sorted(tune + report) == sorted(ROWS)


def test_limits_count_questions_and_nest(context: Context) -> None:
    few, more = (replace(context, limit=n).choose(ROWS) for n in (10, 30))
    assert len(few) == 20
    assert set(few) < set(more)
    assert [row.number for row in more] == sorted(row.number for row in more)
    assert context.choose(ROWS, limit=10) == few
    assert replace(context, limit=10).choose(ROWS, limit=30) == few
    assert replace(context, limit=10, seed=1).choose(ROWS) != few
