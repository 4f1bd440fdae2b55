"""How the client sends, waits, retries, and what it expects: frozen and checked when built."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. The first four bound steps of one request, `total` a whole call with its retries.

    `read` is longer than the service's own limit for a request (120 s by default), so that its
    clear answer comes first.
    """

    connect: float = 5.0
    read: float = 150.0
    write: float = 30.0
    pool: float = 60.0
    """Waiting for a free connection, when other calls use them all."""
    total: float = 600.0

    def __post_init__(self) -> None:
        for name in ("connect", "read", "write", "pool", "total"):
            _require_positive(f"Timeouts.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a request is sent, and how long to wait in between.

    Before retry n (from 1) the client waits a time drawn uniformly from 0 to
    min(`longest`, `first` · 2^(n-1)) seconds ("full jitter"), on top of the service's Retry-After.
    With the defaults that bridges about a minute without a service.
    """

    attempts: int = 10
    """Times that a request is sent at most; 1 means no retries."""
    first: float = 0.5
    longest: float = 30.0
    seed: int | None = None
    """Seed of the jitter; None draws one."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"Retries.attempts: expected at least 1, got {self.attempts}")
        for name in ("first", "longest"):
            _require_positive(f"Retries.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """How items become requests, within the limits that the service announces."""

    completions: int = 32
    """Completions of a request; small enough that requests overlap, and that one which is lost
    costs little."""
    gzip_from_bytes: int | None = 65_536
    """Bodies of this size and more are sent with gzip; None sends all of them plain."""

    def __post_init__(self) -> None:
        if self.completions < 1:
            raise ValueError(f"Batching.completions: expected at least 1, got {self.completions}")
        if self.gzip_from_bytes is not None and self.gzip_from_bytes < 0:
            raise ValueError(
                "Batching.gzip_from_bytes: expected None or a number of bytes, "
                f"got {self.gzip_from_bytes}"
            )


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the service must be, checked at the start and on every answer.

    `objectives` must be among the service's. `fingerprint` must be the scorer's; None takes the one
    that is met first. A change is an error, unless `allow_change`: then it is logged and recorded
    in the client's `scorers`.
    """

    objectives: tuple[str, ...] = ()
    fingerprint: str | None = None
    allow_change: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.objectives, str):
            raise TypeError("Expectation.objectives: expected a sequence of names, got a string")
        object.__setattr__(self, "objectives", tuple(self.objectives))


def _require_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a number of seconds above 0, got {value}")
