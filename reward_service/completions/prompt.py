"""Stem and options out of a prompt, as the policy saw it.

The prompt is read in three steps: the user's words (`messages.prompt_text`), the last run of
options with consecutive letters from A on (`_find_options`), and the stem without instructions
(`_strip_instructions`). Each step can be extended without the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reward_service.completions.messages import prompt_text
from reward_service.completions.sentences import sentences
from reward_service.wire.request import Message

_LETTERS = "ABCDEFGHIJ"
_MIN_ON_LINES = 2  # options, when each begins a line
_MIN_INLINE = 3  # options, when they stand within a line

_LINE_OPTION = re.compile(
    r"^[ \t]{0,12}(?:[-*•>][ \t]{1,4})?[*_]{0,2}[(\[]?(?:option\s)?([A-Ja-j])[)\].:]{1,2}[*_]{0,2}"
    r"(?=[ \t]|$)",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE_OPTION = re.compile(r"(?:^|(?<=[\s,;]))[(\[]?([A-J])[)\].:]{1,2}(?=\s)")
_LABEL = re.compile(
    r"^[ \t#*_]{0,8}(?:question|q|case|vignette)[*_]{0,2}\s{0,2}:[*_]{0,2}", re.I | re.M
)
_OPTIONS_LABEL = re.compile(
    r"(?:[*_#]{1,4}\s?|\b)(?:answer\s|the\s)?(?:options|choices|answers)(?:\s(?:are|include))?[*_]{0,4}:?[*_]{0,4}\s{0,8}$",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_LINE_BREAK = re.compile(r"\n")
# How an instruction goes on in the line of the last option, without a full stop between.
_TRAILER = re.compile(
    r"\s(?=(?:let['’]?s\s+think|please\s|think\s+step|(?:final\s)?answer\s?:|put\s+your|give\s+your))",
    re.IGNORECASE,
)
_ANSWER_LABEL = re.compile(
    r"^[\s#*_]{0,8}(?:final\s|your\s)?(?:answer|response|reasoning)[\s:*_]{0,8}$", re.I
)
_INSTRUCTS = re.compile(
    r"[\s#*_>\-]{0,8}(?:now,?\s|then,?\s|also,?\s|finally,?\s)?(?:please|kindly|answer|solve|read|choose|"
    r"select|pick|respond|you\s|your\s|below\s|the\sfollowing\s(?:is|are)\sa?|here\sis|given\sthe|think|"
    r"reason|let['’]?s|let\sus|put|place|provide|give|show|explain|use|make\ssure|enclose|format|output|"
    r"return|write|do\snot|only|instructions?|the\s(?:last|final)|end\s|conclude|wrap|work)",
    re.IGNORECASE,
)
_ABOUT_ANSWERING = re.compile(
    r"multiple[- ]choice|step[- ]by[- ]step|\\boxed|final answer|answer choice|your answer|"
    r"best answer|correct (?:answer|option|choice|letter)|(?:right|best) (?:option|choice)|"
    r"the letter|question|your (?:reasoning|response|thinking)|expert|assistant|</?\w{1,20}>|"
    r"one of the (?:options|choices)|carefully|answer:",
    re.IGNORECASE,
)


class _Option(NamedTuple):
    letter: str
    start: int  # of the marker
    text_start: int


def read_prompt(prompt: str | Sequence[Message]) -> tuple[str, dict[str, str] | None]:
    """The stem without instructions, and the options by capital letter (None if there are none).

    Never raises on odd text; without anything recognisable the stem is the whole prompt, trimmed.
    """
    text = prompt_text(prompt)
    options = _find_options(text)
    if not options:
        return _stem(text), None
    found, rest_start = _option_texts(text, options)
    stem = _stem(_OPTIONS_LABEL.sub("", text[: options[0].start]))
    rest = _strip_instructions(text[rest_start:])
    if "?" in rest:  # the question itself stands behind its options
        stem = f"{stem}\n{rest}" if stem else rest
    return stem, found


def _find_options(text: str) -> list[_Option]:
    """The last run of options; runs on lines of their own go before runs within a line."""
    on_lines = _last_run(text, _LINE_OPTION.finditer(text), _MIN_ON_LINES)
    return on_lines or _last_run(text, _INLINE_OPTION.finditer(text), _MIN_INLINE)


def _last_run(text: str, markers: Iterable[re.Match[str]], least: int) -> list[_Option]:
    best: list[_Option] = []
    run: list[_Option] = []
    for marker in markers:
        letter = marker[1].upper()
        if letter == "A":
            run = []
        elif run and not text[run[-1].text_start : marker.start()].strip():
            continue  # "B. C. difficile": no option is empty
        if len(run) < len(_LETTERS) and letter == _LETTERS[len(run)]:
            run.append(_Option(letter, marker.start(), marker.end()))
            if len(run) >= least:
                best = run
    return best


def _option_texts(text: str, options: Sequence[_Option]) -> tuple[dict[str, str], int]:
    """Each option's text, and where the last one ends: at a blank line, or with its own line when
    its neighbours have one line each."""
    found: dict[str, str] = {}
    several_lines = False
    end = len(text)
    for i, option in enumerate(options):
        if i + 1 < len(options):
            end = options[i + 1].start
            raw = text[option.text_start : end].strip()
            several_lines = several_lines or "\n" in raw
        else:
            end = _last_option_end(text, option.text_start, several_lines)
            raw = text[option.text_start : end].strip()
        found[option.letter] = " ".join(raw.rstrip(",;").split())
    return found, end


def _last_option_end(text: str, start: int, several_lines: bool) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    line_break = (_BLANK_LINE if several_lines else _LINE_BREAK).search(text, start)
    end = line_break.start() if line_break else len(text)
    if trailer := _TRAILER.search(text, start, end):
        end = trailer.start()
    for first, _ in sentences(text, start, end):
        if first > start and _is_instruction(text, first, end):
            return first
    return end


def _stem(text: str) -> str:
    labels = list(_LABEL.finditer(text))
    if labels:
        text = text[labels[-1].end() :]
    return _strip_instructions(text)


def _strip_instructions(text: str) -> str:
    """Without the sentences at either end that tell how to answer, unless nothing else is left."""
    parts = list(sentences(text, 0, len(text)))
    while parts and _is_instruction(text, *parts[0]):
        parts.pop(0)
    while parts and _is_instruction(text, *parts[-1]):
        parts.pop()
    return (text[parts[0][0] : parts[-1][1]] if parts else text).strip()


def _is_instruction(text: str, start: int, stop: int) -> bool:
    if _ANSWER_LABEL.match(text[start:stop]):
        return True
    return (
        _INSTRUCTS.match(text, start, stop) is not None
        and _ABOUT_ANSWERING.search(text, start, stop) is not None
    )
