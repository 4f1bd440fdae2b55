"""What a validity test is: a function from a context to rows of figures.

    TESTS = (Test(name="swap", meaning="…", files=("medmcqa_dev.jsonl",), run=swap_rows),)

Every module or package of tests has such a `TESTS`; `registry` joins them. A test reads its data
through the adapters of `reward_service.validity.data`, takes the questions that the context chooses
(`context.choose`), scores items through `context.score` and makes its rows with
`statistics.measured`. It returns no row where there is nothing to measure. It never checks whether
its files are there: a test whose files are missing is not run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from reward_service.validity.halves import ALL, half_of

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    test: name of the test, with its variant behind a colon ("polarity: denies").
    data: the data set. half: "tune", "report" or "all". n: what `figure` counts: pairs, mentions …
    figure: what is measured, as in "AUC", "share of pairs", "Spearman".
    ours, low, high: the figure, and its 95 % bootstrap interval by question.
    baselines: the same figure of naive scores in the same run: name → figure.
    difference: ours minus the best baseline, with its paired interval; None without baselines.
    goal: what `ours` should reach at least; None where there is none.
    note: one line on what the row shows, or does not.
    """

    test: str
    data: str
    half: str
    n: int
    figure: str
    ours: float
    low: float
    high: float
    baselines: Mapping[str, float] = field(default_factory=dict)
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        return None if self.goal is None else self.ours >= self.goal


class Proof(NamedTuple):
    """One piece of an objective's evidence (`reward_service.wire.Evidence`, as plain data).

    `completion` is a range of code points in the completion; `case` is (field, start, end).
    """

    outcome: str
    completion: tuple[int, int] | None
    case: tuple[str, int, int] | None
    concept: str | None
    name: str | None
    polarity: str | None
    weight: float
    earned: float


class Scored(NamedTuple):
    """One completion's scores. `evidence` (objective → proofs) is empty unless asked for."""

    objectives: Mapping[str, float | None]
    metrics: Mapping[str, float | None]
    reward: float | None
    evidence: Mapping[str, tuple[Proof, ...]]

    def value(self, name: str) -> float | None:
        """An objective's score or a metric by its name. Raises KeyError for an unknown name."""
        return self.objectives[name] if name in self.objectives else self.metrics[name]


class ScoreItems(Protocol):
    """Scores items of a request: one tuple per item, one `Scored` per completion, in order."""

    def __call__(
        self, items: Sequence[Mapping[str, Any]], *, explain: bool = False
    ) -> list[tuple[Scored, ...]]: ...


class Keyed(Protocol):
    """A row of data that belongs to a question."""

    @property
    def key(self) -> str: ...


_Row = TypeVar("_Row", bound=Keyed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a test runs with.

    data: folder of the data files. half: "tune", "report" or "all". limit: most questions of one
    data set; None for all of them. seed: of samples and of the bootstrap. score: scores items,
    each distinct item once a run. resamples: of the bootstrap.
    """

    data: Path
    half: str
    limit: int | None
    seed: int
    score: ScoreItems
    resamples: int = RESAMPLES

    def choose(self, rows: Sequence[_Row], limit: int | None = None) -> list[_Row]:
        """The rows of this half, at most `limit` (and the context's limit) questions of them.

        Questions are drawn by a digest of their key and the seed, so more questions contain fewer;
        the order stays the file's, and all rows of a question stay together.
        """
        mine = [row for row in rows if self.half in (ALL, half_of(row.key))]
        limits = [n for n in (limit, self.limit) if n is not None]
        if not limits:
            return mine
        keys = sorted({row.key for row in mine}, key=lambda key: (_lot(self.seed, key), key))
        drawn = frozenset(keys[: min(limits)])
        return [row for row in mine if row.key in drawn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test: `files` are what it reads of the data folder, `meaning` says in a line what it asks.

    `run` returns one row per figure, in a fixed order. held_out: whether it is kept for the report
    half, so that nobody tunes on it.
    """

    __test__ = False  # no test of pytest's

    name: str
    meaning: str
    files: tuple[str, ...]
    run: Callable[[Context], list[Row]]
    held_out: bool = False


def _lot(seed: int, key: str) -> str:
    return hashlib.sha256(f"{seed}\0{key}".encode()).hexdigest()
