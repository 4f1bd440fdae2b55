"""A run as `reward_service.compare` takes it: sums by question, added up where the rows are."""

from __future__ import annotations

from reward_service.compare import Run
from reward_service.compare.runs import Place, Question
from reward_service.runs.errors import RunsError
from reward_service.runs.source import POSITION, Source, quoted


def paired_run(source: Source, *, key: str = "id", by: str | None = None) -> Run:
    """The run with rows of the same `key` as one question; `by` groups questions.

    A question's place is the position of its first row. Raises RunsError for an unknown column, or
    if no row has a key.
    """
    columns = source.columns
    for name, value in (("key", key), ("by", by)):
        if value is not None and value not in columns.filterable:
            raise RunsError(f"{name}: {source.entry.name} has no column {value!r}")
    numbers = columns.scores
    sums = ", ".join(f"sum({quoted(name)}), count({quoted(name)})" for name in numbers)
    group = "NULL" if by is None else f"any_value(CAST({quoted(by)} AS VARCHAR))"
    found = source.rows(
        f"SELECT CAST({quoted(key)} AS VARCHAR) AS question, {group}, min({quoted(POSITION)}), "
        f"count(*), {sums} FROM run WHERE {quoted(key)} IS NOT NULL "
        f"GROUP BY 1 ORDER BY min({quoted(POSITION)})"
    )
    if not found:
        raise RunsError(f"{source.entry.name}: no row has {key!r}; choose another key")
    questions: dict[str, Question] = {}
    for name, group_name, first, _, *parts in found:
        question = Question(Place(None, first, 0), group_name, {})
        for number, total, count in zip(numbers, parts[::2], parts[1::2], strict=True):
            if count:
                question.sums[number], question.counts[number] = total, count
        questions[name] = question
    job = {
        "scorer": {"fingerprint": "not recorded", **source.scorer},
        "objectives": list(columns.objectives),
        "weights": {name: weight for name, weight in source.weights.items() if weight},
    }
    return Run(source.entry.name, job, numbers, questions, sum(row[3] for row in found))
