"""Honest texts with what they are about: restated vignettes, and real explanations."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from reward_service.validity.base import Context
from reward_service.validity.data import casimedicos, chains, medmcqa, medqa
from reward_service.validity.data.question import Question
from reward_service.validity.perturbations.base import Setting, speaks_of_patient
from reward_service.validity.perturbations.lay import Thing
from reward_service.validity.perturbations.plan import Plan, Register, make_plan
from reward_service.validity.perturbations.registers import write
from reward_service.validity.perturbations.stated import Stated, read_case

_SHORTEST = 12  # words of an explanation that can explain anything
_SHORTEST_CASE = 20  # words of a question that tells of a patient


class Honest(NamedTuple):
    """An honest text. `plan` is given where the text was written from one."""

    question: Question
    text: str
    setting: Setting
    plan: Plan | None


def restated(context: Context, *, register: Register) -> list[Honest]:
    """Vignettes restated by the templates of a register."""
    found: list[_Found] = []
    for question in medqa.read(context.data):
        stated = read_case(question.question)
        rng = random.Random(_seed(context, question.key))
        plan = make_plan(stated, question.options, question.answer, rng, register=register)
        if plan is not None:
            found.append(_Found(question, write(plan), stated, plan))
    return _settled(context.choose(found))


def doctors(context: Context) -> list[Honest]:
    """What doctors wrote on cases."""
    return _explained(context, [case.question for case in casimedicos.read(context.data)])


def experts(context: Context) -> list[Honest]:
    """Experts' explanations of questions that tell of a patient."""
    return _explained(context, medmcqa.read(context.data))


def right_chains(context: Context) -> list[Honest]:
    """Real chains of thought with the right answer."""
    right = [
        replace(chain.question, explanation=text)
        for chain in chains.read(context.data)
        for text, is_right in zip(chain.completions, chain.correct, strict=True)
        if is_right
    ]
    return _explained(context, right)


class _Found(NamedTuple):
    question: Question
    text: str
    stated: Stated
    plan: Plan | None

    @property
    def key(self) -> str:
        return self.question.key


def _explained(context: Context, questions: Sequence[Question]) -> list[Honest]:
    found: list[_Found] = []
    for question in questions:
        stated = read_case(question.question)
        said = question.explanation or ""
        tells = len(question.question.split()) >= _SHORTEST_CASE and (
            stated.things or stated.values or speaks_of_patient(question.question)
        )
        if tells and len(said.split()) >= _SHORTEST:
            found.append(_Found(question, said, stated, None))
    return _settled(context.choose(found))


def _settled(found: Sequence[_Found]) -> list[Honest]:
    """Each with what the others state, and with the text of the one after it."""
    pool: list[Thing] = [thing for one in found for thing, there in one.stated.things if there]
    return [
        Honest(
            one.question,
            one.text,
            Setting(
                one.question.question,
                one.stated,
                one.question.options,
                one.question.answer,
                tuple(pool),
                _of_another(found, i),
            ),
            one.plan,
        )
        for i, one in enumerate(found)
    ]


def _of_another(found: Sequence[_Found], index: int) -> str:
    """The next text that is of another question; "" where there is none."""
    following = (*found[index + 1 :], *found[:index])
    return next((one.text for one in following if one.key != found[index].key), "")


def _seed(context: Context, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{context.seed}\0{key}".encode()).digest()[:8], "big")
