"""Runs tests on a folder of data files: rows, what was skipped, and what it was measured with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reward_service.validity.base import Context, Row, Test
from reward_service.validity.halves import REPORT


class Ran(NamedTuple):
    """A test that was run, and its rows."""

    name: str
    meaning: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run found.

    tests: those that were run and found something, in order. skipped: one line per test that was
    not run, with the reason. scorer: the scorer's identity. files: SHA-256 of every data file that
    was read. The rest is how the run was set up.
    """

    tests: tuple[Ran, ...]
    skipped: tuple[str, ...]
    scorer: dict[str, str]
    files: dict[str, str]
    half: str
    limit: int | None
    seed: int
    resamples: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, in the order of the tests."""
        return tuple(row for test in self.tests for row in test.rows)

    @property
    def missed(self) -> tuple[Row, ...]:
        """The rows whose goal is not reached."""
        return tuple(row for row in self.rows if row.met is False)


def run(
    tests: Sequence[Test],
    folder: Path | None,
    make_context: Callable[[Path], Context],
    scorer: dict[str, str],
    report: Callable[[Test], None],
) -> Result:
    """Run every test whose files are in `folder`; without a folder those that need none.

    `report` is called with a test before it runs. Raises ValidityError for a data file of another
    shape than its adapter reads.
    """
    context = make_context(folder if folder is not None else Path())
    ran: list[Ran] = []
    skipped: list[str] = []
    files: dict[str, str] = {}
    for test in tests:
        if why := _kept(test, context) or _missing(test, folder):
            skipped.append(f"{test.name}: skipped: {why}")
            continue
        report(test)
        if rows := test.run(context):
            ran.append(Ran(test.name, test.meaning, tuple(rows)))
        else:
            skipped.append(f"{test.name}: nothing to measure in the chosen questions")
        files |= {name: _sha256(context.data / name) for name in test.files if name not in files}
    return Result(
        tests=tuple(ran),
        skipped=tuple(skipped),
        scorer=scorer,
        files=dict(sorted(files.items())),
        half=context.half,
        limit=context.limit,
        seed=context.seed,
        resamples=context.resamples,
    )


def _kept(test: Test, context: Context) -> str:
    kept = test.held_out and context.half != REPORT
    return "kept for the report half, so that nothing is tuned on it" if kept else ""


def _missing(test: Test, folder: Path | None) -> str:
    if folder is None and test.files:
        return f"{test.files[0]}: no data folder was named"
    for name in test.files:
        if folder is not None and not (folder / name).is_file():
            return f"{name} not in {folder}"
    return ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
