"""From character offsets to tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from reward_service.text.tokenizer import Tokens


def token_range(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """The half-open range of tokens that the characters from `start` to `end` touch.

    At least one token; the nearest before `start` if they touch none.
    """
    first = max(0, bisect_right(tokens.starts, start) - 1)
    last = bisect_left(tokens.starts, end)
    return first, max(first + 1, last)
