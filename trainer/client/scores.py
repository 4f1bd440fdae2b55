"""What a call returns: scores of every completion, in the request's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ScorerIdentity:
    """What produced the scores. Equal fingerprints give equal scores."""

    version: str
    pipeline: str
    vocabulary: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CompletionScore:
    """One completion's scores. Exactly one of these holds for an objective: it has a value in
    [0, 1], it is None with a code in `abstentions`, or the completion has a `failure`.
    """

    objectives: Mapping[str, float | None]
    abstentions: Mapping[str, str]
    reward: float | None
    metrics: Mapping[str, float | None]
    explanation: Mapping[str, Any] | None = None
    failure: str | None = None
    """Why there are no scores, as `code: words`; the codes are those of `FailureCode`."""


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """One item's completions, in the request's order."""

    id: str | None
    scores: tuple[CompletionScore, ...]


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """The result of one `score` call.

    `failed` counts completions with a `failure`, `requests` those sent (retries among them),
    `retries` those sent again after a fault. `seconds` is wall-clock time. `scorer` is what scored,
    None when nothing was; when a change was allowed and happened, the latest.
    """

    items: tuple[ScoredItem, ...]
    scorer: ScorerIdentity | None
    failed: int
    seconds: float
    requests: int = 0
    retries: int = 0

    def __iter__(self) -> Iterator[CompletionScore]:
        """All completions' scores, in the request's order."""
        return (score for item in self.items for score in item.scores)

    @property
    def completions(self) -> int:
        """The number of completions over all items."""
        return sum(len(item.scores) for item in self.items)

    def rewards_NK(self, objectives: Sequence[str]) -> NDArray[np.float64]:
        """One row a completion in request order, one column an objective; NaN where null.

        Shape (completions, len(objectives)), values in [0, 1]. Raises ValueError when an objective
        was not asked for.
        """
        import numpy as np  # here, because nothing else of the client needs it

        rows = []
        for score in self:
            for name in objectives:
                if name not in score.objectives:
                    known = ", ".join(score.objectives)
                    raise ValueError(f"objective {name!r} was not scored; scored were: {known}")
            rows.append([score.objectives[name] for name in objectives])
        # None becomes NaN.
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(objectives))
