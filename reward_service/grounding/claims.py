"""What a completion claims about this case.

A claim is a finding, a history, a given drug or a measurement that the completion states of the
patient. General knowledge ("meningitis causes neck stiffness", and sentences that go on with it,
see `lectures`), hypotheses ("if fever develops"), guesses ("there may be fever") and what it infers
("this suggests meningitis") are no claims about the case, and neither is naming an answer option. A
disease, drug or organism that the case does not speak of is most often part of the reasoning; it is
a claim only where the text says that the patient has or had it, or takes it. Claims are distinct:
saying the same thing again adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from reward_service.grounding.case import Case
from reward_service.grounding.contraries import Contrary
from reward_service.grounding.facts import Place
from reward_service.grounding.findings import is_finding, tokens_of, words_of
from reward_service.grounding.lectures import lectured
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import TELLING, RolloutSentence, Standing
from reward_service.grounding.standins import is_misquoted
from reward_service.grounding.stated import is_measured, is_of_history, is_stated
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_CLAIMED,
    PAST,
    Anchor,
    Flag,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
)

_INFERRED = int(Flag.INFERRED)
_GUESSED = NOT_CLAIMED | int(Flag.UNCERTAIN)
_USE = {standing: -rank for rank, standing in enumerate(Standing)}


class ClaimKey(NamedTuple):
    """What makes two claims the same claim."""

    subject: str  # concept id, or quantity and value
    polarity: Polarity
    family: bool


class Claim(NamedTuple):
    """One distinct claim, at the place that counts for it.

    `standing` is that of the sentence that uses it best, COPIED where its words are; `cited` is
    true when the analysis makes it (always, in a completion without sections). `verbatim`:
    it stands only in sentences of the case itself. `denied`: the completion says its opposite, too.
    `again`: how often a list names it once more. `contrary`: the place in the case that a word of
    it is contrary to ("mild" of something severe).
    """

    key: ClaimKey
    type: SemanticType | None  # None for a measurement
    measurement: Measurement | None
    words: frozenset[str]
    past: bool
    start: int
    end: int
    standing: Standing
    cited: bool
    concluded: bool
    verbatim: bool
    denied: bool = False
    again: int = 0
    contrary: Place | None = None


def claims_of(rollout: Rollout) -> tuple[Claim, ...]:
    """The distinct claims of a rollout, in the order in which they are first made."""
    claims: dict[tuple[ClaimKey, bool], Claim] = {}
    inferred: set[str] = set()
    lectures = lectured(rollout.sentences, rollout.document, rollout.case)
    for sentence in rollout.sentences:
        if sentence.standing is Standing.LISTED or sentence.span.first in lectures:
            continue
        for claim in _in_sentence(rollout, sentence):
            if claim.key.subject in inferred and sentence.anchor is not Anchor.PATIENT:
                continue
            # Said to be over of what is still there: another claim, beside that it is there.
            over = claim.past and _is_current(claim, rollout.case)
            known = claims.get((claim.key, over))
            claims[claim.key, over] = claim if known is None else _merged(known, claim)
        inferred |= _inferred(sentence, rollout)
    keys = {key for key, _ in claims}
    return tuple(
        claim._replace(denied=True) if _opposite(claim.key) in keys else claim
        for claim in claims.values()
    )


def _inferred(sentence: RolloutSentence, rollout: Rollout) -> frozenset[str]:
    """The concepts that a sentence concludes and that the case does not state.

    A diagnosis is no claim where it is named again.
    """
    facts, document = rollout.case.facts, rollout.document
    if sentence.opposes or sentence.rejects:
        return frozenset()
    return frozenset(
        mention.concept
        for mention in sentence.mentions
        if mention.flags & _INFERRED
        and not mention.flags & NEGATED
        and not facts.about(mention.concept)
        and not facts.sentences_with(words_of(document, mention))
    )


def _is_current(claim: Claim, case: Case) -> bool:
    """Whether all that the case states of a claim's concept is so now."""
    facts = case.facts.about(claim.key.subject)
    return bool(facts) and not any(fact.past for fact in facts)


def _opposite(key: ClaimKey) -> ClaimKey:
    absent = key.polarity is Polarity.ABSENT
    return ClaimKey(key.subject, Polarity.PRESENT if absent else Polarity.ABSENT, key.family)


def _merged(first: Claim, again: Claim) -> Claim:
    """The same claim made twice: the place that uses it best counts."""
    best = again if _USE[again.standing] > _USE[first.standing] else first
    return best._replace(
        cited=first.cited or again.cited,
        concluded=first.concluded or again.concluded,
        verbatim=first.verbatim and again.verbatim,
        again=first.again + again.again,
    )


