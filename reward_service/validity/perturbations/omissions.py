"""Leaves out half of the findings, or the discussion of one option."""

from __future__ import annotations

import random
import re

from reward_service.validity.baselines import content_words
from reward_service.validity.perturbations.base import COVERAGE, Perturbation, Setting, cut
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.real import is_general, parts, tells

_SHARED = 4  # content words that a sentence shares with the case when it tells of it
_LISTS_LABELS = re.compile(r"\b(?:options?|choices?|answers?)\b", re.IGNORECASE)
_LONG = 6  # letters of a word that can name an option alone
_ARGUED = 10  # words of a discussion that can give a reason


def drop_findings_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """Half of the claims go.

    Each option keeps a reason: one that rested on a claim that is gone rests on a claim that gave a
    reason before, so nothing that stays is argued with for the first time.
    """
    argued = sorted({reason.claim for reason in plan.reasons})
    first = rng.choice(argued)
    others = [i for i in range(len(plan.claims)) if i != first]
    keep = sorted([first, *rng.sample(others, len(plan.claims) // 2 - 1)])
    place = {index: new for new, index in enumerate(keep)}
    left = [place[i] for i in argued if i in place]
    return plan._replace(
        claims=tuple(plan.claims[i] for i in keep),
        reasons=tuple(
            reason._replace(claim=place.get(reason.claim, left[n % len(left)]))
            for n, reason in enumerate(plan.reasons)
        ),
    )


def drop_option_in_plan(plan: Plan, setting: Setting, rng: random.Random) -> Plan | None:
    """The discussion of one wrong option goes."""
    wrong = [reason for reason in plan.reasons if reason.letter != plan.answer]
    if not wrong:
        return None
    dropped = rng.choice(wrong)
    return plan._replace(reasons=tuple(r for r in plan.reasons if r is not dropped))


def drop_findings_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """Half of the sentences that tell of the case go, if there are two; the last one stays."""
    of_options = content_words(" ".join(setting.options.values()))
    words = content_words(setting.case) - of_options
    said = parts(text)
    able = [i for i, sentence in enumerate(said[:-1]) if _of_case(sentence, words, setting)]
    if len(able) < 2:
        return None
    gone = rng.sample(able, (len(able) + 1) // 2)
    return cut(text, [said[i] for i in sorted(gone)])


def _of_case(sentence: str, words: frozenset[str], setting: Setting) -> bool:
    """Whether a sentence tells of the case, in its words."""
    shared = len(content_words(sentence) & words)
    return tells(sentence, setting) or (shared >= _SHARED and not is_general(sentence))


def drop_option_in_text(text: str, setting: Setting, rng: random.Random) -> str | None:
    """The sentences that speak of one wrong option and of no other go; the last one stays."""
    said = parts(text)
    named = [_named(sentence, setting) for sentence in said]
    able = [
        letter
        for letter in sorted(set(setting.options) - {setting.answer})
        if not any(letter in letters > {letter} for letters in named)
        and any(
            letters == {letter} and len(sentence.split()) >= _ARGUED
            for sentence, letters in zip(said[:-1], named[:-1], strict=True)
        )
    ]
    if not able:
        return None
    letter = rng.choice(able)
    gone = [s for s, letters in zip(said[:-1], named[:-1], strict=True) if letters == {letter}]
    return cut(text, gone) if len(gone) < len(said) - 1 else None


def _named(sentence: str, setting: Setting) -> set[str]:
    """The options that a sentence names: by label, by all their content words or by one of theirs.

    A word counts as an option's own when it is long and neither another option nor the case has it.
    """
    words = content_words(sentence)
    found = set()
    for letter, text in setting.options.items():
        own = content_words(text)
        others = " ".join(said for other, said in setting.options.items() if other != letter)
        alone = own - content_words(f"{others} {setting.case}")
        said = alone & words if not tells(sentence, setting) else frozenset()
        by_label = _LISTS_LABELS.search(sentence) and _label(letter).search(sentence)
        by_label = by_label or re.match(rf"\(?{letter}(?:[).:]| - )", sentence, re.IGNORECASE)
        if by_label or (own and own <= words) or any(len(w) >= _LONG for w in said):
            found.add(letter)
    return found


def _label(letter: str) -> re.Pattern[str]:
    """An option's label, small only in brackets; not the article, nor a part of a number."""
    article = r"(?! [a-z])" if letter == "A" else ""
    return re.compile(rf"(?<![\w.]){letter}(?![\w-]|\.\d){article}|\({letter.lower()}\)")


PERTURBATIONS = (
    Perturbation(
        name="half of the findings dropped",
        meaning="half of what the reasoning says of the case is left out",
        fitting=COVERAGE,
        goal=0.97,
        on_plan=drop_findings_in_plan,
        on_text=drop_findings_in_text,
    ),
    Perturbation(
        name="an option dropped",
        meaning="the discussion of one wrong option is left out",
        fitting=COVERAGE,
        goal=0.97,
        on_plan=drop_option_in_plan,
        on_text=drop_option_in_text,
    ),
)
