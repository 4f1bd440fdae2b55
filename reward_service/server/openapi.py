"""The OpenAPI document: FastAPI's own, plus what it cannot know.

That is the request's body with all its rules, examples, common headers, and, where the service
asks for keys, how they are sent. Once the scorer is loaded the objectives' names are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from reward_service.server.catalogue import Catalogue
from reward_service.server.errors import STATUS_OF
from reward_service.server.examples import BY_SCHEMA, error_body
from reward_service.server.guard import OPEN_ROUTES
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import ErrorBody
from reward_service.wire.request import MAX_WEIGHT, ScoreRequest

_REF = "#/components/schemas/{model}"
_CODE_OF = {status: code for code, status in STATUS_OF.items()}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
_CHALLENGE = {"WWW-Authenticate": {"description": "Bearer.", "schema": {"type": "string"}}}
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


def install_openapi(
    app: FastAPI, *, secured: bool, catalogue: Callable[[], Catalogue | None]
) -> None:
    """Make `app.openapi()` return the completed document.

    `secured`: whether keys must be sent. `catalogue`: what is judged, None before it is loaded.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            loaded = catalogue()
            names = [info.name for info in loaded.objectives] if loaded else []
            made = _document(app, names, secured=secured)
            if not names:
                return made
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI, names: Sequence[str], *, secured: bool) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    schemas = document["components"]["schemas"]
    request = ScoreRequest.model_json_schema(ref_template=_REF)
    schemas.update(request.pop("$defs"))
    schemas["ScoreRequest"] = request
    _state_rules(schemas, names)
    for name, schema in schemas.items():
        schema["examples"] = [BY_SCHEMA[name]]
    document["paths"]["/score"]["post"]["requestBody"] = {
        "required": True,
        "description": "May be sent with Content-Encoding: gzip.",
        "content": {"application/json": {"schema": {"$ref": _REF.format(model="ScoreRequest")}}},
    }
    if secured:
        _ask_for_keys(document)
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                response["headers"] = {**response.get("headers", {}), **_REQUEST_ID}
    return document


def _state_rules(schemas: dict[str, Any], names: Sequence[str]) -> None:
    """What a request must keep to beyond the types of its fields."""
    schemas["Item"]["anyOf"] = [
        {"required": ["question"], "properties": {"question": {"type": "string"}}},
        {"required": ["prompt"], "properties": {"prompt": {"type": ["string", "array"]}}},
    ]
    fields = schemas["ScoreRequest"]["properties"]
    asked, weights = fields["objectives"]["anyOf"][0], fields["weights"]["anyOf"][0]
    weights["additionalProperties"] |= {"minimum": 0, "maximum": MAX_WEIGHT}
    if names:
        asked["items"]["enum"] = list(names)
        weights["propertyNames"] = {"enum": list(names)}


def _ask_for_keys(document: dict[str, Any]) -> None:
    """Every route but the open ones needs a key, and says so."""
    document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, operations in document["paths"].items():
        if path in OPEN_ROUTES:
            continue
        for operation in operations.values():
            operation["security"] = [{"key": []}]
            for code in (ErrorCode.UNAUTHORIZED, ErrorCode.FORBIDDEN):
                status = STATUS_OF[code]
                operation["responses"][str(status)] = {
                    "description": HTTPStatus(status).phrase,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": _REF.format(model="ErrorBody")},
                            "example": error_body(code),
                        }
                    },
                    "headers": _CHALLENGE if status == HTTPStatus.UNAUTHORIZED else {},
                }
