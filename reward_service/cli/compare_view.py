"""What a comparison looks like in words: shared by the terminal and the HTML page."""

from __future__ import annotations

from typing import NamedTuple

from reward_service.compare.comparison import Difference, Options, Pair

HEADER = ("", "base", "run", "change", "interval", "wins", "ties", "losses", "questions")


class Line(NamedTuple):
    """One row of a table of differences. `verdict` is "better", "worse", or "" for unclear."""

    cells: tuple[str, ...]
    verdict: str


def lines(differences: tuple[Difference, ...]) -> list[Line]:
    """The rows under `HEADER`."""
    return [Line(_cells(d), d.verdict) for d in differences]


def heading(pair: Pair) -> str:
    """Which runs, and how many questions they share."""
    text = f"{pair.run} against {pair.base}: {pair.common:,} questions in both"
    for count, name in ((pair.only_base, pair.base), (pair.only_run, pair.run)):
        if count:
            text += f", {count:,} only in {name}"
    return text


def method(options: Options) -> str:
    """How the intervals came about."""
    return (
        f"{options.level:.0%} intervals: paired bootstrap over questions, {options.resamples:,} "
        f"resamples, seed {options.seed}"
    )


def _cells(difference: Difference) -> tuple[str, ...]:
    interval = difference.interval
    return (
        difference.number,
        _number(difference.base),
        _number(difference.run),
        _number(difference.difference, "+.4f"),
        "-" if interval is None else f"{interval.low:+.4f}..{interval.high:+.4f}",
        f"{difference.wins:,}",
        f"{difference.ties:,}",
        f"{difference.losses:,}",
        f"{difference.questions:,}",
    )


def _number(value: float | None, form: str = ".4f") -> str:
    return "-" if value is None else format(value, form)
