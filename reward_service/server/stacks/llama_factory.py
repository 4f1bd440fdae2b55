"""LLaMA-Factory's reward server: `--reward_model_type api --reward_model URL`, PPO only.

    {"model": …, "messages": [prompt + completion as chat-template text]} → {"scores": […]}

It sends no label. The key is looked up by the prompt in the questions that REWARD_QUESTIONS names.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from reward_service.completions.chat_text import Turn, chat_turns, without_end_tokens
from reward_service.server.errors import invalid
from reward_service.server.routes import Service
from reward_service.server.stacks.describe import MISSING, STRINGS, described
from reward_service.server.stacks.questions import Questions
from reward_service.server.stacks.rows import (
    AMBIGUOUS_PROMPT,
    UNREADABLE_COMPLETION,
    UNREGISTERED_PROMPT,
    Row,
    judge,
    read_missing,
    read_object,
    read_options,
    required_list,
)

_EXAMPLE = {
    "model": "model",
    "messages": [
        "<|im_start|>user\nWhich?\nA. one\nB. two<|im_end|>\n"
        "<|im_start|>assistant\n\\boxed{B}<|im_end|>"
    ],
}


def add_llama_factory(router: APIRouter, service: Service, questions: Questions) -> None:
    """Add `POST /stacks/llama-factory` over the registered questions."""

    @router.post(
        "/stacks/llama-factory",
        **described(
            summary="Reward for LLaMA-Factory",
            request=_EXAMPLE,
            answer={"scores": [10.0], "abstentions": [{}]},
            required={"messages": STRINGS},
            options=MISSING,
        ),
    )
    async def llama_factory(request: Request) -> JSONResponse:
        """Score the reply to the first registered prompt of each text. `?missing=NUMBER` replaces
        nulls."""
        missing = read_missing(read_options(request, ["missing"]))
        data = await read_object(request, service)
        judged = await judge(service, _rows(data, questions), request)
        scores = [missing if one.reward is None else one.reward for one in judged]
        return JSONResponse(
            {"scores": scores, "abstentions": [dict(one.abstentions) for one in judged]}
        )


def _rows(data: dict[str, Any], questions: Questions) -> list[Row]:
    texts = required_list(data, "messages")
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise invalid(f"messages[{number}]: expected a string", f"messages[{number}]")
    return [_row(text, questions) for text in texts]


def _row(text: str, questions: Questions) -> Row:
    """The first user turn that is registered and the reply to it, to the end of the text: what
    comes later is the policy's, even where it writes a template's tokens."""
    turns = chat_turns(text)
    reasons = set()
    for number, turn in enumerate(turns):
        if turn.role != "user":
            continue
        found = questions.find(text[turn.start : turn.end])
        if found is not None and not isinstance(found, str):
            return _reply(text, turns[number + 1 :], found.row)
        reasons.add(found or UNREGISTERED_PROMPT)
    if not turns:
        return Row(unread=UNREADABLE_COMPLETION)
    return Row(unread=AMBIGUOUS_PROMPT if AMBIGUOUS_PROMPT in reasons else UNREGISTERED_PROMPT)


def _reply(text: str, turns: list[Turn], row: Row) -> Row:
    start = next((turn.start for turn in turns if turn.role == "assistant"), None)
    completion = None if start is None else without_end_tokens(text[start:])
    return Row.of(prompt=row.prompt, label=row.label, completion=completion)
