"""The pages of runs: the list, one run, one of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from reward_service.runs import Entry, Listing
from reward_service.runs.curves import Chart
from reward_service.runs.filters import OPERATORS, Filter
from reward_service.runs.rows import FoundRow
from reward_service.runs.source import Source
from reward_service.runs.summary import Summary, abstention_codes
from reward_service.runs.views import VIEWS, Order, Table
from reward_service.web import charts
from reward_service.web.form import Form
from reward_service.web.render import Shown, render
from reward_service.wire import Message


@dataclass(frozen=True)
class Asked:
    """What a run's page shows; its address says all of it."""

    view: str = "all"
    filters: tuple[Filter, ...] = ()
    order: Order = field(default_factory=Order)
    page: int = 1

    def query(self) -> str:
        """The address's query; what is as by default is left out."""
        pairs: list[tuple[str, str]] = []
        if self.view != "all":
            pairs.append(("view", self.view))
        for one in self.filters:
            pairs += [("column", one.column), ("op", one.operator), ("value", one.value)]
        if self.order.column is not None:
            pairs.append(("sort", self.order.column))
            pairs.append(("order", "desc" if self.order.descending else "asc"))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        return urlencode(pairs)

    def but(self, **changes: Any) -> str:
        """The query of the same page with other parts, on its first page unless said."""
        return replace(self, **{"page": 1, **changes}).query()

    def sorted_by(self, column: str) -> str:
        """The query that sorts by a column, the other way round if it already does."""
        down = not (self.order.column == column and self.order.descending)
        return self.but(order=Order(column, down))

    def state_of(self, column: str) -> str:
        """The column's aria-sort."""
        if self.order.column != column:
            return "none"
        return "descending" if self.order.descending else "ascending"


@dataclass(frozen=True)
class Frozen:
    """A view in a report: its first rows, and the texts of some of them by position."""

    table: Table
    texts: Mapping[int, Form]


def address(name: str) -> str:
    """A run's address below /runs/."""
    return quote(name, safe="/")


def root_of(name: str) -> str:
    """From a run's page to the start page, relative: services may stand below a path."""
    return "../" * (1 + name.count("/"))


def runs_page(shown: Shown, listing: Listing, *, problem: str = "") -> str:
    """All runs. `problem` says why there is nothing to list."""
    entries = [
        {
            "entry": entry,
            "address": address(entry.name),
            "modified": f"{datetime.fromtimestamp(entry.modified, UTC):%Y-%m-%d %H:%M}",
        }
        for entry in listing.entries
    ]
    return render(
        "runs.html", shown, entries=entries, unreadable=listing.unreadable, problem=problem
    )


def run_page(
    shown: Shown,
    source: Source | None,
    entry: Entry,
    *,
    summary: Summary | None,
    table: Table | None,
    curves: Sequence[Chart] = (),
    asked: Asked | None = None,
    frozen: Mapping[str, Frozen] | None = None,
    problem: str = "",
) -> str:
    """One run. A report has `frozen` tables by view instead of the one that was asked for."""
    return render(
        "run.html",
        shown,
        entry=entry,
        address=address(entry.name.rpartition("/")[2]),
        source=source,
        summary=summary,
        table=table,
        curves=curves,
        asked=asked or Asked(),
        frozen=frozen or {},
        problem=problem,
        VIEWS=VIEWS,
        OPERATORS=OPERATORS,
        charts=charts,
    )


def row_page(
    shown: Shown, entry: Entry, row: FoundRow, *, group: Asked | None, rows: int | None = None
) -> str:
    """One row: its columns, its texts, and the form that has it explained.

    `group` asks for the rows of the same question; `rows` is how many the run has.
    """
    numbers = {k: v for k, v in row.values.items() if isinstance(v, int | float) or v is None}
    return render(
        "row.html",
        shown,
        entry=entry,
        address=address(entry.name.rpartition("/")[2]),
        row=row,
        numbers=numbers,
        form=form_of(row),
        abstentions=abstention_codes(row.values.get("abstentions")),
        group=group,
        rows=rows,
    )


def form_of(row: FoundRow) -> Form | None:
    """The form that has a row explained; None if its file holds no texts."""
    item = row.item
    if item is None:
        return None
    form = Form.of_item(item, [_said(item.completions[0], of="assistant")])
    if form.question.strip() or item.prompt is None:
        return form
    return replace(form, question=_said(item.prompt))


def _said(text: str | Sequence[Message], of: str | None = None) -> str:
    """A text, or what chat messages say; of a completion only the assistant's."""
    if isinstance(text, str):
        return text
    return "\n\n".join(m.content for m in text if of is None or m.role == of)
