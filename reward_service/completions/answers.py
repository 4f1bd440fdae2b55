"""The final answer that a completion commits to.

Where several places state one, these rules decide:

1. The conclusion goes before everything else. Different answers in a tagged conclusion are several
   answers.
2. `\\boxed{…}` beats prose. Different boxes are several answers.
3. Otherwise the last statement wins, except that statements of one paragraph with different answers
   and no word of revision ("wait", "but", "therefore" …) between them are several answers.
4. Without any statement, the end of the text is read as it stands: a bare letter, "C) …", or an
   option's words; and if that is no answer, the first line.

A sentence that repeats an earlier one word for word is read once, where it first stands. So no
repetition can turn a wrong answer into the right one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reward_service.completions.boxes import find_boxes
from reward_service.completions.implied import read_implied
from reward_service.completions.options import Options, read_options
from reward_service.completions.phrases import Reading, read_phrase
from reward_service.completions.sections import Completion, Range
from reward_service.completions.sentences import (
    WINDOW,
    hide_tags,
    sentence_end,
    sentence_key,
    sentence_start,
    sentences,
)
from reward_service.completions.statements import (
    Level,
    Statement,
    find_statements,
    fresh_statements,
)
from reward_service.completions.tail import read_head, read_section, read_tail

_MAX_STATEMENTS = 200  # the last ones are read
_MAX_CONCLUSIONS = 100
_REVISION = re.compile(
    r"\b(?:but|however|wait|actually|no|correction|instead|rather|reconsider\w*|finally|final|"
    r"therefore|thus|so|hence|overall|conclu\w+|mistake|sorry|revis\w+|better|more likely)\b",
    re.IGNORECASE,
)
# What makes an answer depend on something that the completion leaves open.
_CONDITION = re.compile(
    r"[ ,;(](?:unless|otherwise|or else|if not|failing that|except if|but if)\b"
    r"[ ,:]{0,2}(?:(?:it|that|this|the answer)(?: is| were|'s| should be)? )?",
    re.IGNORECASE,
)

_LEAST_REACH = 80  # characters
_LEAST = re.compile(
    r"\bleast\s(?:likely|probable|plausible|suitable|appropriate|indicated)\b[^,;.]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a completion commits to.

    `answers`: option labels in order when options are known, else letters or the words as stated;
    empty when it commits to nothing. A letter that no option has, or a boxed text that is no
    option, stands for itself. `span`: where it says so, as a range of the completion's text.
    `stated`: the text of that span. `torn`: a letter stands with another option's words ("B) MgSO4"
    where MgSO4 is A); both are among the answers, and no key is matched.
    """

    answers: tuple[str, ...] = ()
    span: Range | None = None
    stated: str = ""
    torn: bool = False


def find_answer(
    completion: Completion, options: Mapping[str, str] | None, *, exception: bool = True
) -> Commitment:
    """The final answer or answers. Linear in the text; never raises on odd text.

    `exception`: "the least likely option is C" may answer the question; where it asks for no
    exception, that sets C aside.
    """
    text = completion.text
    reading = _read(completion, hide_tags(text), read_options(options), exception)
    if reading is None:
        return Commitment()
    span = (reading.start, reading.end)
    return Commitment(reading.answers, span, text[slice(*span)], reading.torn)


def _read(
    completion: Completion, text: str, options: Options | None, exception: bool
) -> Reading | None:
    if completion.tagged and completion.conclusions:
        found = _read_conclusions(completion, text, options, exception)
        if found is not None:
            return found
    boxes = find_boxes(text, 0, len(text), options)
    if boxes:
        return _union(boxes)
    statements = [s for s in fresh_statements(text) if exception or not _sets_aside(text, s)]
    for level in Level:
        reading = _last_of(text, [s for s in statements if s.level is level], options)
        if reading is not None:
            return reading
    if completion.tagged:
        return None
    reading = read_tail(text, options)
    if reading is None and options is not None:
        reading = read_head(text, options) or read_implied(text, options)
    return reading and _with_condition(text, reading, options)


