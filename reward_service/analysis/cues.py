"""The cue table: words that say how a mention is meant, and words that end what a cue says.

`cues.tsv` holds one cue a row: its tokens, the flags it gives, on which side of it (direction),
how far (scope), and its roles in the sentence. Both the table and the text go through
`normalize_token`, so one row covers "suggests" and "suggest"; a token written "=causes" matches
that spelling only ("causes", not "cause"). Among cues that start at one token the longest wins,
and cues do not overlap, so a row without flags ("not only") shields what it contains. A row may
be a pattern with alternatives in braces (`vocabulary.compiler.patterns`): "{is} not there"; the
words of `SHORT` stand for lists that many rows need. What an earlier row lists a pattern leaves
as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum, IntFlag
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from reward_service.text.document import Flag
from reward_service.text.normalize import normalize_token
from reward_service.vocabulary.compiler.patterns import expand


class Direction(IntEnum):
    """The side of the cue on which its flags fall."""

    NONE = 0
    FORWARD = 1
    BACKWARD = 2
    CLAUSE = 3  # both sides
    AUTO = 4  # predicate ("the abdomen is normal") backward, attribute ("normal gait") forward


class Scope(IntEnum):
    """What ends a forward scope before its clause does."""

    CLAUSE = 0  # nothing
    PHRASE = 1  # a finite verb
    NOUN = 2  # a finite verb, a comma or "and", a preposition
    WORD = 3  # the scope is one word


class Role(IntFlag):
    """What a cue does in the structure of its sentence."""

    VERB = 1 << 0  # finite verb
    PLURAL = 1 << 1  # finite verb whose subject is plural
    JOIN = 1 << 2  # may join two clauses
    ALTERNATIVE = 1 << 3  # a join that continues a list ("or") and never opens a clause
    BREAK = 1 << 4  # opens a clause
    RELATIVE = 1 << 5  # opens a clause about the noun before it
    COLON = 1 << 6
    EXCEPT = 1 << 7  # what follows is outside the negation
    LIMIT = 1 << 8  # opens a reason: ends negations, doubts and conclusions
    RELEASE = 1 << 9  # ends negations
    SUBJECT = 1 << 10  # opens a clause after a join
    FRAME = 1 << 11  # an opening adverbial that a comma closes
    ANCHOR = 1 << 12  # names the patient
    KIN = 1 << 13  # names someone else
    REPORT = 1 << 14  # what informants do; what they say is about the patient
    ONSET = 1 << 15  # dates the present illness
    GENERAL = 1 << 16  # medical knowledge, even in a clause about the patient
    USUAL = 1 << 17  # medical knowledge, unless the clause is about the patient
    DEFINITION = 1 << 18  # medical knowledge, if the subject is a bare noun ("fever is a sign …")
    RELATION = 1 << 19  # the same, and else a conclusion ("her pain is due to …")
    TOPIC = 1 << 20  # names a disease or drug in general
    NORMAL = 1 << 21  # as a predicate it always speaks of its subject
    NEGATOR = 1 << 22  # undoes a negation that follows at once
    HYPHEN = 1 << 23  # only after a hyphen ("pain-free")
    CONDITION = 1 << 24  # "if": reaches over the main clause
    CONCLUDE = 1 << 25  # "therefore"
    COPULAR = 1 << 26  # the flags start after the next verb ("the likely cause of … is")
    REASON = 1 << 27
    SUPPORT = 1 << 28
    REJECTION = 1 << 29
    EVIDENCE = 1 << 30  # "the presence of", "the absence of"


_YEARS = range(1930, 2040)
# What a word in braces stands for in the table.
SHORT = {
    "is": "is,was,are,were",
    "has": "has,have,had",
    "does": "does,do,did",
    "his": "his,her,the",
    "he": "he,she,they,the patient",
    "him": "him,her,them,the patient",
    "kin": "mother,father,mom,mum,dad,brother,sister,aunt,uncle,grandmother,grandfather,cousin,"
    "wife,husband,parent,sibling,twin,partner,relative,relation,half brother,half sister,grandma,"
    "grandpa,niece,nephew,spouse,friend,neighbor",
}
_ARGUMENT = Role.REASON | Role.SUPPORT | Role.REJECTION
_VERB = int(Role.VERB)
_FINITE = int(Role.VERB | Role.PLURAL)
_INFINITIVE = ~int(Role.VERB | Role.PLURAL | Role.DEFINITION)
AUXILIARIES = frozenset({"is", "are", "was", "were", "has", "have", "had"})


class Cue(NamedTuple):
    """One row of the table. `spelling[i]` is "" or the only lower-case spelling of word i."""

    words: tuple[str, ...]
    spelling: tuple[str, ...]
    flags: int
    direction: Direction
    scope: Scope
    roles: int


class Event(NamedTuple):
    """A cue found in a text: half-open range over its words (tokens whose norm is not "")."""

    start: int
    end: int
    roles: int
    flags: int
    direction: Direction
    scope: Scope


class _Candidate(NamedTuple):
    """A cue of `length` words, of which the first three are known."""

    length: int
    rest: list[str]  # words from the fourth on
    spelling: tuple[str, ...] | None
    roles: int
    flags: int
    direction: Direction
    scope: Scope


_Candidates = tuple[_Candidate, ...]  # longest first


class _Begun(NamedTuple):
    """The cues that begin with one word: without and with regard to the words behind it."""

    alone: _Candidates
    followed: dict[str, dict[str, _Candidates]]  # by second and third word; "" for any other third


CueIndex = dict[str, _Begun]  # by first word


_Key = tuple[tuple[str, ...], tuple[str, ...]]  # words and spelling
_normalized = lru_cache(maxsize=4096)(normalize_token)


def parse_cues(lines: Iterable[str]) -> list[Cue]:
    """The cues of a table in the format of `cues.tsv`; ValueError names the first bad line."""
    cues: list[Cue] = []
    seen: set[_Key] = set()
    for number, line in enumerate(lines, 1):
        row = line.rstrip("\n")
        if not row or row.startswith("#") or row.startswith("cue\t"):
            continue
        try:
            text, flags, direction, scope, roles = row.split("\t")
            meaning = (
                sum(Flag[name] for name in flags.split("|") if name != "-"),
                Direction["NONE" if direction == "-" else direction.upper()],
                Scope["CLAUSE" if scope == "-" else scope.upper()],
                sum(Role[name.upper()] for name in roles.split(",") if name != "-"),
            )
            surfaces = list(expand(text, SHORT)) if "{" in text else [text]
            keys = [_words_of(surface.split(" ")) for surface in surfaces]
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f"cue table, line {number}: {row!r}: {error}") from error
        for words, spelling in keys:
            if "" in words:
                raise ValueError(f"cue table, line {number}: a cue cannot hold a hyphen: {row!r}")
            if (words, spelling) not in seen:
                seen.add((words, spelling))
                cues.append(Cue(words, spelling, *meaning))
            elif len(keys) == 1:
                raise ValueError(f"cue table, line {number}: listed twice: {row!r}")
    return cues


def _words_of(tokens: list[str]) -> _Key:
    return (
        tuple(_normalized(token[1:] if token[0] == "=" else token) for token in tokens),
        tuple(token[1:] if token[0] == "=" else "" for token in tokens),
    )


def index_cues(cues: Iterable[Cue]) -> CueIndex:
    """The cues by their first three words."""
    found: dict[str, dict[str, dict[str, list[_Candidate]]]] = {}
    for cue in cues:
        fixed = cue.spelling if any(cue.spelling) else None
        meaning = (cue.roles, cue.flags, cue.direction, cue.scope)
        first, second, third = (*cue.words, "", "")[:3]
        candidate = _Candidate(len(cue.words), [*cue.words[3:]], fixed, *meaning)
        by_second = found.setdefault(first, {})
        by_second.setdefault(second, {}).setdefault(third, []).append(candidate)
    return {first: _begun(by_second) for first, by_second in found.items()}


def _begun(by_second: dict[str, dict[str, list[_Candidate]]]) -> _Begun:
    """Under each pair of words also the shorter cues that the pair begins with."""
    alone = by_second.pop("", {}).get("", [])
    followed: dict[str, dict[str, _Candidates]] = {}
    for second, by_third in by_second.items():
        shorter = [*by_third.pop("", []), *alone]
        followed[second] = {
            third: tuple(sorted([*group, *shorter], key=_precedence))
            for third, group in [("", []), *by_third.items()]
        }
    return _Begun(tuple(sorted(alone, key=_precedence)), followed)


def _precedence(candidate: _Candidate) -> tuple[int, bool, bool]:
    """Longest first; then a fixed spelling; then the cue that bears on an argument."""
    bears = bool(candidate.roles & _ARGUMENT)
    return -candidate.length, candidate.spelling is None, not bears


@lru_cache(maxsize=1)
def default_cues() -> tuple[Cue, ...]:
    """The cues of `cues.tsv`."""
    table = resources.files("reward_service.analysis").joinpath("cues.tsv")
    return tuple(parse_cues(table.read_text(encoding="utf-8").splitlines()))


def _year_cues() -> Iterator[Cue]:
    for year in map(str, _YEARS):
        yield Cue(("in", year), ("", ""), int(Flag.PAST), Direction.CLAUSE, Scope.CLAUSE, 0)


@lru_cache(maxsize=1)
def default_index() -> CueIndex:
    """All cues of `cues.tsv`, and years ("in 1998"), by their first words."""
    return index_cues((*default_cues(), *_year_cues()))


def find_events(
    words: list[str],
    index: CueIndex,
    surface: Callable[[int], str] | None = None,
    mentions: Mapping[int, tuple[int, int]] | None = None,
) -> list[Event]:
    """The cues in `words`, leftmost longest, without overlap, in order.

    `surface(i)` gives the lower-case spelling of word i. `mentions` tells of each word in a mention
    of several words the range of that mention: a cue inside a longer mention is none, but its
    auxiliary verb ("lungs *are* clear") still is the verb of its clause. After "to" no verb is
    finite.
    """
    events: list[Event] = []
    free = 0
    make = tuple.__new__  # Event._make, without its check of the length
    within = mentions or {}
    ahead = [*words, "", ""]
    for i, begun in enumerate(map(index.get, words)):
        if begun is None or i < free:
            continue
        candidates, followed = begun
        if by_third := followed.get(ahead[i + 1]):
            candidates = by_third.get(ahead[i + 2]) or by_third[""]
        for length, rest, spelling, roles, flags, direction, scope in candidates:
            end = i + length
            if rest and words[i + 3 : end] != rest:
                continue
            if spelling and not (surface and _is_spelled(spelling, i, surface)):
                continue
            if i in within and (mention := within[i]) != (i, end) and end <= mention[1]:
                if words[i] not in AUXILIARIES:
                    continue
                event = i, end, roles & _FINITE, 0, Direction.NONE, Scope.CLAUSE
            elif roles & _VERB and i and words[i - 1] == "to":
                event = i, end, roles & _INFINITIVE, flags, direction, scope
            else:
                event = i, end, roles, flags, direction, scope
            events.append(make(Event, event))
            free = end
            break
    return events


def _is_spelled(spelling: tuple[str, ...], first: int, surface: Callable[[int], str]) -> bool:
    return all(not form or surface(i) == form for i, form in enumerate(spelling, first))
