"""How far a cue reaches: word ranges before and after it, inside its sentence.

Every function takes the sentence as `Parsed` and the position `k` of an event in it, and returns
half-open word ranges (empty when start >= end).
"""

from __future__ import annotations

from collections.abc import Sequence

from reward_service.analysis.clauses import Clause, is_adverb
from reward_service.analysis.cues import Direction, Event, Role, Scope
from reward_service.analysis.dates import POINTERS, dated_clause, last_telling, points_back
from reward_service.analysis.parsed import Parsed, Span
from reward_service.text.document import Flag

_VERB = int(Role.VERB)
_JOIN = int(Role.JOIN)
_ALTERNATIVE = int(Role.ALTERNATIVE)
_BREAK = int(Role.BREAK)
_RELATIVE = int(Role.RELATIVE)
_COLON = int(Role.COLON)
_EXCEPT = int(Role.EXCEPT)
_LIMIT = int(Role.LIMIT)
_RELEASE = int(Role.RELEASE)
_NORMAL = int(Role.NORMAL)
_HYPHEN = int(Role.HYPHEN)
_CONDITION = int(Role.CONDITION)
_NEGATOR = int(Role.NEGATOR)
_COPULAR = int(Role.COPULAR)
_ANCHOR = int(Role.ANCHOR)
_KIN = int(Role.KIN)
_REPORT = int(Role.REPORT)
_STRUCTURE = _VERB | _JOIN | _BREAK | _EXCEPT | _LIMIT | _RELEASE

_NEGATED = int(Flag.NEGATED)
_FAMILY = int(Flag.FAMILY)
_HYPOTHETICAL = int(Flag.HYPOTHETICAL)
_PAST = int(Flag.PAST)
_FORWARD = int(Direction.FORWARD)
_BACKWARD = int(Direction.BACKWARD)
_AUTO = int(Direction.AUTO)
_PHRASE = int(Scope.PHRASE)
_CLAUSE = int(Scope.CLAUSE)
_NOUN = int(Scope.NOUN)
_WORD = int(Scope.WORD)
# Flags that a shared subject carries into the next clause: "suggests asthma and makes … likely".
_CARRIED = int(Flag.FAMILY | Flag.INFERRED | Flag.HYPOTHETICAL | Flag.GENERAL)
_LIMITED = int(Flag.NEGATED | Flag.INFERRED | Flag.UNCERTAIN)

_PREPOSITIONS = frozenset(
    {"in", "on", "at", "to", "for", "from", "with", "by", "during", "after", "before", "over",
     "under", "per", "as", "than", "into", "through", "without", "within", "since", "until",
     "upon", "between", "among", "about", "via"}
)  # fmt: skip
_COPULAS = frozenset(
    {"is", "was", "are", "were", "appear", "appeared", "seem", "seemed", "remain", "remained"}
)

# Negations of one noun phrase or of one list, and words that begin something new after them.
_SHORT = frozenset({"no", "without"})
_NEW_ITEM = frozenset({"a", "an", "one", "two", "three", "his", "her", "its", "their", "the"})

# What is left of a predicate whose object or subject stands before its "not".
_IDLE = frozenset(
    {"have", "had", "has", "be", "been", "do", "done", "exist", "follow", "followed", "happen",
     "happened", "occur", "occurred", "appear", "appeared", "develop", "developed", "arise",
     "present", "here", "there", "yet", "so", "either", "though", "however", "now", "today", "at",
     "all", "far", "any", "time", "point"}
)  # fmt: skip

_SUBJECTS = frozenset({"he", "she", "it", "they", "there", "patient"})

# What follows "denied" where it ends a note: "fever denied, cough for a week".
_BEHIND_NOTES = frozenset({",", ";", ".", ")", "and", "but", "by"})

# First words of predicates that bring a subject of their own, and so speak of the clause before.
_ANSWERS = frozenset({"there", "he", "she", "it", "nothing", "said", "say", "but", "came"})

