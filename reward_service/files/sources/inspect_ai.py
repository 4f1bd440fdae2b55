"""Samples of inspect_ai logs: `.eval` archives and `.json` logs.

Layout read from inspect_ai 0.3.285 (log/_log.py `EvalSample`, model/_model_output.py) and checked
with logs that it wrote. One row per sample and epoch:

    id, epoch, input (text or messages), choices (texts or null), target (letter, text or list)
    output           choices[].message.content (text or parts), completion
    messages, metadata, scores, error, attachments …

`multiple_choice` letters the choices A, B … in their order. Reasoning parts stand before the text.
A long text may be kept apart as `attachment://HASH`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.sources.base import Source
from reward_service.files.sources.messages import content_text, read_messages
from reward_service.files.sources.options import lettered, read_key
from reward_service.wire.errors import RequestError

_ATTACHMENT = "attachment://"


def _matches(row: Mapping[str, Any]) -> bool:
    return {"input", "target", "output", "epoch"} <= row.keys()


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    attachments = row.get("attachments") or {}
    choices = row.get("choices")
    options = lettered(choices) if choices else None
    target = row.get("target")
    if options and isinstance(target, list) and len(target) > 1:
        answer: Any = [read_key(part, options) for part in target]
    else:
        answer = read_key(target, options)
    return {
        "id": row.get("id"),
        "prompt": _resolved(read_messages(row.get("input")), attachments),
        "options": options,
        "answer": answer,
        "completions": [_resolved(text, attachments) for text in _texts(row)],
    }


def _texts(row: Mapping[str, Any]) -> list[Any]:
    output = row.get("output") or {}
    texts = [
        content_text(choice["message"].get("content"))
        for choice in output.get("choices") or ()
        if isinstance(choice.get("message"), Mapping)
    ]
    if not texts and output.get("completion"):
        texts = [output["completion"]]
    if not any(texts):
        error = row.get("error")
        why = error.get("message") if isinstance(error, Mapping) else output.get("error")
        reason = f"the sample failed: {why}" if why else "the model said nothing"
        raise RequestError(reason, "output")
    return texts


def _resolved(value: Any, attachments: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [
            {**message, "content": _resolved(message.get("content"), attachments)}
            for message in value
        ]
    return value


INSPECT_AI = Source(
    "inspect",
    frozenset({"id", "epoch", "input", "choices", "target", "output", "error", "attachments"}),
    _matches,
    _fields,
)
