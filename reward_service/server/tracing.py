"""OpenTelemetry: one span a request, with counts and times, and no text of it.

Where spans go, and how many, is said by OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME …). The layer is written here, because the ready-made one
records raw paths, queries and the messages of exceptions, any of which can hold a clinical text.

The packages are imported only when traces are wanted.
"""

from __future__ import annotations

from http import HTTPMethod
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reward_service.server.middleware import REQUEST_ID, route_of
from reward_service.settings import PREFIX
from reward_service.wire.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_SERVICE = "clinical-reward"
_PREFIX = "clinical_reward"
_TIMES = {"x-queue-time": "queue_ms", "x-score-time": "score_ms"}


def otlp_tracer(version: str) -> Tracer:
    """A tracer that sends spans over OTLP/HTTP. Raises SettingsError without the packages."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(
            f"{PREFIX}TRACES: OpenTelemetry is not installed: pip install 'clinical-crpo[otel]'"
        ) from None
    named = Resource({"service.name": _SERVICE, "service.version": version})
    provider = TracerProvider(resource=named.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer(_SERVICE, version)


class Traced:
    """The outermost ASGI layer when traces are wanted."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        caller = extract({"traceparent": Headers(scope=scope).get("traceparent", "")})
        # Messages of exceptions may quote texts: neither recorded nor made the span's status.
        with self._tracer.start_as_current_span(
            "request",
            context=caller,
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note_answer(span, message)
                await send(message)

            try:
                await self._app(scope, receive, send_noted)
            finally:
                _note_request(span, scope)


def _note_request(span: Span, scope: Scope) -> None:
    route = route_of(scope)
    method = scope["method"] if scope["method"] in HTTPMethod.__members__ else "_OTHER"
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route})
    counted: dict[str, Any] = scope.get("state", {}).get("log", {})
    span.set_attributes({f"{_PREFIX}.{name}": value for name, value in counted.items()})


def _note_answer(span: Span, message: Message) -> None:
    from opentelemetry.trace import Status, StatusCode

    headers = Headers(raw=message["headers"])
    span.set_attribute("http.response.status_code", message["status"])
    span.set_attribute(f"{_PREFIX}.request_id", headers.get(REQUEST_ID, ""))
    for header, name in _TIMES.items():
        if header in headers:
            span.set_attribute(f"{_PREFIX}.{name}", float(headers[header]))
    if message["status"] >= 500:
        span.set_status(Status(StatusCode.ERROR))
