"""What an objective is: a frozen config, a pure `judge`, and a judgement that adds up.

An objective looks at one case and one rollout and returns a `Judgement`: either a score in [0, 1]
with the evidence whose `earned` values add up to it, or an abstention that says why it could not
be judged. It keeps no state, never raises on odd input, and never turns "cannot judge" into 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from reward_service.completions import Commitment, Completion
from reward_service.wire.codes import Abstention, Outcome

if TYPE_CHECKING:
    from reward_service.grounding.case import Case
    from reward_service.grounding.rollout import Rollout

SCORE_DIGITS = 6


class CaseView(Protocol):
    """What an objective without text analysis needs of a case."""

    @property
    def question(self) -> str: ...

    @property
    def options(self) -> Mapping[str, str] | None: ...

    @property
    def key(self) -> str | Sequence[str] | None: ...


class RolloutView(Protocol):
    """What an objective without text analysis needs of a rollout."""

    @property
    def completion(self) -> Completion: ...

    @property
    def commitment(self) -> Commitment: ...

    @property
    def names_another(self) -> bool: ...


class EvidenceItem(NamedTuple):
    """One thing that earned or cost something.

    `weight` is its share of the objective's denominator, `earned` what it added to the score (both
    in the score's own unit). `completion` is a range of code points in `Completion.text`; `case`
    is (field name, start, end) with the field named as in the wire's `CaseSpan`.
    """

    outcome: Outcome
    weight: float
    earned: float
    completion: tuple[int, int] | None = None
    case: tuple[str, int, int] | None = None
    concept: str | None = None
    name: str | None = None
    polarity: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """An objective's verdict on one rollout: a score or an abstention, exactly one of them.

    `score` lies in [0, 1] and equals the sum of `earned` over `evidence`, to 6 decimals. Build one
    with `Judgement.judged` or `Judgement.abstained`. Raises ValueError when the two are both given
    or both missing, or when the score is out of range.
    """

    score: float | None
    abstention: Abstention | None = None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    evidence: tuple[EvidenceItem, ...] = ()
    formula: str = ""

    def __post_init__(self) -> None:
        if (self.score is None) == (self.abstention is None):
            raise ValueError("a judgement has a score or an abstention, exactly one of them")
        if self.score is not None and not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a score lies in [0, 1], got {self.score}")

    @classmethod
    def judged(
        cls,
        score: float,
        *,
        metrics: Mapping[str, float | None] | None = None,
        evidence: Sequence[EvidenceItem] = (),
        formula: str = "",
    ) -> Judgement:
        """A score, rounded to 6 decimals."""
        return cls(round(score, SCORE_DIGITS), None, metrics or {}, tuple(evidence), formula)

    @classmethod
    def abstained(
        cls,
        why: Abstention,
        *,
        metrics: Mapping[str, float | None] | None = None,
        formula: str = "",
    ) -> Judgement:
        """No score, and the reason."""
        return cls(None, why, metrics or {}, (), formula)


class Objective(Protocol):
    """One thing that a completion is rewarded for.

    `metrics` names what `judge` reports beside the score: name → one line with its meaning, range
    and when it is null. `abstentions` lists every code that `judge` can return.
    """

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def default_weight(self) -> float: ...

    @property
    def metrics(self) -> Mapping[str, str]: ...

    @property
    def abstentions(self) -> tuple[Abstention, ...]: ...

    def judge(self, case: Case, rollout: Rollout) -> Judgement:
        """Judge one rollout of one case. Pure: equal arguments give equal judgements."""
        ...