def _in_sentence(rollout: Rollout, sentence: RolloutSentence) -> Iterable[Claim]:
    stated = list(_stated(rollout, sentence))
    document = rollout.document
    against = {
        found.first: (found.subject, found.place)
        for found in rollout.case.words.against(document, sentence.span, sentence.anchor)
    }
    phrases = list(_against_phrases(rollout, sentence))
    if not (against or phrases or sentence.stand_ins):
        return stated
    copied = sentence.standing is Standing.COPIED
    for stand_in in sentence.stand_ins:
        start = document.starts[stand_in.token]
        claimed = any(claim.start <= start < claim.end for claim in stated)
        if not claimed and is_misquoted(stand_in, document, copied=copied):
            subject = f"misquoted: {document.norms[stand_in.token]}"
            against.setdefault(stand_in.token, (subject, stand_in.place))
    for found in phrases:
        against.setdefault(found.first, (found.subject, found.place))
    contrary = [_contrary(rollout, sentence, k, *found) for k, found in against.items()]
    if contrary:  # "mild headache" of a severe one is not the case's headache
        stated = [
            claim
            for claim in stated
            if claim.measurement or not any(_adjoins(claim, c, document.text) for c in contrary)
        ]
    return [*stated, *contrary]


def _against_phrases(rollout: Rollout, sentence: RolloutSentence) -> Iterable[Contrary]:
    """What it says against words of the case, as far as it speaks of the patient and not of an
    option or another illness."""
    case, document = rollout.case, rollout.document
    if sentence.named or any(
        m.type is SemanticType.DISEASE and m.concept not in case.facts.known
        for m in sentence.mentions
    ):
        return
    yield from case.phrases.denied(document, sentence.span)


def _adjoins(claim: Claim, other: Claim, text: str) -> bool:
    """Whether two claims overlap or stand side by side, with at most a word between."""
    first, second = sorted((claim, other), key=lambda c: c.start)
    return len(text[first.end : second.start].split()) <= 1


def _stated(rollout: Rollout, sentence: RolloutSentence) -> Iterable[Claim]:
    """What its terms and values state."""
    if not (sentence.mentions or sentence.measurements):
        return
    case, document = rollout.case, rollout.document
    labels = tokens_of(sentence.measurements)
    verbatim = sentence.words in case.copying.sentences
    for mention in sentence.mentions:
        if not is_finding(mention, labels) or mention.flags & _GUESSED:
            continue
        if sentence.concluding and mention.type is SemanticType.DISEASE:
            continue  # the diagnosis that it concludes with
        if _names_an_option(case, mention.concept) or not is_stated(mention, sentence, rollout):
            continue
        if mention.flags & NEGATED and case.words.denied_of_another(
            document, sentence.span, mention
        ):
            continue
        yield Claim(
            ClaimKey(mention.concept, mention.polarity, bool(mention.flags & FAMILY)),
            mention.type,
            None,
            words_of(document, mention),
            bool(mention.flags & PAST) and not is_of_history(mention, sentence, document),
            mention.start,
            mention.end,
            _standing(sentence, mention),
            not sentence.concluding,
            sentence.concluding,
            verbatim,
            again=int(mention.first in sentence.again),
        )
    for m in sentence.measurements:
        if m.flags & _GUESSED or not (m.implies or is_measured(m, sentence, rollout)):
            continue
        if (
            m.comparison != "="
            and sentence.anchor is not Anchor.PATIENT
            and not case.facts.states(m)
        ):
            continue  # a limit: "dialysis is urgent at more than 3.5 mEq/L"
        polarity = Polarity.ABSENT if m.flags & NEGATED else Polarity.PRESENT
        if polarity is Polarity.ABSENT and not case.facts.states(m):
            continue  # any other value is denied rightly
        yield Claim(
            ClaimKey(f"{m.quantity}={m.value:g}", polarity, bool(m.flags & FAMILY)),
            None,
            m,
            frozenset(),
            bool(m.flags & PAST),
            m.start,
            m.end,
            _standing(sentence, m),
            not sentence.concluding,
            sentence.concluding,
            verbatim,
            again=int(m.first in sentence.again),
        )


def _contrary(
    rollout: Rollout, sentence: RolloutSentence, token: int, subject: str, place: Place
) -> Claim:
    """What a word says against the case, without another finding or value."""
    document = rollout.document
    return Claim(
        ClaimKey(subject, Polarity.PRESENT, False),
        None,
        None,
        frozenset(),
        False,
        document.starts[token],
        document.ends[token],
        sentence.standing,
        not sentence.concluding,
        sentence.concluding,
        False,
        contrary=place,
    )


def _standing(sentence: RolloutSentence, thing: Mention | Measurement) -> Standing:
    """What the sentence does with a thing; with copied words it tells an argument's ground."""
    if not sentence.quotes(thing):
        return sentence.standing
    ground = sentence.ground and sentence.standing in TELLING
    return Standing.RESTATED if ground else Standing.COPIED


def _names_an_option(case: Case, concept: str) -> bool:
    """Weighing an option is no claim, unless the case itself speaks of the option's concept."""
    return concept in case.names.all_concepts and concept not in case.facts.of_concept
