"""The FastAPI application.

    uvicorn --factory reward_service.server.app:create_app

`reward_service.server.run.serve` is the same with the settings of the command line.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from reward_service.server.admission import Watermarks
from reward_service.server.body import Limits
from reward_service.server.deadline import CLIENT_GONE, ClientGone
from reward_service.server.errors import ApiError, error_response, from_status
from reward_service.server.guard import Gate, Guard
from reward_service.server.intake import Intake
from reward_service.server.loading import load
from reward_service.server.metrics import Metrics
from reward_service.server.middleware import Frame
from reward_service.server.nursery import (
    LocalEngine,
    Nursery,
    WorkerEngine,
)
from reward_service.server.openapi import install_openapi
from reward_service.server.pages import build_pages
from reward_service.server.routes import Service, build_router
from reward_service.server.runs_routes import build_runs_routes
from reward_service.server.stacks.questions import Questions
from reward_service.server.stacks.router import build_stacks_router
from reward_service.server.tracing import Traced, otlp_tracer
from reward_service.server.workers import Pool
from reward_service.settings import Settings

_DESCRIPTION = "Verifiable rewards for clinical reasoning, with the evidence behind each score."


def create_app(
    settings: Settings | None = None,
    pool: Pool | None = None,
) -> FastAPI:
    """The application over a pool, which it starts and closes.

    Without arguments: settings from the environment, and the pool that they describe. Raises
    SettingsError.
    """
    settings = settings or Settings.load()
    pool = pool or create_pool(settings)
    metrics = Metrics(pool)
    gate = Gate.load(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pool.start()
        yield
        await asyncio.to_thread(pool.close)

    app = FastAPI(
        title="Clinical reward service",
        version=version("clinical-crpo"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    service = Service(
        pool=pool,
        metrics=metrics,
        intake=Intake(
            Limits(settings.max_body_bytes, settings.max_items, settings.max_completions),
            seconds=settings.body_timeout,
            most_bytes=max(settings.max_intake_bytes, settings.max_body_bytes),
        ),
        request_timeout=settings.request_timeout,
        gate=gate,
    )
    app.include_router(build_pages(service))
    app.include_router(build_runs_routes(service, settings.runs))
    app.include_router(build_router(service))
    app.include_router(build_stacks_router(service, Questions.load(settings.questions)))
    app.add_exception_handler(ApiError, _answer_api_error)
    app.add_exception_handler(ClientGone, _answer_nobody)
    app.add_exception_handler(HTTPException, _answer_http_exception)
    app.add_middleware(Guard, gate=gate)
    app.add_middleware(Frame, metrics=metrics)
    if settings.traces:
        app.add_middleware(Traced, tracer=otlp_tracer(app.version))
    install_openapi(app, secured=gate.ring.required, catalogue=lambda: pool.catalogue)
    return app


def create_pool(settings: Settings) -> Pool:
    """The pool of worker processes, or of one thread for `workers=0`, that settings describe."""
    pool = partial(
        Pool,
        marks=Watermarks(settings.max_queue, settings.max_queue_chars, settings.queue_low),
        job_timeout=settings.job_timeout,
        completion_timeout=settings.completion_timeout,
    )
    if not settings.workers:
        return pool([LocalEngine(lambda: load(settings))])
    nursery = Nursery(settings, memory_mb=settings.worker_memory_mb)
    engines = [WorkerEngine(nursery) for _ in range(settings.workers)]
    return pool(engines, on_close=nursery.close)


async def _answer_api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


async def _answer_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_response(from_status(error.status_code, error.headers))


async def _answer_nobody(_: Request, __: Exception) -> Response:
    return Response(status_code=CLIENT_GONE)
