"""Scoring one batch of rows: what a worker does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import orjson

from reward_service.files.mapping import AUTO, item_fields
from reward_service.files.paths import Missing, look_up, roots
from reward_service.files.readers.base import Row
from reward_service.files.records import item_of, numbers, records, row_data
from reward_service.files.sources import COMPLETION_COLUMNS
from reward_service.files.totals import Totals
from reward_service.wire import Item, Message, Scorer, ScoreRequest, ScoreResponse
from reward_service.wire.errors import RequestError

# Scored once at start: checks objectives and weights, and shows which columns there will be.
_PROBE = Item(
    question="A 30-year-old man has a fever and a cough. What is the most likely diagnosis?",
    options={"A": "Pneumonia", "B": "Asthma"},
    answer="A",
    completions=["Fever and cough point to pneumonia. The answer is A."],
)


class ItemScorer(Protocol):
    """The pure core, as far as files need it."""

    @property
    def identity(self) -> Scorer: ...

    def score(self, request: ScoreRequest) -> ScoreResponse: ...


MakeScorer = Callable[[], ItemScorer]


@dataclass(frozen=True)
class RowOptions:
    """What to judge and what to put out."""

    objectives: tuple[str, ...] | None = None
    weights: tuple[tuple[str, float], ...] | None = None
    explain: bool = False
    keep: tuple[str, ...] = ()
    source: str = AUTO
    mapping: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] | None = None  # the inputs' names, where rows must say theirs

    @property
    def columns(self) -> frozenset[str]:
        """Input columns beyond those that the sources read."""
        return roots((*self.keep, *(path for _, path in self.mapping)))


class Facts(NamedTuple):
    """What a run's outputs look like: who scored, and the columns that are numbers."""

    scorer: dict[str, str]
    objectives: tuple[str, ...]
    numbers: tuple[str, ...]


class BatchResult(NamedTuple):
    """Output lines and bad-row lines of a batch, ready to be written, and its totals.

    `file` and `last_row` are the place of the batch's last row.
    """

    file: int
    last_row: int
    lines: bytes
    bad: bytes
    totals: Totals


class RowScorer:
    """Scores batches with one scorer. Equal batches give equal results."""

    def __init__(self, scorer: ItemScorer, options: RowOptions) -> None:
        self._scorer = scorer
        self._options = options

    def facts(self) -> Facts:
        """Raises RequestError if the objectives or weights are not the scorer's."""
        request = self._request(_PROBE).model_copy(update={"explain": False})
        score = self._scorer.score(request).items[0].scores[0]
        identity = self._scorer.identity.model_dump()
        return Facts(identity, tuple(score.objectives), tuple(numbers(score)))

    def __call__(self, batch: Sequence[Row]) -> BatchResult:
        totals = Totals()
        lines: list[bytes] = []
        bad: list[bytes] = []
        for row in batch:
            totals.rows += 1
            try:
                lines += self._score_row(row, totals)
            except RequestError as error:
                totals.bad_rows += 1
                bad.append(bad_line(self._options, row, error.path, error.message))
        last = batch[-1]
        return BatchResult(last.file, last.number, b"".join(lines), b"".join(bad), totals)

    def _score_row(self, row: Row, totals: Totals) -> list[bytes]:
        options = self._options
        data = row_data(row)
        item = item_of(item_fields(data, options.source, options.mapping))
        scores = self._scorer.score(self._request(item)).items[0].scores
        kept = [
            {name: _kept(data, name, said) for name in options.keep} for said in item.completions
        ]
        for score, columns in zip(scores, kept, strict=True):
            totals.add_score(score, numbers(score))
            totals.add_kept(columns)
        found = records(_place(options, row), item.id, scores, kept, options.explain)
        return [_line(record) for record in found]

    def _request(self, item: Item) -> ScoreRequest:
        options = self._options
        return ScoreRequest(
            items=[item],
            objectives=None if options.objectives is None else list(options.objectives),
            weights=None if options.weights is None else dict(options.weights),
            explain=options.explain,
        )


def bad_line(options: RowOptions, row: Row, field: str, reason: str) -> bytes:
    """One line of the side file."""
    return _line({**_place(options, row), "field": field or None, "reason": reason})


def _place(options: RowOptions, row: Row) -> dict[str, Any]:
    if options.files is None:
        return {"row": row.number}
    return {"file": options.files[row.file], "row": row.number}


def _kept(data: dict[str, Any], path: str, said: str | list[Message]) -> Any:
    """What stands at the path; for `completion`, where there is none, the one that was scored."""
    try:
        return look_up(data, path)
    except Missing:
        if path != COMPLETION_COLUMNS[0]:
            return None
    if isinstance(said, str):
        return said
    return [message.model_dump(exclude_none=True) for message in said]


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record, default=str, option=orjson.OPT_APPEND_NEWLINE)
