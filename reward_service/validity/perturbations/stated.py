"""What a vignette plainly states, read by simple patterns and only where they leave no doubt.

A sentence about relatives, the past, plans or possibilities states nothing here, and a thing that
a case both affirms and denies is left out: what remains is safe to restate as honest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reward_service.validity.perturbations.lay import DRUG, ILLNESS, Thing, find_things
from reward_service.validity.perturbations.values import Value, find_values


class Stated(NamedTuple):
    """What a case states: things with whether they are there, and values."""

    things: tuple[tuple[Thing, bool], ...]
    values: tuple[Value, ...]
    pronoun: str  # "he", "she" or "they"


_SENTENCE = re.compile(r"(?<=[.?!])[\"”]*\s+(?=[A-Z0-9])|\n+")
_RELATIVE = re.compile(
    r"\b(?:mother|father|parents?|brother|sister|siblings?|uncle|aunt|cousin|grand\w+|famil\w+|son"
    r"|daughter|wife|husband|partner|spouse|boyfriend|girlfriend|fianc\w+|roommate|friends?|nephew"
    r"|niece|relatives?|child(?:ren)? (?:of|at)|classmates?|colleagues?|neighbou?rs?|everyone"
    r"|coworkers?|twin|caregivers?|infant's|baby's)\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"\b(?:if|would|could|may|might|suspect\w*|possibl[ey]|probabl[ey]|rule out|risk|until|unless"
    r"|worr(?:y|ied)|concern\w*|afraid|fears?|which of|what|avoid|prevent\w*|prophyla\w*|screen\w*"
    r"|follow(?:ing)? up|counsel\w*|vaccin\w*|advis\w*|study|trial|test(?:ed|s|ing)? for)\b|\?",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:ago|previous\w*|formerly|former|childhood|as a child|in the past|years? old when"
    r"|resolved|improv\w+|reliev\w+|stopped|quit|discontinu\w+|ceased|subsid\w+|disappear\w+|remission|last"
    r" (?:year|month)|at age|at the age|past|prior|had been|used to|after|before|since|when|status"
    r" post|recover\w*|treated with|underwent|occasional\w*|sometimes|intermittent\w*)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:no|not|denie[sd]|denying|deny|without|never|negative for|absence of|nor|neither|none"
    r"|free of|lacks?|absent|negative|\w+n['’]t)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:no (?:history of |evidence of |signs? of )?|denie[sd] (?:any |having )?"
    r"|without (?:any )?|does not have (?:any )?|has not had (?:any )?|negative for |absence of )",
    re.IGNORECASE,
)
# Between a denial and what it denies stands a list at most.
_LIST = re.compile(
    r"(?:[\w/-]+(?: [\w/-]+){0,3}(?:, (?:or |and |nor )?| or | nor | and ))*(?:\w+ )?"
)
_TURN = re.compile(r"\b(?:but|however|except|although|with|has|is|was|are|were|and (?:is|has))\b")
_TAKEN_BACK = re.compile(r"\b(?:absent|negative|not|denie[sd]|normal|unremarkable|no longer)\b")
_TAKES = re.compile(
    r"\b(?:medications? (?:include|are|consists?)|takes|taking|currently on|is on|medications:)\b",
    re.IGNORECASE,
)
_ILLS = re.compile(
    r"\b(?:history of|history (?:is )?significant for|known|diagnosed with|has|includes?"
    r"|suffers)\b",
    re.IGNORECASE,
)
_HERS = re.compile(r"\b(?:she|her|woman|female|girl|lady)\b", re.IGNORECASE)
_HIS = re.compile(r"\b(?:he|his|him|man|male|boy|gentleman)\b", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text, roughly."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def read_case(text: str) -> Stated:
    """What a vignette states beyond doubt. Each thing stands once, in the order of the text."""
    found: dict[Thing, set[bool | None]] = {}
    for sentence in sentences(text):
        for thing, there in _in_sentence(sentence):
            found.setdefault(thing, set()).add(there)
    sure = tuple((thing, next(iter(said))) for thing, said in found.items() if len(said) == 1)
    return Stated(
        tuple((thing, there) for thing, there in sure if there is not None),
        tuple(find_values(text)),
        _pronoun(text),
    )


def _in_sentence(sentence: str) -> Iterator[tuple[Thing, bool | None]]:
    named = sorted(find_things(sentence), key=lambda pair: pair[1].start())
    doubtful = any(cue.search(sentence) for cue in (_RELATIVE, _UNSURE))
    for thing, match in named:
        yield thing, None if doubtful else polarity(sentence, thing, match)


def polarity(sentence: str, thing: Thing, match: re.Match[str]) -> bool | None:
    """Whether a sentence says that the thing is there; None where that is not plain."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    clause = re.split(r"[,;.]", after, maxsplit=1)[0]
    if _TAKEN_BACK.search(clause) or re.match(r"[-/]", after):
        return None
    denials = list(_DENIES.finditer(before))
    if denials:
        between = before[denials[-1].end() :]
        plain = _LIST.fullmatch(between) and not _TURN.search(between)
        return False if plain and thing.kind != DRUG else None
    if _DENIAL.search(before):
        return None
    if thing.kind == DRUG:
        return True if _TAKES.search(before) and not _PAST.search(sentence) else None
    if thing.kind == ILLNESS:
        return True if _ILLS.search(before) else None
    return None if _PAST.search(sentence) else True


def _pronoun(text: str) -> str:
    hers, his = len(_HERS.findall(text)), len(_HIS.findall(text))
    if hers == his:
        return "they"
    return "she" if hers > his else "he"
