"""Clauses of a sentence, from its cues alone: no parser, one pass over the events.

A break word ("but", "which", ";") opens a clause. So does a comma or "and" before a further finite
verb: "denies fever | and has a cough", "lungs are clear | and edema is present". Which join it is
follows from the words beside it; see `_opening_join`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from reward_service.analysis.cues import Event, Role

_VERB = int(Role.VERB)
_PLURAL = int(Role.PLURAL)
_JOIN = int(Role.JOIN)
_ALTERNATIVE = int(Role.ALTERNATIVE)
_BREAK = int(Role.BREAK)
_RELATIVE = int(Role.RELATIVE)
_SUBJECT = int(Role.SUBJECT)
_FRAME = int(Role.FRAME)
_COMPLEMENT = int(Role.VERB | Role.REPORT)
_STRUCTURE = _VERB | _JOIN | _BREAK | _SUBJECT | _FRAME

DETERMINERS = frozenset(
    {"the", "a", "an", "this", "that", "these", "those", "his", "her", "its", "their", "our",
     "my", "your", "there", "some", "any"}
)  # fmt: skip
# A clause that begins so is a phrase before the main clause: its end is a comma before the verb.
_INTRODUCTIONS = frozenset(
    {"given", "with", "without", "in", "on", "at", "despite", "because", "due", "based", "as",
     "for", "apart", "aside", "other", "except", "besides", "after", "before", "following",
     "upon", "if", "unless", "when", "since", "although", "though", "while", "during", "from",
     "by", "under", "should", "until", "considering", "to", "unlike", "among"}
)  # fmt: skip
_ADVERBS = frozenset(
    {"also", "now", "then", "not", "never", "still", "often", "always", "otherwise", "quite",
     "very", "be", "been", "all", "both", "again"}
)  # fmt: skip


class Clause(NamedTuple):
    """Half-open word range; `shared` when it has its subject from the clause before."""

    start: int
    end: int
    shared: bool
    opener: int  # Role bits of the break word that opens it, 0 for none


class _Join(NamedTuple):
    start: int
    end: int
    alternative: bool
    comma_only: bool


def split_clauses(
    words: Sequence[str], first: int, last: int, events: Sequence[Event]
) -> list[Clause]:
    """The clauses of the sentence of words first to last, in order, covering it."""
    cuts: list[tuple[int, bool, int]] = []  # start, shared, opener
    joins: list[_Join] = []  # since the last verb
    has_verb = False
    opening = first  # first word of the clause that may be an introduction
    before: Event | None = None
    for event in events:
        start, end, roles, _, _, _ = event
        if not roles & _STRUCTURE:
            before = event
            continue
        if roles & _BREAK:
            if not (words[start] == "that" and _takes_that(before, start)):
                cuts.append((start, False, roles))
                joins, has_verb = [], False
                opening = start if words[start] in _INTRODUCTIONS else end
        elif roles & _JOIN:
            if before and before.roles & _FRAME and before.end == start:
                if before.start == opening:  # "On examination, …"
                    cuts.append((start, False, 0))
                    joins, has_verb, opening = [], False, end
            elif joins and joins[-1].end == start:
                merged = joins[-1]
                joins[-1] = _Join(
                    merged.start, end, merged.alternative or bool(roles & _ALTERNATIVE), False
                )
            else:
                comma = words[start] == ","
                joins.append(_Join(start, end, bool(roles & _ALTERNATIVE), comma))
                if start == opening:
                    opening = end
        else:
            if roles & _SUBJECT and joins and joins[-1].end == start and not joins[-1].alternative:
                cuts.append((joins[-1].start, False, 0))
                joins, has_verb, opening = [], False, start
            if roles & _VERB:
                if joins:
                    introduced = not has_verb and _is_introduction(words[opening], joins)
                    if has_verb or introduced:
                        found = _opening_join(words, joins, event, introduced)
                        if found is not None:
                            cuts.append((found[0].start, found[1], 0))
                            opening = found[0].end
                joins, has_verb = [], True
        before = event
    return _ranges(first, last, cuts)


def _takes_that(before: Event | None, start: int) -> bool:
    """Whether "that" at `start` is the object of the cue before it ("suggests that …")."""
    return (
        before is not None
        and before.end == start
        and bool(before.roles & _COMPLEMENT or before.flags)
    )


def _is_introduction(opening: str, joins: list[_Join]) -> bool:
    """Whether the words before a clause's first verb begin with a phrase of their own."""
    if opening == "no":  # "No fever, lungs are clear", but "No fever, rash or cough is seen"
        return joins[-1].comma_only and not any(join.alternative for join in joins)
    return opening in _INTRODUCTIONS


def _opening_join(
    words: Sequence[str], joins: list[_Join], verb: Event, introduced: bool
) -> tuple[_Join, bool] | None:
    """The join at which the clause of `verb` begins, and whether it shares the subject before it.

    Right before the verb: shared subject. Else the last join before a determiner; else, with a
    plural verb, the first (its subject is the list "A, B and C"); else the last.
    """
    candidates = [join for join in joins if not join.alternative]
    if not candidates:
        return None
    nearest = candidates[-1]
    if introduced:
        commas = [join for join in candidates if join.comma_only]
        return (commas[-1], False) if commas else None
    between = words[nearest.end : verb.start]
    if not between or (len(between) == 1 and is_adverb(between[0])):
        return nearest, True
    for join in reversed(candidates):
        if words[join.end] in DETERMINERS:
            return join, False
    return (candidates[0] if verb.roles & _PLURAL else nearest), False


def is_adverb(word: str) -> bool:
    """Whether `word` may stand between the parts of a verb phrase."""
    return word in _ADVERBS or word.endswith("ly")


def _ranges(first: int, last: int, cuts: list[tuple[int, bool, int]]) -> list[Clause]:
    if not cuts:
        return [Clause(first, last, False, 0)]
    clauses: list[Clause] = []
    start, shared, opener = first, False, 0
    for cut, next_shared, next_opener in cuts:
        if cut > start:
            clauses.append(Clause(start, cut, shared, opener))
        start, shared, opener = cut, next_shared, next_opener
    clauses.append(Clause(start, last, shared, opener))
    return clauses
