"""The response of `POST /score`: per-objective scores, metrics and, when asked for, evidence."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from reward_service.wire.codes import Abstention, Outcome


class Span(BaseModel):
    """A stretch of one of the texts, in code points, half-open."""

    model_config = ConfigDict(frozen=True)

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str = Field(description="The stretch itself.")


class CaseSpan(Span):
    """A stretch of the case; `field` says which of the item's texts it lies in."""

    field: str = Field(description="question, context, reference or option:<letter>")


class Evidence(BaseModel):
    """One thing that earned or cost something.

    The `earned` of an objective's evidence adds up to its score (to 6 decimals).
    """

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    completion: Span | None = Field(None, description="Where the completion says it.")
    case: CaseSpan | None = Field(None, description="What in the case it rests on, or missed.")
    concept: str | None = Field(None, description="Concept id in the vocabulary.")
    name: str | None = Field(None, description="The concept's preferred name, or what was checked.")
    polarity: str | None = Field(None, description="present or absent, as claimed.")
    weight: float = Field(description="Its weight in the objective's denominator.")
    earned: float = Field(description="What it added to the score.")


class ObjectiveExplanation(BaseModel):
    """One objective as a sum: `score` = the sum of `earned` over `evidence`."""

    model_config = ConfigDict(frozen=True)

    score: float | None
    formula: str = Field(description="How the evidence becomes the score, with its numbers.")
    evidence: list[Evidence]


class Explanation(BaseModel):
    """The evidence behind one completion's scores."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(description="The completion text that spans refer to.")
    case_texts: dict[str, str] = Field(description="The case's texts that case spans refer to.")
    sections: dict[str, Span] = Field(description="Where analysis and conclusion were found.")
    answers: list[str] = Field(description="The final answer or answers read from the completion.")
    objectives: dict[str, ObjectiveExplanation]


class Score(BaseModel):
    """One completion's scores. A null objective has its reason in `abstentions`."""

    model_config = ConfigDict(frozen=True)

    objectives: dict[str, float | None] = Field(description="Each in [0, 1], or null.")
    abstentions: dict[str, Abstention] = Field(description="Objective → why it is null.")
    reward: float | None = Field(
        description="Σ weight · objective over the judged objectives; null if none was."
    )
    metrics: dict[str, int | float | None]
    explanation: Explanation | None = None


class ItemScores(BaseModel):
    """The scores of one item's completions, in the request's order."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    scores: list[Score]


class Scorer(BaseModel):
    """What produced the scores. Equal fingerprints give equal scores."""

    model_config = ConfigDict(frozen=True)

    version: str
    pipeline: str
    vocabulary: str
    fingerprint: str


class ScoreResponse(BaseModel):
    """Answer of `POST /score`; order as in the request."""

    model_config = ConfigDict(frozen=True)

    items: list[ItemScores]
    scorer: Scorer
