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
from reward_service.grounding.wording import FIRST_PERSON, telling
from reward_service.text.document import (
    HYPOTHETICAL,
    NOT_CLAIMED,
    Anchor,
    Flag,
    Measurement,
    Mention,
)

_UNCERTAIN = int(Flag.UNCERTAIN)
_CONDITIONS = frozenset({"if", "unless", "suppose", "assuming"})
_CONCLUDES = frozenset({"so", "thus", "therefore", "hence", "consequently"})


@dataclass(frozen=True, slots=True)
class OptionsConfig:
    """When an option counts as weighed.

    min_reason: number of different telling words (beside the options' own) that a reason takes; a
        mention of anything else counts for two, a measurement too.
    reach: number of sentences after the one naming the option that may hold its reason, as long as
        they name no other option.
    under: the same after a heading that names the option.
    knowledge: credit of a reason that has words of its own and no ground in the case.
    labelled: the same where the option is named by its label alone, and the reason has no word of
        it nor of the case: "3 is wrong, because …" would fit any case.
    linked: credit of a reason that only sets a finding of the case beside the option.
    hinted: credit of a reason that has neither.
    argued: credit of the chosen option for an argument that names no option: what speaks for a
        diagnosis speaks for its treatment. It takes `grounds` findings of the case.
    neutral: share of it for an option that is neither chosen nor argued against.
    again: what each further sentence adds that gives the same reason for another option, as a
        share of the credit of one.
    """

    min_reason: int = 2
    reach: int = 1
    under: int = 3
    knowledge: float = 0.8
    labelled: float = 0.2
    linked: float = 0.7
    hinted: float = 0.1
    argued: float = 0.7
    grounds: int = 2
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


class _Topic(NamedTuple):
    """The options that the text speaks of, and for how many sentences still.

    `labelled`: those that their label alone names. `against`: those that are rejected without a
    reason so far. `awaits`: no reason for what is said of them has been given.
    """

    labels: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    awaits: bool = False
    left: int = 0

    def next(self) -> _Topic:
        return self._replace(left=self.left - 1) if self.left > 0 else _Topic()


class _Reason(NamedTuple):
    weighing: Weighing
    content: frozenset[str]  # the reason's words


def weigh_options(rollout: Rollout, config: OptionsConfig) -> tuple[Weighing, ...]:
    """One weighing per option, by letter."""
    letters = sorted(rollout.case.options or {})
    best: dict[str, _Reason] = {}
    for letter, reason in _reasons(rollout, config):
        known = best.get(letter)
        if known is None or (reason.weighing.credit and _rank(reason) > _rank(known)):
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
    """Every sentence of the analysis that speaks of an option, with that option's letter.

    A verdict without a reason ("A is wrong.") and a heading ("**A) Plague**") wait for theirs in
    the sentences after them; "So we discard A" has it in the one before.
    """
    topic = _Topic()
    before: RolloutSentence | None = None
    for sentence in rollout.sentences:
        if sentence.concluding:
            continue
        if sentence.named:
            topic = _Topic(sentence.named, sentence.labelled)
            content = _content(sentence, rollout, config)
            yield from _weigh(topic, rollout, sentence, config, content)
            bare = content is None
            against = sentence.against if bare else frozenset()
            if against and before is not None and not _CONCLUDES.isdisjoint(sentence.words):
                concluded = _Topic(against, sentence.labelled, against)
                content = _content(before, rollout, config, awaited=True)
                yield from _weigh(concluded, rollout, before, config, content)
                against, bare = frozenset(), False
            heading = bare and sentence.standing is Standing.LISTED
            left = config.under if heading else config.reach
            topic = _Topic(sentence.named, sentence.labelled, against, bare, left)
            before = None
            continue
        told = bool(topic.labels) and _is_told(sentence, rollout, config)
        named = _names_something(sentence)
        if named or told:
            topic = topic.next()
            before = sentence if named else before
        if topic.labels and ((topic.awaits and named) or told):
            content = _content(sentence, rollout, config, awaited=topic.awaits and named)
            yield from _weigh(topic, rollout, sentence, config, content)
        elif _argues_for_the_answer(sentence, rollout, config):
            yield from _argued(rollout, sentence, config)


def _is_told(sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig) -> bool:
    """Whether a sentence that names no option gives a reason about the one named before it.

    Where it names nothing else either, it must say why in words of its own; talk of the writer's
    own doings ("so let me go through the rest") says nothing of an option.
    """
    if not _names_something(sentence):
        own = len(sentence.own) >= config.min_reason
        return sentence.argues and own and FIRST_PERSON.isdisjoint(sentence.words)
    return sentence.argues or (
        sentence.opposes
        and any(_bears(mention, sentence, rollout) for mention in sentence.mentions)
    )


def _names_something(sentence: RolloutSentence) -> bool:
    """Whether a sentence names anything of medicine: without it, it parts no neighbours."""
    return bool(sentence.mentions or sentence.measurements)


def _argues_for_the_answer(
    sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig
) -> bool:
    """Whether a sentence that names no option leads from the case to what is answered."""
    if sentence.standing is not Standing.REASONED or not sentence.argues or sentence.rejects:
        return False
    grounds = {m.concept for m in sentence.mentions if _is_ground(m, sentence, rollout)}
    values = {m.quantity for m in sentence.measurements if _is_of_case(m, rollout)}
    return len(grounds) + len(values) >= config.grounds


