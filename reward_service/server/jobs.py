"""Jobs: how a request is cut into pieces of work, and how the pieces become its answer.

A *slice* is a run of completions of one item. A *job* is a few slices, about as much work as one
scoring process should take at a time. Scores depend on their own item alone, so the answer's bytes
are the same however a request was cut.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple, Protocol

from pydantic_core import to_json

from reward_service.wire.codes import Abstention
from reward_service.wire.errors import RequestError
from reward_service.wire.request import Item, Message, ScoreRequest
from reward_service.wire.response import Score, Scorer, ScoreResponse

LARGEST_JOB = 16
"""Completions in a job: enough to hide the cost of handing it over, few enough to share fairly."""

SMALLEST_JOB = 4
"""Groups are not cut finer, because every process that gets a part analyses the case anew."""

LARGEST_JOB_CHARS = 200_000
"""Characters in a job, unless one completion has more: giant texts must not travel together."""


class Scoring(Protocol):
    """What the server needs of a scorer (`reward_service.scoring.scorer.Scorer`)."""

    @property
    def identity(self) -> Scorer: ...

    def score(self, request: ScoreRequest) -> ScoreResponse: ...


class Slice(NamedTuple):
    """Completions `start` to `stop` (half-open) of item number `item`."""

    item: int
    start: int
    stop: int


class ItemSize(NamedTuple):
    """Characters of an item: of its case, and of each completion."""

    case: int
    completions: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.case + sum(self.completions)


class JobPlan(NamedTuple):
    """Slices that make a job, and the characters to read for them."""

    slices: tuple[Slice, ...]
    chars: int


class Scored(NamedTuple):
    """One completion's score: its JSON, and the values that the metrics count."""

    json: bytes
    objectives: dict[str, float | None]
    abstentions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a scoring process says about one job.

    `scores` has one entry per completion of the job, in order; it is empty when the request was
    refused (`refusal`) or when the scorer failed (`failure`: where, but no words of any text).
    """

    seconds: float
    scores: tuple[Scored, ...] = ()
    refusal: RequestError | None = None
    failure: str | None = None


def sizes_of(request: ScoreRequest) -> list[ItemSize]:
    """The length of every text of a request."""
    return [
        ItemSize(_case_chars(item), tuple(_chars(raw) for raw in item.completions))
        for item in request.items
    ]


def plan(sizes: Sequence[ItemSize], *, workers: int) -> list[JobPlan]:
    """Cut items into jobs that keep `workers` processes busy.

    Small groups share a job, groups larger than a job are cut. Every completion is in one job.
    """
    even = -(-sum(len(size.completions) for size in sizes) // max(workers, 1))
    most = min(LARGEST_JOB, max(SMALLEST_JOB, even))
    jobs: list[JobPlan] = []
    job: list[Slice] = []
    count = chars = 0
    for item, size in enumerate(sizes):
        for part in _slices(item, size, most):
            length = size.case + sum(size.completions[part.start : part.stop])
            full = count + part.stop - part.start > most or chars + length > LARGEST_JOB_CHARS
            if job and full:
                jobs.append(JobPlan(tuple(job), chars))
                job, count, chars = [], 0, 0
            job.append(part)
            count += part.stop - part.start
            chars += length
    return [*jobs, JobPlan(tuple(job), chars)] if job else jobs


def _slices(item: int, size: ItemSize, most: int) -> Iterator[Slice]:
    """Runs of at most `most` completions, shorter where they are long."""
    start, chars = 0, size.case
    for number, length in enumerate(size.completions):
        if number > start and (number - start == most or chars + length > LARGEST_JOB_CHARS):
            yield Slice(item, start, number)
            start, chars = number, size.case
        chars += length
    yield Slice(item, start, len(size.completions))


def _case_chars(item: Item) -> int:
    texts = [item.question, item.context, item.reference, *(item.options or {}).values()]
    return sum(len(text) for text in texts if text) + _chars(item.prompt or "")


def _chars(text: str | list[Message]) -> int:
    return len(text) if isinstance(text, str) else sum(len(m.content) for m in text)


def cut(request: ScoreRequest, slices: Sequence[Slice]) -> ScoreRequest:
    """The part of an already validated request that `slices` name."""
    items = [
        request.items[part.item].model_copy(
            update={"completions": request.items[part.item].completions[part.start : part.stop]}
        )
        for part in slices
    ]
    return request.model_copy(update={"items": items})


def execute(scorer: Scoring, request: ScoreRequest) -> Reply:
    """Score one job. Never raises: a scorer that fails is part of the reply."""
    started = perf_counter()
    try:
        response = scorer.score(request)
        scores = tuple(
            Scored(_JSON(score), score.objectives, _reasons(score))
            for item in response.items
            for score in item.scores
        )
    except RequestError as refusal:
        return Reply(perf_counter() - started, refusal=refusal)
    except Exception as error:  # the boundary of a process: one job must not take others with it
        return Reply(perf_counter() - started, failure=describe(error))
    return Reply(perf_counter() - started, scores)


def describe(error: BaseException) -> str:
    """Type and place of an exception. Not its message, which may quote the text that caused it."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(
        f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
        for frame in reversed(frames)
    )
    return f"{type(error).__name__} in {places}" if places else type(error).__name__


def blank(template: Score) -> Score:
    """A score that judges nothing, with the objectives and metrics of `template`."""
    return Score(
        objectives=dict.fromkeys(template.objectives),
        abstentions=dict.fromkeys(template.objectives, Abstention.SCORER_ERROR),
        reward=None,
        metrics=dict.fromkeys(template.metrics),
    )


def blanked(template: Scored) -> Scored:
    """`blank` for a score that came out of a scoring process."""
    score = blank(Score.model_validate_json(template.json))
    return Scored(_JSON(score), score.objectives, _reasons(score))


def join(request: ScoreRequest, scores: Sequence[Sequence[Scored]], scorer: Scorer) -> bytes:
    """The body of the answer: the same bytes as `ScoreResponse.model_dump_json`."""
    items = b",".join(
        b'{"id":%b,"scores":[%b]}' % (to_json(item.id), b",".join(score.json for score in group))
        for item, group in zip(request.items, scores, strict=True)
    )
    return b'{"items":[%b],"scorer":%b}' % (items, to_json(scorer))


_JSON = Score.__pydantic_serializer__.to_json


def _reasons(score: Score) -> dict[str, str]:
    return {name: reason.value for name, reason in score.abstentions.items()}
