"""When a request is sent again, and how long to wait before."""

from __future__ import annotations

import email.utils
import random
import time

import httpx

from trainer.client.options import Retries

RETRIED_STATUSES = frozenset({429, 502, 503, 504})


def is_retried(error: httpx.TransportError) -> bool:
    """Whether sending again can help: not where the request itself cannot be sent."""
    return not isinstance(error, httpx.UnsupportedProtocol | httpx.LocalProtocolError)


def retry_after(headers: httpx.Headers) -> float:
    """Seconds that the service asks to wait, in either form of the header; 0 if it does not."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, when - time.time())


def jitter(retries: Retries, attempt: int, source: random.Random) -> float:
    """Seconds drawn for the wait after attempt number `attempt` (from 1); see `Retries`."""
    doublings = min(attempt - 1, 60)  # 2^60 s is past any `longest`
    return source.uniform(0.0, min(retries.longest, retries.first * 2.0**doublings))
