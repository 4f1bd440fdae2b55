"""Which answer options a completion weighs, and with what reason.

An option is weighed where a sentence that names it (or the next one) also states a reason: a word
of reasoning ("because", "less likely", "points to") or something that it is related to, with words
that would not fit every case. The weighing must lead to the completion's own answer: the chosen
option is weighed by what speaks for it, another one by what speaks against it. What is said of an
option without either, as an encyclopaedia does, is worth `neutral` where it is related to the case.
A completion that praises several options, or rejects all, tells nothing apart, and one without a
single answer leads nowhere.

A reason that is given for several options, in one sentence or word for word in several, is shared
between them: "all the others do not fit" is worth one option, not four. To set each of them against
it in a sentence of its own is worth a little more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from reward_service.analysis.measurements import agree
from reward_service.grounding.findings import words_of
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.usage import polarity_of
from reward_service.grounding.wording import telling
from reward_service.text.document import NOT_CLAIMED, Anchor, Measurement, Mention


@dataclass(frozen=True, slots=True)
class OptionsConfig:
    """When an option counts as weighed.

    min_reason: number of different telling words (beside the options' own) that a reason takes; a
        mention of anything else counts for two, a measurement too.
    reach: number of sentences after the one naming the option that may hold its reason, as long as
        they name no other option.
    knowledge: credit of a reason that has words of its own and no ground in the case.
    linked: credit of a reason that only sets a finding of the case beside the option.
    hinted: credit of a reason that has neither.
    neutral: share of it for an option that is neither chosen nor argued against.
    again: what each further sentence adds that gives the same reason for another option, as a
        share of the credit of one.
    """

    min_reason: int = 2
    reach: int = 1
    knowledge: float = 0.8
    linked: float = 0.7
    hinted: float = 0.1
    neutral: float = 0.4
    again: float = 0.05


class Weighing(NamedTuple):
    """How a completion weighs one option."""

    letter: str
    credit: float  # 0 to 1
    rejected: bool  # with a stated reason
    start: int  # the sentence that weighs it (or names it); -1 where there is none
    end: int
    copied: bool


class _Reason(NamedTuple):
    weighing: Weighing
    content: frozenset[str]  # the reason's words


def weigh_options(rollout: Rollout, config: OptionsConfig) -> tuple[Weighing, ...]:
    """One weighing per option, by letter."""
    letters = sorted(rollout.case.options or {})
    best: dict[str, _Reason] = {}
    for letter, reason in _reasons(rollout, config):
        known = best.get(letter)
        if known is None or _rank(reason) > _rank(known):
            best[letter] = reason
    given = [reason for reason in best.values() if reason.weighing.credit]
    options = Counter(reason.content for reason in given)
    sentences = Counter(content for content, _ in {(r.content, r.weighing.start) for r in given})
    told_apart = _told_apart(rollout, best)
    shares = {
        content: (1.0 + config.again * (sentences[content] - 1)) / count
        for content, count in options.items()
    }
    return tuple(
        reason.weighing._replace(
            credit=told_apart * reason.weighing.credit * shares.get(reason.content, 1.0)
        )
        for reason in (best.get(letter, _nowhere(letter)) for letter in letters)
    )


def _told_apart(rollout: Rollout, named: Iterable[str]) -> float:
    """The share of the named options on which the arguments agree with the answer."""
    stances = rollout.stances
    letters = frozenset(named)
    answered = stances.chosen or not rollout.commitment.answers
    if not letters or not answered or stances.chosen & stances.at_odds:
        return 0.0
    return 1.0 - len(letters & stances.at_odds) / len(letters)


def _nowhere(letter: str) -> _Reason:
    return _Reason(Weighing(letter, 0.0, False, -1, -1, False), frozenset())


def _rank(reason: _Reason) -> tuple[float, bool]:
    return reason.weighing.credit, reason.weighing.rejected


def _reasons(rollout: Rollout, config: OptionsConfig) -> Iterable[tuple[str, _Reason]]:
    """Every sentence of the analysis that speaks of an option, with that option's letter."""
    current: frozenset[str] = frozenset()
    distance = 0
    for sentence in rollout.sentences:
        if sentence.concluding:
            continue
        if sentence.named:
            current, distance = sentence.named, 0
        elif sentence.mentions or sentence.measurements or sentence.own:
            distance += 1
            if distance > config.reach:
                current = frozenset()
        if sentence.named or (current and _is_told(sentence, rollout)):
            yield from _weigh(current, rollout, sentence, config)


def _is_told(sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence that names no option gives a reason about the one named before it."""
    return sentence.argues or (
        sentence.opposes
        and any(_bears(mention, sentence, rollout) for mention in sentence.mentions)
    )


def _weigh(
    letters: frozenset[str], rollout: Rollout, sentence: RolloutSentence, config: OptionsConfig
) -> Iterable[tuple[str, _Reason]]:
    content = _content(sentence, rollout, config)
    start = rollout.document.starts[sentence.span.first]
    end = rollout.document.ends[sentence.span.last - 1]
    copied = sentence.standing is Standing.COPIED
    for letter in sorted(letters):
        credit = 0.0 if content is None else _credit(letter, sentence, rollout, config)
        rejected = bool(credit) and sentence.rejects
        weighing = Weighing(letter, credit, rejected, start, end, copied)
        yield letter, _Reason(weighing, content or frozenset())


def _credit(
    letter: str, sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig
) -> float:
    """What a sentence with a reason is worth to one option."""
    stances = rollout.stances
    if letter in stances.at_odds or sentence.standing in (Standing.VOID, Standing.REPEATED):
        return 0.0
    full = _worth(sentence, rollout, config)
    if letter in stances.chosen:
        return 0.0 if sentence.rejects and not sentence.supports else full
    if sentence.rejects or (sentence.opposes and letter in stances.dismissed):
        return full
    return config.neutral * full


def _worth(sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig) -> float:
    """What a reason is worth: it has a ground in the case, says why in words of its own, or both.

    Where the case has no findings, a ground in it is not to be had.
    """
    said = len(sentence.own) >= config.min_reason
    if not rollout.case.findings:
        return 1.0 if said else config.linked
    grounded = any(_is_of_case(m, rollout) for m in sentence.measurements) or any(
        _is_ground(mention, rollout) for mention in sentence.mentions
    )
    if said:
        return 1.0 if grounded else config.knowledge
    if sentence.standing is Standing.REASONED and grounded:
        return 1.0
    return config.linked if grounded else config.hinted


def _content(
    sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig
) -> frozenset[str] | None:
    """The words of the reason that a sentence states; None if it states none."""
    if not sentence.proper:
        return None
    related = sum(_is_of_case(m, rollout) for m in sentence.measurements) + sum(
        _bears(mention, sentence, rollout) for mention in sentence.mentions
    )
    if not (sentence.argues or sentence.opposes or related):
        return None
    words = telling(frozenset(sentence.words) - rollout.case.names.all_words)
    return words if len(words) + 2 * related >= config.min_reason else None


def _bears(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether something that a sentence names can be a reason: what the case says of the patient,
    or what is known of an option; not what only the completion says of the patient."""
    if mention.concept in rollout.case.names.all_concepts:
        return False
    if _is_ground(mention, rollout):
        return True
    if mention.concept in rollout.case.facts.of_concept:
        return False
    return bool(mention.flags & NOT_CLAIMED) or sentence.anchor is Anchor.GENERAL


def _is_ground(mention: Mention, rollout: Rollout) -> bool:
    """Whether the case says of the patient what a mention names, in these words or in others."""
    facts = rollout.case.facts
    if stated := facts.of_concept.get(mention.concept):
        return any(fact.polarity is polarity_of(mention) for fact in stated)
    return bool(facts.sentences_with(words_of(rollout.document, mention)))


def _is_of_case(value: Measurement, rollout: Rollout) -> bool:
    """Whether the case gives this value."""
    stated = rollout.case.facts.of_quantity.get(value.quantity, ())
    return any(agree(value, fact.measurement) for fact in stated)
