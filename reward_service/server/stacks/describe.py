"""How the stacks' routes look in the OpenAPI document: bodies by example, errors as everywhere."""

from __future__ import annotations

from typing import Any

from reward_service.server.openapi import error_responses


def described(*, summary: str, request: Any, answer: Any) -> dict[str, Any]:
    """Arguments of `router.post` for a route whose formats are a stack's own."""
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
                "content": {"application/json": {"example": request}},
            }
        },
    }
