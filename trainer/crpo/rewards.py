"""Rewards of a generation batch: asked for in a thread, joined over all processes.

Each process sends its own rollouts, so a group that spans two processes is two request items; the
service scores every completion by itself, so that changes nothing. What each process got is then
gathered, and every process holds the same `Rewards` of the whole batch.

A rollout without scores has a row of NaN and a `failure`. It is left out of its group's advantages
and masked, and training goes on until `max_failed_share` of a batch is passed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from trainer.client import CompletionScore, ScoredBatch, ScorerIdentity, ServiceDescription
from trainer.crpo.errors import CRPOError, RewardError
from trainer.crpo.ranks import from_all_ranks, raise_together
from trainer.crpo.rows import Completion, request_items

SCORER_ERROR = "scorer_error"
"""The service's abstention code for an objective on which the scorer failed."""


class RewardSource(Protocol):
    """What the trainer needs of a client; `trainer.RewardClient` is one."""

    def describe(self) -> ServiceDescription: ...

    def score(self, items: Sequence[Mapping[str, object]]) -> ScoredBatch: ...


@dataclass(frozen=True)
class Rewards:
    """Scores of the N rollouts of a generation batch, of all processes, in TRL's gathered order.

    `scorers` are the identities of all that scored, normally one. `wait_seconds` is how long the
    slowest process stood still for its answer, `request_seconds` how long the slowest answer took.
    """

    scores: tuple[CompletionScore, ...]
    scorers: tuple[ScorerIdentity, ...]
    wait_seconds: float
    request_seconds: float

    @property
    def objectives(self) -> tuple[str, ...]:
        """Every objective that the service reported, in its order."""
        return tuple(dict.fromkeys(name for score in self.scores for name in score.objectives))

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that the service reported, in its order."""
        return tuple(dict.fromkeys(name for score in self.scores for name in score.metrics))

    @property
    def failed_N(self) -> npt.NDArray[np.bool_]:
        """Rollouts that have no scores at all."""
        return np.array([score.failure is not None for score in self.scores], dtype=np.bool_)

    def rewards_NK(self, objectives: Sequence[str]) -> npt.NDArray[np.float64]:
        """One row a rollout, one column an objective, in [0, 1]; NaN where it was not judged."""
        rows = [[score.objectives.get(name) for name in objectives] for score in self.scores]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(objectives))

    def metric_N(self, name: str) -> npt.NDArray[np.float64]:
        """A metric of the service for each rollout; NaN where it has none."""
        return np.array([score.metrics.get(name) for score in self.scores], dtype=np.float64)

    def failures(self, objectives: Sequence[str]) -> list[str]:
        """Reasons of the rollouts that failed: no scores, or a scorer error in an objective."""
        reasons = []
        for score in self.scores:
            broken = [name for name in objectives if score.abstentions.get(name) == SCORER_ERROR]
            if score.failure is not None:
                reasons.append(score.failure)
            elif broken:
                reasons.append(f"{SCORER_ERROR}: the service failed on {', '.join(broken)}")
        return reasons


class PendingRewards:
    """A request on its way, for the local rollouts of this process."""

    def __init__(
        self,
        executor: Executor,
        source: RewardSource,
        rows: Sequence[Mapping[str, Any]],
        completions: Sequence[Completion],
    ) -> None:
        self._rollouts = len(completions)
        self._future = executor.submit(_timed, source, rows, completions)

    def collect(self) -> Rewards:
        """Waits for the answer and joins those of all processes. Collective.

        Raises RowError or RewardError in every process when the call failed in any.
        """
        started = time.perf_counter()
        cause = self._future.exception()
        waited = time.perf_counter() - started
        error: CRPOError | None = None
        scores: tuple[CompletionScore, ...] = ()
        scorer: ScorerIdentity | None = None
        took = 0.0
        if isinstance(cause, CRPOError):
            error = cause
        elif cause is not None:
            error = RewardError(f"the call to the reward service failed: {cause!r}")
            error.__cause__ = cause
        else:
            batch, took = self._future.result()
            scores, scorer = tuple(batch), batch.scorer
            if len(scores) != self._rollouts:
                error = RewardError(
                    f"the reward service scored {len(scores)} of {self._rollouts} completions"
                )
        raise_together(error)
        parts = from_all_ranks((scores, scorer, waited, took))
        scorers = {part[1] for part in parts if part[1] is not None}
        return Rewards(
            scores=tuple(score for part in parts for score in part[0]),
            scorers=tuple(sorted(scorers, key=lambda identity: identity.fingerprint)),
            wait_seconds=max(part[2] for part in parts),
            request_seconds=max(part[3] for part in parts),
        )


def check_failures(rewards: Rewards, objectives: Sequence[str], limit: float) -> float:
    """The share of failed rollouts. Raises RewardError when it is above `limit`."""
    reasons = rewards.failures(objectives)
    share = len(reasons) / len(rewards.scores)
    if share > limit:
        raise RewardError(
            f"{len(reasons)} of {len(rewards.scores)} rollouts have no rewards, more than "
            f"max_failed_share={limit} allows. First reasons: {'; '.join(sorted(set(reasons))[:3])}"
            ". See the service's log; the last checkpoint can be continued when it is well again"
        )
    return share


def _timed(
    source: RewardSource, rows: Sequence[Mapping[str, Any]], completions: Sequence[Completion]
) -> tuple[ScoredBatch, float]:
    started = time.perf_counter()
    batch = source.score(request_items(rows, completions))
    return batch, time.perf_counter() - started
