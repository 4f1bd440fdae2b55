"""What the client raises, and what it does not raise.

    RewardClientError
    ├── ServiceUnavailableError   no answer after all retries
    │   └── DeadlineError         … or none before the call's total time was over
    ├── ServiceRefusedError       an answer that no retry mends: wrong route, objectives, weights …
    │   └── AuthenticationError   401 or 403: the key is missing or wrong
    ├── InvalidAnswerError        an answer that is not in the wire format, or not of the request
    ├── ExpectationError          the service is not the one that the run was configured for
    │   └── ScorerChangedError    … and it was that one before: the scorer changed during the run
    ├── TooManyFailuresError      the share of completions without scores passed the limit
    └── ClientClosedError         the client was used after `close`

A completion that could not be scored is data, not an error: its scores are None and its `failure`
says why. Only when too many of them fail does a call raise, and then the exception carries the
batch. Wrong arguments raise ValueError or TypeError before anything is sent.

Every error has the `context` of its request and can be pickled. No message, context or log line
holds the key or a text of an item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trainer.client.scores import ScoredBatch, ScorerIdentity


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The request that an error is about. `attempts` counts how often it was sent."""

    method: str
    url: str
    items: int = 0
    completions: int = 0
    attempts: int = 0
    status: int | None = None
    request_id: str | None = None
    """What the service's log has under `id`; None when nothing was sent."""

    def __str__(self) -> str:
        about = [f"{self.method} {self.url}"]
        if self.items:
            about.append(f"items={self.items} completions={self.completions}")
        if self.status is not None:
            about.append(f"status={self.status}")
        if self.attempts:
            about.append(f"attempts={self.attempts}")
        if self.request_id is not None:
            about.append(f"id={self.request_id}")
        return ", ".join(about)


class RewardClientError(Exception):
    """Base of everything that the client raises on purpose."""

    def __init__(self, message: str, *, context: RequestContext) -> None:
        super().__init__(message)
        self.message = message
        self.context = context

    def __str__(self) -> str:
        return f"{self.message} [{self.context}]"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle as `type(*args)`, which fails for keyword-only arguments.
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    cls: type[RewardClientError], args: tuple[object, ...], state: dict[str, object]
) -> RewardClientError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class ServiceUnavailableError(RewardClientError):
    """The service did not answer, or answered only 429, 502, 503 or 504, until retries ran out."""


class DeadlineError(ServiceUnavailableError):
    """The call's total time was over before the service answered."""


class ServiceRefusedError(RewardClientError):
    """The service refused the request as a whole; sending it again would change nothing."""


class AuthenticationError(ServiceRefusedError):
    """The key is missing or wrong."""


class InvalidAnswerError(RewardClientError):
    """An answer breaks the wire format; the message names the field."""


class ExpectationError(RewardClientError):
    """The service lacks an objective, or has another fingerprint, than the run expects."""


class ScorerChangedError(ExpectationError):
    """The scorer changed during the run, so that scores before and after are not comparable."""

    def __init__(
        self,
        message: str,
        *,
        before: ScorerIdentity,
        after: ScorerIdentity,
        context: RequestContext,
    ) -> None:
        super().__init__(message, context=context)
        self.before = before
        self.after = after


class TooManyFailuresError(RewardClientError):
    """More completions failed than `max_failed_share` allows. `batch` is the call's result."""

    def __init__(
        self, message: str, *, batch: ScoredBatch, share: float, context: RequestContext
    ) -> None:
        super().__init__(message, context=context)
        self.batch = batch
        self.share = share


class ClientClosedError(RewardClientError):
    """The client was closed before or during the call."""
