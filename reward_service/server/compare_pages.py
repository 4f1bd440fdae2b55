"""The page of two runs against each other: GET /compare and its JSON twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from reward_service.compare import CompareError, Comparison, Options, compare_runs
from reward_service.runs import Entry, Listing, NoSuchRun, RunsError, list_runs
from reward_service.runs.listing import entry_named
from reward_service.runs.pairing import paired_run
from reward_service.runs.source import opened
from reward_service.server.errors import ApiError
from reward_service.server.pages import html_answer, json_answer, shown_by
from reward_service.server.routes import Service
from reward_service.server.runs_pages import Reader, whole
from reward_service.web.compared import PAGE, AskedPair, Compared, compare_page

_ALL = 1 << 60


def build_compare_pages(service: Service, reader: Reader) -> APIRouter:
    """The routes of comparing, over the runs that `reader` reads."""
    router = APIRouter(include_in_schema=False)

    @router.get("/compare.json")
    async def compare_twin(request: Request) -> Response:
        weights = shown_by(service).weights
        asked = _asked(request)
        found = await reader.read(lambda at: _compared(list_runs(at), asked, weights))
        pair = replace(found.comparison.pairs[0], changes=found.changes)
        comparison = asdict(replace(found.comparison, pairs=(pair,)))
        return json_answer({**comparison, "changed": found.total, "page": asked.page})

    @router.get("/compare")
    async def compare(request: Request) -> Response:
        shown = shown_by(service)
        asked = _asked(request)

        def page(folder: Path) -> tuple[str, int]:
            listing = list_runs(folder)
            if not (asked.a and asked.b):
                return compare_page(shown, listing, asked, None), 200
            try:
                found = _compared(listing, asked, shown.weights)
            except RunsError as error:
                status = 404 if isinstance(error, NoSuchRun) else 422
                return compare_page(shown, listing, asked, None, problem=str(error)), status
            return compare_page(shown, listing, asked, found), 200

        try:
            text, status = await reader.read(page)
        except ApiError as error:
            empty = Listing((), ())
            return html_answer(compare_page(shown, empty, asked, None, problem=error.message))
        return html_answer(text, status=status)

    return router


def _asked(request: Request) -> AskedPair:
    params = request.query_params
    return AskedPair(
        a=params.get("a", ""),
        b=params.get("b", ""),
        key=params.get("key") or "id",
        by=params.get("by", ""),
        changes=params.get("changes") or "reward",
        page=whole(params, "page", 1),
    )


def _compared(listing: Listing, asked: AskedPair, weights: Mapping[str, float]) -> Compared:
    """Raises RunsError for what cannot be compared."""
    a, b = entry_named(listing, asked.a), entry_named(listing, asked.b)
    if a == b:
        raise RunsError("a and b are the same run; choose two")
    try:
        comparison, columns = _comparison(
            a, b, asked.key, asked.by or None, asked.changes, tuple(sorted(weights.items()))
        )
    except CompareError as error:
        raise RunsError(str(error)) from None
    changes = comparison.pairs[0].changes
    pages = max(1, -(-len(changes) // PAGE))
    if not 1 <= asked.page <= pages:
        raise RunsError(f"page: expected 1 to {pages}")
    shown = changes[(asked.page - 1) * PAGE : asked.page * PAGE]
    return Compared(comparison, shown, len(changes), pages, columns)


# An entry changes when its files do, so that nothing stale is shown.
@lru_cache(maxsize=16)
def _comparison(
    a: Entry, b: Entry, key: str, by: str | None, of: str, weights: tuple[tuple[str, float], ...]
) -> tuple[Comparison, tuple[str, ...]]:
    runs = []
    columns: tuple[str, ...] = ()
    for entry in (a, b):
        with opened(entry, dict(weights)) as source:
            runs.append(paired_run(source, key=key, by=by))
            columns = columns or source.columns.filterable
    return compare_runs(runs, Options(most=_ALL, changes_of=of)), columns
