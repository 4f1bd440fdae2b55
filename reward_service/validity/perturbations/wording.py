"""Puts a plan into words: hand-written sentence frames, in lay words or in the case's terms."""

from __future__ import annotations

from collections.abc import Mapping

from reward_service.validity.perturbations import lay
from reward_service.validity.perturbations import values as v
from reward_service.validity.perturbations.lay import bare
from reward_service.validity.perturbations.phrases import capital, pick, pronouns, spoken
from reward_service.validity.perturbations.plan import Claim, Plan, Reason
from reward_service.validity.perturbations.values import Value

# In all frames: {s} the patient, {his}, {him} the pronouns, {x} the noun, {bare} it without an
# article, {v} a value, {n} its number, {name} what it measures, {o} an option.
_Frames = Mapping[str, tuple[str, ...]]
_PRESENT: _Frames = {
    lay.SYMPTOM: (
        "{s} has {x}",
        "{s} complains of {x}",
        "{x} is part of the picture",
        "what brings {him} in includes {x}",
        "{s} is bothered by {x}",
        "{s} tells us of {x}",
    ),
    lay.SIGN: (
        "{s} has {x}",
        "{x} was found on examination",
        "the examination turned up {x}",
        "looking {him} over, we come across {x}",
        "{x} was noted",
    ),
    lay.ILLNESS: (
        "{s} is known to have {x}",
        "{s} carries a diagnosis of {x}",
        "{x} is on the list of {his} old diagnoses",
        "{s} lives with {x}",
    ),
    lay.HABIT: ("{x} is among {his} habits", "{s} admits to {x}"),
    lay.DRUG: (
        "{s} takes {x}",
        "{x} is one of {his} medicines",
        "{his} list of medicines has {x} on it",
    ),
}
_ABSENT: _Frames = {
    lay.SYMPTOM: (
        "{s} has no {bare}",
        "{s} has not had any {bare}",
        "{bare} is absent",
        "{s} is free of {bare}",
        "{s} never had {bare}",
        "{s} did not have {bare}",
        "there is no {bare}",
        "{s} lacks {bare}",
        "{s} says no when asked about {bare}",
    ),
    lay.SIGN: (
        "no {bare} was seen",
        "{bare} was not found",
        "{bare} was looked for but not seen",
        "the examination is negative for {bare}",
        "{bare} has been ruled out",
        "{bare} was not seen",
    ),
    lay.ILLNESS: (
        "{s} does not have {bare}",
        "there is no {bare} in {his} records",
        "{s} never had {bare}",
        "{bare} has been ruled out",
    ),
    lay.HABIT: ("{bare} is not among {his} habits", "{s} has nothing to do with {bare}"),
}
_OF_RELATIVE = (
    "{his} {relative} has {x}",
    "it is {his} {relative} who has {x}",
    "{x} affects {his} {relative}",
    "{his} {relative} suffers from {x}",
)
_DRUG_OF_RELATIVE = ("{his} {relative} takes {x}", "it is {his} {relative} who takes {x}")
_LONG_AGO = (
    "years ago {s} had {x}, which never came back",
    "{x} troubled {him} as a child and went away for good",
    "{s} once had {x}, long before all this",
)
_VALUE = (
    "the {name} is {v}",
    "the {name} came back at {v}",
    "we have a {name} of {v}",
    "at {v}, the {name} deserves a look",
    "for the {name} the reading was {v}",
)
_VALUE_BY_NAME: _Frames = {
    v.AGE: ("{his} age is {v}", "{s} is {v} old", "we are dealing with someone {v} old"),
    v.DURATION: (
        "this has been going on for {v}",
        "it all began {v} ago",
        "the trouble has lasted {v} by now",
    ),
}
_LAY_VALUE: _Frames = {
    v.TEMPERATURE: ("the thermometer showed {v}", "{his} body is at {v}"),
    v.PULSE: ("{his} heart beats {n} times a minute", "we count {n} heartbeats a minute"),
    v.PRESSURE: ("the cuff on the arm gives {n}", "{his} pressure reads {n}"),
    v.BREATHING: ("{s} breathes {n} times a minute", "we count {n} breaths a minute"),
    v.OXYGEN: (
        "the finger clip shows {n} percent oxygen",
        "{n} percent of {his} blood carries oxygen",
    ),
}
_OPENERS = (
    "{c}.",
    "I note that {c}.",
    "What stands out is that {c}.",
    "{c}, and that has to be weighed.",
    "It matters that {c}.",
    "From what we are told, {c}.",
    "Another point is that {c}.",
    "{c}, as the case makes clear.",
    "Then there is the fact that {c}.",
    "Not to be overlooked: {c}.",
    "The story also says that {c}.",
    "I keep in mind that {c}.",
)
_JOINS = (", and ", ", while ", "; besides, ")
_AGAINST = (
    "{o} leaves {r} unexplained, so I set it aside.",
    "I would not expect {r} with {o}.",
    "{o} is hard to reconcile with {r}.",
    "{r} argues against {o}.",
    "{o} falls away because of {r}.",
    "Against {o} stands {r}.",
    "What {o} lacks is a link to {r}.",
    "{r} would be odd in {o}.",
    "{o} is a poor match for {r}.",
    "Because of {r}, I turn away from {o}.",
    "With {o}, I could not make sense of {r}.",
)
_FOR = (
    "{o} goes best with {r}.",
    "{r} makes me favour {o}.",
    "{o} is the one that accounts for {r}.",
    "I settle on {o} on account of {r}.",
    "{r} leads me to {o}.",
)
_OPTION = ("{text} ({letter})", "option {letter}, {text},", "option {letter} ({text})")


