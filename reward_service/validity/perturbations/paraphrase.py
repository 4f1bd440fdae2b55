"""Honest paraphrases: the same claims in other words, which should hardly move a score."""

from __future__ import annotations

import random
import re

from reward_service.validity.perturbations.base import Setting
from reward_service.validity.perturbations.lay import ILLNESS, SIGN, SYMPTOM, find_things
from reward_service.validity.perturbations.plan import LAY, TERMS, Plan, reworded


def other_frames(plan: Plan, setting: Setting, rng: random.Random) -> Plan:
    """The plan in other sentence frames."""
    return reworded(plan, rng)


def other_register(plan: Plan, setting: Setting, rng: random.Random) -> Plan:
    """The plan in lay words instead of the case's terms; in these instead of all other words."""
    return plan._replace(register=LAY if plan.register == TERMS else TERMS)


def lay_words(text: str, setting: Setting, rng: random.Random) -> str | None:
    """A real text with one of its clinical terms in lay words throughout."""
    kinds = (SYMPTOM, SIGN, ILLNESS)
    named = sorted({t for t, _ in find_things(text) if t.kind in kinds}, key=lambda t: t.term)
    if not named:
        return None
    thing = rng.choice(named)
    pattern = re.compile(rf"(?:\ban? )?(?:{thing.pattern.pattern})", re.IGNORECASE)
    return pattern.sub(thing.noun.format(his="the patient's"), text)
