"""judge: a language model's grade of the reasoning, 0 to 10, divided by 10.

Unlike the other objectives it depends on something outside: the same completion may get another
grade tomorrow. It is there to compare with and is not paid unless a weight says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout
from reward_service.judge.client import Grade, JudgeClient, Messages
from reward_service.judge.rubric import BEST, messages
from reward_service.objectives.base import EvidenceItem, Judgement
from reward_service.wire.codes import Abstention, Outcome

NAME = "judge"


class Judge:
    """The judge objective, over one client. Registered with a scorer only when configured."""

    name = NAME
    summary = "a language model's grade of the reasoning by a short rubric; needs an endpoint"
    default_weight = 0.0
    metrics: Mapping[str, str] = {}
    abstentions = (Abstention.JUDGE_FAILED,)

    def __init__(self, client: JudgeClient, model: str) -> None:
        self._client = client
        self._model = model
        self._ahead: dict[bytes, Grade] = {}

    def ask_ahead(self, completions: Iterable[tuple[Case, str]]) -> None:
        """Ask for the grades of completions of these cases together; `judge` then has them.

        They are kept until the next call, failures too: a broken endpoint is asked once.
        """
        asked = [_messages(case, text) for case, text in completions if text.strip()]
        grades = self._client.grades(asked)
        names = map(self._client.name_of, asked)
        self._ahead = dict(zip(names, grades, strict=True))

    def judge(self, case: Case, rollout: Rollout) -> Judgement:
        """Judge one rollout; abstains when the endpoint gave no grade. Empty text earns 0."""
        text = rollout.completion.text
        formula = f"grade of {self._model}, 0 to {BEST}, / {BEST}"
        if not text.strip():
            return Judgement.judged(0.0, formula=formula)
        asked = _messages(case, text)
        grade = self._ahead.get(self._client.name_of(asked)) or self._client.grades([asked])[0]
        if grade.value is None:
            return Judgement.abstained(Abstention.JUDGE_FAILED, formula=formula)
        outcome = Outcome.MATCHED if grade.value else Outcome.UNSUPPORTED
        name = f"{round(grade.value * BEST)} of {BEST} by {self._model}"
        evidence = EvidenceItem(outcome, 1.0, grade.value, (0, len(text)), name=name)
        return Judgement.judged(grade.value, evidence=[evidence], formula=formula)


def _messages(case: Case, text: str) -> Messages:
    return messages(case.question, case.options, case.texts.get("context", ""), text)
