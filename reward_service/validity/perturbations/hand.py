"""Another hand: puts a plan into words in several styles, with frames and nouns of its own.

Written apart from `wording` and `lay.tsv`, and shown in the report half only: rules that were tuned
on those have not seen this. Its tables: `hand_terms.tsv` (nouns), `hand_values.tsv` (names of
values), `hand_claims.tsv` and `hand_reasons.tsv` (frames by what they say and by manner).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from reward_service.text.tables import table_rows
from reward_service.validity.perturbations import lay
from reward_service.validity.perturbations import values as v
from reward_service.validity.perturbations.lay import bare
from reward_service.validity.perturbations.phrases import capital, pick, pronouns, spoken
from reward_service.validity.perturbations.plan import Claim, Plan, Reason
from reward_service.validity.perturbations.values import Value

# Manners: telegraphic notes, prose, thinking in questions, and what stands under an option's name.
NOTES, PROSE, TALK, WALK = "notes", "prose", "talk", "walk"
_IN_WORDS = {
    v.TEMPERATURE: {"°C": " degrees Celsius", "°F": " degrees Fahrenheit"},
    v.PULSE: {"/min": " beats per minute", "bpm": " beats per minute"},
    v.BREATHING: {"/min": " breaths per minute"},
    v.OXYGEN: {"%": " percent"},
}
_COUNTS = (
    *("one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_SPELLED_OUT = ("HR", "RR")  # read letter by letter: "an HR"
_AN = re.compile(r"8|11$|18$")


class _Noun(NamedTuple):
    noun: str
    normal: str  # a clause that rules the thing out without its name, or ""


def write(plan: Plan) -> str:
    """The plan as a completion with its sections, in the plan's style."""
    opening = ("The answer is", "Final answer:")[plan.style // len(_STYLES) % 2]
    analysis = pick(_STYLES, plan.style)(plan)
    return f"<dx>{analysis}</dx>\n<conclusion>{opening} {plan.answer}.</conclusion>"


def _notes(plan: Plan) -> str:
    """A ward round's note."""
    claims = " ".join(sentences_of(plan, NOTES))
    return "\n".join([claims, "DDx:", *(f"- {said}" for said in reasons_of(plan, NOTES))])


def _prose(plan: Plan) -> str:
    """A paragraph about the case and one about the options."""
    paragraphs = sentences_of(plan, PROSE), reasons_of(plan, PROSE)
    return "\n\n".join(" ".join(said) for said in paragraphs)


def _steps(plan: Plan) -> str:
    """Numbered steps."""
    said = [*sentences_of(plan, PROSE), *reasons_of(plan, PROSE)]
    return "\n".join(f"{number}. {sentence}" for number, sentence in enumerate(said, start=1))


def _thinking(plan: Plan) -> str:
    """Thinking aloud, in questions and answers."""
    said = [*sentences_of(plan, TALK), "Now the options.", *reasons_of(plan, TALK)]
    return " ".join(["Okay, let me work through this.", *said])


def _walk(plan: Plan) -> str:
    """The case, then option by option."""
    claims = " ".join(sentences_of(plan, PROSE))
    return "\n".join([claims, "", "Option by option:", *reasons_of(plan, WALK)])


_STYLES: tuple[Callable[[Plan], str], ...] = (_notes, _prose, _steps, _thinking, _walk)


def sentences_of(plan: Plan, manner: str) -> list[str]:
    """What the plan claims of the case, age and duration first."""
    claims = sorted(plan.claims, key=lambda c: c.value is None or c.value.name not in _OPENING)
    if manner != PROSE:
        return [capital(clause_of(plan, claim, manner)) for claim in claims]
    said: list[tuple[str, int]] = []
    for claim in claims:
        clause = clause_of(plan, claim, manner)
        if claim.joined and said:
            before, choice = said.pop()
            joined = pick(_frames("join", PROSE), claim.opener).format(a=before, b=clause)
            said.append((joined, choice))
        else:
            said.append((clause, claim.opener))
    openers = _frames("opener", PROSE)
    return [capital(pick(openers, choice).format(c=clause)) for clause, choice in said]


_OPENING = (v.AGE, v.DURATION)


def clause_of(plan: Plan, claim: Claim, manner: str) -> str:
    """What a claim says: a clause in prose, else one or two whole sentences."""
    frames = _frames(_kind(claim), manner)
    words = _words(plan, claim, claim.choice)
    thing = claim.thing
    if manner == PROSE and thing is not None and not claim.there:
        normal = _nouns()[thing.term].normal
        frames = (*frames, normal) if normal else frames
    return _sentence_starts(pick(frames, claim.choice).format(**words))


def reasons_of(plan: Plan, manner: str) -> list[str]:
    """A reason for or against each option."""
    return [_reason(plan, reason, manner) for reason in plan.reasons]


def _reason(plan: Plan, reason: Reason, manner: str) -> str:
    claim = plan.claims[reason.claim]
    words = _words(plan, claim, reason.choice)
    ground = pick(_frames("ground", _ground(claim)), reason.choice).format(**words)
    name = pick(_frames("naming", manner), reason.naming)
    option = name.format(text=reason.option, letter=reason.letter)
    frames = _frames("for" if reason.letter == plan.answer else "against", manner)
    clause = clause_of(plan, claim, PROSE)
    said = capital(pick(frames, reason.choice).format(o=option, r=ground, c=clause))
    said = f"{option} {said}" if manner == WALK else said
    return _sentence_starts(re.sub(r",(?=[,.?;:)])", "", said))


def _kind(claim: Claim) -> str:
    """Which claim frames say such a claim."""
    if claim.value is not None:
        return claim.value.name if claim.value.name in _OPENING else "value"
    assert claim.thing is not None
    if claim.relative:
        return "relative-drug" if claim.thing.kind == lay.DRUG else "relative"
    if claim.past:
        return "past"
    return claim.thing.kind if claim.there else f"no-{claim.thing.kind}"


def _ground(claim: Claim) -> str:
    """Which frames make such a claim a noun phrase."""
    if claim.value is not None or claim.relative or claim.past:
        return _kind(claim).partition("-")[0]
    assert claim.thing is not None
    if not claim.there:
        return "absent"
    return "drug" if claim.thing.kind == lay.DRUG else "thing"


def _words(plan: Plan, claim: Claim, choice: int) -> dict[str, str]:
    """What the frames' placeholders stand for. Every other choice takes a noun of its own."""
    words = pronouns(plan.pronoun) | {"relative": claim.relative}
    if claim.value is not None:
        return words | _value_words(claim.value, choice)
    thing = claim.thing
    assert thing is not None
    own = _nouns()[thing.term].noun if choice % 2 and thing.kind != lay.DRUG else thing.term
    noun = own.format(**words)
    return words | {"x": noun, "bare": bare(noun)}


def _value_words(value: Value, choice: int) -> dict[str, str]:
    names = _value_names().get(value.name, (value.name,))
    name = pick(names, choice)
    article = "an" if name[0] in "aeio" or name in _SPELLED_OUT else "a"
    return {
        "name": name,
        "a_name": f"{article} {name}",
        "v": _spoken(value, choice),
        "n": value.text,
        "an_n": f"{'an' if _AN.match(value.text) else 'a'} {value.text}",
        "unit": value.unit,
        "u": value.unit[:1],
    }


def _spoken(value: Value, choice: int) -> str:
    """A value with its unit, every other choice in words where there are any."""
    in_words = _IN_WORDS.get(value.name, {}).get(value.unit.replace(" ", ""))
    if choice % 2 and in_words:
        return value.text + in_words
    if choice % 2 and value.name == v.DURATION and value.text.isdigit():
        number = int(value.text)
        if 1 <= number <= len(_COUNTS):
            return f"{_COUNTS[number - 1]} {value.unit}{'' if number == 1 else 's'}"
    return spoken(value)


def _sentence_starts(text: str) -> str:
    """The text with a capital after the end of a question or sentence."""
    return re.sub(r"(?<=[a-z%)][.?] )[a-z]", lambda match: match[0].upper(), text)


@cache
def _frames(what: str, manner: str) -> tuple[str, ...]:
    rows = (*_rows("hand_claims.tsv"), *_rows("hand_reasons.tsv"))
    return tuple(frame for kind, of, frame in rows if (kind, of) == (what, manner))


@cache
def _nouns() -> Mapping[str, _Noun]:
    return {term: _Noun(noun, normal) for term, noun, normal in _rows("hand_terms.tsv")}


@cache
def _value_names() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for name, spelled, short in _rows("hand_values.tsv"):
        names.setdefault(name, []).extend((spelled, short))
    return {name: tuple(dict.fromkeys(said)) for name, said in names.items()}


@cache
def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(map(tuple, table_rows("reward_service.validity.perturbations", name)))
