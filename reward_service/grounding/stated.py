"""Whether what a completion names is stated of the patient, or only reasoned with.

Findings speak of the patient by themselves. A disease, a drug or a value does so only after a word
that says so, or where the case speaks of it, too.
"""

from __future__ import annotations

from reward_service.analysis.agreement import UNRELATED
from reward_service.grounding.case import Case
from reward_service.grounding.findings import words_of
from reward_service.grounding.lists import is_listed_with_facts
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import RolloutSentence
from reward_service.text.document import (
    FAMILY,
    PAST,
    Anchor,
    Document,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
)

# These speak of the patient by themselves; the others only after a word that says so.
_SELF_ANCHORED = frozenset({SemanticType.FINDING, SemanticType.HISTORY})
_HAS = frozenset(
    {"has", "had", "have", "having", "known", "history", "developed", "prior", "diagnosed"}
    | {"diagnosis", "live", "carry", "suffer", "suffering"}
)
_TAKES = frozenset(
    {"take", "taking", "took", "taken", "given", "received", "receiving", "prescribed", "using"}
    | {"exposed", "exposure"}
    | {"medication", "on", "started", "inject", "drink"}
)
# Behind what they hold: "X is one of his medicines", "X is on the list of her old diagnoses".
_HERS = frozenset({"his", "her", "their", "patient"})
_RECORDS = frozenset({"medication", "medicine", "drug", "diagnosis", "illness", "record"})
_DATES = frozenset({"ago", "began", "started", "lasted", "been", "since"})
_LASTING = frozenset({"history", "duration", "evolution"})  # behind a time: "2 weeks of evolution"
_THIS = frozenset({"the", "this", "his", "her", "their"})
# Behind these an age is one at which something happens to anybody: "until 2 years of age".
_BOUNDS = frozenset(
    {"after", "before", "until", "till", "by", "around", "about", "over", "under", "above", "below"}
    | {"from", "to", "between", "beyond", "within", "during", "than"}
)
_AGES = frozenset({"age", "gestational_age"})
_ARTICLES = frozenset({"a", "an", "the"})
_REACH = 5  # tokens
_FORMER = frozenset({"prior", "previous", "remote", "distant", "past"})
_OF_THIS_CASE = frozenset({Anchor.PATIENT, Anchor.EVIDENCE})


def is_stated(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a mention is stated of the patient, rather than reasoned with."""
    if mention.type in _SELF_ANCHORED:
        return True
    if sentence.anchor not in _OF_THIS_CASE and not mention.flags & FAMILY:
        return False
    facts, document = rollout.case.facts, rollout.document
    if mention.flags & PAST:
        return True
    if not _weighs_a_drug(mention, sentence, rollout.case) and (
        facts.about(mention.concept)
        # The case names it within a longer name: "type 2 diabetes mellitus".
        or facts.sentences_with(words_of(document, mention))
    ):
        return True
    first = max(sentence.span.first, mention.first - _REACH)
    before = document.norms[first : mention.first]
    cues = _HAS | _TAKES if mention.type is SemanticType.DRUG else _HAS
    if not cues.isdisjoint(before):
        return True
    told = mention.type is SemanticType.DISEASE and mention.polarity is Polarity.PRESENT
    if told and is_listed_with_facts(mention, sentence, document, rollout.case):
        return True
    after = document.norms[mention.last : min(sentence.span.last, mention.last + 2 * _REACH)]
    return any(
        whose in _HERS and not _RECORDS.isdisjoint(after[i + 1 : i + 3])
        for i, whose in enumerate(after)
    )


def is_of_history(mention: Mention, sentence: RolloutSentence, document: Document) -> bool:
    """Whether a mention is past only as it is of a history: "a history of gout", unlike "a history
    of gout as a young man", does not say that it is over.

    Its cue is then right before the words that it flags, and not flagged itself.
    """
    norms, flags, first = document.norms, document.flags, sentence.span.first
    k = mention.first - 1
    while k >= first and (flags[k] & PAST or not norms[k]):
        k -= 1
    cue = norms[max(first, k - 2) : k + 1]
    if cue[-2:] in (["history", "of"], ["hx", "of"]):
        return cue[0] not in _FORMER
    return cue == ["h", "/", "o"]


def _weighs_a_drug(mention: Mention, sentence: RolloutSentence, case: Case) -> bool:
    """Whether a sentence names a drug as an option: "heparin is dangerous in this woman"."""
    return (
        mention.type is SemanticType.DRUG
        and mention.polarity is Polarity.PRESENT
        and bool(sentence.named)
        and mention.concept in case.names.all_concepts
    )


def is_measured(value: Measurement, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a value is stated of the patient: by its sentence, or as the case gives one, too.

    "The pulse is 88/min" speaks of this patient where the case gives a pulse. A time does so only
    where it dates something: "this has been going on for 2 weeks", "it began 3 days ago", "2 weeks
    of evolution"; a size where it is one of something of the case: "the lesion is 3 cm".
    """
    stated = rollout.case.facts.of_quantity.get(value.quantity, ())
    if value.quantity in _AGES and _is_a_bound(value, rollout.document):
        return rollout.case.facts.states(value)
    if sentence.anchor in _OF_THIS_CASE:
        return True
    if sentence.anchor is Anchor.GENERAL or not stated:
        return False
    if value.quantity == "duration":
        after = rollout.document.norms[value.last : value.last + 2]
        return not _DATES.isdisjoint(sentence.words) or not _LASTING.isdisjoint(after)
    if value.quantity == "size":
        return value.comparison == "=" and _is_of_the_case(sentence, rollout)
    return value.quantity not in UNRELATED


def _is_of_the_case(sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence begins with something that the case states: "the lesion"."""
    first = sentence.span.first
    return rollout.document.norms[first] in _THIS and any(
        mention.first == first + 1 and rollout.case.facts.about(mention.concept)
        for mention in sentence.mentions
    )


def _is_a_bound(age: Measurement, document: Document) -> bool:
    """Whether an age is a range, or one before or after which something happens to anybody."""
    before = age.first - 1
    while before >= 0 and document.norms[before] in _ARTICLES:
        before -= 1
    return age.high > age.value or (before >= 0 and document.norms[before] in _BOUNDS)
