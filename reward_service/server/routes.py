"""The routes: POST /score, and what people and machines ask beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from reward_service.server.batch import Answer
from reward_service.server.body import Limits, parse_request
from reward_service.server.catalogue import Catalogue, Description, LimitsInfo
from reward_service.server.deadline import Deadline, while_connected
from reward_service.server.errors import ApiError, from_request_error
from reward_service.server.guard import Gate
from reward_service.server.intake import Intake
from reward_service.server.metrics import Metrics
from reward_service.server.openapi import error_responses
from reward_service.server.self_score import SELF_SCORE_REQUEST, is_self_score
from reward_service.server.workers import (
    SHUTTING_DOWN,
    DeadlineError,
    NotReadyError,
    Pool,
    ScoringFailedError,
)
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import OverloadedError, RequestError, RewardServiceError
from reward_service.wire.request import ScoreRequest
from reward_service.wire.response import ScoreResponse

_THREAD_FROM_BYTES = 64_000
"""Larger bodies are parsed in a thread, so that other requests are answered meanwhile."""

_PROBE_SECONDS = 5.0

Parsed = TypeVar("Parsed")


class Health(BaseModel):
    """Answer of /healthz and /readyz."""

    status: Literal["ok"] = "ok"


@dataclass(frozen=True)
class Service:
    """What the routes work with."""

    pool: Pool
    metrics: Metrics
    intake: Intake
    request_timeout: float
    gate: Gate

    @property
    def limits(self) -> Limits:
        """What one request may hold."""
        return self.intake.limits

    async def read(
        self, request: Request, parse: Callable[[bytes], Parsed], *, form: bool = False
    ) -> Parsed:
        """The parsed body, JSON or a form. Raises ApiError 413, 422, 429 or 504, and ClientGone."""
        with self.intake.hold() as held:
            body = await self.intake.read(request, held, self.deadline(request), form=form)
            if len(body) < _THREAD_FROM_BYTES:
                return parse(body)
            return await asyncio.to_thread(parse, body)

    async def parse(self, body: bytes) -> ScoreRequest:
        """A validated request from a body that has been read. Raises ApiError 413 or 422."""
        return await asyncio.to_thread(parse_request, body, self.limits)

    def deadline(self, request: Request) -> Deadline:
        """When the request must be answered, counted from the first call. Raises ApiError 422."""
        if not hasattr(request.state, "deadline"):
            request.state.deadline = Deadline.of(request.headers, self.request_timeout)
        deadline: Deadline = request.state.deadline
        return deadline

    async def score(self, scored: ScoreRequest, request: Request) -> Answer:
        """Score what `request` asks for, whose body has been read.

        Raises ApiError 422, 429, 500, 503 or 504, and ClientGone.
        """
        deadline = self.deadline(request)
        try:
            self.gate.require_tokens()
            future = self.pool.submit(scored, label=request.state.request_id, deadline=deadline.at)
            self.gate.take(sum(len(item.completions) for item in scored.items))
            work = asyncio.wrap_future(future)
            answer = await while_connected(work, request.receive, deadline)
        except RequestError as error:
            raise from_request_error(error) from None
        except OverloadedError as error:
            wait = {"Retry-After": str(self.pool.retry_after)}
            raise ApiError(ErrorCode.OVERLOADED, str(error), headers=wait) from None
        except NotReadyError as error:
            raise _not_ready(str(error)) from None
        except ScoringFailedError as error:
            raise ApiError(ErrorCode.INTERNAL, str(error)) from None
        except DeadlineError:
            raise deadline.error() from None
        self.metrics.scored(answer)
        return answer

    async def check_ready(self) -> None:
        """Raises ApiError 503 unless what is sent now will be scored, and rightly.

        When nothing was scored for a while, the fixed item is.
        """
        if not self.pool.ready:
            stopping = self.pool.draining
            raise _not_ready(SHUTTING_DOWN if stopping else "the scorer is not loaded")
        if self.pool.idle_seconds < _PROBE_SECONDS:
            return
        try:
            future = self.pool.submit(SELF_SCORE_REQUEST, label="readyz", always=True)
            answer = await asyncio.wait_for(asyncio.wrap_future(future), _PROBE_SECONDS)
        except TimeoutError:
            message = f"the fixed item was not scored within {_PROBE_SECONDS:g} s"
            raise _not_ready(message) from None
        except RewardServiceError as error:
            raise _not_ready(str(error)) from None
        if not is_self_score(answer.scores[0]):
            raise _not_ready("the fixed item's scores are wrong")

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
            queue_items=self.pool.marks.items,
            queue_chars=self.pool.marks.chars,
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
        parsed = await service.read(request, partial(parse_request, limits=service.limits))
        answer = await service.score(parsed, request)
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
        """200 if all scoring processes have loaded and a fixed item is scored as expected."""
        await service.check_ready()
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

    return router


def _not_ready(message: str) -> ApiError:
    return ApiError(ErrorCode.NOT_READY, message, headers={"Retry-After": "1"})


def _timing(answer: Answer) -> dict[str, str]:
    return {
        "X-Queue-Time": f"{answer.queue_seconds * 1000:.1f}",
        "X-Score-Time": f"{answer.score_seconds * 1000:.1f}",
    }
