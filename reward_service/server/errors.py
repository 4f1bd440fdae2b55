"""The error body in HTTP: which status each code has, and responses that carry it.

    {"error": {"code": "invalid_request", "message": "…",
               "details": [{"path": "items[0].completions[2]", "message": "…"}]}}

No message quotes a text of the request; a path names a field by the wire's own names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import ErrorBody, ErrorDetail, ErrorInfo, RequestError

STATUS_OF: dict[ErrorCode, int] = {
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.INVALID_REQUEST: 422,
    ErrorCode.OVERLOADED: 429,
    ErrorCode.INTERNAL: 500,
    ErrorCode.NOT_READY: 503,
    ErrorCode.TIMEOUT: 504,
}

_CODE_OF = {status: code for code, status in STATUS_OF.items()}


class ApiError(Exception):
    """A request that gets an error body. Raised by the faces, answered by `error_response`."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        details: Sequence[ErrorDetail] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = list(details)
        self.headers = dict(headers or {})


def invalid(message: str, path: str = "") -> ApiError:
    """422 for one thing that is wrong; `path` "" means the body as a whole."""
    return ApiError(ErrorCode.INVALID_REQUEST, message, [ErrorDetail(path=path, message=message)])


def from_request_error(error: RequestError) -> ApiError:
    """422 for what the scorer refuses: unknown objectives and weights."""
    return invalid(error.message, error.path)


def from_status(status: int, headers: Mapping[str, str] | None = None) -> ApiError:
    """The error for a bare HTTP status, as the router raises it for 404 and 405."""
    code = _CODE_OF.get(status, ErrorCode.INVALID_REQUEST if status < 500 else ErrorCode.INTERNAL)
    return ApiError(code, HTTPStatus(STATUS_OF[code]).phrase.lower(), headers=headers)


def error_response(error: ApiError) -> Response:
    """The answer for an error."""
    info = ErrorInfo(code=error.code, message=error.message, details=error.details)
    return Response(
        ErrorBody(error=info).model_dump_json(),
        status_code=STATUS_OF[error.code],
        headers=error.headers,
        media_type="application/json",
    )
