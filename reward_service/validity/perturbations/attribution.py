"""Moves a finding of the patient to a member of the family, or to the distant past."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
)
from reward_service.validity.perturbations.lay import SIGN, SYMPTOM, Thing
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.real import change_one, echoes

RELATIVES = ("mother", "father", "sister", "brother", "grandmother", "uncle")
_PERSON = (
    r"(?:patient|woman|man|child|boy|girl|lady|gentleman|infant|baby|neonate|newborn|(?:fe)?male"
    r"|smoker|primigravida)"
)
# A sentence that opens with the patient as its subject: (lead)(subject)(verb).
_OPENING = re.compile(
    r"^((?:\(?\w{1,2}[.):] ?|[-•*] )?(?:[A-Z][a-z]+(?: [a-z]+){0,3}, )?)"
    rf"((?:the|this|our|an?) (?:(?!that |is |means |\w+s that )[\w-]+ ){{0,3}}?{_PERSON}|s?he)"
    r"((?: also| only| already| currently| clearly)? (?:has|had|presents with|presented with"
    r"|complains of|complained of|reports|reported|is having|developed|develops|shows|showed"
    r"|suffers from|is suffering from))\b(?! (?:not|no|been|to)\b)",
    re.IGNORECASE,
)
# A sentence whose subject is a finding: (noun phrase) before its verb.
_FINDING = re.compile(
    r"^((?:\(?\w{1,2}[.):] ?|[-•*] )?(?:the|this|his|her|such)(?: [\w'-]+){1,5}?)"
    r"(?= (?:also |all |both |strongly |clearly )?(?:suggests?|indicates?|points?|supports?|makes?"
    r"|leads?|speaks?|rules?|(?:is|are|was|were)(?! (?:an?|the)\b)) )",
    re.IGNORECASE,
)
_NOT_A_FINDING = re.compile(
    rf"\b(?:{_PERSON}|answers?|options?|choices?|correct|diagnos[ie]s|treatment|questions?|age"
    r"|that|who|which|next|first|management|tests?|steps?|thing|key|clues?|has|have|no|absence"
    r"|causes?|drugs?|normal|rationale|reasons?|agents?|problem|role|for|in|before|after|between|investigations)\b",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"\b({_PERSON}) (?:with|having|presenting with|who presents with|who has) (?!no\b)",
    re.IGNORECASE,
)
_HISTORY = re.compile(r"(?<!family )(?<!no )\bhistory of ", re.IGNORECASE)
_DENIAL = re.compile(r"no(?:t|ne)?\b|never\b|without\b", re.IGNORECASE)
_LONG_AGO = (
    "many years ago, but no longer",
    "as a child, and never since",
    "in the distant past, with full recovery",
)
# A sentence that already speaks of the past: moving it there changes nothing.
_OVER = re.compile(
    r"\b(?:history of|past|previous(?:ly)?|prior|earlier|ago|underwent|had (?:had )?(?:an? |the )?"
    r"(?:\w+ )?(?:child|baby|birth|delivery|operation|surgery))\b",
    re.IGNORECASE,
)
_VALUE = re.compile(r"\b(?:size|pressure|temperature|pulse|level|rate|count|value)s?$", re.I)
_IN_PAST = {"has": "had", "is": "was", "are": "were"}
_NEAR = 6  # words after a verb among which one of the case's has to be


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
    return change_one(text, setting, lambda said: _of_relative(said, relative, setting), rng)


def to_past_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """One sentence about what the patient has is said to be long over."""
    return change_one(text, setting, lambda said: _long_over(said, setting), rng)


def _of_relative(said: str, relative: str, setting: Setting) -> Iterator[str]:
    """The ways to say a sentence of a relative."""
    for start, verb, rest in _subjects(said, setting):
        lead, opening = start
        the = "The" if opening[:1].isupper() else "the"
        yield f"{lead}{the} patient's {relative}{verb} {rest}"
    for noun, verb in _findings(said, setting):
        yield f"{noun} in the patient's {relative}{verb}"
    for match in _WITH.finditer(said):
        if echoes(_next(said[match.end() :]), setting):
            yield f"{said[: match.start()]}{match[1]} whose {relative} has {said[match.end() :]}"
    for match in _HISTORY.finditer(said):
        if echoes(_next(said[match.end() :]), setting):
            yield f"{said[: match.start()]}family {match[0]}{said[match.end() :]}"


def _long_over(said: str, setting: Setting) -> Iterator[str]:
    """The ways to say a sentence of the distant past; none if it is of the past already."""
    if _OVER.search(said):
        return
    for (lead, opening), verb, rest in _subjects(said, setting):
        subject = opening[:1].lower() + opening[1:]
        for when in _LONG_AGO:
            long_ago = when[:1].upper() + when[1:] if opening[:1].isupper() else when
            yield f"{lead}{long_ago}, {subject}{_past(verb)} {rest}"
    for noun, verb in _findings(said, setting):
        if not _VALUE.search(noun):  # a pressure does not go away
            yield f"{noun} that went away years ago{_past(verb)}"
    for match in _WITH.finditer(said):
        if echoes(_next(said[match.end() :]), setting):
            long_ago = f"{match[1]} who many years ago, but no longer, had "
            yield f"{said[: match.start()]}{long_ago}{said[match.end() :]}"


def _subjects(said: str, setting: Setting) -> Iterator[tuple[tuple[str, str], str, str]]:
    """((what leads in, subject), verb, rest) of a sentence whose subject is the patient."""
    start = _OPENING.match(said)
    if start is not None:
        rest = said[start.end() :].lstrip()
        if echoes(_next(rest), setting) and not _DENIAL.match(rest):
            yield (start[1], start[2]), start[3], rest


def _findings(said: str, setting: Setting) -> Iterator[tuple[str, str]]:
    """(noun phrase of the case, verb and rest) of a sentence whose subject is a finding."""
    start = _FINDING.match(said)
    if start is not None and echoes(start[1], setting) and not _NOT_A_FINDING.search(start[1]):
        yield start[1], said[start.end(1) :]


def _next(text: str) -> str:
    return " ".join(text.split()[:_NEAR])


def _past(verb: str) -> str:
    return re.sub(
        r"\b(?:presents|complains|suffers|reports|develops|shows|has|is|are)\b",
        lambda match: _IN_PAST.get(match[0], f"{match[0].removesuffix('s')}ed"),
        verb,
        count=1,
    )


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
