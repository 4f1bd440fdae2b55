"""Scores of the bundled cases, asked for over HTTP like any client would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError

from reward_service.bundled import DemoCase, DemoCompletion, Kind
from reward_service.wire import Score, Scorer, ScoreResponse

ITEMS_PER_REQUEST = 8


class DemoError(Exception):
    """The demonstration cannot go on; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One completion of a case with its score."""

    case: DemoCase
    completion: DemoCompletion
    score: Score

    @property
    def kind(self) -> Kind:
        return self.completion.kind


def request_body(
    cases: Sequence[tuple[DemoCase, list[DemoCompletion]]], *, explain: bool = False
) -> dict[str, Any]:
    """The body of `POST /score`, without fields that say nothing."""
    items = [case.item(chosen).model_dump(exclude_none=True) for case, chosen in cases]
    return {"items": items, "explain": True} if explain else {"items": items}


def post_score(client: httpx.Client, body: dict[str, Any]) -> ScoreResponse:
    """The service's answer to `body`.

    Raises DemoError when the service cannot be reached, refuses the request, or answers something
    that is not a score response for these items.
    """
    try:
        response = client.post("/score", json=body)
    except httpx.HTTPError as error:
        raise DemoError(f"POST /score failed: {error or type(error).__name__}") from error
    if response.status_code != httpx.codes.OK:
        raise DemoError(f"POST /score answered {response.status_code}: {response.text[:500]}")
    try:
        answer = ScoreResponse.model_validate_json(response.content)
    except ValidationError as error:
        raise DemoError(f"POST /score answered something else than scores: {error}") from error
    asked = [len(item["completions"]) for item in body["items"]]
    if [len(item.scores) for item in answer.items] != asked:
        raise DemoError("POST /score did not answer with one score for each completion")
    return answer


def score_cases(
    client: httpx.Client,
    cases: Sequence[DemoCase],
    *,
    items_per_request: int = ITEMS_PER_REQUEST,
    on_batch: Callable[[int], None] = lambda done: None,
) -> tuple[list[Scored], Scorer]:
    """Every completion of every case with its score, and who scored.

    `on_batch` is called after each request with the number of cases done. Raises DemoError.
    """
    scored: list[Scored] = []
    identity: Scorer | None = None
    for start in range(0, len(cases), items_per_request):
        batch = cases[start : start + items_per_request]
        answer = post_score(client, request_body([(case, case.completions) for case in batch]))
        identity = answer.scorer
        for case, item in zip(batch, answer.items, strict=True):
            scored.extend(
                Scored(case, completion, score)
                for completion, score in zip(case.completions, item.scores, strict=True)
            )
        on_batch(start + len(batch))
    if identity is None:
        raise DemoError("there is no case to score")
    return scored, identity


def explain_one(client: httpx.Client, case: DemoCase, completion: DemoCompletion) -> Score:
    """One completion's score with the evidence behind it. Raises DemoError."""
    answer = post_score(client, request_body([(case, [completion])], explain=True))
    return answer.items[0].scores[0]
