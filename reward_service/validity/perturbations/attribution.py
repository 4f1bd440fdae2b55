"""Moves a finding of the patient to a member of the family, or to the distant past."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
    change_sentence,
)
from reward_service.validity.perturbations.lay import SIGN, SYMPTOM, Thing, find_things
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.stated import polarity

RELATIVES = ("mother", "father", "sister", "brother", "grandmother", "uncle")
# A sentence that opens with the patient as its subject: (subject)(verb).
_OPENING = re.compile(
    r"^((?:The|This|Our) (?:patient|woman|man|child|boy|girl|lady|infant)|He|She)"
    r"( (?:has|had|presents with|presented with|complains of|reports|is having|developed"
    r"|is suffering from|suffers from)) ",
)


def to_family_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One thing that the patient has is said of a relative, whom the case gives no such thing."""
    able = [
        i
        for i, claim in enumerate(plan.claims)
        if claim.thing is not None and claim.there and _once(claim.thing, setting)
    ]
    if not able:
        return None
    index = rng.choice(able)
    return plan.with_claim(index, plan.claims[index]._replace(relative=rng.choice(RELATIVES)))


def to_past_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One current symptom or sign is said to be long over."""
    able = [
        i
        for i, claim in enumerate(plan.claims)
        if claim.thing is not None and claim.there and claim.thing.kind in (SYMPTOM, SIGN)
    ]
    if not able:
        return None
    index = rng.choice(able)
    return plan.with_claim(index, plan.claims[index]._replace(past=True))


def to_family_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """One sentence about what the patient has is said of a relative."""
    relative = rng.choice(RELATIVES)
    return _moved(text, setting, rng, lambda _, verb: f"The patient's {relative}{verb} ")


def to_past_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """One sentence about what the patient has is said to be long over."""
    return _moved(
        text, setting, rng, lambda subject, _: f"Many years ago, but no longer, {subject} had "
    )


def _moved(
    text: str, setting: Setting, rng: random.Random, opening: Callable[[str, str], str]
) -> str | None:
    current = {t for t, there in setting.stated.things if there and t.kind in (SYMPTOM, SIGN)}

    def change(sentence: str) -> str | None:
        start = _OPENING.match(sentence)
        if start is None:
            return None
        for thing, match in find_things(sentence):
            if thing in current and polarity(sentence, thing, match) and _once(thing, setting):
                subject = start[1][:1].lower() + start[1][1:]
                return opening(subject, start[2]) + sentence[start.end() :]
        return None

    return change_sentence(text, change, rng)


def _once(thing: Thing, setting: Setting) -> bool:
    """Whether the case names a thing only once: then nobody else has it."""
    return len(thing.pattern.findall(setting.case)) == 1


PERTURBATIONS = (
    Perturbation(
        name="moved to a relative",
        meaning="a finding of the patient is said of a member of the family",
        fitting=FAITHFULNESS,
        goal=None,
        on_plan=to_family_in_plan,
        on_text=to_family_in_text,
    ),
    Perturbation(
        name="moved to the past",
        meaning="a current finding is said to be long over",
        fitting=FAITHFULNESS,
        goal=None,
        on_plan=to_past_in_plan,
        on_text=to_past_in_text,
    ),
)
