"""How much each key may have scored: a token bucket of completions.

A bucket holds at most `burst` tokens and gains `rate` a second. A request is admitted while there
is any token left, takes one for each of its completions, and may leave the bucket in debt, which
has to be earned back first. So a request of any size passes in the end, and the rate holds on
average.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Limiter:
    """One bucket for each client. Used from one event loop.

    `rate` is in completions a second, 0 for no limit; `burst` in completions, at least 1.
    """

    def __init__(
        self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, client: str) -> float:
        """Seconds until the client's next request is admitted; 0.0 when it is now."""
        if not self.rate:
            return 0.0
        bucket = self._filled(client)
        # Admitted from one token on, because "more than none" would be a moment too short to name.
        return max(0.0, (1.0 - bucket.tokens) / self.rate)

    def take(self, client: str, completions: int) -> None:
        """Count completions of a request that was admitted."""
        if self.rate:
            self._filled(client).tokens -= completions

    def _filled(self, client: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(client, _Bucket(float(self.burst), now))
        gained = (now - bucket.filled) * self.rate
        bucket.tokens = min(float(self.burst), bucket.tokens + gained)
        bucket.filled = now
        return bucket
