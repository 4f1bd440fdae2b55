"""The fixed vocabulary of the wire: abstention codes, evidence outcomes, error codes.

An *abstention* says why an objective was not judged; it is data, not an error, and never a 0.
An *outcome* says what a piece of evidence earned. An *error code* names why a request was refused.
"""

from __future__ import annotations

from enum import StrEnum


class Abstention(StrEnum):
    """Why an objective is null."""

    NO_ANSWER_KEY = "no_answer_key"
    KEY_NOT_IN_OPTIONS = "key_not_in_options"
    NO_FINDINGS_IN_CASE = "no_findings_in_case"
    NO_OPTIONS = "no_options"
    TOO_LONG = "too_long"
    JUDGE_FAILED = "judge_failed"
    SCORER_ERROR = "scorer_error"


ABSTENTION_MEANINGS: dict[Abstention, str] = {
    Abstention.NO_ANSWER_KEY: "the item has no `answer` to compare with",
    Abstention.KEY_NOT_IN_OPTIONS: "`answer` is none of `options`",
    Abstention.NO_FINDINGS_IN_CASE: "the question and context state no finding to check against",
    Abstention.NO_OPTIONS: "there are neither options to weigh nor findings to use",
    Abstention.TOO_LONG: "a text is longer than the limit that this server analyses",
    Abstention.JUDGE_FAILED: "the judge gave no grade: it could not be reached, or said something "
    "else",
    Abstention.SCORER_ERROR: "the scorer failed on this completion; the failure is logged",
}


class Outcome(StrEnum):
    """What a piece of evidence did to its objective."""

    MATCHED = "matched"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"
    MISSED = "missed"
    COPIED = "copied"


class ErrorCode(StrEnum):
    """Codes of the error body, one HTTP status each."""

    UNAUTHORIZED = "unauthorized"  # 401
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    METHOD_NOT_ALLOWED = "method_not_allowed"  # 405
    TOO_LARGE = "too_large"  # 413
    INVALID_REQUEST = "invalid_request"  # 422
    OVERLOADED = "overloaded"  # 429
    INTERNAL = "internal_error"  # 500
    NOT_READY = "not_ready"  # 503
    TIMEOUT = "timeout"  # 504
