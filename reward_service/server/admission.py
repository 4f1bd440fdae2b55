"""Admission: how much may wait or be scored at a time, in items and in characters.

A request that does not fit is refused at once, and so is every other one until the queue has
drained to the low watermark. Without that, small requests, which always find a gap, would keep
large ones out for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Watermarks:
    """Limits of the queue.

    items, chars: high watermarks; a request beyond either is refused.
    low: share of both, from 0 to 1, to which the queue must drain before requests are let in again.
    """

    items: int = 1024
    chars: int = 64_000_000
    low: float = 0.75


@dataclass(slots=True)
class Admission:
    """What is in the queue now. Not safe for threads: the pool's lock guards it."""

    marks: Watermarks = field(default_factory=Watermarks)
    items: int = 0
    chars: int = 0
    full: bool = False

    def enter(self, *, items: int, chars: int) -> bool:
        """Count a request in if it may enter. An empty queue takes any request."""
        drained = (
            self.items <= self.marks.low * self.marks.items
            and self.chars <= self.marks.low * self.marks.chars
        )
        if self.full and not drained:
            return False
        fits = self.items + items <= self.marks.items and self.chars + chars <= self.marks.chars
        self.full = self.items > 0 and not fits
        if self.full:
            return False
        self.items += items
        self.chars += chars
        return True

    def leave(self, *, items: int, chars: int) -> None:
        """Count an answered or dropped request out."""
        self.items -= items
        self.chars -= chars
