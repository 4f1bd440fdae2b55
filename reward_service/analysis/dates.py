"""What a date in a sentence dates, where it is not the clause that it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.analysis.clauses import Clause
from reward_service.analysis.cues import Role
from reward_service.analysis.parsed import Parsed
from reward_service.text.document import Flag

_VERB = int(Role.VERB)
_PAST = int(Flag.PAST)

POINTERS = frozenset({"that", "this", "it", "which", "these", "all"})
_POINTING = POINTERS | frozenset(
    {"but", "and", ",", ";", "though", "although", "was", "were", "happened", "occurred"}
    | {"back", "of"}
    | {"many", "some", "several", "few", "a", "ten", "twenty", "only", "long", "all", "those"}
)
# What may stand before a date that opens a clause, and what goes on after it.
_BEFORE_A_DATE = frozenset(
    {"many", "some", "several", "few", "a", "two", "three", "four", "five", "ten", "twenty"}
    | {"about", "over", "almost", "nearly", "already", "who", "which", "that", "once", "and"}
)
_FRAMING = frozenset({",", "but", "and", "since"})
_SETTING = frozenset(
    {"in", "this", "the", "our", "present", "given", "case", "patient", "question"}
)


def points_back(words: Sequence[str]) -> bool:
    """Whether `words` say no more than "but that was back", so that a date tells of what was said
    before."""
    return not POINTERS.isdisjoint(words) and _POINTING.issuperset(words)


def dated_clause(parsed: Parsed, k: int) -> Clause | None:
    """The clause that the date at `k` opens from another clause without a verb; None if its own.

    Only commas, and other verbless clauses, may stand between: "as a child, and never since, …".
    """
    clauses, words = parsed.clauses, parsed.words
    at, event = parsed.clause_of[k], parsed.events[k]
    if not event.flags & _PAST:
        return None
    before = _behind_opening(words[clauses[at].start : event.start])
    if any(word not in _BEFORE_A_DATE and not word.isdigit() for word in before):
        return None
    verbs = {c for e, c in zip(parsed.events, parsed.clause_of, strict=True) if e.roles & _VERB}
    if at in verbs or event.end >= clauses[at].end or words[event.end] != ",":
        return None
    for i in range(at + 1, len(clauses)):
        if words[clauses[i].start] not in _FRAMING:
            return None
        if i in verbs:
            return clauses[i]
    return None


def _behind_opening(words: Sequence[str]) -> Sequence[str]:
    """`words` without the number of a list item, and without "in this case,", before them."""
    if len(words) > 1 and words[1] == ")":
        words = words[2:]
    if "," in words and _SETTING.issuperset(words[: (at := words.index(","))]):
        words = words[at + 1 :]
    return words


def last_telling(parsed: Parsed, at: int) -> Clause:
    """The last clause before clause `at` that says more than "but that"."""
    clauses, words = parsed.clauses, parsed.words
    while at > 1 and _POINTING.issuperset(words[clauses[at - 1].start : clauses[at - 1].end]):
        at -= 1
    return clauses[at - 1]
