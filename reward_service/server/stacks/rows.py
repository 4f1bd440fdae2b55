"""What all stacks share: rows read from their formats, scored as one request, and judged.

A row that cannot be read is not scored; its objectives are null with a reason. So an answer has a
value for every row of its request, in order, and nothing unreadable becomes a 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import orjson
from fastapi import Request

from reward_service.completions.labels import Label
from reward_service.server.body import parse_json
from reward_service.server.errors import ApiError, invalid
from reward_service.server.routes import Service
from reward_service.wire.codes import Abstention, ErrorCode
from reward_service.wire.errors import ErrorDetail
from reward_service.wire.request import Item, Message, ScoreRequest

_NUMBER = re.compile(r"[-+]?[0-9]{1,20}(?:\.[0-9]{0,40})?(?:[eE][-+]?[0-9]{1,3})?")

UNREADABLE_PROMPT = "unreadable_prompt"
UNREADABLE_COMPLETION = "unreadable_completion"
UNREADABLE_LABEL = "unreadable_label"
UNREGISTERED_PROMPT = "unregistered_prompt"
AMBIGUOUS_PROMPT = "ambiguous_prompt"

REASONS: dict[str, str] = {
    UNREADABLE_PROMPT: "the prompt is empty or in no form that is known",
    UNREADABLE_COMPLETION: "the completion could not be told from its prompt",
    UNREADABLE_LABEL: "there is a label, but no answer could be read from it",
    UNREGISTERED_PROMPT: "the prompt is none of the registered questions",
    AMBIGUOUS_PROMPT: "several registered questions with different answers fit the prompt",
}
"""Reasons to abstain that only the stacks' formats have, beside those of GET /objectives."""

OF_THE_CASE = frozenset(
    {
        Abstention.NO_ANSWER_KEY,
        Abstention.KEY_NOT_IN_OPTIONS,
        Abstention.NO_FINDINGS_IN_CASE,
        Abstention.NO_OPTIONS,
    }
)
"""Reasons that hold for every completion of a question alike, whatever the policy wrote."""


@dataclass(frozen=True)
class Row:
    """One completion with its prompt and label, or the reason why it could not be read."""

    completion: str | None = None
    prompt: str | tuple[Message, ...] | None = None
    label: Label = field(default_factory=Label)
    unread: str | None = None

    @classmethod
    def of(
        cls,
        *,
        prompt: str | Sequence[Message] | None,
        label: Label,
        completion: str | None,
    ) -> Row:
        """A row; unreadable without a completion, or without prompt and question."""
        if completion is None:
            return cls(unread=UNREADABLE_COMPLETION)
        if prompt is None and label.question is None:
            return cls(unread=UNREADABLE_PROMPT)
        kept = prompt if prompt is None or isinstance(prompt, str) else tuple(prompt)
        return cls(completion, kept, label)


@dataclass(frozen=True)
class Judged:
    """What a row got: as in the answer of `POST /score`, with a null reward if nothing was judged.

    `abstentions` also holds the reasons of `REASONS`.
    """

    objectives: Mapping[str, float | None]
    abstentions: Mapping[str, str]
    reward: float | None


async def read_object(request: Request, service: Service) -> dict[str, Any]:
    """The request's JSON object. Raises ApiError 413, 422, 429 or 504."""
    data = await service.read(request, parse_json)
    if not isinstance(data, dict):
        raise invalid("the body must be an object")
    return data


def read_options(request: Request, known: Iterable[str]) -> dict[str, str]:
    """The request's query parameters. Raises ApiError 422 for one that is not known."""
    for name in sorted(request.query_params.keys() - set(known)):
        path = name if name.isidentifier() else "*"
        raise invalid(f"unknown query parameter; known: {', '.join(sorted(known))}", path)
    return dict(request.query_params)


def read_missing(options: Mapping[str, str]) -> float | None:
    """`?missing=NUMBER`: what stands where there is no reward; null without it."""
    if "missing" not in options:
        return None
    text = options["missing"]
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not abs(number) <= 1e6:
        raise invalid("expected a number from -1,000,000 to 1,000,000", "missing")
    return number


def required_list(data: Mapping[str, Any], name: str, length: int | None = None) -> list[Any]:
    """A list of the body, of a length if one is given. Raises ApiError 422."""
    value = data.get(name)
    if not isinstance(value, list):
        raise invalid(f"{name}: expected a list", name)
    if length is not None and len(value) != length:
        raise invalid(f"{name}: expected {length} entries, got {len(value)}", name)
    return value


async def judge(service: Service, rows: Sequence[Row], request: Request) -> list[Judged]:
    """Score the rows as one request through the pool, and say why the others are not.

    Raises ApiError 413 (more than the limits allow), 422, 429, 500, 503 or 504.
    """
    if len(rows) > service.limits.completions:
        raise _too_many(f"{len(rows)} completions; the limit is {service.limits.completions}")
    readable = [row for row in rows if row.unread is None]
    scored = iter(await _score(service, readable, request))
    judged = [next(scored) if row.unread is None else None for row in rows]
    names = tuple(info.name for info in service.catalogue().objectives)
    if any(one is not None for one in judged):
        names = next(tuple(one.objectives) for one in judged if one is not None)
    return [
        one if one is not None else _unread(names, row.unread or UNREADABLE_PROMPT)
        for one, row in zip(judged, rows, strict=True)
    ]


async def _score(service: Service, rows: Sequence[Row], request: Request) -> list[Judged]:
    if not rows:
        return []
    groups = [list(group) for _, group in groupby(rows, key=lambda row: (row.prompt, row.label))]
    if len(groups) > service.limits.items:
        raise _too_many(f"{len(groups)} prompts; the limit is {service.limits.items}")
    answer = await service.score(ScoreRequest(items=[_item(group) for group in groups]), request)
    request.state.log.update(items=len(groups), completions=len(rows))
    scores = [score for group in answer.scores for score in group]
    return [
        Judged(
            score.objectives,
            {n: _reason(why, row.label) for n, why in score.abstentions.items()},
            orjson.loads(score.json)["reward"],
        )
        for score, row in zip(scores, rows, strict=True)
    ]


def _item(group: Sequence[Row]) -> Item:
    row = group[0]
    answer = row.label.answer
    return Item(
        id=row.label.id,
        question=row.label.question,
        prompt=list(row.prompt) if isinstance(row.prompt, tuple) else row.prompt,
        options=None if row.label.options is None else dict(row.label.options),
        answer=list(answer) if isinstance(answer, tuple) else answer,
        context=row.label.context,
        reference=row.label.reference,
        completions=[row.completion or "" for row in group],
    )


def _reason(why: str, label: Label) -> str:
    return UNREADABLE_LABEL if why == Abstention.NO_ANSWER_KEY and label.unread else why


def _unread(names: Sequence[str], reason: str) -> Judged:
    return Judged(dict.fromkeys(names), dict.fromkeys(names, reason), None)


def _too_many(message: str) -> ApiError:
    return ApiError(ErrorCode.TOO_LARGE, message, [ErrorDetail(path="", message=message)])
