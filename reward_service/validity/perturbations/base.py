"""What a perturbation is: two pure functions, one on plans and one on texts."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reward_service.validity.perturbations.lay import Thing
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.stated import Stated

FAITHFULNESS = "faithfulness"
COVERAGE = "coverage"
PROCESS = "faithfulness + coverage"


class Setting(NamedTuple):
    """What a text is about. `things`: what other cases state, `elsewhere`: another case's text."""

    case: str
    stated: Stated
    options: Mapping[str, str]
    answer: str
    things: tuple[Thing, ...] = ()
    elsewhere: str = ""


ChangePlan = Callable[[Plan, Setting, random.Random], Plan | None]
ChangeText = Callable[[str, Setting, random.Random], str | None]
"""The changed text or plan; None where the perturbation does not apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """One way to make an honest text worse.

    fitting: the objective that should notice. goal: the least share of pairs in which it should
    score the honest text higher; None where none is set. of_auc: the goal is of the AUC instead.
    """

    name: str
    meaning: str
    fitting: str
    goal: float | None
    on_plan: ChangePlan | None
    on_text: ChangeText | None
    of_auc: bool = False


_PATIENT = re.compile(
    r"\b(?:patient|he|she|his|her|him|woman|man|child|boy|girl|lady|infant|this case|we have)\b",
    re.IGNORECASE,
)


# What may stand before a name that is not part of a longer one ("focal seizures").
_BEFORE_A_NAME = re.compile(
    r"(?:^|[,;:(>-]\s*|\b(?:an?|the|his|her|this|these|no|not|of|with|without|has|have|had|having"
    r"|and|or|any|by|to|for|from|in|due|denies|reports|shows|severe|mild|acute|chronic|new|some"
    r"|patient[’']?s?|presents|is|was|are|were|despite|since|because|that|which|includ\w+)\s+)$",
    re.IGNORECASE,
)


def stands_alone(before: str) -> bool:
    """Whether what follows this text is a name of its own, not the end of a longer one."""
    return bool(_BEFORE_A_NAME.search(before))


def cut(text: str, gone: Iterable[str]) -> str:
    """The text without these sentences, its lines kept."""
    for sentence in gone:
        text = re.sub(rf"{re.escape(sentence)}[ \t]*", "", text, count=1)
    return text.strip()


def speaks_of_patient(sentence: str) -> bool:
    """Whether a sentence of a real explanation names this patient or case."""
    return bool(_PATIENT.search(sentence))
