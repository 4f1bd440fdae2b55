"""A scorer that is another one in every process."""

from __future__ import annotations

import os

from counting_scorer import CountingScorer  # type: ignore[import-not-found]


def make() -> CountingScorer:
    return CountingScorer(fingerprint=str(os.getpid()))