_LATELY = frozenset({"yesterday", "today", "overnight", "last", "this", "one", "two", "within"})

# Words that name nothing: with these alone, a clause speaks of the one before it.
_PRONOUNS = POINTERS | {"they"}
_HOLLOW = _PRONOUNS | frozenset(
    {"but", "and", "then", "though", "although", "yet", "while", ",", ";", "who", "he", "she",
     "is", "was", "are", "were", "has", "had", "have", "been", "be", "do", "doe", "did",
     "now", "since", "already", "later", "soon", "meanwhile", "today", "also", "by"}
)  # fmt: skip


def reach(parsed: Parsed, k: int) -> Span:
    """The words that event `k` flags."""
    event = parsed.events[k]
    direction = event.direction
    if direction == _FORWARD:
        if event.roles & _REPORT and _is_noted(parsed, k):
            return backward(parsed, k)
        ahead = forward(parsed, k, event.scope)
        return backward(parsed, k) if _is_fronted(parsed, k, ahead) else ahead
    if direction == _BACKWARD:
        return backward(parsed, k)
    if direction == _AUTO:
        return _by_position(parsed, k)
    at = parsed.clause_of[k]
    clause = parsed.clauses[at]
    if event.end == clause.end and k == 0 and at + 1 < len(parsed.clauses):
        clause = parsed.clauses[at + 1]  # "Two years ago, she had …"
    elif (dated := dated_clause(parsed, k)) is not None:
        return clause.start, dated.end  # "Years ago, but no longer, she had …"
    elif at and points_back(parsed.words[clause.start : event.start]):
        clause = last_telling(parsed, at)  # "She had fever, but that was years ago"
    if event.flags & _HYPOTHETICAL and _patient_before(parsed, k):
        return forward(parsed, k, Scope.CLAUSE)  # "this patient with fever would be …"
    return clause.start, clause.end


def forward(parsed: Parsed, k: int, scope: Scope) -> Span:
    """From event `k` on."""
    words, events, clauses = parsed.words, parsed.events, parsed.clauses
    event = events[k]
    start, flags, after = event.end, event.flags, k + 1
    if scope == _WORD:
        return start, min(start + 1, parsed.last)
    at = parsed.clause_of[k]
    if event.roles & _COPULAR:
        verb = _next_verb(parsed, k)
        if verb is not None:
            start, after = events[verb].end, verb + 1
    if after < len(events) and events[after].roles & _COLON and events[after].start == start:
        start, at, after = events[after].end, parsed.clause_of[after], after + 1
    while at + 1 < len(clauses) and _continues(clauses[at + 1], event):
        at += 1
    end = clauses[at].end
    for later in events[after:]:
        if later.start >= end:
            break
        roles = later.roles
        if (
            roles & _EXCEPT
            or (roles & _VERB and scope >= _PHRASE)
            or (roles & _LIMIT and flags & _LIMITED)
            or (roles & _RELEASE and flags & _NEGATED)
            or (scope == _NOUN and roles & _JOIN and not roles & _ALTERNATIVE)
        ):
            end = later.start
            break
    if scope == _NOUN:
        for i in range(start, end):
            if words[i] in _PREPOSITIONS:
                return start, i
    elif flags & _NEGATED and _is_short(parsed, k):
        end = _list_end(parsed, k, after, end)
    return start, _bracket_end(words, start, end)


def _is_short(parsed: Parsed, k: int) -> bool:
    """Whether the negation at `k` may end before its clause: "without pus, cracked lips"."""
    first = parsed.words[parsed.events[k].start]
    return first in _SHORT or (
        first == "not" and bool(parsed.clauses[parsed.clause_of[k]].opener & _RELATIVE)
    )


