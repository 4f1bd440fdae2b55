"""Errors as every face reports them, and the one error body.

    RewardServiceError
    ├── RequestError        422  the request cannot be understood; details name the field
    ├── SettingsError            a setting has a wrong value; raised at start
    ├── PipelineError            a language pipeline or vocabulary cannot be loaded; raised at start
    └── OverloadedError     429  more work is queued than the limits allow

A completion that breaks the scorer is not an error here: it becomes an abstention
(`scorer_error`) of that completion, and everything else goes on.
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from reward_service.wire.codes import ErrorCode


class RewardServiceError(Exception):
    """Base of everything this package raises on purpose."""


class RequestError(RewardServiceError):
    """The request cannot be understood. `path` names the field ("items[0].answer")."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __reduce__(self) -> tuple[type[RequestError], tuple[str, str]]:
        return type(self), (self.message, self.path)


class SettingsError(RewardServiceError):
    """A setting has a wrong value."""


class PipelineError(RewardServiceError):
    """A language pipeline or a vocabulary cannot be loaded."""


class OverloadedError(RewardServiceError):
    """More work is queued than the limits allow."""


class ErrorDetail(BaseModel):
    """One thing that is wrong with the request."""

    path: str = Field(description="The field, by position.", examples=["items[0].completions"])
    message: str = Field(description="What is wrong and what was expected.")


class ErrorInfo(BaseModel):
    """Code, message and details of an error."""

    code: ErrorCode
    message: str
    details: list[ErrorDetail] = []


class ErrorBody(BaseModel):
    """The body of every answer that is not 2xx."""

    error: ErrorInfo
