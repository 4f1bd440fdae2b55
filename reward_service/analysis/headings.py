"""What a heading says of the items listed under it: "Differential diagnosis:", "She denies:".

The items are the lines after it that begin with a bullet or a number. Any other line ends the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reward_service.analysis.cues import Direction, Event, Role
from reward_service.text.document import Flag

_BREAK = int(Role.BREAK)
_COLON = int(Role.COLON)
_FORWARD = int(Direction.FORWARD)
_VERB = int(Role.VERB)
_GENERAL = int(Flag.GENERAL)
_INFERRED = int(Flag.INFERRED)
_EMPHASIS = frozenset({"*", "**", "_", "__"})
_ITEM = re.compile(r"[ \t]*(?:[-*•·–—]|\(?\w{1,2}[.)])[ \t]*")


def starts_item(text: str, start: int) -> bool | None:
    """Whether the line that begins at `start` is an item; None if no line begins there."""
    line = text.rfind("\n", 0, start) + 1
    marker = _ITEM.match(text, line)
    if marker is not None and line <= start <= marker.end():
        return True
    return None if text[line:start].strip() else False


def heading_flags(
    words: Sequence[str], first: int, last: int, events: Sequence[Event], flags: Sequence[int]
) -> int:
    """The flags that the heading of words first to last gives its items; 0 if it is no heading.

    They are those of its forward cues after its last clause break, and GENERAL if it has that.
    """
    end = last
    while end > first and words[end - 1] in _EMPHASIS:
        end -= 1
    if end - first < 2 or words[end - 1][0] != ":":
        return 0
    bits = flags[end - 2] & _GENERAL
    for event in reversed(events):
        if event.roles & _BREAK and not event.roles & _COLON:
            break
        if event.direction == _FORWARD:
            bits |= event.flags
    return bits


def flags_of_item(heading: int, roles: int) -> int:
    """The flags that an item whose cues have `roles` takes from its heading.

    Under "Differential diagnosis:", "1. Pneumonia" is inferred, but "1. The patient has a cough"
    is a step that leads there.
    """
    return heading & ~_INFERRED if roles & _VERB else heading