def _list_end(parsed: Parsed, k: int, after: int, end: int) -> int:
    """Where the list that event `k` negates ends, at most `end`.

    An "or" carries it on. Else it ends at a join before a determiner ("no rash and a cough"); that
    of "without", and of "not" in a relative clause, at any comma; and that of "no" which is itself
    an item of a list, at "and" ("fever, no rash and edema").
    """
    words, events = parsed.words, parsed.events
    joins = [e for e in events[after:] if e.start < end and e.roles & _JOIN]
    listed = max((e.start for e in joins if words[e.start] == "or"), default=-1)
    first = parsed.events[k].start
    is_no = words[first] == "no"
    is_item = is_no and first > 0 and words[first - 1] in (",", "and")
    for join in joins:
        if join.roles & _ALTERNATIVE or join.end >= end:
            continue
        following = words[join.end]
        if listed > join.start:
            continue
        if following in _NEW_ITEM:
            return join.start
        if not is_no and words[join.start] == ",":
            return join.start
        if is_item and words[join.start] == "and" and join is joins[0]:
            return join.start
    return end


def _bracket_end(words: Sequence[str], start: int, end: int) -> int:
    """`end`, or before it the bracket that closes around `start`."""
    if ")" not in words[start:end]:
        return end
    depth = 0
    for i in range(start, end):
        if words[i] == "(":
            depth += 1
        elif words[i] == ")":
            if not depth:
                return i
            depth -= 1
    return end


def backward(parsed: Parsed, k: int, *, stop_at_joins: bool = False) -> Span:
    """From the start of the clause, or its last finite verb but for auxiliaries, to event `k`.

    A clause that names nothing itself speaks of the one before; see `_told_before`.
    """
    words, events, clauses = parsed.words, parsed.events, parsed.clauses
    end = events[k].start
    at = parsed.clause_of[k]
    clause = clauses[at]
    if clause.opener & _COLON and end == clause.start + 1 and at:  # "Allergies: none"
        clause = clauses[at - 1]
    elif at and end <= clause.start + 1 and words[end] in _ANSWERS:
        clause, end = clauses[at - 1], clause.start  # "As for fever, there is none"
    start, edge = clause.start, end
    for earlier in reversed(events[:k]):
        if earlier.end <= start:
            break
        if earlier.roles & _VERB:
            if not _adjoins(parsed, earlier.end, edge):
                return earlier.end, end
            edge = earlier.start
        elif earlier.roles & _EXCEPT or (stop_at_joins and earlier.roles & _JOIN):
            return earlier.end, end
    denies = events[k].flags & _NEGATED
    if denies and at and clause is clauses[at] and _HOLLOW.issuperset(words[start:end]):
        return _told_before(parsed, at, words[start:end])
    return start, end


def _told_before(parsed: Parsed, at: int, words: Sequence[str]) -> Span:
    """What clause `at` speaks of when its own `words` name nothing.

    That is the noun before it ("a rash, which he does not have") and what a pronoun stands for
    ("he had fever but it has gone"), behind the verb of the clause before; else the subject of that
    clause ("the fever was high but has gone").
    """
    points = bool(parsed.clauses[at].opener & _RELATIVE) or not _PRONOUNS.isdisjoint(words)
    told = at - 1
    while not points and told and parsed.clauses[told].opener & _RELATIVE:
        told -= 1  # "the cough, which was dry, has gone"
    before = parsed.clauses[told]
    verbs = [e for e, c in zip(parsed.events, parsed.clause_of, strict=True)
             if c == told and e.roles & _VERB]  # fmt: skip
    if not verbs:
        return before.start, before.end
    if points:
        return verbs[-1].end, before.end
    return before.start, verbs[0].start


def _is_fronted(parsed: Parsed, k: int, ahead: Span) -> bool:
    """Whether a "not" denies what stands before it, as those `ahead` are words that name nothing.

    "Headache he does not have", "seizures did not occur", "meningitis it is not"; but in "rest is
    needed and drugs are not" something is left out.
    """
    event, words = parsed.events[k], parsed.words
    if not event.roles & _NEGATOR or event.scope != _CLAUSE:
        return False
    said = [word for word in words[ahead[0] : ahead[1]] if word[0].isalnum()]
    if said:
        return _IDLE.issuperset(said)
    return event.start > 1 and words[event.start - 2] in _SUBJECTS


