"""Chat messages as other programs write them: content in parts, or none, or reasoning apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

_BLANK_LINE = "\n\n"


def read_messages(value: Any) -> Any:
    """Messages with a role and a text each; whatever is no list of messages comes back as it is.

    JSON text of a list of messages counts as one.
    """
    if isinstance(value, str) and value.startswith("[{") and '"role"' in value:
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
        return value
    return [{**message, "content": content_text(message.get("content"))} for message in value]


def content_text(content: Any) -> Any:
    """The text of a message's content: a text, null, or a list of parts.

    Reasoning stands before the text that it led to; images and tool calls have no text.
    """
    if content is None:
        return ""
    if not isinstance(content, list):
        return content
    texts = (_part_text(part) for part in content)
    return _BLANK_LINE.join(text for text in texts if text)


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        return ""
    if part.get("type") == "reasoning":
        name = "summary" if part.get("redacted") else "reasoning"
        return str(part.get(name) or "")
    return str(part.get("text") or "")
