"""What a text says about the things it names: negated, uncertain, someone else's, past, general …

A ConText-like reading in linear time. One pass finds the cues of `cues.tsv`, each sentence is cut
into clauses (`clauses.py`), and each cue's flags go to the words in its scope (`scopes.py`); what
depends on more than one cue (kin, general knowledge) is in `experiencer.py` and `generality.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from reward_service.analysis.answers import is_denial, is_question
from reward_service.analysis.clauses import Clause, split_clauses
from reward_service.analysis.cues import (
    Direction,
    Event,
    Role,
    default_index,
    find_events,
)
from reward_service.analysis.experiencer import family_spans
from reward_service.analysis.generality import KNOWLEDGE, STRONG, anchor_of, mark_general
from reward_service.analysis.headings import flags_of_item, heading_flags, starts_item
from reward_service.analysis.marks import marked_absent
from reward_service.analysis.parsed import Parsed, Span
from reward_service.analysis.scopes import is_suspended, reach
from reward_service.text.document import Anchor, Flag, Sentence
from reward_service.text.tokenizer import Tokens

REASON = int(Role.REASON)
SUPPORT = int(Role.SUPPORT)
REJECTION = int(Role.REJECTION)
ARGUMENT = REASON | SUPPORT | REJECTION
PREDICATE = int(Role.VERB)
_NEGATED = int(Flag.NEGATED)
_PAST = int(Flag.PAST)
_GENERAL = int(Flag.GENERAL)
_FAMILY = int(Flag.FAMILY)
_UNCERTAIN = int(Flag.UNCERTAIN)
_HYPOTHETICAL = int(Flag.HYPOTHETICAL)
_TESTS = frozenset({"test", "tested", "testing", "screen", "screening", "screened"})
_ENDED = _NEGATED | _PAST
_RELATIVE = int(Role.RELATIVE)
_NEGATOR = int(Role.NEGATOR)
_ONSET = int(Role.ONSET)
_KIN = int(Role.KIN)
_HYPHEN = int(Role.HYPHEN)
_COLON = int(Role.COLON)
_DIVIDING = int(Role.JOIN | Role.BREAK)
_ACTIVE = KNOWLEDGE | _KIN
# Scopes cost time by the square of a sentence, so a longer one is read in pieces of this length.
_MAX_WORDS = 150
_MAX_HEADING = 12  # words of a heading such as "She denies the following:"
_DATED = frozenset({"before", "earlier", "previously", "prior"})
_NEVER = frozenset({"not", "never"})
_LATELY = frozenset({"last", "this", "today", "yesterday", "now", "these"})
_CANNOT = frozenset({("can", "not"), ("could", "not"), ("ca", "not")})
_MAX_ACTIVITY = 6  # words of "can not eat or drink" before "without"
_UNDONE_REACH = 2  # words of "not have had no"
_UNDONE_ACROSS = frozenset({"yet", "completely", "be", "been", "have", "had", "entirely", "any"})


class Attributes(NamedTuple):
    """What a text says about its words and sentences.

    `flags[i]`: `Flag` bits of token i. `anchors[k]`: the anchor of sentence k. `roles[k]`: the
    `Role` bits of its cues, of which others read REASON ("because", "suggests", "rules out"),
    SUPPORT ("consistent with", "points to"), REJECTION ("less likely", "ruled out") and PREDICATE
    (a finite verb).
    """

    flags: list[int]
    anchors: list[Anchor]
    roles: list[int]


def read_attributes(
    text: str,
    tokens: Tokens,
    sentences: Sequence[Sentence],
    mention_spans: Sequence[tuple[int, int]] = (),
    *,
    narrative: bool = False,
) -> Attributes:
    """Flags of every token and the anchor of every sentence of `text`. Linear time.

    `mention_spans` are token ranges of known mentions, in any order: a cue word inside a longer
    mention ("absent reflexes") is no cue. `narrative` is for case vignettes, which tell of one
    patient throughout: there "usually" or "is a" does not make a statement general.
    """
    norms, starts, words, place = tokens.norms, tokens.starts, tokens.words, tokens.places

    def spelled(word: int) -> str:
        token = place[word]
        return text[starts[token] : tokens.ends[token]].lower()

    events = find_events(words, default_index(), spelled, _within_mentions(place, mention_spans))
    word_flags = [0] * len(words)
    anchors: list[Anchor] = []
    roles: list[int] = []
    asked: Span | None = None
    last = at = heading = 0
    count = len(events)
    for sentence in sentences:
        first, last = last, bisect_left(place, sentence.last, last)
        anchor, role_bits = Anchor.NONE, 0
        for start in range(first, last, _MAX_WORDS):
            end = min(start + _MAX_WORDS, last)
            own: list[Event] = []
            own_roles = own_flags = 0
            while at < count:
                event = events[at]
                begin, stop, cue_roles, cue_flags, _, _ = event
                if begin >= end:
                    break
                at += 1
                if stop > end:
                    break  # a cue cannot reach over a sentence's end
                own.append(event)
                own_roles |= cue_roles
                own_flags |= cue_flags
            role_bits |= own_roles
            if own_flags or own_roles & _ACTIVE:
                parsed = _parse(words, place, start, end, own, own_roles, spelled)
                found = _flag_sentence(parsed, own_roles, own_flags, word_flags, narrative)
            else:
                found = anchor_of(own_roles, False)
            anchor = anchor if found is Anchor.NONE else found
        anchors.append(anchor)
        roles.append(role_bits)
        if first == last:
            continue
        if asked is not None and is_denial(words, first, last):
            _put(word_flags, asked, _NEGATED)  # "Any fever? No."
        asked = (first, last) if is_question(words, first, last) else None
        begin = starts[place[first]]
        if begin and text[begin - 1] == "?":
            _put(word_flags, (first, min(last, first + 3)), _UNCERTAIN)  # "?pneumonia"
        if heading and (item := starts_item(text, starts[sentence.first])) is not None:
            heading = heading if item else 0
            _put(word_flags, (first, last), flags_of_item(heading, role_bits))
        if role_bits & _COLON and last - first <= _MAX_HEADING:
            heading = heading_flags(words, first, last, own, word_flags) or heading
    flags = [0] * len(norms)
    for word, bits in enumerate(word_flags):
        if bits:
            flags[place[word]] = bits
    for span in marked_absent(text, starts, tokens.ends, mention_spans):
        _put(flags, span, _NEGATED)  # "fever (-)"
    return Attributes(flags, anchors, roles)


def mention_flags(flags: Sequence[int], first: int, last: int) -> int:
    """The flags of the mention of tokens first to last: those of its head, the last token."""
    return flags[last - 1] if first < last else 0


def _within_mentions(
    place: list[int], mention_spans: Sequence[tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """Of each word in a mention of several words the range of that mention."""
    mentions: dict[int, tuple[int, int]] = {}
    for first, last in mention_spans:
        if last - first > 1:
            span = bisect_left(place, first), bisect_left(place, last)
            for word in range(*span):
                mentions[word] = span
    return mentions


def _put(flags: list[int], span: Span, bits: int) -> None:
    for i in range(span[0], span[1]):
        flags[i] |= bits


def _parse(
    words: list[str],
    place: list[int],
    first: int,
    last: int,
    events: list[Event],
    roles: int,
    spelled: Callable[[int], str],
) -> Parsed:
    if not roles & _DIVIDING:
        whole = [Clause(first, last, False, 0)]
        return Parsed(words, place, last, events, whole, [0] * len(events), spelled)
    clauses = split_clauses(words, first, last, events)
    if len(clauses) == 1:
        return Parsed(words, place, last, events, clauses, [0] * len(events), spelled)
    clause_of: list[int] = []
    at, end = 0, clauses[0].end
    for event in events:
        while event.start >= end:
            at += 1
            end = clauses[at].end
        clause_of.append(at)
    return Parsed(words, place, last, events, clauses, clause_of, spelled)


def _flag_sentence(
    parsed: Parsed, roles: int, given: int, flags: list[int], narrative: bool
) -> Anchor:
    """Put into `flags` what one sentence says; returns its anchor.

    `roles` and `given` are the roles and flags of all its cues together.
    """
    cancelled = -1
    events = parsed.events if given & ~_GENERAL else ()
    for k, event in enumerate(events):
        bits = event[3] & ~_GENERAL
        if not bits or k == cancelled:
            continue
        if event.roles & _NEGATOR and _undoes_next(parsed, k):
            cancelled = k + 1
            continue
        if (
            (event.roles & _HYPHEN and is_suspended(parsed, k))
            or (event.flags == _HYPOTHETICAL and _has_result(parsed, k))
            or (bits == _PAST and _dates_present_illness(parsed, k))
            or (bits & _NEGATED and _tells_that_it_is_there(parsed, k))
        ):
            continue
        if bits == _ENDED and parsed.clauses[parsed.clause_of[k]].opener & _RELATIVE:
            bits = _PAST  # "two colds that resolved" were there
        _put(flags, reach(parsed, k), bits)
    if roles & _KIN:
        for span in family_spans(parsed):
            _put(flags, span, _FAMILY)
    states = KNOWLEDGE if not narrative else STRONG
    general = bool(roles & states) and mark_general(parsed, flags, narrative=narrative)
    return anchor_of(roles, general)


def _undoes_next(parsed: Parsed, k: int) -> bool:
    """Whether the negation at `k` is undone by another right after it ("not without pain")."""
    if k + 1 >= len(parsed.events):
        return False
    event, following = parsed.events[k], parsed.events[k + 1]
    if not following.flags & _NEGATED:
        return False
    between = parsed.words[event.end : following.start]
    return len(between) <= _UNDONE_REACH and _UNDONE_ACROSS.issuperset(between)


def _tells_that_it_is_there(parsed: Parsed, k: int) -> bool:
    """ "Never had fever before last week" has it now; "cannot drink without vomiting" vomits."""
    words, event = parsed.words, parsed.events[k]
    if words[event.start] == "never" or words[event.end - 1] == "never":
        end = parsed.clauses[parsed.clause_of[k]].end
        rest = words[event.end : end]
        return any(word == "before" and following in _LATELY for word, following in pairwise(rest))
    at = event.start
    if words[at] == "without":
        before = words[max(0, at - _MAX_ACTIVITY) : at]
        return any(pair in _CANNOT for pair in pairwise(before))
    return (words[event.end - 2], words[event.end - 1]) in _CANNOT and "without" in words[
        event.end : event.end + _MAX_ACTIVITY
    ]


def _has_result(parsed: Parsed, k: int) -> bool:
    """Whether the test at `k` tells its result: "the test for HIV came back negative"."""
    if parsed.words[parsed.events[k].start] not in _TESTS:
        return False
    at = parsed.clause_of[k]
    return any(
        event.flags & _NEGATED or parsed.words[event.start] == "positive"
        for event, clause in zip(parsed.events[k + 1 :], parsed.clause_of[k + 1 :], strict=True)
        if clause == at
    )


def _dates_present_illness(parsed: Parsed, k: int) -> bool:
    """Whether the date at `k` ("6 months ago", "in 2009") is the onset of what goes on now."""
    event = parsed.events[k]
    last = parsed.words[event.end - 1]
    is_date = event.direction is Direction.CLAUSE and (last in _DATED or last.isdigit())
    if last != "ago" and not is_date:
        return False
    at = parsed.clause_of[k]
    return any(
        event.roles & _ONSET
        and clause in (at, at + 1)
        and parsed.words[event.start - 1] not in _NEVER  # "but not since"
        for event, clause in zip(parsed.events, parsed.clause_of, strict=True)
    )
