"""Pages for people: GET /, /explain and their JSON twins. They score as `POST /score` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from reward_service.bundled import DemoCase, load_cases
from reward_service.server.errors import STATUS_OF, ApiError
from reward_service.server.routes import Service
from reward_service.web.form import Form, FormError
from reward_service.web.render import (
    ASSETS,
    Shown,
    asset,
    asset_version,
    explanation_page,
    start_page,
)
from reward_service.wire.codes import ErrorCode
from reward_service.wire.response import Score, ScoreResponse

_HEADERS = {
    # Texts are escaped; should one ever slip through, the browser runs and loads nothing of it.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def build_pages(service: Service) -> APIRouter:
    """The routes of the pages, over the same service as the API."""
    router = APIRouter(include_in_schema=False)

    @router.get(
        "/", summary="A page for people", response_class=HTMLResponse, include_in_schema=True
    )
    async def start() -> Response:
        return html_answer(start_page(shown_by(service), _cases(), Form()))

    @router.get("/index.json")
    async def start_twin() -> Response:
        cases = [
            {
                "id": case.id,
                "title": case.title,
                "speciality": case.speciality,
                "kinds": [completion.kind for completion in case.completions],
            }
            for case in _cases()
        ]
        return json_answer({"scorer": service.catalogue().scorer.model_dump(), "cases": cases})

    @router.get("/explain")
    async def explain_example(request: Request) -> Response:
        case, kinds, form = _example(request)
        response = await _score(service, request, form)
        links = {"JSON": f"explain.json?{request.url.query}"}
        return _explained(service, response, form, f"{case.title} ({case.id})", kinds, links)

    @router.get("/explain.json")
    async def explain_example_twin(request: Request) -> Response:
        _, _, form = _example(request)
        return await _twin(service, request, form)

    @router.post("/explain")
    async def explain(request: Request) -> Response:
        form = await service.read(request, _parse_form, form=True)
        try:
            response = await _score(service, request, form)
        except (FormError, ApiError) as error:
            status = STATUS_OF[error.code] if isinstance(error, ApiError) else 422
            page = start_page(shown_by(service, form), _cases(), form, problem=str(error))
            return html_answer(page, status=status)
        count = len(response.items[0].scores)
        names = ["completion"] if count == 1 else [f"completion {i + 1}" for i in range(count)]
        return _explained(service, response, form, "Explained", names, {})

    @router.post("/explain.json")
    async def explain_twin(request: Request) -> Response:
        return await _twin(service, request, await service.read(request, _parse_form, form=True))

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in ASSETS:
            raise ApiError(ErrorCode.NOT_FOUND, "no such file")
        # The address holds the content's digest.
        headers = {**_HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(
            asset(name),
            media_type=ASSETS[name],
            headers={**headers, "ETag": f'"{asset_version(name)}"'},
        )

    return router


@lru_cache
def _cases() -> Sequence[DemoCase]:
    return tuple(load_cases())


def _example(request: Request) -> tuple[DemoCase, list[str], Form]:
    """A bundled case, the kinds of completions asked for, and the form of both.

    Raises ApiError 404.
    """
    name = request.query_params.get("case", "")
    kinds = request.query_params.getlist("kind") or ["good"]
    for case in _cases():
        if case.id == name:
            texts: dict[str, str] = {c.kind: _text(c.content) for c in case.completions}
            if not set(kinds) <= texts.keys():
                raise ApiError(ErrorCode.NOT_FOUND, f"this case has the kinds {', '.join(texts)}")
            return case, kinds, Form.of_item(case.item(), [texts[kind] for kind in kinds])
    raise ApiError(ErrorCode.NOT_FOUND, "no bundled case has this id; / lists them")


def _text(content: Any) -> str:
    """A completion as the text of its form: of chat messages, what the assistant said."""
    if isinstance(content, str):
        return content
    return "\n\n".join(message.content for message in content if message.role == "assistant")


def _parse_form(body: bytes) -> Form:
    try:
        return Form.read(body)
    except ValueError:
        raise ApiError(ErrorCode.INVALID_REQUEST, "expected an urlencoded form") from None


async def _score(service: Service, request: Request, form: Form) -> ScoreResponse:
    """The explained scores of a form. Raises FormError, ApiError."""
    parsed = await service.parse(json.dumps(form.request()).encode())
    answer = await service.score(parsed, request)
    return ScoreResponse.model_validate_json(answer.body)


async def _twin(service: Service, request: Request, form: Form) -> Response:
    try:
        response = await _score(service, request, form)
    except FormError as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, str(error)) from None
    return json_answer({"request": form.request(), "response": response.model_dump(mode="json")})


def _explained(
    service: Service,
    response: ScoreResponse,
    form: Form,
    title: str,
    names: Sequence[str],
    links: dict[str, str],
) -> Response:
    scores: list[Score] = response.items[0].scores
    page = explanation_page(
        shown_by(service, form), scores, form, title=title, names=names, links=links
    )
    return html_answer(page)


def shown_by(service: Service, form: Form | None = None, *, root: str = "") -> Shown:
    """What all pages of a service show; `root` leads from the page's address to the start page."""
    catalogue = service.pool.catalogue
    if catalogue is None:
        return Shown(scorer=None, weights={}, root=root)
    weights = {objective.name: objective.weight for objective in catalogue.objectives}
    try:
        chosen = (form.request()["weights"] if form else None) or {}
    except FormError:
        chosen = {}
    return Shown(scorer=catalogue.scorer, weights={**weights, **chosen}, root=root)


def html_answer(page: str, *, status: int = 200) -> Response:
    """A page, with the headers of pages."""
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


def json_answer(data: Any) -> Response:
    """A page's twin. What JSON has no type for, as a date in a kept column, becomes text."""
    body = json.dumps(data, ensure_ascii=False, allow_nan=False, default=str)
    return Response(body, media_type="application/json", headers=_HEADERS)
