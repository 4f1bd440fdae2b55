"""Completions without scores: why, and what share of the latest ones is too many."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from enum import StrEnum


class FailureCode(StrEnum):
    """Why a completion has no scores; a `failure` starts with one of these."""

    NOT_JSON = "not_json"
    """It cannot be written as JSON; it was not sent."""
    TOO_LARGE = "too_large"
    """Alone it is larger than the service's limit (413)."""
    REFUSED = "refused"
    """The service found a fault in the item or the completion (422)."""
    UNAVAILABLE = "unavailable"
    """No usable answer after all retries (transport errors, 429, 502, 503, 504)."""
    DEADLINE = "deadline"
    """The call's total time was over."""
    SERVICE_ERROR = "service_error"
    """The service failed on the request (500 and other statuses that are not retried)."""


def failure(code: FailureCode, words: str) -> str:
    """The text of a `failure`."""
    return f"{code.value}: {words}"


class FailureWindow:
    """The share of failures among the latest `size` completions. Thread-safe.

    Until `size` completions are counted the share is over those there are, so that a service that
    fails from the beginning stops the run at its first batch.
    """

    def __init__(self, size: int) -> None:
        self._outcomes: deque[bool] = deque(maxlen=size)
        self._failed = 0
        self._lock = threading.Lock()

    def add(self, failed: Iterable[bool]) -> float:
        """Count completions, oldest first; the share (0 to 1) after them."""
        with self._lock:
            for outcome in failed:
                if len(self._outcomes) == self._outcomes.maxlen:
                    self._failed -= self._outcomes[0]
                self._outcomes.append(outcome)
                self._failed += outcome
            return self._failed / len(self._outcomes) if self._outcomes else 0.0
