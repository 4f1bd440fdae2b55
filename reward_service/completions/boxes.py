r"""Answers in `\boxed{…}`, also nested, unclosed, or with a backslash lost on the way."""

from __future__ import annotations

import re

from reward_service.completions.options import Options
from reward_service.completions.phrases import Reading, read_phrase

_CONTENT_LIMIT = 300  # characters
_BOX_LIMIT = 64  # distinct contents that are read
# "\b" in an unescaped string is a backspace: "\boxed" arrives as "\x08oxed".
_TOKEN = re.compile(r"(?P<box>(?:\\boxed|\\fbox|\x08oxed|\bboxed)\s{0,3}\{)|\{|\}")
_COMMAND = re.compile(
    r"\\(?:text\w{0,4}|math\w{0,4}|mbox|rm|bf|displaystyle|left|right|quad|;|,|!| )"
)
_LETTERS = re.compile(r"[A-J]{2,6}")
_PLACEHOLDERS = frozenset(
    {"", "x", "...", "…", "?", "letter", "answer", "your answer", "option", "your choice", "choice"}
)


def find_boxes(text: str, start: int, stop: int, options: Options | None) -> list[Reading]:
    """What each box in text[start:stop] says, in order, without empty boxes and placeholders."""
    if text.find("oxed", start, stop) < 0 and text.find("\\fbox", start, stop) < 0:
        return []
    readings: list[Reading] = []
    seen: set[str] = set()
    for at, end in _contents(text, start, stop):
        content = _plain(text[at:end])
        if content in seen:
            continue
        seen.add(content)
        reading = _read(content, options)
        if reading is not None:
            readings.append(reading._replace(start=at, end=end))
        if len(seen) == _BOX_LIMIT:
            break
    return readings


def _contents(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """Ranges between the braces of each outermost box, in order. One pass with a stack."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []  # content start of a box, -1 for another brace
    for token in _TOKEN.finditer(text, start, stop):
        if token["box"]:
            opened.append(token.end())
        elif token.group() == "{":
            if opened:
                opened.append(-1)
        elif opened:
            at = opened.pop()
            if at >= 0 and token.start() - at <= _CONTENT_LIMIT:
                while found and found[-1][0] >= at:
                    found.pop()
                found.append((at, token.start()))
    if opened and max(opened) >= 0:  # cut off inside a box: what is left of its line
        at = max(opened)
        line = text.find("\n", at, min(stop, at + _CONTENT_LIMIT))
        end = line if line >= 0 else min(stop, at + _CONTENT_LIMIT)
        if not found or found[-1][1] <= at:
            found.append((at, end))
    return found


def _plain(content: str) -> str:
    without = _COMMAND.sub(" ", content)
    return " ".join(without.translate(str.maketrans("{}$~", "    ")).split())


def _read(content: str, options: Options | None) -> Reading | None:
    """What a box's content says; None for a placeholder such as "X". Offsets are those in it."""
    whole = Reading((content,), 0, len(content))
    if options is not None:
        if (label := options.label(content) or options.find_text(content)) is not None:
            return whole._replace(answers=(label,))
        letters = [options.label(letter) for letter in content]
        if _LETTERS.fullmatch(content) and all(letters):
            return whole._replace(answers=tuple(sorted({str(letter) for letter in letters})))
    if content.lower().strip(" .") in _PLACEHOLDERS:
        return None
    return read_phrase(content, 0, len(content), options) or whole
