"""A sentence as the reading of its cues takes it: events and clauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reward_service.analysis.clauses import Clause
from reward_service.analysis.cues import Event

Span = tuple[int, int]
NOTHING: Span = (0, 0)


class Parsed(NamedTuple):
    """A sentence: its events and clauses, both in order, over the words of the whole text."""

    words: Sequence[str]
    place: Sequence[int]  # token index of each word
    last: int  # end of the sentence
    events: Sequence[Event]
    clauses: Sequence[Clause]
    clause_of: Sequence[int]  # index of each event's clause
    spelled: Callable[[int], str]  # the lower-case spelling of a word
