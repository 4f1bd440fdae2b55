"""Pairs of an honest text and a changed one, and what the scores make of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from reward_service.validity.base import Context, Scored
from reward_service.validity.data.question import Question
from reward_service.validity.perturbations.base import PROCESS, Perturbation
from reward_service.validity.perturbations.honest import Honest
from reward_service.validity.perturbations.registers import write
from reward_service.validity.statistics import Floats

_VARIANTS = 3  # of a real text
Change = Callable[[Honest, random.Random], str | None]


class Pair(NamedTuple):
    """Two texts on one question with their scores."""

    question: Question
    honest: str
    changed: str
    honest_scores: Scored
    changed_scores: Scored


def change_of(perturbation: Perturbation) -> Change:
    """The perturbation of a text: of its plan where it has one, else of the text itself."""

    def change(honest: Honest, rng: random.Random) -> str | None:
        on_plan, on_text = perturbation.on_plan, perturbation.on_text
        if honest.plan is not None and on_plan is not None:
            plan = on_plan(honest.plan, honest.setting, rng)
            return None if plan is None else write(plan)
        if on_text is None or (honest.plan is not None and not perturbation.of_auc):
            return None
        return on_text(honest.text, honest.setting, rng)

    return change


def make_pairs(context: Context, texts: Sequence[Honest], name: str, change: Change) -> list[Pair]:
    """The pairs of the texts that `change` applies to, scored. `name` seeds the choices.

    A real text is changed in up to three ways; a restated vignette in one, there being many.
    """
    made = [
        (honest, changed) for honest in texts for changed in _changed(honest, name, change, context)
    ]
    # Apart, so that an honest text is scored once for all perturbations.
    honest_scores = context.score([h.question.item([h.text]) for h, _ in made])
    changed_scores = context.score([h.question.item([changed]) for h, changed in made])
    return [
        Pair(h.question, h.text, changed, before, after)
        for (h, changed), (before,), (after,) in zip(
            made, honest_scores, changed_scores, strict=True
        )
    ]


def _changed(honest: Honest, name: str, change: Change, context: Context) -> list[str]:
    """Different changed versions of a text, in the order of their tries."""
    tries = 1 if honest.plan is not None else _VARIANTS
    made = (change(honest, _rng(context.seed, name, honest, n)) for n in range(tries))
    return [text for text in dict.fromkeys(made) if text and text.strip() and text != honest.text]


def fitting_score(scored: Scored, fitting: str) -> float | None:
    """The objective's score, or the sum of faithfulness and coverage."""
    if fitting != PROCESS:
        return scored.value(fitting)
    parts = [scored.value("faithfulness"), scored.value("coverage")]
    judged = [part for part in parts if part is not None]
    return sum(judged) if judged else None


def baseline(pairs: Sequence[Pair], score: Callable[[str, str], float]) -> Floats:
    """A naive score of (text, case) of both texts of each pair, as (pairs, 2)."""
    return np.array(
        [
            (score(p.honest, p.question.question), score(p.changed, p.question.question))
            for p in pairs
        ]
    )


def _rng(seed: int, name: str, honest: Honest, variant: int = 0) -> random.Random:
    told = f"{seed}\0{name}\0{honest.question.key}\0{honest.text}" + "\0" * variant
    digest = hashlib.sha256(told.encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))