def _sets_aside(text: str, statement: Statement) -> bool:
    """Whether it states what is least likely."""
    start = max(statement.sentence, statement.reach - _LEAST_REACH)
    return _LEAST.search(text, start, statement.reach) is not None


def _read_conclusions(
    completion: Completion, text: str, options: Options | None, exception: bool
) -> Reading | None:
    ranges = completion.conclusions[-_MAX_CONCLUSIONS:]
    # What is appended to a completion may land in a conclusion that is not closed, so there
    # a sentence that the text before it already has is not read again.
    said = set() if completion.sealed else _sentence_keys(text, ranges[0][0])
    boxes = [
        box
        for start, end in ranges
        for box in find_boxes(text, start, end, options)
        if not said or _key_around(text, box.start) not in said
    ]
    statements = [s for start, end in ranges for s in find_statements(text, start, end)]
    statements = [s for s in statements if exception or not _sets_aside(text, s)]
    statements = [s for s in statements if not said or _key_around(text, s.reach) not in said]
    if boxes:
        # "The answer is B, MgSO4. \boxed{B}" where MgSO4 is A: the box does not mend that.
        read = (_read_statement(text, s, options) for s in statements[-_MAX_STATEMENTS:])
        return _union([*(reading for reading in read if reading and reading.torn), *boxes])
    for level in Level:
        at_level = [s for s in statements if s.level is level][-_MAX_STATEMENTS:]
        found = [r for s in at_level if (r := _read_statement(text, s, options)) is not None]
        if found:
            return _union(found)
    sections = [read_section(text, start, end, options, said) for start, end in ranges]
    found = [_with_condition(text, reading, options) for reading in sections if reading]
    return _union(found) if found else None


def _sentence_keys(text: str, stop: int) -> set[str]:
    return {sentence_key(text, *where) for where in sentences(text, 0, stop)}


def _key_around(text: str, at: int) -> str:
    start = sentence_start(text, at, 0)
    return sentence_key(text, start, sentence_end(text, at, min(len(text), at + WINDOW)))


def _last_of(text: str, statements: Sequence[Statement], options: Options | None) -> Reading | None:
    """The last readable statement, with what its own paragraph states beside it."""
    last: Reading | None = None
    paragraph = 0
    for statement in reversed(statements[-_MAX_STATEMENTS:]):
        if last is not None and statement.reach < paragraph:
            break
        reading = _read_statement(text, statement, options)
        if reading is None:
            continue
        if last is None:
            last = reading
            paragraph = text.rfind("\n\n", 0, statement.reach) + 1
        elif reading.answers != last.answers:
            if _REVISION.search(text, reading.end, max(last.start, reading.end)):
                break
            last = _union([reading, last])
    return last


def _read_statement(text: str, statement: Statement, options: Options | None) -> Reading | None:
    at, stop = statement.at, statement.stop
    reading = read_phrase(text, at, stop, options, head_only=statement.head_only)
    if reading is None and statement.backward:
        clause = max(text.rfind(mark, at, stop) for mark in (", ", ": ", "; ", " that "))
        if clause >= 0:
            reading = read_phrase(text, clause + 1, stop, options, head_only=True)
    return reading and _with_condition(text, reading, options)


def _with_condition(text: str, reading: Reading, options: Options | None) -> Reading:
    """The reading, with the other answer where it is conditional: "B, unless it is A" is both."""
    stop = min(len(text), reading.end + WINDOW)
    condition = _CONDITION.search(text, reading.end, sentence_end(text, reading.end, stop))
    if condition is None:
        return reading
    other = read_phrase(text, condition.end(), stop, options, head_only=True)
    return reading if other is None else _union([other, reading])


def _union(readings: Sequence[Reading]) -> Reading:
    answers = tuple(sorted({answer for r in readings for answer in r.answers}))
    last = readings[-1]
    return Reading(answers, last.start, last.end, any(r.torn for r in readings))
