"""Reading a scored run: the mean of every objective for every question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from reward_service.compare.errors import CompareError
from reward_service.files.formats import Compression, FileKind, detect_format
from reward_service.files.records import row_data
from reward_service.files.rows import open_rows
from reward_service.files.schema import METADATA_KEY
from reward_service.wire.errors import RequestError

REWARD = "reward"
# Columns that `score --keep` may have copied, from which texts are shown.
QUESTION_COLUMNS = ("question", "prompt")
COMPLETION_COLUMNS = ("completion", "response", "output", "completions")


class Place(NamedTuple):
    """Where a completion stands in its run's input."""

    file: str | None
    row: int
    completion_index: int


@dataclass
class Question:
    """What a run has on one question: sums over its judged completions, by number."""

    place: Place
    group: str | None
    texts: dict[str, str]
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def mean(self, number: str) -> float | None:
        """The mean over the completions where it is not null."""
        count = self.counts.get(number, 0)
        return self.sums[number] / count if count else None


@dataclass(frozen=True)
class Run:
    """A scored run. `numbers` are "reward" and the objectives; `job` is how it was scored."""

    name: str
    job: dict[str, Any]
    numbers: tuple[str, ...]
    questions: dict[str, Question]
    completions: int

    @property
    def fingerprint(self) -> str:
        return str(self.job["scorer"]["fingerprint"])


def read_run(name: str, *, key: str = "id", by: str | None = None) -> Run:
    """The run in the file `name`, an output of `clinical-reward score` of any format.

    Rows with the same value in the column `key` are completions of one question. Raises
    CompareError if the file does not say how it was scored, or has no such column, and FileError if
    it cannot be read.
    """
    job = read_job(name)
    numbers = (REWARD, *job["objectives"])
    texts = (*QUESTION_COLUMNS, *COMPLETION_COLUMNS)
    columns = {key, "file", "row", "completion_index", *numbers, *texts} | ({by} if by else set())
    questions: dict[str, Question] = {}
    completions = 0
    for batch in open_rows(name, columns).batches():
        for row in batch:
            try:
                data = row_data(row)
            except RequestError as error:
                raise CompareError(f"{name}: row {row.number}: {error}") from error
            _check_columns(name, data, key, by, numbers)
            value = data[key]
            if value is None:
                raise CompareError(
                    f"{name}: row {row.number} has no {key!r}, by which questions are paired; "
                    "name another column with --key, as in --key row"
                )
            question = questions.get(str(value))
            if question is None:
                question = questions[str(value)] = _question(data, by)
            _add(question, data, numbers)
            completions += 1
    return Run(name, job, numbers, questions, completions)


def read_job(name: str) -> dict[str, Any]:
    """How the run was scored: from the file's metadata, or from `NAME.meta.json` beside it."""
    if not Path(name).is_file():
        raise CompareError(f"{name}: no such file")
    metadata = _schema_metadata(name)
    if METADATA_KEY in metadata:
        return dict(orjson.loads(metadata[METADATA_KEY]))
    beside = Path(f"{name}.meta.json")
    if not beside.is_file():
        raise CompareError(
            f"{name}: does not say how it was scored, and there is no {beside.name}; expected an "
            "output of clinical-reward score"
        )
    return dict(orjson.loads(beside.read_bytes())["job"])


def _schema_metadata(name: str) -> Mapping[bytes, bytes]:
    found = detect_format(name)
    try:
        if found.kind is FileKind.PARQUET:
            return pq.read_schema(name).metadata or {}
        if found.kind is FileKind.ARROW and found.compression is Compression.NONE:
            with pa.OSFile(name) as file:
                return pa.ipc.open_file(file).schema.metadata or {}
    except pa.ArrowException as error:
        raise CompareError(f"{name}: cannot be read: {error}") from error
    return {}


def _check_columns(
    name: str, data: Mapping[str, Any], key: str, by: str | None, numbers: tuple[str, ...]
) -> None:
    for column in (key, *numbers, *([by] if by else [])):
        if column not in data:
            hint = f"; score it with --keep {column}" if column in (key, by) else ""
            raise CompareError(f"{name}: has no column {column!r}{hint}")


def _question(data: Mapping[str, Any], by: str | None) -> Question:
    index = int(data.get("completion_index") or 0)
    place = Place(data.get("file"), int(data.get("row") or 0), index)
    group = None if by is None or data[by] is None else str(data[by])
    return Question(place, group, _texts(data, index))


def _texts(data: Mapping[str, Any], index: int) -> dict[str, str]:
    texts = {}
    question = next((data[n] for n in QUESTION_COLUMNS if data.get(n)), None)
    if question is not None:
        texts["question"] = str(question)
    completion = next((data[n] for n in COMPLETION_COLUMNS if data.get(n)), None)
    if isinstance(completion, str) and completion.startswith("[") and data.get("completions"):
        completion = orjson.loads(completion)
    if isinstance(completion, list) and index < len(completion):
        completion = completion[index]
    if completion is not None:
        texts["completion"] = str(completion)
    return texts


def _add(question: Question, data: Mapping[str, Any], numbers: tuple[str, ...]) -> None:
    for number in numbers:
        if data[number] is not None:
            question.sums[number] = question.sums.get(number, 0.0) + float(data[number])
            question.counts[number] = question.counts.get(number, 0) + 1
