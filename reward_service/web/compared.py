"""The page of two runs, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from reward_service.compare.comparison import Change, Comparison
from reward_service.runs import Listing
from reward_service.runs.filters import Filter
from reward_service.web.render import Shown, render
from reward_service.web.runs import Asked, address

PAGE = 50


@dataclass(frozen=True)
class AskedPair:
    """What a comparison shows; its address says all of it. `a` is the base."""

    a: str = ""
    b: str = ""
    key: str = "id"
    by: str = ""
    changes: str = "reward"
    page: int = 1

    def query(self) -> str:
        """The address's query; what is as by default is left out."""
        plain = AskedPair()
        names = ("a", "b", "key", "by", "changes", "page")
        values = [(name, getattr(self, name)) for name in names]
        return urlencode([(n, str(v)) for n, v in values if v != getattr(plain, n)])

    def but(self, **changes: Any) -> str:
        """The query of the same comparison with other parts."""
        return replace(self, **changes).query()


@dataclass(frozen=True)
class Compared:
    """A comparison, and one page of all its changes. `columns` may be `key` or `by`."""

    comparison: Comparison
    changes: tuple[Change, ...]
    total: int
    pages: int
    columns: Sequence[str]


def compare_page(
    shown: Shown,
    listing: Listing,
    asked: AskedPair,
    compared: Compared | None,
    *,
    problem: str = "",
) -> str:
    """Paired statistics and the changes, the largest first; without runs the form alone."""
    return render(
        "compare.html",
        shown,
        names=[entry.name for entry in listing.entries],
        asked=asked,
        compared=compared,
        problem=problem,
        address=address,
        rows_of_question=rows_of_question,
    )


def rows_of_question(run: str, key: str, value: str) -> str:
    """The address of a question's rows, from the start page."""
    query = Asked(filters=(Filter(key, "eq", value),)).query()
    return f"runs/{address(run)}?{query}#rows"
