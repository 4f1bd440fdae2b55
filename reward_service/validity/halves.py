"""Two halves of the questions: one to tune on, one to report.

A question's half follows from its key alone, so it is the same in every run, for every data set
that holds the question, and whatever other rows there are.
"""

from __future__ import annotations

import hashlib

TUNE = "tune"
REPORT = "report"
ALL = "all"
HALVES = (TUNE, REPORT, ALL)


def half_of(question_key: str) -> str:
    """ "tune" or "report", by the first bit of the key's SHA-256."""
    return REPORT if hashlib.sha256(question_key.encode()).digest()[0] & 1 else TUNE
