"""Around every answer: request id, total time, metrics, one log line, and errors as bodies."""

from __future__ import annotations

import logging
import re
import uuid
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reward_service.server.errors import ApiError, error_response, from_status
from reward_service.server.jobs import describe
from reward_service.server.logs import FIELDS
from reward_service.server.metrics import Metrics
from reward_service.wire.codes import ErrorCode

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
_SANE_ID = re.compile(r"[\x20-\x7e]{1,128}")
_QUIET_ROUTES = frozenset({"/healthz", "/readyz", "/metrics"})


class Frame:
    """The outermost ASGI layer: nothing that a client or a route does gets past it unanswered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()
        request_id = _request_id(Headers(scope=scope))
        state = scope.setdefault("state", {})
        state["request_id"], state["log"] = request_id, {}
        status = 0

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                headers["X-Total-Time"] = f"{(perf_counter() - begun) * 1000:.1f}"
            await send(message)

        self._metrics.in_flight.inc()
        try:
            await self._app(scope, receive, send_framed)
        except Exception as error:
            answer = _answer_to(error, request_id)
            if status:
                raise  # the answer has begun: all that is left is to break the connection
            await error_response(answer)(scope, receive, send_framed)
        finally:
            self._metrics.in_flight.dec()
            seconds = perf_counter() - begun
            route = route_of(scope)
            self._metrics.request_done(route, status, seconds)
            _log_line(route, status, seconds, state)


def _answer_to(error: Exception, request_id: str) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, HTTPException):
        return from_status(error.status_code, error.headers)
    log.error("unexpected error", extra={FIELDS: {"id": request_id, "error": describe(error)}})
    return ApiError(ErrorCode.INTERNAL, "an unexpected error; the log has it under the request id")


def _request_id(headers: Headers) -> str:
    """The client's own id if it is sane, else a new one."""
    given = headers.get(REQUEST_ID, "")
    return given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex


def route_of(scope: Scope) -> str:
    """The route's template; a raw path could hold anything."""
    return str(getattr(scope.get("route"), "path", "unknown"))


def _log_line(route: str, status: int, seconds: float, state: dict[str, Any]) -> None:
    level = logging.DEBUG if route in _QUIET_ROUTES else logging.INFO
    fields = {"id": state["request_id"], "route": route, "status": status}
    fields |= {"ms": round(seconds * 1000, 1), **state["log"]}
    log.log(level, "request", extra={FIELDS: fields})