def _argued(
    rollout: Rollout, sentence: RolloutSentence, config: OptionsConfig
) -> Iterable[tuple[str, _Reason]]:
    """The chosen options, for an argument that names none."""
    start = rollout.document.starts[sentence.span.first]
    end = rollout.document.ends[sentence.span.last - 1]
    for letter in sorted(rollout.stances.chosen - rollout.stances.at_odds):
        weighing = Weighing(letter, config.argued, False, start, end, False)
        yield letter, _Reason(weighing, telling(frozenset(sentence.words)))


def _weigh(
    topic: _Topic,
    rollout: Rollout,
    sentence: RolloutSentence,
    config: OptionsConfig,
    content: frozenset[str] | None,
) -> Iterable[tuple[str, _Reason]]:
    """What a sentence is worth to each of the options that it, or the text before it, speaks of.

    `content`: the words of the reason that it states; None if it states none.
    """
    start = rollout.document.starts[sentence.span.first]
    end = rollout.document.ends[sentence.span.last - 1]
    copied = sentence.standing is Standing.COPIED
    if content is None:
        for letter in sorted(topic.labels):
            nothing = Weighing(letter, 0.0, False, start, end, copied)
            yield letter, _Reason(nothing, frozenset())
        return
    names = rollout.case.names.all_words
    about = telling(frozenset(sentence.words) - names)
    grounded = _is_grounded(sentence, rollout)
    for letter in sorted(topic.labels):
        rejects = letter in topic.against or sentence.rejects_option(letter)
        credit = _share(letter, rejects, sentence, rollout, config)
        if credit:
            tied = letter not in topic.labelled or _is_tied(letter, sentence, rollout)
            credit *= _worth(sentence, rollout, config, grounded=grounded, tied=tied)
        argued = rejects or letter in sentence.doubted
        rejected = bool(credit) and argued and letter not in rollout.stances.chosen
        weighing = Weighing(letter, credit, rejected, start, end, copied)
        if sentence.parts:
            about = telling(sentence.words_about(letter) - names)
        yield letter, _Reason(weighing, about)


def _share(
    letter: str,
    rejects: bool,
    sentence: RolloutSentence,
    rollout: Rollout,
    config: OptionsConfig,
) -> float:
    """The share of a reason's worth that one option gets."""
    stances = rollout.stances
    if letter in stances.at_odds or sentence.standing in (Standing.VOID, Standing.REPEATED):
        return 0.0
    if letter in stances.chosen:
        spurned = sentence.rejects and not (sentence.supports or letter in sentence.backed)
        return 0.0 if spurned else 1.0
    if rejects or (sentence.opposes and letter in stances.dismissed):
        return 1.0
    return config.neutral


def _worth(
    sentence: RolloutSentence,
    rollout: Rollout,
    config: OptionsConfig,
    *,
    grounded: bool,
    tied: bool,
) -> float:
    """What a reason is worth: it has a ground in the case, says why in words of its own, or both.

    `tied`: it has more of the option or the case than a label. Where the case has no findings, a
    ground in it is not to be had.
    """
    said = len(sentence.own) >= config.min_reason
    if not rollout.case.findings:
        return 1.0 if said else config.linked
    if said:
        if grounded:
            return 1.0
        return config.knowledge if tied else config.labelled
    if sentence.standing is Standing.REASONED and grounded:
        return 1.0
    return config.linked if grounded else config.hinted


def _is_grounded(sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence names anything that the case says of the patient."""
    return any(_is_of_case(m, rollout) for m in sentence.measurements) or any(
        _is_ground(mention, sentence, rollout) for mention in sentence.mentions
    )


def _is_tied(letter: str, sentence: RolloutSentence, rollout: Rollout) -> bool:
    """Whether a sentence has a telling word of an option or of the case."""
    said = telling(frozenset(sentence.words))
    of_option, of_case = rollout.case.option_words[letter], rollout.case.copying.words
    return not (said.isdisjoint(of_option) and said.isdisjoint(of_case))


def _content(
    sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig, *, awaited: bool = False
) -> frozenset[str] | None:
    """The words of the reason that a sentence states; None if it states none."""
    if not sentence.proper:
        return None
    if awaited and _only_guesses(sentence):
        return None
    told = awaited and len(sentence.own) >= config.min_reason
    reasons = told or sentence.argues or sentence.opposes
    words = telling(frozenset(sentence.words) - rollout.case.names.all_words)
    if not _CONDITIONS.isdisjoint(sentence.words):
        words -= rollout.case.copying.words  # what it only supposes is no reason
    if reasons and len(words) >= config.min_reason:
        return words
    related = sum(_is_of_case(m, rollout) for m in sentence.measurements) + sum(
        _bears(mention, sentence, rollout) for mention in sentence.mentions
    )
    enough = len(words) + 2 * related >= config.min_reason
    return words if enough and (reasons or related) else None


def _only_guesses(sentence: RolloutSentence) -> bool:
    """Whether all that a sentence names is guessed: "there could also be fever"."""
    return bool(sentence.mentions) and all(m.flags & _UNCERTAIN for m in sentence.mentions)


def _bears(mention: Mention, sentence: RolloutSentence, rollout: Rollout) -> bool:
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
    return bool(mention.flags & NOT_CLAIMED) or sentence.anchor is Anchor.GENERAL


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
