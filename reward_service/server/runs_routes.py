"""The pages of runs: of the folder that is set, or one that says how to set it.

Only a folder that is set has files read: without one, neither pyarrow nor DuckDB need be installed.
"""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from reward_service.server.errors import ApiError
from reward_service.server.pages import html_answer, shown_by
from reward_service.server.routes import Service
from reward_service.web.render import render
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import SettingsError

_HOW_TO_SET = (
    "REWARD_RUNS names a folder of scored Parquet files and training runs; it is not set. Start "
    "the service with REWARD_RUNS=/path/to/runs to see them here."
)


def build_runs_routes(service: Service, folder: Path | None) -> APIRouter:
    """The routes /runs and /compare. Raises SettingsError if what reads files is not installed."""
    if folder is None:
        return _unset(service)
    try:
        from reward_service.server.compare_pages import build_compare_pages
        from reward_service.server.runs_pages import Reader, build_runs_pages
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise SettingsError("REWARD_RUNS: reading runs needs pyarrow; it is not installed") from (
            error
        )
    reader = Reader(folder)
    router = APIRouter()
    router.include_router(build_runs_pages(service, reader))
    router.include_router(build_compare_pages(service, reader))
    return router


def _unset(service: Service) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/runs")
    @router.get("/compare")
    async def page() -> Response:
        shown = shown_by(service)
        return html_answer(
            render("runs.html", shown, entries=(), unreadable=(), problem=_HOW_TO_SET)
        )

    @router.get("/runs.json")
    @router.get("/compare.json")
    @router.get("/runs/{name:path}")
    async def nothing() -> Response:
        raise ApiError(ErrorCode.NOT_FOUND, _HOW_TO_SET)

    return router
