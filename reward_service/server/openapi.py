"""The OpenAPI document: FastAPI's own, plus the request body, examples and common headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from reward_service.server.errors import STATUS_OF
from reward_service.server.examples import BY_SCHEMA, error_body
from reward_service.wire.errors import ErrorBody
from reward_service.wire.request import ScoreRequest

_REF = "#/components/schemas/{model}"
_CODE_OF = {status: code for code, status in STATUS_OF.items()}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
_REQUEST_ID = {
    "X-Request-Id": {
        "description": "The request's own id if it sent a printable one, else a new one.",
        "schema": {"type": "string"},
    }
}


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer with these error statuses."""
    return {
        status: {
            "model": ErrorBody,
            "description": HTTPStatus(status).phrase,
            "content": {"application/json": {"example": error_body(_CODE_OF[status])}},
            "headers": _RETRY_AFTER if status in (429, 503) else {},
        }
        for status in statuses
    }


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` return the completed document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = document["components"]["schemas"]
    request = ScoreRequest.model_json_schema(ref_template=_REF)
    schemas.update(request.pop("$defs"))
    schemas["ScoreRequest"] = request
    for name, schema in schemas.items():
        schema["examples"] = [BY_SCHEMA[name]]
    document["paths"]["/score"]["post"]["requestBody"] = {
        "required": True,
        "description": "May be sent with Content-Encoding: gzip.",
        "content": {"application/json": {"schema": {"$ref": _REF.format(model="ScoreRequest")}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                response["headers"] = {**response.get("headers", {}), **_REQUEST_ID}
    return document
