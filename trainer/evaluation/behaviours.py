"""Lexical counts of the four cognitive behaviours that the paper reports.

Backtracking, backward chaining, subgoal setting and verification (named so by arXiv 2503.01307)
were counted by a language model in the paper. Here the phrases of behaviours.tsv are counted: a
proxy that sees words, not thoughts. "First" may count days and "wait" may be advice to a patient;
a behaviour without its usual words is missed. Compare policies, not absolute numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

BEHAVIOURS = ("backtracking", "backward_chaining", "subgoal_setting", "verification")


def count_behaviours(text: str) -> dict[str, int]:
    """How many phrases of each behaviour stand in a text; overlapping ones count once."""
    return {
        behaviour: sum(1 for _ in pattern.finditer(text))
        for behaviour, pattern in _patterns().items()
    }


def phrases() -> dict[str, tuple[str, ...]]:
    """The phrases of each behaviour, in the table's order."""
    found: dict[str, list[str]] = {behaviour: [] for behaviour in BEHAVIOURS}
    table = files("trainer.evaluation").joinpath("behaviours.tsv").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            behaviour, phrase = line.split("\t")
            found[behaviour].append(phrase)
    return {behaviour: tuple(several) for behaviour, several in found.items()}


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {behaviour: _pattern(several) for behaviour, several in phrases().items()}


def _pattern(several: tuple[str, ...]) -> re.Pattern[str]:
    # Longest first, so that a phrase that begins another one does not take its place.
    ordered = sorted(several, key=lambda phrase: (-len(phrase), phrase))
    choices = "|".join(
        re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w*") for phrase in ordered
    )
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
