"""The token bucket: what is admitted when, for whom."""

from __future__ import annotations

import pytest

from reward_service.server.rate import Limiter


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_without_a_rate_nothing_waits() -> None:
    limiter = Limiter(0.0, 1)
    limiter.take("a", 1_000_000)
    assert limiter.wait("a") == 0.0


def test_a_burst_then_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(2.0, 10, clock=clock)
    limiter.take("a", 9)
    assert limiter.wait("a") == 0.0
    limiter.take("a", 4)  # into debt: 3 tokens
    assert limiter.wait("a") == pytest.approx(2.0)  # from -3 to 1 at 2 a second
    clock.now = 1.5
    assert limiter.wait("a") == pytest.approx(0.5)
    clock.now = 2.0
    assert limiter.wait("a") == 0.0


def test_a_request_larger_than_the_burst_passes_and_is_paid_for() -> None:
    clock = Clock()
    limiter = Limiter(10.0, 5, clock=clock)
    limiter.take("a", 1005)
    assert limiter.wait("a") == pytest.approx(100.1)


def test_a_bucket_never_holds_more_than_the_burst() -> None:
    clock = Clock()
    limiter = Limiter(100.0, 5, clock=clock)
    clock.now = 3600.0
    assert limiter.wait("a") == 0.0
    limiter.take("a", 5)
    assert limiter.wait("a") == pytest.approx(0.01)


def test_keys_do_not_share() -> None:
    limiter = Limiter(1.0, 1, clock=Clock())
    limiter.take("a", 100)
    assert limiter.wait("a") > 0 and limiter.wait("b") == 0.0


def test_the_rate_holds_on_average() -> None:
    clock = Clock()
    limiter = Limiter(50.0, 100, clock=clock)
    scored = 0
    for step in range(10_000):
        clock.now = step / 100
        if not limiter.wait("a"):
            limiter.take("a", 8)
            scored += 8
    assert scored == pytest.approx(100 + 50 * 100, rel=0.01)
