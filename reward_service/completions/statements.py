"""Where a text states its answer: "the answer is …", "Answer: …", "… is correct", "I choose …".

Only the places are found here; what they say is read by `phrases`. The search goes from keyword to
keyword with plain substring search and looks at a bounded window around each, so it is linear in
the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from reward_service.completions.sentences import (
    WINDOW,
    hide_tags,
    sentence_end,
    sentence_key,
    sentence_start,
)

_BEFORE = 60  # characters looked back for the words before a keyword
_MAX_OCCURRENCES = 4000  # of each keyword; a text that has more is read from there on

_IS = (
    r"(?:is|are|was|were|(?:would|should|must|will|could|may|might|can|has\s+to|have\s+to|seems\s+to|"
    r"appears\s+to)\s{1,3}(?:(?!not\b|never\b)\w{1,12}\s{1,3})?be|seems|appears|remains)\b"
)
_NOT = r"(?P<not>\s{1,3}(?:not|never)\b|n[’']t\b|\s{1,3}(?:no\s+longer|neither)\b)?"
# "cannot be determined" is read as the answer phrase, and refuses.
_OPEN = (
    r"(?=(?:can\s?not|can['’]t|could\s?not|couldn['’]t)\s{1,3}be\s{1,3}(?:\w{1,20}\s{1,3})?"
    r"(?:determin|establish|known|given|found|decid|identif|conclu|infer|answer))"
)
_FILLER = r"(?:,?\s{1,4}(?!(?:is|are)\b)[\w'’-]{1,20}){0,8}?,?"
_SET = r"(?:[:=]|→|->|=>|[-–—]{1,2}\s)"

_ANSWER = re.compile(
    rf"(?:answer|option|choice|response)s?(?:\(s\))?[\"'”*_]{{0,4}}"
    rf"(?:{_FILLER}\s{{1,4}}(?:{_IS}{_NOT}\s{{0,3}}[:,]?|{_OPEN})|\s{{0,3}}{_SET})",
    re.IGNORECASE,
)
_SHORT_ANSWER = re.compile(
    rf"\b(?:ans\.?|solution|conclusion)[\"'”*_]{{0,4}}(?:\s{{0,3}}{_SET}|(?<=ans\.)\s|\s{{1,3}}is\b)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"answers?[\s:*_#]{0,8}\n", re.IGNORECASE)
_HEADING_START = re.compile(
    r"[\s#*_>]{0,12}(?:(?:the|my|final|correct|best)\s){0,3}$", re.IGNORECASE
)
_BEST = re.compile(
    r"(?:\b(?:correct|right|best|appropriate|suitable|likely|final|my|accurate|probable|chosen|selected|only|"
    r"intended|expected)"
    r"\s{1,3})$",
    re.IGNORECASE,
)
_IS_THE = re.compile(
    rf"\b(?:{_IS}|being\b){_NOT}\s{{1,3}}(?:the\s|my\s|our\s|a\s)?\s{{0,3}}(?:[\w-]{{1,16}}\s{{1,3}}){{0,4}}$",
    re.IGNORECASE,
)
_IF = re.compile(r"\b(?:if|whether|unless|until|once|when)\s(?:the|a|this)?\s?$", re.IGNORECASE)
_CORRECT = re.compile(
    r"(?:correct|right)(?=\s{0,3}(?:[.!,;*)\n]|$|one\b|because\b|since\b|as\b|here\b|in this\b))",
    re.IGNORECASE,
)
# "(option C correct)": a label and its verdict without a verb.
_LABELLED = re.compile(
    r"(?<!in)correct(?=\s{0,3}(?:[.!,;:)\n]|$|because\b|since\b))", re.IGNORECASE
)
_A_LABEL = re.compile(
    r"\b(?:answer|option|choice)\s{1,3}(?:number\s{1,3})?\(?(?:[A-J]|\d{1,2})\)?[:,]?\s{1,3}$",
    re.IGNORECASE,
)
# "so answer C", "we are left with option B": said in passing, before anything is judged.
_LEADS = re.compile(
    r"(?:\b(?:so|thus|hence|therefore|left with|leads? (?:me |us )?to|towards?|keep|stay with|"
    r"point(?:s|ing)? to|fits?(?: with)?|correct|right|"
    r"to (?:answer|check|mark)))(?:,| is| only| the| just){0,2}\s{1,3}$",
    re.IGNORECASE,
)
_LED_TO = re.compile(
    r"(?:answer|option|choice)\s{1,3}(?:number\s{1,3}|n[.ºo°]{1,2}\s{0,3})?(?=\(?(?:[A-J]|\d{1,2})\b(?:\)?[.:,;)]|\s{0,3}\Z|\n))",
    re.IGNORECASE,
)
_CHOOSE = re.compile(
    r"(?:choose|select|pick|mark|go with|go for|opt for|settle on)\s{1,3}", re.IGNORECASE
)
_WHO_CHOOSES = re.compile(
    r"(?:\bI|\bwe|\bwould|\bwill|\bshould|\bmust|\bto|['’]d|['’]ll)(?:\s{1,3}(?:therefore|thus|then|"
    r"have to|also))?\s{1,3}$",
    re.IGNORECASE,
)
# "The right eye is red" calls nothing right.
_RIGHT = (
    r"right(?=\s{1,3}(?:(?:next|first|initial|final|clinical)\s{1,3})?(?:answer|option|choice|response|"
    r"diagnosis|treatment|therapy|management|drug|test|investigation|step|action|move|decision|"
    r"approach|cause|conclusion|explanation|statement|thing|one|way|course)s?\b)"
)
_MOST_LIKELY = re.compile(
    rf"(?:most likely|most appropriate|most probable|best|correct|{_RIGHT}|diagnosis)"
    rf"(?:\s{{1,3}}(?!(?:is|are)\b)[\w'’-]{{1,20}}){{0,8}}?\s{{1,3}}{_IS}{_NOT}",
    re.IGNORECASE,
)


class Level(IntEnum):
    """How plainly a statement commits; a plainer one beats all others, wherever they stand."""

    STATED = 1  # "the answer is C", "I would choose C"
    JUDGED = 2  # "C is correct", "the most likely diagnosis is nifedipine toxicity"
    LED = 3  # "so answer C"


class Statement(NamedTuple):
    """A place that states an answer.

    The answer phrase is text[at:stop]. `sentence` is where its sentence begins, `reach` the end of
    the keyword or the phrase's beginning, whichever is later. `head_only`: the phrase counts only
    if it begins with the answer. `backward`: the phrase stands before the keyword.
    """

    level: Level
    sentence: int
    at: int
    stop: int
    reach: int
    head_only: bool
    backward: bool


def find_statements(text: str, start: int, stop: int) -> list[Statement]:
    """Every statement whose keyword lies in text[start:stop], in order."""
    folded = _fold_case(text[start:stop])
    found = [
        statement
        for keyword, read in _READERS
        for at in _occurrences(folded, keyword)
        if (statement := read(text, start + at, start, stop)) is not None
    ]
    found.sort(key=lambda s: (s.reach, s.at))
    return found


# Asked for by the parser and again by the reader of answers.
@lru_cache(maxsize=4)
def fresh_statements(text: str) -> tuple[Statement, ...]:
    """The text's statements without those that repeat an earlier one's sentence, in order."""
    seen: dict[str, int] = {}
    fresh: list[Statement] = []
    for statement in find_statements(text, 0, len(text)):
        end = sentence_end(text, statement.reach, min(len(text), statement.reach + WINDOW))
        key = sentence_key(text, statement.sentence, end)
        if seen.setdefault(key, statement.sentence) == statement.sentence:
            fresh.append(statement)
    return tuple(fresh)


def last_commitment(text: str) -> tuple[int, int] | None:
    """The last sentence that commits to an answer, as a range; None if no sentence does."""
    text = hide_tags(text)
    box = max(text.rfind("\\boxed"), text.rfind("\\fbox"))
    statements = fresh_statements(text)
    stated = [s for s in statements if s.level is Level.STATED] or statements
    if box < 0 and not stated:
        return None
    if box >= 0:
        start, reach = sentence_start(text, box, 0), box
    else:
        start, reach = stated[-1].sentence, stated[-1].reach
    return start, sentence_end(text, reach, len(text))


def _answer(text: str, at: int, start: int, stop: int) -> Statement | None:
    cue = _ANSWER.match(text, at, stop)
    if cue is not None:
        if cue["not"]:
            return None
        return _forward(text, at, cue.end(), start, stop, Level.STATED)
    line = text.rfind("\n", max(start, at - _BEFORE), at) + 1 or max(start, at - _BEFORE)
    heading = _HEADING.match(text, at, stop)
    if heading is not None and _HEADING_START.match(text, line, at):
        return _forward(text, at, heading.end(), start, stop, Level.STATED, head_only=True)
    return _backward(text, at, start, Level.STATED) or _led_to(text, at, start, stop)


def _led_to(text: str, at: int, start: int, stop: int) -> Statement | None:
    noun = _LED_TO.match(text, at, stop)
    if noun is None or not _LEADS.search(text, max(start, at - _BEFORE), at):
        return None
    return _forward(text, at, noun.end(), start, stop, Level.LED, head_only=True)


def _short_answer(text: str, at: int, start: int, stop: int) -> Statement | None:
    cue = _SHORT_ANSWER.match(text, at, stop)
    return None if cue is None else _forward(text, at, cue.end(), start, stop, Level.STATED)


def _option(text: str, at: int, start: int, stop: int) -> Statement | None:
    if not _BEST.search(text, max(start, at - _BEFORE), at):
        return _led_to(text, at, start, stop)
    return _answer(text, at, start, stop)


def _response(text: str, at: int, start: int, stop: int) -> Statement | None:
    """ "Response" is most often a patient's, so it has to be the correct or intended one."""
    best = _BEST.search(text, max(start, at - _BEFORE), at)
    cue = _ANSWER.match(text, at, stop) if best is not None else None
    if cue is None or cue["not"]:
        return None
    return _forward(text, at, cue.end(), start, stop, Level.STATED)


