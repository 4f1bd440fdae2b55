"""Swaps a finding, illness, habit or drug for another of its kind, which another case states."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache

from reward_service.validity.perturbations.base import (
    FAITHFULNESS,
    Perturbation,
    Setting,
    stands_alone,
)
from reward_service.validity.perturbations.lay import Thing, find_things
from reward_service.validity.perturbations.plan import Plan
from reward_service.validity.perturbations.real import rows_of, telling

# What numbers may tell without its name; saying it is no clear swap.
_TOLD_BY_NUMBERS = frozenset({"fever", "bp", "sugar", "fat", "gland", "kidney", "weight"})
# What may follow a name that is not part of a longer one ("diabetes mellitus").
_ENDS_ALONE = re.compile(
    r"\s*(?:[,.;:)(]|$|(?:and(?! (?:spleen|liver))|or|with|without|that|which|who|for"
    r"|since|after|is|was|are|were|as|but|due|because|has|had|suggests?|indicates?|points?|may|could"
    r"|from|by|to)\b)"
)
# What is replaced, how it is written in place of what was said, and the new word.
_Swap = tuple[re.Pattern[str], Callable[[str, str], str], str]
_LEADS_NOWHERE = frozenset(("and", "or", "the", "of", "in", "to", "for", "is", "was", "with", "a"))


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
    """Every mention of one thing or word that text and case share becomes another of its kind."""
    said = "\n".join(telling(text, setting))
    able = [*_things(text, said, setting, rng), *_words(text, said, setting, rng)]
    if not able:
        return None
    pattern, write, new = rng.choice(able)
    return pattern.sub(lambda match: write(match[0], new), text)


def _things(text: str, said: str, setting: Setting, rng: random.Random) -> Iterator[_Swap]:
    """Things that the case affirms, with others in their place."""
    affirmed = {thing for thing, there in setting.stated.things if there}
    for thing in sorted({t for t, _ in find_things(said) if t in affirmed}, key=lambda t: t.term):
        other = _another(thing, setting, rng, text)
        alone = all(
            stands_alone(text[: m.start()]) and _ENDS_ALONE.match(text, m.end())
            for m in thing.pattern.finditer(text)
        )
        if other is not None and alone:
            pattern = rf"(?:\b(?:an?|the) )?(?:{thing.pattern.pattern})"
            yield re.compile(pattern, re.IGNORECASE), _like, other.term


def _words(text: str, said: str, setting: Setting, rng: random.Random) -> Iterator[_Swap]:
    """Words of `swaps.tsv`, with another of their row that nobody here says.

    A word with an asterisk has other meanings, and counts only before the same word as in the case.
    """
    options = " ".join(setting.options.values())
    everything, lower = f"{setting.case}\n{text}\n{options}", said.lower()
    for row in _rows():
        for word in row:
            named = word.removesuffix("*").lower() in lower
            pattern = _whole(word, setting.case) if named else None
            if pattern is None or not pattern.search(said) or pattern.search(options):
                continue
            others = [w for w in row if not re.search(rf"\b{_stem(w)}", everything, re.IGNORECASE)]
            if others:
                yield pattern, _with_article, rng.choice(others).removesuffix("*")


def _whole(word: str, case: str) -> re.Pattern[str] | None:
    """A pattern of a word that the case holds, with its article; None where it does not."""
    bare = rf"(?:\ban? )?(?<![\w-]){word.removesuffix('*')}(?![\w-])"
    if word.endswith("*"):
        following = re.findall(rf"\b{word[:-1]} (\w+)", case, re.IGNORECASE)
        nexts = sorted(set(map(str.lower, following)) - _LEADS_NOWHERE)
        return re.compile(rf"{bare}(?= (?:{'|'.join(nexts)})\b)", re.I) if nexts else None
    found = re.compile(bare, re.IGNORECASE)
    return found if found.search(case) else None


def _stem(word: str) -> str:
    return re.escape(word.removesuffix("*").removesuffix("s"))


@cache
def _rows() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows_of("swaps.tsv"))


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
    capital = said[:1].isupper() and not said[1:2].isupper()
    return term[:1].upper() + term[1:] if capital else term


def _with_article(said: str, word: str) -> str:
    """The word after the article of the words that it replaces, if they have one."""
    if not re.match(r"an? ", said, re.IGNORECASE):
        return _like(said, word)
    return _like(said, f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}")


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
