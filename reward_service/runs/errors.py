"""The errors of reading runs.

RunsError            a run cannot be shown as asked; the message says what to do
├── NoSuchRun        the folder holds no run of that name, or the run no such row
└── DuckDBMissing    the optional package that reads runs is not installed
"""

from __future__ import annotations

from reward_service.wire.errors import RewardServiceError


class RunsError(RewardServiceError):
    """A run cannot be shown as asked. No message holds a path beyond the folder of runs."""


class NoSuchRun(RunsError):
    """There is no run of that name, or it has no such row."""


class NoRows(RunsError):
    """A training run that has not written completions (yet)."""


class DuckDBMissing(RunsError):
    """DuckDB is not installed."""

    def __init__(self) -> None:
        super().__init__("reading runs needs DuckDB: pip install 'clinical-crpo[runs]'")
