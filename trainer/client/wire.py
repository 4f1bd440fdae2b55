"""The service's answers, read strictly: types, ranges, keys, number and order.

Whatever is wrong with an answer raises WireError with the field and what was expected; the caller
adds the request. Unknown fields are ignored, so that the service may add some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.client.scores import CompletionScore, ScorerIdentity

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Unit = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


class WireError(ValueError):
    """An answer is not in the wire format; the message names the field and quotes no text."""


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Limits(_Wire):
    """What one request may hold, and how many items the service queues.

    The defaults are those of the service, for one that announces none.
    """

    items: int = Field(256, ge=1)
    completions: int = Field(4096, ge=1)
    body_bytes: int = Field(8_000_000, ge=1)
    queue_items: int = Field(1024, ge=1)


class ObjectiveDescription(_Wire):
    """One objective; `metrics` are the metrics that are reported with it, with their meanings."""

    name: str
    summary: str = ""
    default_weight: _Finite
    weight: _Finite
    metrics: Mapping[str, str] = {}
    abstentions: tuple[str, ...] = ()


class _Scorer(_Wire):
    version: str
    pipeline: str
    vocabulary: str
    fingerprint: str


class _Description(_Wire):
    objectives: tuple[ObjectiveDescription, ...] = Field(min_length=1)
    metrics: Mapping[str, str]
    abstentions: Mapping[str, str]
    scorer: _Scorer
    limits: Limits = Limits()


class _Score(_Wire):
    objectives: dict[str, _Unit | None]
    abstentions: dict[str, str] = {}
    reward: _Finite | None
    metrics: dict[str, _Finite | None] = {}
    explanation: dict[str, Any] | None = None


class _ItemScores(_Wire):
    id: str | None = None
    scores: list[_Score]


class _Answer(_Wire):
    items: list[_ItemScores]
    scorer: _Scorer


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """What a service judges (`GET /objectives`). Mappings go from name or code to meaning."""

    objectives: tuple[ObjectiveDescription, ...]
    metrics: Mapping[str, str]
    abstentions: Mapping[str, str]
    limits: Limits
    scorer: ScorerIdentity

    @property
    def names(self) -> tuple[str, ...]:
        """The objectives' names, in the service's order."""
        return tuple(objective.name for objective in self.objectives)

    def keys(self, asked: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the objectives and metrics in an answer when `asked` are asked for."""
        names = self.names if asked is None else tuple(asked)
        left_out = {
            metric
            for objective in self.objectives
            if objective.name not in names
            for metric in objective.metrics
        }
        return names, tuple(metric for metric in self.metrics if metric not in left_out)


@dataclass(frozen=True, slots=True)
class Answer:
    """A read answer: scores by item, and what scored."""

    items: tuple[tuple[CompletionScore, ...], ...]
    scorer: ScorerIdentity


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error body; `paths` holds (field, what is wrong with it) in the service's order."""

    code: str
    message: str
    paths: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.message else self.code


class _Detail(_Wire):
    path: str
    message: str


class _ErrorInfo(_Wire):
    code: str
    message: str
    details: list[_Detail] = []


class _ErrorBody(_Wire):
    error: _ErrorInfo


def read_description(body: bytes) -> ServiceDescription:
    """The answer of GET /objectives. Raises WireError."""
    try:
        read = _Description.model_validate_json(body)
    except ValidationError as error:
        raise WireError(_explain(error)) from None
    return ServiceDescription(
        read.objectives, read.metrics, read.abstentions, read.limits, _identity(read.scorer)
    )


def read_answer(
    body: bytes, *, sent: Sequence[tuple[str | None, int]], required: Sequence[str]
) -> Answer:
    """The answer to a request with items `sent` = (id, number of completions), in that order.

    Every completion must have the objectives `required`. Raises WireError.
    """
    try:
        read = _Answer.model_validate_json(body)
    except ValidationError as error:
        raise WireError(_explain(error)) from None
    for problem in _mismatches(read, sent, required):
        raise WireError(problem)
    return Answer(
        tuple(tuple(map(_completion_score, item.scores)) for item in read.items),
        _identity(read.scorer),
    )


def read_refusal(body: bytes) -> Refusal | None:
    """The error body of an answer that is not 2xx; None when it has another form."""
    try:
        info = _ErrorBody.model_validate_json(body).error
    except ValidationError:
        return None
    return Refusal(info.code, info.message, tuple((d.path, d.message) for d in info.details))


def _mismatches(
    read: _Answer, sent: Sequence[tuple[str | None, int]], required: Sequence[str]
) -> Iterator[str]:
    if len(read.items) != len(sent):
        yield f"items: expected {len(sent)} as in the request, got {len(read.items)}"
        return
    keys: tuple[set[str], set[str]] | None = None
    for i, (item, (item_id, count)) in enumerate(zip(read.items, sent, strict=True)):
        if item.id != item_id:
            yield f"items[{i}].id: not the id of the request's item; the order must be kept"
        if len(item.scores) != count:
            yield f"items[{i}].scores: expected {count}, got {len(item.scores)}"
        for n, score in enumerate(item.scores):
            path = f"items[{i}].scores[{n}]"
            missing = [name for name in required if name not in score.objectives]
            if missing:
                yield f"{path}.objectives: {', '.join(missing)} asked for, but not there"
            these = (set(score.objectives), set(score.metrics))
            if keys is not None and these != keys:
                yield f"{path}: other objectives or metrics than the scores before it"
            keys = these
            for name, value in score.objectives.items():
                if value is None and name not in score.abstentions:
                    yield f"{path}.objectives.{name}: null without a code in abstentions"


def _completion_score(score: _Score) -> CompletionScore:
    return CompletionScore(
        score.objectives, score.abstentions, score.reward, score.metrics, score.explanation
    )


def _identity(scorer: _Scorer) -> ScorerIdentity:
    return ScorerIdentity(scorer.version, scorer.pipeline, scorer.vocabulary, scorer.fingerprint)


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ""
    for step in first["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return f"{path}: {first['msg']}" if path else str(first["msg"])
