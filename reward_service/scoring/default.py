"""The scorer with default settings, for use in one's own process."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reward_service.scoring.scorer import Scorer
from reward_service.wire import ScoreRequest, ScoreResponse


@cache
def default_scorer() -> Scorer:
    """The scorer with the default config, built once a process."""
    return Scorer()


def score(request: ScoreRequest | Mapping[str, Any]) -> ScoreResponse:
    """Score a request in this process, exactly as `POST /score` would.

    Raises pydantic.ValidationError for a mapping that is no request, and RequestError for an
    unknown objective.
    """
    if not isinstance(request, ScoreRequest):
        request = ScoreRequest.model_validate(request)
    return default_scorer().score(request)
