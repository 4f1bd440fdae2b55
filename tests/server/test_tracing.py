"""OpenTelemetry: a span for each request, continued from its caller's, with no text in it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from reward_service.server.app import create_app
from reward_service.server.keys import Role, make_key
from reward_service.server.tracing import Traced, otlp_tracer
from reward_service.server.workers import Pool
from reward_service.settings import Settings
from reward_service.wire.errors import SettingsError

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

CANARY = "Quetzalina Vorbeck has had a fever of 39"
KEY = "crk_canary-key"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
BODY: dict[str, Any] = {"items": [{"question": CANARY, "completions": [CANARY, f"{CANARY} RAISE"]}]}


def send(app: Any, method: str, path: str, **options: Any) -> httpx.Response:
    async def one() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(one())


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def traced(exporter: InMemorySpanExporter, local_pool: Pool) -> Traced:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    hashes = make_key("trainer", Role, KEY).line()
    app = create_app(Settings(key_hashes=hashes), local_pool)
    return Traced(app, provider.get_tracer("test"))


def test_a_scored_request(traced: Traced, exporter: InMemorySpanExporter) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "traceparent": CALLER, "X-Request-Id": "step-7"}
    assert send(traced, "POST", "/score", json=BODY, headers=headers).status_code == 200
    [span] = exporter.get_finished_spans()
    assert (span.name, span.kind) == ("POST /score", SpanKind.SERVER)
    assert span.parent is not None and f"{span.parent.trace_id:032x}" == CALLER[3:35]
    read = dict(span.attributes or {})
    assert read.pop("clinical_reward.queue_ms") >= 0 and read.pop("clinical_reward.score_ms") > 0
    assert read == {
        "http.request.method": "POST",
        "http.route": "/score",
        "http.response.status_code": 200,
        "clinical_reward.request_id": "step-7",
        "clinical_reward.key": "trainer",
        "clinical_reward.items": 1,
        "clinical_reward.completions": 2,
    }


def everything(spans: tuple[ReadableSpan, ...]) -> str:
    return "\n".join(span.to_json() for span in spans)


def test_no_text_and_no_key_gets_into_spans(
    traced: Traced,
    exporter: InMemorySpanExporter,
    local_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headers = {
        "Authorization": f"Bearer {KEY}",
        "tracestate": "a=Quetzalina",
        "baggage": "a=Vorbeck",
    }
    send(traced, "POST", "/score", json=BODY)
    send(traced, "POST", "/score", json=BODY, headers=headers)
    send(traced, "POST", "/score", json={**BODY, CANARY: KEY}, headers=headers)
    send(traced, "QUETZALINA", f"/{CANARY}", params={CANARY: KEY}, headers=headers)

    def fail(*_: object, **__: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(local_pool, "submit", fail)
    send(traced, "POST", "/score", json=BODY, headers={**headers, "traceparent": CANARY})
    spans = exporter.get_finished_spans()
    statuses = [(span.attributes or {})["http.response.status_code"] for span in spans]
    assert statuses == [401, 200, 422, 404, 500]
    assert spans[-1].status.status_code is StatusCode.ERROR and not spans[-1].events
    text = everything(spans).casefold()
    assert not [word for word in ("quetzalina", "vorbeck", "fever", KEY) if word in text]
    assert json.loads(spans[3].to_json())["name"] == "_OTHER unknown"


def test_without_the_packages_the_start_ends_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, local_pool: Pool
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(
        SettingsError, match=r"REWARD_TRACES: .* pip install 'clinical-crpo\[otel\]'"
    ):
        create_app(Settings(traces=True), local_pool)


def test_nothing_of_it_is_imported_unless_traces_are_wanted() -> None:
    code = (
        "import sys, reward_service.server.app; "
        "print([name for name in sys.modules if 'opentelemetry.sdk' in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server that keeps what is posted to it."""
    posted: list[tuple[str, bytes]] = []

    class Keep(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = HTTPServer(("127.0.0.1", 0), Keep)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", posted
    server.shutdown()
    server.server_close()
    thread.join()


def test_spans_are_sent_where_the_variables_say(
    collector: tuple[str, list[tuple[str, bytes]]],
    local_pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
    url, posted = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "ward-7")
    tracer: Any = otlp_tracer("1.2")
    send(Traced(create_app(Settings(), local_pool), tracer), "GET", "/readyz")
    assert tracer.span_processor.force_flush(10_000)
    tracer.span_processor.shutdown()
    [(path, body)] = posted
    assert path == "/v1/traces"
    assert b"GET /readyz" in body and b"ward-7" in body
