"""NeMo-Gym's verifier: `POST …/verify` with a task, the policy's response and the row's own fields.

    {"responses_create_params": {"input": …}, "response": {"output": […]}, "answer": …, …}
    → the same, with reward, reward_components, mask_sample, failure_kind, failure_reason,
      every judged objective as a number, and abstentions

`reward` is exactly the sum of `reward_components` in any order of adding: each component (weight
times objective) is rounded to a multiple of 2^-30, and sums of such numbers are exact below 2^23.

A sample whose completion could not be judged is masked and names the failure. An objective that
abstains because of the question itself is missing alike in the whole group, so it adds 0 to each
of its samples and changes no advantage; the failure is named, and the sample counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from reward_service.completions.chat_text import as_messages, without_end_tokens
from reward_service.completions.labels import Label, read_label
from reward_service.server.errors import invalid
from reward_service.server.routes import Service
from reward_service.server.stacks.describe import described
from reward_service.server.stacks.rows import (
    OF_THE_CASE,
    REASONS,
    Judged,
    Row,
    judge,
    read_object,
    read_options,
)
from reward_service.wire.codes import ABSTENTION_MEANINGS, Abstention
from reward_service.wire.request import Message

_GRID = 2.0**30
_EXAMPLE = {
    "responses_create_params": {"input": [{"role": "user", "content": "Which?\nA. one\nB. two"}]},
    "response": {
        "output": [
            {
                "type": "message",
                "role": "assistant",
                "content": [{"type": "output_text", "text": "\\boxed{B}"}],
            }
        ]
    },
    "answer": "B",
}
_RESPONSE = {
    "type": "object",
    "required": ["output"],
    "properties": {"output": {"type": "array"}},
}
_VERDICT: dict[str, Any] = {
    "reward": 10.0,
    "reward_components": {"accuracy": 10.0, "structure": 0.0, "faithfulness": 0.0, "coverage": 0.0},
    "mask_sample": False,
    "failure_kind": "clinical_reward:no_findings_in_case",
    "failure_reason": "faithfulness: the question and context state no finding to check against",
    "accuracy": 1.0,
    "abstentions": {"faithfulness": "no_findings_in_case"},
}


def add_nemo_gym(router: APIRouter, service: Service) -> None:
    """Add `POST /stacks/nemo-gym/verify`."""

    @router.post(
        "/stacks/nemo-gym/verify",
        **described(
            summary="Verifier for NeMo-Gym",
            request=_EXAMPLE,
            answer={**_EXAMPLE, **_VERDICT},
            required={"responses_create_params": {"type": "object"}, "response": _RESPONSE},
        ),
    )
    async def verify(request: Request) -> Response:
        """Score one response of the Responses API; the answer repeats the request."""
        read_options(request, [])
        data = await read_object(request, service)
        [judged] = await judge(service, [_row(data)], request)
        weights = {info.name: info.weight for info in service.catalogue().objectives}
        body = json.dumps({**data, **_verdict(judged, weights)}, ensure_ascii=False)
        return Response(body, media_type="application/json")


def _row(data: Mapping[str, Any]) -> Row:
    params, response = data.get("responses_create_params"), data.get("response")
    if not isinstance(params, dict):
        raise invalid("responses_create_params: expected an object", "responses_create_params")
    if not isinstance(response, dict) or not isinstance(response.get("output"), list):
        raise invalid("response: expected an object with a list 'output'", "response")
    return Row.of(
        prompt=_prompt(params.get("input")),
        label=_label(data),
        completion=_said(response["output"]),
    )


def _prompt(given: object) -> str | list[Message] | None:
    """Strings and messages; tool calls and their outputs between them are no prompt."""
    if isinstance(given, list):
        given = [entry for entry in given if isinstance(entry, dict) and "role" in entry]
    return as_messages(given)


def _label(data: Mapping[str, Any]) -> Label:
    """The key from `verifier_metadata`, else from the row's own fields."""
    nested = read_label(data.get("verifier_metadata"))
    if nested.answer is not None:
        return nested
    own = {
        name: value
        for name, value in data.items()
        if name not in ("responses_create_params", "response", "verifier_metadata")
    }
    label = read_label(own) if own else Label()
    return label if label.answer is not None or not nested.unread else nested


def _said(output: list[Any]) -> str | None:
    """The assistant's messages. Reasoning items are the model's own notes and are not scored."""
    texts = [
        part["text"]
        for entry in output
        if isinstance(entry, dict) and entry.get("type", "message") == "message"
        for part in _parts(entry.get("content"))
        if isinstance(part, dict) and isinstance(part.get("text"), str)
    ]
    return without_end_tokens("\n\n".join(texts)) if texts else None


def _parts(content: object) -> list[Any]:
    if isinstance(content, str):
        return [{"text": content}]
    return content if isinstance(content, list) else []


def _verdict(judged: Judged, weights: Mapping[str, float]) -> dict[str, Any]:
    paid = {name for name in judged.objectives if weights.get(name, 0.0) > 0}
    lost = {name: why for name, why in judged.abstentions.items() if name in paid}
    failed = judged.reward is None or any(why not in OF_THE_CASE for why in lost.values())
    components = {
        name: 0.0 if failed else _on_grid(weights.get(name, 0.0) * (value or 0.0))
        for name, value in judged.objectives.items()
    }
    name, why = next(
        (pair for pair in lost.items() if pair[1] not in OF_THE_CASE),
        next(iter(lost.items()), (None, None)),
    )
    return {
        "reward": sum(components.values()),
        "reward_components": components,
        "mask_sample": failed,
        "failure_kind": None if why is None else _kind(why),
        "failure_reason": None if why is None else f"{name}: {_meaning(why)}",
        **{name: value for name, value in judged.objectives.items() if value is not None},
        "abstentions": dict(judged.abstentions),
    }


def _on_grid(value: float) -> float:
    return round(value * _GRID) / _GRID


def _kind(why: str) -> str:
    """NeMo-Gym's own name where it has one, else one in this service's name space."""
    return "verifier_error" if why == Abstention.SCORER_ERROR else f"clinical_reward:{why}"


def _meaning(why: str) -> str:
    return REASONS[why] if why in REASONS else ABSTENTION_MEANINGS[Abstention(why)]