def _correct(text: str, at: int, start: int, stop: int) -> Statement | None:
    if _LABELLED.match(text, at, stop):
        label = _A_LABEL.search(text, max(start, at - _BEFORE), at)
        if label is not None:
            sentence = sentence_start(text, label.start(), start)
            return Statement(Level.JUDGED, sentence, label.start(), at, at, True, True)
    judged = _backward(text, at, start, Level.JUDGED) if _CORRECT.match(text, at, stop) else None
    return judged or _most_likely(text, at, start, stop)


def _choose(text: str, at: int, start: int, stop: int) -> Statement | None:
    verb = _CHOOSE.match(text, at, stop)
    if verb is None or not _WHO_CHOOSES.search(text, max(start, at - _BEFORE), at):
        return None
    return _forward(text, at, verb.end(), start, stop, Level.STATED, head_only=True)


def _most_likely(text: str, at: int, start: int, stop: int) -> Statement | None:
    cue = _MOST_LIKELY.match(text, at, stop)
    if cue is None or cue["not"] or _IF.search(text, max(start, at - _BEFORE), at):
        return None
    return _forward(text, at, cue.end(), start, stop, Level.JUDGED)


def _forward(
    text: str, at: int, end: int, start: int, stop: int, level: Level, head_only: bool = False
) -> Statement:
    return Statement(level, sentence_start(text, at, start), end, stop, end, head_only, False)


