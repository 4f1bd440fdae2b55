"""OpenRLHF's remote reward: `--reward.remote_url http://HOST:PORT/stacks/openrlhf`.

    {"query": [prompt + completion], "prompts": […], "labels": […]}
    → {"rewards": […], "scores": […], "extra_logs": {name: [numbers]}}

`extra_logs` holds every objective and `<objective>_judged`, 1 where it was judged and 0 where not:
OpenRLHF ends on anything that is no number, so an objective that was not judged stands there as 0
beside its 0 in `_judged`, and mean(objective) / mean(judged) is the mean of the judged ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from reward_service.completions.chat_text import as_messages, reply_to
from reward_service.completions.labels import read_label
from reward_service.server.errors import invalid
from reward_service.server.routes import Service
from reward_service.server.stacks.describe import MISSING, STRINGS, described
from reward_service.server.stacks.rows import (
    Judged,
    Row,
    judge,
    read_missing,
    read_object,
    read_options,
    required_list,
)

_EXAMPLE = {
    "query": ["Which?\nA. one\nB. two\n\\boxed{B}"],
    "prompts": ["Which?\nA. one\nB. two\n"],
    "labels": ["B"],
}
_ANSWER = {
    "rewards": [10.0],
    "scores": [10.0],
    "extra_logs": {"accuracy": [1.0], "accuracy_judged": [1.0]},
    "abstentions": [{"faithfulness": "no_findings_in_case"}],
}


def add_openrlhf(router: APIRouter, service: Service) -> None:
    """Add `POST /stacks/openrlhf`."""

    @router.post(
        "/stacks/openrlhf",
        **described(
            summary="Reward for OpenRLHF",
            request=_EXAMPLE,
            answer=_ANSWER,
            required={"query": STRINGS, "prompts": STRINGS},
            optional={"labels": {"type": ["array", "null"]}},
            options=MISSING,
        ),
    )
    async def openrlhf(request: Request) -> JSONResponse:
        """Score what each query holds beyond its prompt. `?missing=NUMBER` replaces nulls.

        There are as many prompts, and labels, as queries.
        """
        missing = read_missing(read_options(request, ["missing"]))
        rows = _rows(await read_object(request, service))
        return JSONResponse(_answer(await judge(service, rows, request), missing))


def _rows(data: dict[str, Any]) -> list[Row]:
    queries = required_list(data, "query")
    prompts = required_list(data, "prompts", len(queries))
    labels = data.get("labels")
    if labels is None:
        labels = [None] * len(queries)
    elif not isinstance(labels, list) or len(labels) != len(queries):
        raise invalid(f"labels: expected null or a list of {len(queries)} entries", "labels")
    for name, texts in (("query", queries), ("prompts", prompts)):
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                raise invalid(f"{name}[{number}]: expected a string", f"{name}[{number}]")
    return [
        Row.of(
            prompt=as_messages(prompt),
            label=read_label(label),
            completion=reply_to(query, prompt) if prompt else None,
        )
        for query, prompt, label in zip(queries, prompts, labels, strict=True)
    ]


def _answer(judged: Sequence[Judged], missing: float | None) -> dict[str, Any]:
    rewards = [missing if one.reward is None else one.reward for one in judged]
    logs: dict[str, list[float]] = {}
    for name in judged[0].objectives if judged else ():
        values = [one.objectives[name] for one in judged]
        logs[name] = [value or 0.0 for value in values]
        logs[f"{name}_judged"] = [float(value is not None) for value in values]
    return {
        "rewards": rewards,
        "scores": rewards,
        "extra_logs": logs,
        "abstentions": [dict(one.abstentions) for one in judged],
    }
