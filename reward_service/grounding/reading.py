"""A completion's text as a reader takes it in: without mark-up, comments, and talk about the text.

What is left out is blanked, so that offsets stay those of the completion.
"""

from __future__ import annotations

import re

from reward_service.grounding.talk import without_talk

# Section tags, \boxed, bold. A tag that formats words stands within a sentence; any other one parts
# sentences. A star between digits is read ("2*3 cm"). Each alternative begins with a letter of its
# own, so that the search skips to those.
_MARKUP = re.compile(
    r"</?([A-Za-z_][\w-]{0,20})>|\\(?:boxed|text(?:bf)?)\{|\*(?!(?<=\d\*)\d)\*?\*?"
    r"|#(?<=^#)#{0,5} ",
    re.M,
)
_INLINE = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "tt", "u"}
)
_WIDE = {0xFF00 + i: 0x20 + i for i in range(1, 0x5F)} | {0x3000: 0x20, 0x3002: 0x2E}
_HAS_WIDE = re.compile("[\u3000\u3002\uff01-\uff5e]")


def readable(text: str) -> str:
    """`text` as long as it is, with blanks where a reader reads nothing. Linear time."""
    if not text.isascii() and _HAS_WIDE.search(text):
        text = text.translate(_WIDE)  # full-width letters and stops
    return without_talk(_MARKUP.sub(_blank, _without_comments(text)))


def _without_comments(text: str) -> str:
    """Without HTML comments, which no page shows."""
    parts: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        parts += [text[done:start], " " * (end + 3 - start)]
        done = end + 3
    return "".join([*parts, text[done:]])


def _blank(match: re.Match[str]) -> str:
    """Spaces of the same length; a tag that does not only format also ends the line before it."""
    length = match.end() - match.start()
    if match[1] and match[1].lower() not in _INLINE:
        return "\n\n" + " " * (length - 2)
    return " " * length