def write(plan: Plan) -> str:
    """The plan as a completion with its sections."""
    analysis = [*_claim_sentences(plan), *(_reason(plan, reason) for reason in plan.reasons)]
    return f"<dx>{' '.join(analysis)}</dx>\n<conclusion>The answer is {plan.answer}.</conclusion>"


def _claim_sentences(plan: Plan) -> list[str]:
    clauses: list[tuple[str, int]] = []
    for claim in plan.claims:
        clause = clause_of(plan, claim)
        if claim.joined and clauses:
            said, choice = clauses[-1]
            clauses[-1] = said + pick(_JOINS, claim.opener) + clause, choice
        else:
            clauses.append((clause, claim.opener))
    return [capital(pick(_OPENERS, choice).format(c=clause)) for clause, choice in clauses]


def clause_of(plan: Plan, claim: Claim) -> str:
    """What a claim says, as a clause."""
    words = pronouns(plan.pronoun)
    if claim.value is not None:
        return _value_clause(plan, claim.value, claim.choice, words)
    thing = claim.thing
    assert thing is not None
    noun = thing.noun if plan.lay else thing.term
    words |= {"relative": claim.relative}
    words |= {"x": noun.format(**words), "bare": bare(noun.format(**words))}
    verb = thing.present if claim.there else thing.absent
    if claim.past:
        return pick(_LONG_AGO, claim.choice).format(**words)
    if claim.relative:
        if plan.lay and verb:
            return f"{words['his']} {claim.relative} {verb.format(**words)}"
        frames = _DRUG_OF_RELATIVE if thing.kind == lay.DRUG else _OF_RELATIVE
        return pick(frames, claim.choice).format(**words)
    if plan.lay and verb:
        return f"{words['s']} {verb.format(**words)}"
    plain: tuple[str, ...] = (_PRESENT if claim.there else _ABSENT)[thing.kind]
    if thing.normal and not claim.there:
        plain = (*plain, thing.normal)
    return pick(plain, claim.choice).format(**words)


def _value_clause(plan: Plan, value: Value, choice: int, words: dict[str, str]) -> str:
    frames = _VALUE_BY_NAME.get(value.name, _VALUE)
    if plan.lay:
        frames = _LAY_VALUE.get(value.name, frames)
    return pick(frames, choice).format(v=spoken(value), n=value.text, name=value.name, **words)


def _reason(plan: Plan, reason: Reason) -> str:
    option = pick(_OPTION, reason.naming).format(text=reason.option, letter=reason.letter)
    frames = _FOR if reason.letter == plan.answer else _AGAINST
    sentence = pick(frames, reason.choice).format(
        o=option, r=_noun(plan, plan.claims[reason.claim])
    )
    return capital(sentence.replace(",.", ".").replace(",,", ","))


def _noun(plan: Plan, claim: Claim) -> str:
    """What a claim says, as a noun phrase."""
    words = pronouns(plan.pronoun)
    if claim.value is not None:
        value = claim.value
        if value.name == v.AGE:
            return f"an age of {spoken(value)}"
        if value.name == v.DURATION:
            return f"a course of {spoken(value)}"
        article = "an" if value.name[0] in "aeiou" else "a"
        return f"{article} {value.name} of {spoken(value)}"
    assert claim.thing is not None
    noun = (claim.thing.noun if plan.lay else claim.thing.term).format(**words)
    if not claim.there:
        return f"the lack of {bare(noun)}"
    if claim.relative:
        return f"{noun} in {words['his']} {claim.relative}"
    if claim.thing.kind == lay.DRUG:
        return f"treatment with {noun}"
    return f"{noun} many years ago" if claim.past else noun
