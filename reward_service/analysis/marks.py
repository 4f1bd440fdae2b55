"""Signs in the place of words: "fever (-)", "(-) chills", "cough -, rash +", "edema 0".

A sign that stands for "absent" is one only right beside a mention: a hyphen before words is a
bullet, and one between words joins them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BEFORE = re.compile(r"\([-−–]\)\s{0,2}(?=\w)")
# At the end of an item: "fever -, chills -, cough +"; "fever - as he says - and" sets a dash.
_END = r"(?=\s{0,2}(?:[,;.)\n]|$))"
_BEHIND = (re.compile(rf"\([-−–]\){_END}"), re.compile(rf" [-−0]{_END}"))


def marked_absent(
    text: str, starts: Sequence[int], ends: Sequence[int], mention_spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Token ranges of the mentions that a sign says are absent. Linear in the text.

    `starts` and `ends` are the offsets of its tokens.
    """
    places = [(match.end(), 0) for match in _BEFORE.finditer(text)]
    for sign in _BEHIND:
        places += [(0, _end_before(text, match.start())) for match in sign.finditer(text)]
    if not places:
        return []
    begins = {start for start, _ in places if start}
    stops = {end for _, end in places if end}
    return [
        (first, last)
        for first, last in mention_spans
        if starts[first] in begins or ends[last - 1] in stops
    ]


def _end_before(text: str, at: int) -> int:
    """Where the word before the sign at `at` ends."""
    return at - 1 if at and text[at - 1] == " " else at
