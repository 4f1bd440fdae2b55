"""What a sentence gives as a reason to weigh an answer option, and what such a reason is worth.

A reason is a word of reasoning ("because", "less likely", "points to") or something that the option
is related to, with words that would not fit every case. It is worth most where it has a ground in
the case, something that the case says of the patient, and says why in words of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from reward_service.analysis.measurements import agree
from reward_service.grounding.findings import words_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.usage import polarity_of
from reward_service.grounding.wording import telling
from reward_service.text.document import (
    HYPOTHETICAL,
    NOT_CLAIMED,
    Anchor,
    Flag,
    Measurement,
    Mention,
    Polarity,
)

_UNCERTAIN = int(Flag.UNCERTAIN)
_CONDITIONS = frozenset({"if", "unless", "suppose", "assuming"})


@dataclass(frozen=True, slots=True)
class ReasonConfig:
    """When a sentence gives a reason, and what it is worth (credits are from 0 to 1).

    min_words: number of different telling words (beside the options' own) that a reason takes; a
        mention of anything else counts for two, a measurement too.
    knowledge: credit of a reason that has words of its own and no ground in the case.
    labelled: the same where the option is named by its label alone, and the reason has no word of
        it nor of the case: "3 is wrong, because …" would fit any case.
    linked: credit of a reason that only sets a finding of the case beside the option.
    hinted: credit of a reason that has neither, but a word that neither the case nor the options
        have.
    grounds: number of findings of the case that an argument takes which names no option.
    """

    min_words: int = 2
    knowledge: float = 0.8
    labelled: float = 0.2
    linked: float = 0.7
    hinted: float = 0.1
    grounds: int = 2


def reason_words(
    sentence: RolloutSentence, rollout: Rollout, config: ReasonConfig, *, awaited: bool = False
) -> frozenset[str] | None:
    """The words of the reason that a sentence states; None if it states none."""
    if not sentence.proper:
        return None
    if awaited and _only_guesses(sentence):
        return None
    told = awaited and len(sentence.own) >= config.min_words
    reasons = told or sentence.argues or sentence.opposes
    words = telling(frozenset(sentence.words) - rollout.case.names.all_words)
    if not _CONDITIONS.isdisjoint(sentence.words):
        words -= rollout.case.copying.words  # what it only supposes is no reason
    if reasons and len(words) >= config.min_words:
        return words
    related = sum(_is_of_case(m, rollout) for m in sentence.measurements) + sum(
        bears(mention, sentence, rollout) for mention in sentence.mentions
    )
    enough = len(words) + 2 * related >= config.min_words
    return words if enough and (reasons or related) else None


def _only_guesses(sentence: RolloutSentence) -> bool:
    """Whether all that a sentence names is guessed: "there could also be fever"."""
    return bool(sentence.mentions) and all(m.flags & _UNCERTAIN for m in sentence.mentions)


def bears(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether something that a sentence names can be a reason: what the case says of the patient,
    or what is known of an option; not what only the completion says of the patient, and not the
    words of an option's name."""
    if mention.concept in rollout.case.names.all_concepts:
        return False
    if sentence.named:
        words = words_of(rollout.document, mention)
        if any(words <= rollout.case.option_words[letter] for letter in sentence.named):
            return False
    if _is_ground(mention, sentence, rollout):
        return True
    if mention.concept in rollout.case.facts.known:
        return False
    if mention.flags & NOT_CLAIMED or sentence.anchor is Anchor.GENERAL:
        return True
    # "A does not explain the rash", "no rash, so not A", where the case says nothing of one.
    return mention.polarity is Polarity.ABSENT and bool(sentence.against)


def _is_ground(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether the case says of the patient what a mention names, in these words or in others.

    What is only supposed ("if he had …") is no ground, unless an option that is argued against
    would show it: then it may also be what the case says is missing.
    """
    supposed = bool(mention.flags & HYPOTHETICAL)
    imagined = supposed and bool(sentence.against)
    if supposed and not imagined and not _CONDITIONS.isdisjoint(sentence.words):
        return False
    facts = rollout.case.facts
    if stated := facts.about(mention.concept):
        return imagined or polarity_of(mention) in [fact.polarity for fact in stated]
    return bool(facts.sentences_with(words_of(rollout.document, mention)))


def _is_of_case(value: Measurement, rollout: Rollout) -> bool:
    """Whether the case gives this value."""
    stated = rollout.case.facts.of_quantity.get(value.quantity)
    return stated is not None and any(agree(value, fact.measurement) for fact in stated)


def worth_of(
    sentence: RolloutSentence,
    rollout: Rollout,
    config: ReasonConfig,
    *,
    grounded: bool,
    tied: bool,
) -> float:
    """What a reason is worth: it has a ground in the case, says why in words of its own, or both.
    In the case's words alone, without a ground, it is worth nothing.

    `tied`: it has more of the option or the case than a label. Where the case has no findings, a
    ground in it is not to be had.
    """
    said = len(sentence.own) >= config.min_words
    if not rollout.case.findings:
        return 1.0 if said else config.linked
    if said:
        if grounded:
            return 1.0
        return config.knowledge if tied else config.labelled
    if sentence.standing is Standing.REASONED and grounded:
        return 1.0
    if grounded:
        return config.linked
    beyond = frozenset(sentence.words) - rollout.case.names.all_words - rollout.case.copying.words
    return config.hinted if telling(beyond) else 0.0


def is_grounded(sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence names anything that the case says of the patient, and does not only copy
    its words."""
    return any(
        _is_of_case(m, rollout) for m in sentence.measurements if not sentence.quotes(m)
    ) or any(
        _is_ground(mention, sentence, rollout)
        for mention in sentence.mentions
        if not sentence.quotes(mention)
    )


def is_tied(letter: str, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence has a telling word of an option or of the case."""
    said = telling(frozenset(sentence.words))
    of_option, of_case = rollout.case.option_words[letter], rollout.case.copying.words
    return not (said.isdisjoint(of_option) and said.isdisjoint(of_case))


def argues_for_the_answer(
    sentence: RolloutSentence, rollout: Rollout, config: ReasonConfig
) -> bool:
    """Whether a sentence that names no option leads from the case to what is answered."""
    if sentence.standing is not Standing.REASONED or not sentence.argues or sentence.rejects:
        return False
    grounds = {m.concept for m in sentence.mentions if _is_ground(m, sentence, rollout)}
    values = {m.quantity for m in sentence.measurements if _is_of_case(m, rollout)}
    return len(grounds) + len(values) >= config.grounds
