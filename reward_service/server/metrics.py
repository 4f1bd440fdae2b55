"""What /metrics shows, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from reward_service.server.batch import Answer
from reward_service.server.workers import Pool
from reward_service.wire.response import Scorer

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
_TENTHS = tuple(tenth / 10 for tenth in range(11))


class Metrics:
    """The metrics of one app, in a registry of their own."""

    def __init__(self, pool: Pool) -> None:
        self._registry = registry = CollectorRegistry()
        self._pool = pool
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "clinical_reward_requests",
            "Requests answered, by route and status.",
            ("route", "status"),
            registry=registry,
        )
        self._latency = Histogram(
            "clinical_reward_request_seconds",
            "Time from the first byte of a request to its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "clinical_reward_requests_in_flight", "Requests being answered.", registry=registry
        )
        self._items = Counter("clinical_reward_items", "Items scored.", registry=registry)
        self._completions = Counter(
            "clinical_reward_completions", "Completions scored.", registry=registry
        )
        self._request_completions = Histogram(
            "clinical_reward_request_completions",
            "Completions in a scored request.",
            buckets=_SIZES,
            registry=registry,
        )
        self._queue = Histogram(
            "clinical_reward_queue_seconds",
            "Time from admission to the start of scoring.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._scoring = Histogram(
            "clinical_reward_score_seconds",
            "Time from the start of scoring to the last score of a request.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._worker_seconds = Counter(
            "clinical_reward_worker_seconds",
            "Time that scoring processes spent scoring, added up.",
            registry=registry,
        )
        self._taken = Histogram(
            "clinical_reward_worker_batch_completions",
            "Completions that a scoring process takes at once, from one or several requests.",
            buckets=_SIZES[:6],
            registry=registry,
        )
        pool.on_take = self._taken.observe
        self._values = Histogram(
            "clinical_reward_objective_score",
            "Scores by objective; abstentions are not in it.",
            ("objective",),
            buckets=_TENTHS,
            registry=registry,
        )
        self._abstentions = Counter(
            "clinical_reward_abstentions",
            "Objectives that were not judged, by objective and reason.",
            ("objective", "reason"),
            registry=registry,
        )
        self._info = Gauge(
            "clinical_reward_scorer_info",
            "1, with what produces the scores in the labels.",
            tuple(Scorer.model_fields),
            registry=registry,
        )
        self._gauge(
            "queue_items", "Items that wait or are being scored.", lambda: pool.queued_items
        )
        self._gauge(
            "queue_characters",
            "Characters of these items, cases and completions.",
            lambda: pool.queued_chars,
        )
        self._gauge(
            "dropped_requests",
            "Requests dropped before they were scored, as nobody waited for them any more.",
            lambda: pool.dropped,
        )
        self._gauge(
            "retried_completions",
            "Completions tried again alone, because their scoring process failed.",
            lambda: pool.retries,
        )
        self._gauge("workers", "Scoring processes that should run.", lambda: pool.workers)
        self._gauge("workers_live", "Scoring processes that run.", lambda: pool.live_workers)
        self._gauge("worker_restarts", "Scoring processes replaced.", lambda: pool.restarts)
        self._gauge("ready", "1 when requests are scored.", lambda: int(pool.ready))

    def request_done(self, route: str, status: int, seconds: float) -> None:
        """Count an answered request. `route` is a template, never a raw path."""
        self._requests.labels(route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def scored(self, answer: Answer) -> None:
        """Count what an answer holds."""
        completions = sum(map(len, answer.scores))
        self._items.inc(len(answer.scores))
        self._completions.inc(completions)
        self._request_completions.observe(completions)
        self._queue.observe(answer.queue_seconds)
        self._scoring.observe(answer.score_seconds)
        self._worker_seconds.inc(answer.worker_seconds)
        scores = [score for group in answer.scores for score in group]
        for name in scores[0].objectives:
            histogram = self._values.labels(name)
            for score in scores:
                value = score.objectives[name]
                if value is not None:
                    histogram.observe(value)
        for score in scores:
            for name, reason in score.abstentions.items():
                self._abstentions.labels(name, reason).inc()

    def render(self) -> bytes:
        """The text that Prometheus reads."""
        if self._pool.catalogue is not None:
            self._info.labels(**self._pool.catalogue.scorer.model_dump()).set(1)
        return generate_latest(self._registry)

    def _gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        gauge = Gauge(f"clinical_reward_{name}", meaning, registry=self._registry)
        gauge.set_function(read)
