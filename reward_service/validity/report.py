"""A run's figures as a table of texts, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reward_service.validity.base import Row
from reward_service.validity.run import Result

HEADER = ("test", "data", "n", "figure", "ours", "95 % interval", "baselines", "difference", "goal")
_RULE = ("---", "---", "---:", "---", "---:", "---:", "---", "---:", "---:")


def cells(row: Row) -> tuple[str, ...]:
    """One row under `HEADER`."""
    goal = "" if row.goal is None else f"{row.goal:g} {'met' if row.met else 'missed'}"
    difference = ""
    if row.difference is not None:
        difference = f"{row.difference:+.3f}"
        if row.difference_low is not None and row.difference_high is not None:
            difference += f" ({row.difference_low:+.3f} to {row.difference_high:+.3f})"
    return (
        row.test,
        row.data,
        f"{row.n:,}",
        row.figure,
        f"{row.ours:.3f}",
        f"{row.low:.3f} to {row.high:.3f}",
        ", ".join(f"{name} {value:.3f}" for name, value in row.baselines.items()),
        difference,
        goal,
    )


def method(result: Result) -> str:
    """How the figures came about, in a sentence."""
    limit = "" if result.limit is None else f", at most {result.limit:,} questions a data set"
    half = "all questions" if result.half == "all" else f"the {result.half} half of the questions"
    return (
        f"{half[:1].upper()}{half[1:]}{limit}, seed {result.seed}; 95 % intervals of "
        f"{result.resamples:,} bootstrap resamples by question; differences are ours minus the "
        "best baseline, resampled together."
    )


def markdown(result: Result) -> str:
    """One Markdown page: the goals, a table for each test with its notes, scorer and data files."""
    lines = ["# Validity figures", "", method(result)]
    goals = [row for row in result.rows if row.goal is not None]
    if goals:
        lines += ["", f"Goals: {len(goals) - len(result.missed)} of {len(goals)} met."]
    for test in result.tests:
        lines += ["", f"## {test.name}", "", f"{test.meaning[:1].upper()}{test.meaning[1:]}", ""]
        lines += [_line(HEADER), _line(_RULE), *(_line(cells(row)) for row in test.rows)]
        if notes := _notes(test.rows):
            lines += ["", *notes]
    if result.skipped:
        lines += ["", "## Not run", "", *(f"- {why}" for why in result.skipped)]
    lines += ["", "## Measured with", ""]
    lines += [_line(("what", "which")), _line(("---", "---"))]
    lines += [_line((f"scorer {name}", f"`{value}`")) for name, value in result.scorer.items()]
    lines += [_line((f"`{name}`", f"SHA-256 `{sha}`")) for name, sha in result.files.items()]
    return "\n".join(lines) + "\n"


def _notes(rows: Sequence[Row]) -> list[str]:
    """The rows' notes, each once: behind the rows' names, or none where it is of all rows."""
    many = len({row.data for row in rows}) > 1
    notes: dict[str, list[str]] = {}
    for row in rows:
        name = row.test.partition(": ")[2] or row.test
        notes.setdefault(row.note, []).append(f"{name} ({row.data})" if many else name)
    figures = {note: {row.figure for row in rows if row.note == note} for note in notes}
    lines = []
    for note, names in notes.items():
        (figure, *others) = sorted(figures[note])
        if not note:
            continue
        if len(names) == len(rows):
            lines.append(f"- {note}")
        elif not others and len(names) == sum(row.figure == figure for row in rows):
            lines.append(f"- {names[0] if len(names) == 1 else figure}: {note}")
        else:
            lines.append(f"- {', '.join(names)}: {note}")
    return lines


def as_json(result: Result) -> dict[str, Any]:
    """The result as JSON values; each row also says whether its goal is `met`."""
    rows = [asdict(row) | {"met": row.met} for row in result.rows]
    return {
        "rows": rows,
        "tests": {test.name: test.meaning for test in result.tests},
        "skipped": list(result.skipped),
        "scorer": result.scorer,
        "files": result.files,
        "half": result.half,
        "limit": result.limit,
        "seed": result.seed,
        "resamples": result.resamples,
    }


def _line(texts: tuple[str, ...]) -> str:
    return f"| {' | '.join(text.replace('|', '/') for text in texts)} |"
