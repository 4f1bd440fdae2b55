"""How the stacks' routes look in the OpenAPI document: what they read, an example, the errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.server.openapi import error_responses

STRINGS = {"type": "array", "items": {"type": "string"}}
MISSING = {
    "missing": {
        "description": "Stands where there is no reward.",
        "schema": {"type": "number", "minimum": -1e6, "maximum": 1e6},
    }
}
"""The query parameter that `rows.read_missing` reads."""


def described(
    *,
    summary: str,
    request: Any,
    answer: Any,
    required: Mapping[str, Any],
    optional: Mapping[str, Any] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Arguments of `router.post` for a route whose formats are a stack's own.

    `required` and `optional` are the schemas of the fields that are read, `options` the query
    parameters.
    """
    body = {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
    return {
        "summary": summary,
        "tags": ["stacks"],
        "responses": {
            200: {"content": {"application/json": {"example": answer}}},
            **error_responses(413, 422, 429, 500, 503, 504),
        },
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": body, "example": request}},
            },
            "parameters": [
                {"name": name, "in": "query", "required": False, **about}
                for name, about in (options or {}).items()
            ],
        },
    }