def _backward(text: str, at: int, start: int, level: Level) -> Statement | None:
    verb = _IS_THE.search(text, max(start, at - _BEFORE), at)
    if verb is None or verb["not"] or " also " in verb.group().lower():
        return None
    sentence = sentence_start(text, verb.start(), start)
    return Statement(level, sentence, sentence, verb.start(), at, True, True)


_READERS: tuple[tuple[str, Callable[[str, int, int, int], Statement | None]], ...] = (
    ("answer", _answer),
    ("ans:", _short_answer),
    ("ans.", _short_answer),
    ("solution", _short_answer),
    ("conclusion", _short_answer),
    ("option", _option),
    ("choice", _option),
    ("response", _response),
    ("correct", _correct),
    (" right", lambda text, at, start, stop: _correct(text, at + 1, start, stop)),
    ("choose ", _choose),
    ("select ", _choose),
    ("pick ", _choose),
    ("go with ", _choose),
    ("mark ", _choose),
    ("go for ", _choose),
    ("opt for ", _choose),
    ("settle on ", _choose),
    ("most likely", _most_likely),
    ("most appropriate", _most_likely),
    ("most probable", _most_likely),
    ("best ", _most_likely),
    ("diagnosis is", _most_likely),
)


def _occurrences(folded: str, keyword: str) -> list[int]:
    """Where the keyword stands; of very many places the last ones."""
    found: list[int] = []
    at = folded.find(keyword)
    while at >= 0:
        found.append(at)
        at = folded.find(keyword, at + len(keyword))
    return found[-_MAX_OCCURRENCES:]


def _fold_case(text: str) -> str:
    """Lower case with the same offsets; the few letters that would change length stay."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
