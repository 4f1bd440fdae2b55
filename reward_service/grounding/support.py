"""Whether the case supports a claim, contradicts it, or does not speak of it.

In this order:

0. A word of it is contrary to one of the case (`contraries`): contradicted.
1. The case states the concept, or a measurement or another concept that implies it: supported
   when a statement of the same polarity about the same person exists, else contradicted.
2. A measurement claim: supported when a value of that quantity in the case agrees, contradicted
   when the case gives the quantity with other values only, or this value of another person, or
   when the claim denies it.
3. The claim's words stand together in one sentence of the case ("tenderness" for "abdominal
   tenderness"): supported or contradicted by the polarity of those words there.
4. Otherwise the case does not speak of it.
"""

from __future__ import annotations

from typing import NamedTuple

from reward_service.analysis.measurements import agree
from reward_service.grounding.case import Case
from reward_service.grounding.claims import Claim
from reward_service.grounding.facts import Fact, Place, StatedValue
from reward_service.text.document import FAMILY, NEGATED, NOT_OF_CASE, PAST, Polarity
from reward_service.wire.codes import Outcome


class Verdict(NamedTuple):
    """MATCHED, CONTRADICTED or UNSUPPORTED, and the place in the case that decides it."""

    outcome: Outcome
    place: Place | None


_TIMES = frozenset({"age", "gestational_age", "duration", "interval"})
_SILENT = Verdict(Outcome.UNSUPPORTED, None)


def verdict(claim: Claim, case: Case) -> Verdict:
    """How the case bears on one claim."""
    if claim.contrary is not None:
        return Verdict(Outcome.CONTRADICTED, claim.contrary)
    if claim.measurement is not None:
        return _of_measurement(claim, case)
    facts = case.facts.about(claim.key.subject)
    if facts:
        found = _of_facts(claim, facts)
        # "No earlier headaches" beside a headache leaves its kind open.
        torn = found.outcome is Outcome.CONTRADICTED and claim.key.subject in case.facts.open
        return _SILENT if torn else found
    return _of_words(claim, case)


def _of_facts(claim: Claim, facts: tuple[Fact, ...]) -> Verdict:
    agreeing = [f for f in facts if f.polarity is claim.key.polarity]
    for fact in agreeing:
        # A claim about the past does not follow from what is so now.
        if fact.family == claim.key.family and (fact.past or not claim.past):
            return Verdict(Outcome.MATCHED, fact.place)
    if agreeing and all(f.family == claim.key.family for f in agreeing):
        return Verdict(Outcome.UNSUPPORTED, agreeing[0].place)
    return Verdict(Outcome.CONTRADICTED, facts[0].place)


def _of_measurement(claim: Claim, case: Case) -> Verdict:
    assert claim.measurement is not None
    denied = claim.key.polarity is Polarity.ABSENT
    other: Place | None = None
    for stated in case.facts.of_quantity.get(claim.measurement.quantity, ()):
        same = agree(claim.measurement, stated.measurement)
        whose = bool(stated.measurement.flags & FAMILY) == claim.key.family
        if same and whose and not denied:
            if claim.past and not stated.measurement.flags & PAST and not _is_a_time(stated):
                return Verdict(Outcome.UNSUPPORTED, stated.place)
            return Verdict(Outcome.MATCHED, stated.place)
        if same is not None and other is None:
            other = stated.place
    # A value of the past ("rose from 0.9") may differ from what is so now.
    return _SILENT if other is None or claim.past else Verdict(Outcome.CONTRADICTED, other)


def _is_a_time(value: StatedValue) -> bool:
    """Whether a value is a time or an age, which are told of the past and hold now."""
    return value.measurement.quantity in _TIMES


def _of_words(claim: Claim, case: Case) -> Verdict:
    found: Verdict | None = None
    for field, index in case.facts.sentences_with(claim.words):
        document = case.documents[field]
        sentence = document.sentences[index]
        at = [i for i in range(sentence.first, sentence.last) if document.norms[i] in claim.words]
        flags = 0
        for i in at:
            flags |= document.flags[i]
        if flags & NOT_OF_CASE:
            continue
        negated, family = bool(flags & NEGATED), bool(flags & FAMILY)
        place = Place(field, document.starts[at[0]], document.ends[at[-1]])
        polarity = Polarity.ABSENT if negated else Polarity.PRESENT
        if polarity is claim.key.polarity and family == claim.key.family:
            if claim.past and not flags & PAST:
                found = found or Verdict(Outcome.UNSUPPORTED, place)
                continue
            return Verdict(Outcome.MATCHED, place)
        found = found or Verdict(Outcome.CONTRADICTED, place)
    return found or _SILENT
