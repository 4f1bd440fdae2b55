"""Rough sentence boundaries by punctuation alone, for finding and comparing statements.

(`reward_service.text.sentences` splits analysed documents; this needs no tokens and no model.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WINDOW = 300  # characters that are looked back for the beginning of a sentence

_BOUNDARY = re.compile(r"[.!?][\"'”’)\]*_]{0,4}\s+|\n\s*")
# A single capital in angle brackets is an answer, not a tag.
_TAG = re.compile(r"</?(?:[A-Za-z][\w-]{1,30}|[bipu])\s{0,4}/?>")


def hide_tags(text: str) -> str:
    """The text with line breaks in the place of tags, so that every offset stays."""
    return _TAG.sub(lambda tag: "\n" * len(tag.group()), text) if "<" in text else text


def sentence_start(text: str, at: int, lowest: int) -> int:
    """Where the sentence around `at` begins, at most `WINDOW` characters back."""
    start = lowest = max(lowest, at - WINDOW)
    for match in _BOUNDARY.finditer(text, lowest, at):
        start = match.end()
    return start


def sentence_end(text: str, at: int, highest: int) -> int:
    """Where the sentence that goes on at `at` ends, with its full stop, without white space.

    White space at `at` is passed over, so that a line after "Answer:" belongs to the sentence.
    """
    while at < highest and text[at].isspace():
        at += 1
    match = _BOUNDARY.search(text, at, highest)
    end = match.end() if match else highest
    while end > at and text[end - 1].isspace():
        end -= 1
    return end


def sentences(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Ranges of the sentences in text[start:stop] that are not blank."""
    for match in _BOUNDARY.finditer(text, start, stop):
        if text[start : match.end()].strip():
            yield start, match.end()
        start = match.end()
    if text[start:stop].strip():
        yield start, stop


def sentence_key(text: str, start: int, stop: int) -> str:
    """What makes two sentences the same: their characters, but for case and spacing."""
    return " ".join(text[start:stop].lower().split())
