"""Swaps a finding, illness, habit or drug for another of its kind, which another case states."""

from __future__ import annotations

import random
import re

from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
    speaks_of_patient,
    stands_alone,
)
from reward_service.validity.perturbations.lay import Thing, find_things
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.stated import sentences

# What numbers may tell without its name; saying it is no clear swap.
_TOLD_BY_NUMBERS = frozenset({"fever", "bp", "sugar", "fat", "gland", "kidney", "weight"})


def swap_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One thing that the patient has or takes becomes another one."""
    able = [i for i, c in enumerate(plan.claims) if c.thing is not None and c.there]
    if not able:
        return None
    index = rng.choice(able)
    thing = plan.claims[index].thing
    assert thing is not None
    other = _another(thing, setting, rng)
    return other and plan.with_claim(index, plan.claims[index]._replace(thing=other))


def swap_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """Every mention of one thing that the case affirms becomes another thing."""
    affirmed = {thing for thing, there in setting.stated.things if there}
    said = " ".join(filter(speaks_of_patient, sentences(text)))
    named = sorted({t for t, _ in find_things(said) if t in affirmed}, key=lambda t: t.term)
    if not named:
        return None
    thing = rng.choice(named)
    other = _another(thing, setting, rng, text)
    if other is None:
        return None
    if not all(stands_alone(text[: match.start()]) for match in thing.pattern.finditer(text)):
        return None
    pattern = re.compile(rf"(?:\b(an?|the) )?({thing.pattern.pattern})", re.IGNORECASE)
    return pattern.sub(lambda match: _like(match[0], other.term), text)


def _another(thing: Thing, setting: Setting, rng: random.Random, text: str = "") -> Thing | None:
    """A thing of the same kind and another group, which neither case nor text names."""
    here = {t.group for t, _ in find_things(f"{setting.case}\n{text}")}
    able = [
        other
        for other in setting.things
        if other.kind == thing.kind
        and other.group not in here
        and other.group != thing.group
        and other.group not in _TOLD_BY_NUMBERS
    ]
    return rng.choice(able) if able else None


def _like(said: str, term: str) -> str:
    """The term with a capital where the words that it replaces have one."""
    return term[:1].upper() + term[1:] if said[:1].isupper() else term


PERTURBATIONS = (
    Perturbation(
        name="swapped entity",
        meaning="a finding, illness or drug of the patient is another one of its kind",
        fitting=FAITHFULNESS,
        goal=0.95,
        on_plan=swap_in_plan,
        on_text=swap_in_text,
    ),
)
