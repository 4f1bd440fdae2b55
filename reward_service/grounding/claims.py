"""What a completion claims about this case.

A claim is a finding, a history, a given drug or a measurement that the completion states of the
patient. General knowledge ("meningitis causes neck stiffness"), hypotheses ("if fever develops"),
and what it infers ("this suggests meningitis") are no claims about the case, and neither is naming
an answer option. A disease, drug or organism that the case does not speak of is most often part of
the reasoning; it is a claim only where the text says that the patient has or had it, or takes it.
Claims are distinct: saying the same thing again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from reward_service.grounding.case import Case
from reward_service.grounding.findings import is_finding, tokens_of, words_of
from reward_service.grounding.rollout import Rollout, RolloutSentence
from reward_service.text.document import (
    FAMILY,
    NOT_CLAIMED,
    PAST,
    Anchor,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
)

# These speak of the patient by themselves; the others only after a word that says so.
_SELF_ANCHORED = frozenset({SemanticType.FINDING, SemanticType.HISTORY})
_HAS = frozenset({"has", "had", "have", "having", "known", "history", "developed", "prior"})
_TAKES = frozenset(
    {"take", "taking", "took", "taken", "given", "received", "receiving", "prescribed", "using"}
    | {"medication", "on", "started", "inject", "drink"}
)
_REACH = 5  # tokens
_OF_THIS_CASE = frozenset({Anchor.PATIENT, Anchor.EVIDENCE})


class ClaimKey(NamedTuple):
    """What makes two claims the same claim."""

    subject: str  # concept id, or quantity and value
    polarity: Polarity
    family: bool


class Claim(NamedTuple):
    """One distinct claim, at the place that counts for it.

    `copied` is true when every place that makes the claim is copied from the case; `cited` is true
    when the analysis makes it (always, in a completion without sections).
    """

    key: ClaimKey
    type: SemanticType | None  # None for a measurement
    measurement: Measurement | None
    words: frozenset[str]
    past: bool
    start: int
    end: int
    copied: bool
    cited: bool
    concluded: bool


def claims_of(rollout: Rollout) -> tuple[Claim, ...]:
    """The distinct claims of a rollout, in the order in which they are first made."""
    claims: dict[ClaimKey, Claim] = {}
    for sentence in rollout.sentences:
        if not sentence.proper:
            continue
        for claim in _in_sentence(rollout, sentence):
            known = claims.get(claim.key)
            claims[claim.key] = claim if known is None else _merged(known, claim)
    return tuple(claims.values())


def _merged(first: Claim, again: Claim) -> Claim:
    """The same claim made twice: the place that is not copied counts."""
    best = again if first.copied and not again.copied else first
    return best._replace(
        cited=first.cited or again.cited, concluded=first.concluded or again.concluded
    )


def _in_sentence(rollout: Rollout, sentence: RolloutSentence) -> Iterable[Claim]:
    case, document = rollout.case, rollout.document
    labels = tokens_of(sentence.measurements)
    for mention in sentence.mentions:
        if not is_finding(mention, labels) or mention.flags & NOT_CLAIMED:
            continue
        if sentence.concluding and mention.type is SemanticType.DISEASE:
            continue  # the diagnosis that it concludes with
        if _names_an_option(case, mention.concept) or not _is_stated(mention, sentence, rollout):
            continue
        yield Claim(
            ClaimKey(mention.concept, mention.polarity, bool(mention.flags & FAMILY)),
            mention.type,
            None,
            words_of(document, mention),
            bool(mention.flags & PAST),
            mention.start,
            mention.end,
            sentence.copied,
            not sentence.concluding,
            sentence.concluding,
        )
    for m in sentence.measurements:
        if m.flags & NOT_CLAIMED or not (m.implies or sentence.anchor in _OF_THIS_CASE):
            continue
        yield Claim(
            ClaimKey(f"{m.quantity}={m.value:g}", Polarity.PRESENT, bool(m.flags & FAMILY)),
            None,
            m,
            frozenset(),
            bool(m.flags & PAST),
            m.start,
            m.end,
            sentence.copied,
            not sentence.concluding,
            sentence.concluding,
        )


def _is_stated(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a mention is stated of the patient, rather than reasoned with."""
    if mention.type in _SELF_ANCHORED:
        return True
    if sentence.anchor not in _OF_THIS_CASE:
        return False
    if mention.concept in rollout.case.facts.of_concept or mention.flags & PAST:
        return True
    first = max(sentence.span.first, mention.first - _REACH)
    before = rollout.document.norms[first : mention.first]
    cues = _HAS | _TAKES if mention.type is SemanticType.DRUG else _HAS
    return not cues.isdisjoint(before)


def _names_an_option(case: Case, concept: str) -> bool:
    """Weighing an option is no claim, unless the case itself speaks of the option's concept."""
    return concept not in case.facts.of_concept and any(
        concept in concepts for concepts in case.option_concepts.values()
    )
