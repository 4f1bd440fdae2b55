"""Says that a finding is there where the case denies it, or the reverse, in many wordings."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
    stands_alone,
)
from reward_service.validity.perturbations.lay import DRUG, Thing, find_things
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.real import change_one, echoes, rows_of
from reward_service.validity.perturbations.stated import polarity

_DETERMINED = re.compile(r"(?:\b(?:the|his|her|their|this|that|these|patient's|’s|'s)) $", re.I)
_HISTORY = re.compile(r"\b(?:an? |the )?(?:\w+ )?history of (?:an? )?$", re.I)
_ARTICLE = re.compile(r"\b(?:an?|some) $", re.I)
# What makes a denial of a real text an affirmation.
_AFFIRMED = (
    (re.compile(r"\b(denies|denied) (?:any |having )?", re.I), "reports "),
    (re.compile(r"\bdoes not have (?:any )?", re.I), "has "),
    (re.compile(r"\bdo not have (?:any )?", re.I), "have "),
    (re.compile(r"\bhas not had (?:any )?", re.I), "has had "),
    (re.compile(r"\bwithout (?:any )?", re.I), "with "),
    (re.compile(r"\bnegative for ", re.I), "positive for "),
    (re.compile(r"\babsence of ", re.I), "presence of "),
    (re.compile(r"\bno (?:signs? of |evidence of |history of )?", re.I), ""),
)


def flip_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """One claim that a thing is there says that it is not, or the reverse."""
    able = [i for i, c in enumerate(plan.claims) if c.thing is not None and c.thing.kind != DRUG]
    if not able:
        return None
    index = rng.choice(able)
    claim = plan.claims[index]
    return plan.with_claim(index, claim._replace(there=not claim.there))


def flip_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """One sentence about the patient says the opposite of what it and the case say."""
    return change_one(
        text,
        setting,
        lambda said: dict.fromkeys((*_of_things(said, setting), *_of_words(said, setting))),
        rng,
    )


def _of_things(sentence: str, setting: Setting) -> Iterator[str]:
    """The sentence with one thing that it and the case agree on denied, or affirmed."""
    stated = {t: there for t, there in setting.stated.things if t.kind != DRUG}
    for thing, match in find_things(sentence):
        there = stated.get(thing)
        alone = stands_alone(sentence[: match.start()])
        if there is not None and alone and polarity(sentence, thing, match) is there:
            flipped = _denied(sentence, match) if there else _affirmed(sentence, thing, match)
            if flipped is not None:
                yield flipped


def _of_words(sentence: str, setting: Setting) -> Iterator[str]:
    """The sentence after one edit of `flips.tsv`, where words of the case follow soon."""
    for pattern, to, near in _flips():
        for match in pattern.finditer(sentence):
            after = " ".join(sentence[match.end() :].split()[:near])
            if echoes(after if near else sentence, setting):
                capital = match.start() == 0 and sentence[:1].isupper()
                said = to[:1].upper() + to[1:] if capital else to
                yield f"{sentence[: match.start()]}{said}{sentence[match.end() :]}"


@cache
def _flips() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    return tuple(
        (re.compile(rf"(?<![\w-]){pattern}", re.IGNORECASE), to, int(near))
        for pattern, to, near in rows_of("flips.tsv")
    )


def _denied(sentence: str, match: re.Match[str]) -> str:
    before, after = sentence[: match.start()], sentence[match.end() :]
    if _HISTORY.search(before):
        return f"{_HISTORY.sub('no history of ', before)}{match[0]}{after}"
    if _DETERMINED.search(before):
        return f"{before}absent {match[0]}{after}"
    return f"{_ARTICLE.sub('', before)}no {match[0]}{after}".replace("no No", "no")


def _affirmed(sentence: str, thing: Thing, match: re.Match[str]) -> str | None:
    before, after = sentence[: match.start()], sentence[match.end() :]
    for pattern, positive in _AFFIRMED:
        denials = list(pattern.finditer(before))
        if denials:
            said = f"{before[: denials[-1].start()]}{positive}{before[denials[-1].end() :]}"
            return f"{said}{match[0]}{after}"
    return None


PERTURBATIONS = (
    Perturbation(
        name="flipped polarity",
        meaning="a finding that the case affirms is denied, or the reverse, in many wordings",
        fitting=FAITHFULNESS,
        goal=0.93,
        on_plan=flip_in_plan,
        on_text=flip_in_text,
    ),
)