def _is_noted(parsed: Parsed, k: int) -> bool:
    """Whether "denied" is the participle of what stands before it: "fever and chills denied"."""
    event, words = parsed.events[k], parsed.words
    first = parsed.clauses[parsed.clause_of[k]].start
    if words[event.end - 1] != "denied" or event.start == first:
        return False
    if event.end < parsed.last and words[event.end] not in _BEHIND_NOTES:
        return False
    told = [earlier for earlier in parsed.events[:k] if earlier.start >= first]
    who = words[event.start - 1]
    return who not in _SUBJECTS and not any(e.roles & (_ANCHOR | _KIN | _VERB) for e in told)


def is_attribute(parsed: Parsed, k: int) -> bool:
    """Whether an adjective such as "normal" or "likely" stands before what it speaks of."""
    event = parsed.events[k]
    i = event.end
    if i >= parsed.last or not parsed.words[i][0].isalnum() or parsed.words[i] in _PREPOSITIONS:
        return False
    if event.roles & _VERB and (is_adverb(parsed.words[i]) or parsed.words[i] in _LATELY):
        return False  # "the rash resolved completely"
    if event.roles & _NORMAL and _verb_adjoins(parsed, k):
        return parsed.words[parsed.events[k - 1].end - 1] not in _COPULAS
    if k + 1 < len(parsed.events) and parsed.events[k + 1].start == i:
        return not parsed.events[k + 1].roles & _STRUCTURE
    return True


def _by_position(parsed: Parsed, k: int) -> Span:
    event = parsed.events[k]
    if _is_hyphened(parsed, event.start):
        return event.start - 1, event.start  # "HIV-negative"
    if is_attribute(parsed, k):
        return forward(parsed, k, event.scope)
    is_predicate = event.roles & _VERB or _verb_adjoins(parsed, k)
    return backward(parsed, k, stop_at_joins=not is_predicate)


def _is_hyphened(parsed: Parsed, word: int) -> bool:
    """Whether a hyphen joins `word` to the one before it."""
    return word > 0 and parsed.place[word] - parsed.place[word - 1] == 2


def is_suspended(parsed: Parsed, k: int) -> bool:
    """Whether event `k` needs a hyphen before it and has none."""
    event = parsed.events[k]
    return bool(event.roles & _HYPHEN) and not _is_hyphened(parsed, event.start)


def _verb_adjoins(parsed: Parsed, k: int) -> bool:
    """Whether a finite verb, with at most an adverb between, precedes event `k`."""
    if k == 0:
        return False
    previous = parsed.events[k - 1]
    return bool(previous.roles & _VERB) and _adjoins(parsed, previous.end, parsed.events[k].start)


def _adjoins(parsed: Parsed, end: int, start: int) -> bool:
    """Whether at most an adverb stands between words `end` and `start`."""
    return end == start or (start - end == 1 and is_adverb(parsed.words[end]))


def _next_verb(parsed: Parsed, k: int) -> int | None:
    end = parsed.clauses[parsed.clause_of[k]].end
    for j in range(k + 1, len(parsed.events)):
        if parsed.events[j].start >= end:
            return None
        if parsed.events[j].roles & _VERB:
            return j
    return None


def _patient_before(parsed: Parsed, k: int) -> bool:
    at = parsed.clause_of[k]
    return any(parsed.events[j].roles & _ANCHOR for j in range(k) if parsed.clause_of[j] == at)


def _continues(clause: Clause, event: Event) -> bool:
    """Whether the flags of an event in the clause before go on into `clause`."""
    if event.roles & _CONDITION:
        return not clause.opener
    if event.flags & _FAMILY and clause.opener & _RELATIVE:
        return True
    return clause.shared and bool(event.flags & _CARRIED)
