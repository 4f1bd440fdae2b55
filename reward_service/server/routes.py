"""The routes: POST /score, and what people and machines ask beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from reward_service.server.batch import Answer
from reward_service.server.body import Limits, parse_request, read_body
from reward_service.server.catalogue import Catalogue, Description, LimitsInfo
from reward_service.server.errors import ApiError, from_request_error
from reward_service.server.metrics import Metrics
from reward_service.server.openapi import error_responses
from reward_service.server.page import landing_page
from reward_service.server.workers import NotReadyError, Pool, ScoringFailedError
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import OverloadedError, RequestError
from reward_service.wire.request import ScoreRequest
from reward_service.wire.response import ScoreResponse

_THREAD_FROM_BYTES = 64_000
"""Larger bodies are parsed in a thread, so that other requests are answered meanwhile."""


class Health(BaseModel):
    """Answer of /healthz and /readyz."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True)
class Service:
    """What the routes work with."""

    pool: Pool
    metrics: Metrics
    limits: Limits
    request_timeout: float

    async def parse(self, body: bytes) -> ScoreRequest:
        """The validated request. Raises ApiError 413 or 422."""
        if len(body) < _THREAD_FROM_BYTES:
            return parse_request(body, self.limits)
        return await asyncio.to_thread(parse_request, body, self.limits)

    async def score(self, request: ScoreRequest, *, label: str) -> Answer:
        """Score a request through the pool. Raises ApiError 422, 429, 500, 503 or 504."""
        try:
            future = asyncio.wrap_future(self.pool.submit(request, label=label))
            answer = await asyncio.wait_for(future, self.request_timeout)
        except RequestError as error:
            raise from_request_error(error) from None
        except OverloadedError as error:
            wait = {"Retry-After": str(self.pool.retry_after)}
            raise ApiError(ErrorCode.OVERLOADED, str(error), headers=wait) from None
        except NotReadyError as error:
            raise _not_ready(str(error)) from None
        except ScoringFailedError as error:
            raise ApiError(ErrorCode.INTERNAL, str(error)) from None
        except TimeoutError:
            message = f"the request took longer than {self.request_timeout:g} s"
            raise ApiError(ErrorCode.TIMEOUT, message) from None
        self.metrics.scored(answer)
        return answer

    def catalogue(self) -> Catalogue:
        """What scores. Raises ApiError 503 before anything is loaded."""
        if self.pool.catalogue is None:
            raise _not_ready("the scorer is not loaded")
        return self.pool.catalogue

    def describe(self) -> Description:
        """What scores, within which limits. Raises ApiError 503 before anything is loaded."""
        limits = LimitsInfo(
            items=self.limits.items,
            completions=self.limits.completions,
            body_bytes=self.limits.body_bytes,
            queue_items=self.pool.max_queue,
        )
        return Description(**dict(self.catalogue()), limits=limits)


def build_router(service: Service) -> APIRouter:
    """All routes, over one service."""
    router = APIRouter()

    @router.post(
        "/score",
        summary="Score groups of rollouts",
        response_model=ScoreResponse,
        responses=error_responses(413, 422, 429, 500, 503, 504),
    )
    async def score(request: Request) -> Response:
        """Judge every completion of every item; order as in the request."""
        body = await read_body(request.headers, request.stream(), service.limits)
        parsed = await service.parse(body)
        answer = await service.score(parsed, label=request.state.request_id)
        request.state.log.update(items=len(answer.scores), completions=sum(map(len, answer.scores)))
        return Response(answer.body, media_type="application/json", headers=_timing(answer))

    @router.get(
        "/objectives",
        summary="What is judged",
        response_model=Description,
        responses=error_responses(503),
    )
    async def objectives() -> Description:
        """Every objective with range, weights, metrics and reasons to abstain; the limits."""
        return service.describe()

    @router.get("/healthz", summary="Is the process alive", response_model=Health)
    async def healthz() -> Health:
        return Health()

    @router.get(
        "/readyz",
        summary="Will requests be scored",
        response_model=Health,
        responses=error_responses(503),
    )
    async def readyz() -> Health:
        """200 once every scoring process has loaded and scored a fixed item as expected."""
        if not service.pool.ready:
            raise _not_ready("the scorer is not loaded")
        return Health()

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        return Response(
            service.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    @router.get("/", summary="A page for people", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        catalogue = service.pool.catalogue
        scorer = None if catalogue is None else catalogue.scorer
        return HTMLResponse(landing_page(scorer, ready=service.pool.ready))

    return router


def _not_ready(message: str) -> ApiError:
    return ApiError(ErrorCode.NOT_READY, message, headers={"Retry-After": "1"})


def _timing(answer: Answer) -> dict[str, str]:
    return {
        "X-Queue-Time": f"{answer.queue_seconds * 1000:.1f}",
        "X-Score-Time": f"{answer.score_seconds * 1000:.1f}",
    }
