"""How many completions a second a client gets scored over HTTP.

The figure has everything in it that a trainer waits for: encoding, the network, the service's
queue and scoring, reading the answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer.client.options import Batching
from trainer.client.synchronous import RewardClient


@dataclass(frozen=True, slots=True)
class Throughput:
    """One measurement. `seconds` is wall-clock; `failed` completions are not in the rate."""

    completions: int
    failed: int
    requests: int
    retries: int
    seconds: float
    concurrency: int

    @property
    def completions_per_second(self) -> float:
        """Scored completions a second."""
        return (self.completions - self.failed) / self.seconds


def measure_throughput(
    url: str,
    items: Sequence[Mapping[str, object]],
    *,
    api_key: str | None = None,
    concurrency: int = 64,
    repeats: int = 1,
    batching: Batching | None = None,
) -> Throughput:
    """Score `items` `repeats` times with at most `concurrency` requests under way.

    Each repeat is one call, as a trainer's step is. One item is scored before the clock starts, so
    that connecting and describing are not measured. Failed completions are counted, not raised;
    otherwise raises what RewardClient.score does, and ValueError without items or repeats.
    """
    if not items:
        raise ValueError("items: expected at least one, got none")
    if repeats < 1:
        raise ValueError(f"repeats: expected at least 1, got {repeats}")
    with RewardClient(
        url,
        api_key=api_key,
        batching=batching,
        max_connections=concurrency,
        max_failed_share=1.0,
    ) as client:
        client.score(items[:1])
        batches = [client.score(items) for _ in range(repeats)]
    return Throughput(
        completions=sum(batch.completions for batch in batches),
        failed=sum(batch.failed for batch in batches),
        requests=sum(batch.requests for batch in batches),
        retries=sum(batch.retries for batch in batches),
        seconds=sum(batch.seconds for batch in batches),
        concurrency=concurrency,
    )
