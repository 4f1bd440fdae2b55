"""What GET /objectives says: every objective, metric and abstention code, and what scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, Field

from reward_service.scoring.config import COMMON_METRICS
from reward_service.server.jobs import Scoring
from reward_service.wire.codes import ABSTENTION_MEANINGS, Abstention
from reward_service.wire.response import Scorer

if TYPE_CHECKING:
    from reward_service.objectives.registry import Objective


class ObjectiveInfo(BaseModel):
    """One objective."""

    name: str
    summary: str = Field(description="What earns it, in a sentence or two.")
    range: tuple[float, float] = Field(
        (0.0, 1.0), description="Smallest and largest score; null is an abstention."
    )
    default_weight: float = Field(description="Its weight unless the server or a request says so.")
    weight: float = Field(description="Its weight on this server.")
    metrics: dict[str, str] = Field(description="Metric that it reports → meaning.")
    abstentions: list[Abstention] = Field(description="Why it can be null.")


class Catalogue(BaseModel):
    """What is judged, and what scores."""

    objectives: list[ObjectiveInfo]
    metrics: dict[str, str] = Field(description="Every metric of an answer → meaning.")
    abstentions: dict[Abstention, str] = Field(description="Abstention code → meaning.")
    scorer: Scorer


class LimitsInfo(BaseModel):
    """What one request may hold, and how much the server queues."""

    items: int = Field(description="Most items of a request; more get 413.")
    completions: int = Field(description="Most completions of a request; more get 413.")
    body_bytes: int = Field(description="Largest body after decompression; larger ones get 413.")
    queue_items: int = Field(description="Most items waiting or being scored; then 429.")
    queue_chars: int = Field(description="Most characters waiting or being scored; then 429.")


class Description(Catalogue):
    """Answer of GET /objectives."""

    limits: LimitsInfo


class Loaded(NamedTuple):
    """A scorer, and what to say about it."""

    scorer: Scoring
    catalogue: Catalogue


def catalogue(
    objectives: Mapping[str, Objective], weights: Mapping[str, float], scorer: Scorer
) -> Catalogue:
    """The catalogue of a server with these weights over the objectives' own."""
    return Catalogue(
        objectives=[
            ObjectiveInfo(
                name=name,
                summary=objective.summary,
                default_weight=objective.default_weight,
                weight=weights.get(name, objective.default_weight),
                metrics=dict(objective.metrics),
                abstentions=list(objective.abstentions),
            )
            for name, objective in objectives.items()
        ],
        metrics={
            metric: meaning
            for objective in objectives.values()
            for metric, meaning in objective.metrics.items()
        }
        | COMMON_METRICS,
        abstentions=dict(ABSTENTION_MEANINGS),
        scorer=scorer,
    )
