"""Pages of runs: GET /runs, /runs/NAME and their JSON twins.

A name is looked up in the folder's listing and never becomes a path. What is read, is read beside
the loop, by few threads at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from reward_service.runs import Entry, Listing, NoSuchRun, RunsError, find_run, list_runs
from reward_service.runs.curves import read_curves
from reward_service.runs.errors import DuckDBMissing, NoRows
from reward_service.runs.filters import Filter, read_filters, reads_texts
from reward_service.runs.rows import read_row
from reward_service.runs.source import opened
from reward_service.runs.summary import summary_of
from reward_service.runs.views import Order, table_of
from reward_service.server.errors import ApiError, invalid
from reward_service.server.pages import html_answer, json_answer, shown_by
from reward_service.server.routes import Service
from reward_service.web.render import Shown
from reward_service.web.runs import Asked, root_of, row_page, run_page, runs_page
from reward_service.wire.codes import ErrorCode

_AT_ONCE = 2
_Answer = TypeVar("_Answer")


class Reader:
    """Work on the folder of runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reads = asyncio.Semaphore(_AT_ONCE)

    async def read(self, work: Callable[[Path], _Answer]) -> _Answer:
        """The work's result, off the loop. Raises ApiError for what the work refuses."""
        async with self._reads:
            try:
                return await asyncio.to_thread(work, self._folder)
            except NoSuchRun as error:
                raise ApiError(ErrorCode.NOT_FOUND, str(error)) from None
            except RunsError as error:
                raise invalid(str(error)) from None


def build_runs_pages(service: Service, reader: Reader) -> APIRouter:
    """The routes of the runs that `reader` reads."""
    router = APIRouter(include_in_schema=False)
    read = reader.read

    @router.get("/runs.json")
    async def runs_twin() -> Response:
        listing = await read(list_runs)
        runs = [_described(entry) for entry in listing.entries]
        return json_answer({"runs": runs, "unreadable": listing.unreadable})

    @router.get("/runs")
    async def runs() -> Response:
        shown = shown_by(service)
        try:
            listing = await read(list_runs)
        except ApiError as error:
            return html_answer(runs_page(shown, Listing((), ()), problem=error.message))
        return html_answer(runs_page(shown, listing))

    @router.get("/runs/{name:path}.json")
    async def run_twin(name: str, request: Request) -> Response:
        weights = shown_by(service).weights
        return json_answer(await read(lambda at: _data(find_run(at, name), request, weights)))

    @router.get("/runs/{name:path}")
    async def run(name: str, request: Request) -> Response:
        shown = shown_by(service, root=root_of(name))
        return html_answer(await read(lambda at: _page(find_run(at, name), request, shown)))

    return router


def _page(entry: Entry, request: Request, shown: Shown) -> str:
    params = request.query_params
    asked = _asked(params)
    curves = read_curves(entry.metrics_file) if entry.metrics_file else ()
    try:
        with opened(entry, shown.weights, texts=reads_texts(asked.filters)) as source:
            if "row" in params:
                row = read_row(source, whole(params, "row"))
                same = _same_question(row.values)
                rows = source.rows("SELECT count(*) FROM run")[0][0]
                return row_page(shown, entry, row, group=same, rows=rows)
            return run_page(
                shown,
                source,
                entry,
                summary=summary_of(source, asked.filters),
                table=table_of(source, asked.view, asked.filters, asked.order, page=asked.page),
                curves=curves,
                asked=asked,
            )
    except (DuckDBMissing, NoRows) as error:
        problem = str(error)
    return run_page(shown, None, entry, summary=None, table=None, curves=curves, problem=problem)


def _data(entry: Entry, request: Request, weights: Mapping[str, float]) -> dict[str, Any]:
    params = request.query_params
    asked = _asked(params)
    with opened(entry, weights, texts=reads_texts(asked.filters)) as source:
        if "row" in params:
            row = read_row(source, whole(params, "row"))
            item = row.item and row.item.model_dump(mode="json")
            return {"row": row.position, "values": row.values, "item": item}
        table = table_of(source, asked.view, asked.filters, asked.order, page=asked.page)
        return {
            "run": _described(entry),
            "scorer": source.scorer,
            "weights": source.weights,
            "summary": asdict(summary_of(source, asked.filters)),
            "curves": [
                asdict(chart)
                for chart in (read_curves(entry.metrics_file) if entry.metrics_file else ())
            ],
            "table": asdict(table),
        }


def _asked(params: QueryParams) -> Asked:
    """What an address asks for. Raises RunsError."""
    order = params.get("order", "desc")
    if order not in ("asc", "desc"):
        raise RunsError("order: expected asc or desc")
    return Asked(
        view=params.get("view", "all"),
        filters=read_filters(
            params.getlist("column"), params.getlist("op"), params.getlist("value")
        ),
        order=Order(params.get("sort") or None, order == "desc"),
        page=whole(params, "page", 1),
    )


def whole(params: QueryParams, name: str, default: int = 0) -> int:
    """A parameter that is a whole number from 0. Raises ApiError 422."""
    text = params.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise invalid(f"{name}: expected a whole number")
    return int(text)


def _same_question(values: Mapping[str, Any]) -> Asked | None:
    if values.get("id") is None:
        return None
    return Asked(filters=(Filter("id", "eq", str(values["id"])),))


def _described(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "kind": entry.kind.value,
        "files": len(entry.files),
        "bytes": entry.size,
    }
