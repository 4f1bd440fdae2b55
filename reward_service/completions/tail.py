"""Answers that are given without saying so: a bare letter, "C) …", or an option's words."""

from __future__ import annotations

import re
from collections.abc import Collection

from reward_service.completions.options import Options
from reward_service.completions.phrases import Reading, read_mentions, read_phrase
from reward_service.completions.sentences import sentence_key, sentences

_MAX_PARTS = 1000  # the last sentences of a conclusion are read
_MAX_LINES = 40  # lines in which lettered ones are looked for
_SHORT = 200  # characters of a text without options that is an answer as it stands
_LETTERED = re.compile(
    r"[\s\"'*_#>`$-]{0,8}(?:option\s|choice\s)?[(\[]?([A-Za-z]|\d{1,2})[).:\]*]", re.I
)
_DECIDES = re.compile(
    r"\b(?:therefore|thus|hence|so|overall|in conclusion|conclude|in summary|consistent with|"
    r"points? to|diagnos\w+|must be|of choice)\b",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"[\s.!?,;:\"'”’)\]}*_$>`]*")


def read_tail(text: str, options: Options | None) -> Reading | None:
    """What the last sentence of an untagged text without any statement commits to.

    The last sentence is the last one that does not repeat an earlier one. Its line must be an
    answer and nothing else ("C", "C) nifedipine", "Nifedipine."), not one of a list of lettered
    lines; or the sentence must conclude ("therefore …") and name an option by its words.
    """
    last = _last_fresh(text)
    if last is None:
        return None
    start, stop = last
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", line)
    line_end = len(text) if line_end < 0 else line_end
    if _in_list(text, line):
        return None
    if _bare(text, line, line_end, options):
        return read_phrase(text, line, line_end, options, head_only=True)
    if options is None:
        return _as_it_stands(text, 0, len(text))
    if _bare(text, start, stop, options):
        return read_phrase(text, start, stop, options, head_only=True)
    decided = _DECIDES.search(text, start, stop)
    return read_mentions(text, start, stop, options) if decided else None


def read_head(text: str, options: Options) -> Reading | None:
    """What the first line commits to, where it is an answer and nothing else ("C) nifedipine").

    The first of several lettered lines is none, nor is the letter of an option that is discussed.
    """
    lines = _lines(text, 0, len(text))
    if not lines or not _bare(text, *lines[0], options):
        return None
    if any(_in_list(text, start) for start, _ in lines[1:_MAX_LINES]):
        return None
    reading = read_phrase(text, *lines[0], options, head_only=True)
    if reading is None or len(reading.answers) != 1:
        return None
    rest = _CLOSING.match(text, reading.end, lines[0][1])
    return reading if rest is not None and rest.end() == lines[0][1] else None


def read_section(
    text: str, start: int, stop: int, options: Options | None, said: Collection[str]
) -> Reading | None:
    """What a tagged conclusion without any statement commits to.

    Lines that begin with a letter in brackets or stand for themselves come first, then every option
    that a sentence names by its words. Sentences whose key is in `said` are not read.
    """
    parts = [p for p in sentences(text, start, stop) if sentence_key(text, *p) not in said]
    if not parts:
        return None
    parts = parts[-_MAX_PARTS:]
    lines = _lines(text, parts[0][0], stop)
    bare = [
        reading
        for line in lines
        if _bare(text, *line, options) and sentence_key(text, *line) not in said
        if (reading := read_phrase(text, *line, options, head_only=True)) is not None
    ]
    if bare:
        return _joined(bare)
    if options is None:
        return read_phrase(text, *parts[0], None) or _as_it_stands(text, start, stop)
    named = [r for part in parts if (r := read_mentions(text, *part, options)) is not None]
    if named:
        return _joined(named)
    return read_phrase(text, *parts[0], options)


def _bare(text: str, start: int, stop: int, options: Options | None) -> bool:
    """Whether text[start:stop] is an answer: "C) …", or nothing beside the answer."""
    lettered = _LETTERED.match(text, start, stop)
    reading = read_phrase(text, start, stop, options, head_only=True)
    if reading is None:
        return False
    if lettered is not None and lettered.start(1) == reading.start:
        return True
    rest = _CLOSING.match(text, reading.end, stop)
    return rest is not None and rest.end() == stop


def _in_list(text: str, line: int) -> bool:
    """Whether the line before this one is lettered too, with another letter."""
    before = text[max(0, line - 2000) : line].rstrip()
    previous = _LETTERED.match(before, before.rfind("\n") + 1)
    here = _LETTERED.match(text, line)
    if previous is None or here is None:
        return False
    return previous[1].upper() != here[1].upper()


def _last_fresh(text: str) -> tuple[int, int] | None:
    seen: set[str] = set()
    last = None
    for start, stop in sentences(text, 0, len(text)):
        key = sentence_key(text, start, stop)
        if key not in seen:
            seen.add(key)
            last = start, stop
    return last


def _lines(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    for line in text[start:stop].splitlines(keepends=True):
        if line.strip():
            lines.append((start, start + len(line)))
        start += len(line)
    return lines


def _as_it_stands(text: str, start: int, stop: int) -> Reading | None:
    while start < stop and text[start].isspace():
        start += 1
    stated = text[start:stop].rstrip()
    if not stated or len(stated) > _SHORT or "\n" in stated:
        return None
    return Reading((stated.rstrip("."),), start, start + len(stated))


def _joined(readings: list[Reading]) -> Reading:
    answers = tuple(sorted({answer for r in readings for answer in r.answers}))
    torn = any(reading.torn for reading in readings)
    return Reading(answers, readings[0].start, readings[-1].end, torn)
