"""slime's remote reward: `--rm-type remote_rm --rm-url http://HOST:PORT/stacks/slime`.

{"prompt": text or messages, "response": text, "label": any}  → a bare number, or null
the same with ?as=dict (and `--reward-key reward`)            → {"reward": …, <objective>: …,
                                                                 "abstentions": {…}}
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from reward_service.completions.chat_text import as_messages, prefilled, without_end_tokens
from reward_service.completions.labels import read_label
from reward_service.server.errors import invalid
from reward_service.server.routes import Service
from reward_service.server.stacks.describe import MISSING, described
from reward_service.server.stacks.rows import (
    Row,
    judge,
    read_missing,
    read_object,
    read_options,
)

_EXAMPLE = {"prompt": "Which?\nA. one\nB. two\n", "response": "\\boxed{B}", "label": "B"}
_SHAPE = {
    "description": "What is answered: the bare reward, or an object with all objectives.",
    "schema": {"enum": ["number", "dict"]},
}


def add_slime(router: APIRouter, service: Service) -> None:
    """Add `POST /stacks/slime`."""

    @router.post(
        "/stacks/slime",
        **described(
            summary="Reward for slime",
            request=_EXAMPLE,
            answer=10.0,
            required={"prompt": {"type": ["string", "array"]}, "response": {"type": "string"}},
            options={**MISSING, "as": _SHAPE},
        ),
    )
    async def slime(request: Request) -> JSONResponse:
        """Score one response. `?as=dict` for all objectives; `?missing=NUMBER` replaces null."""
        options = read_options(request, ["as", "missing"])
        shape = options.get("as", "number")
        if shape not in ("number", "dict"):
            raise invalid("expected number or dict", "as")
        missing = read_missing(options)
        [judged] = await judge(service, [_row(await read_object(request, service))], request)
        reward = missing if judged.reward is None else judged.reward
        if shape == "number":
            return JSONResponse(reward)
        return JSONResponse(
            {"reward": reward, **judged.objectives, "abstentions": dict(judged.abstentions)}
        )


def _row(data: dict[str, Any]) -> Row:
    response, prompt = data.get("response"), data.get("prompt")
    if not isinstance(response, str):
        raise invalid("response: expected a string", "response")
    if not isinstance(prompt, str | list):
        raise invalid("prompt: expected a string or a list of chat messages", "prompt")
    begun = prefilled(prompt) if isinstance(prompt, str) else ""
    return Row.of(
        prompt=as_messages(prompt),
        label=read_label(data.get("label")),
        completion=begun + without_end_tokens(response),
    )
