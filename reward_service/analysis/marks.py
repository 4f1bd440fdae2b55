"""Signs in the place of words: "fever (-)", "(-) chills", "cough -, rash +", "edema 0".

A sign that stands for "absent" is one only right beside a mention: a hyphen before words is a
bullet, and one between words joins them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BEFORE = re.compile(r"\([-−–]\)\s{0,2}(?=\w)")
# At the end of an item: "fever -, chills -, cough +"; "fever - as he says - and" sets a dash.
_BEHIND = re.compile(r"(?<=\w)(?:\s?\([-−–]\)|\s[-−0])(?=\s{0,2}(?:[,;.)\n]|$))")


def marked_absent(
    text: str, starts: Sequence[int], ends: Sequence[int], mention_spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Token ranges of the mentions that a sign says are absent. Linear in the text.

    `starts` and `ends` are the offsets of its tokens.
    """
    places = [(match.end(), 0) for match in _BEFORE.finditer(text)]
    places += [(0, match.start()) for match in _BEHIND.finditer(text)]
    if not places:
        return []
    begins = {start for start, _ in places if start}
    stops = {end for _, end in places if end}
    return [
        (first, last)
        for first, last in mention_spans
        if starts[first] in begins or ends[last - 1] in stops
    ]
