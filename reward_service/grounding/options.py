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
from dataclasses import dataclass, field
from typing import NamedTuple

from reward_service.grounding.reasons import (
    ReasonConfig,
    argues_for_the_answer,
    bears,
    is_grounded,
    is_tied,
    reason_words,
    worth_of,
)
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import TELLING, RolloutSentence, Standing
from reward_service.grounding.wording import FIRST_PERSON, telling

_CONCLUDES = frozenset({"so", "thus", "therefore", "hence", "consequently"})


@dataclass(frozen=True, slots=True)
class OptionsConfig:
    """When an option counts as weighed (shares and credits are from 0 to 1).

    reason: when a sentence gives a reason, and what it is worth.
    reach: number of sentences after the one naming the option that may hold its reason, as long as
        they name no other option.
    under: the same after a heading that names the option.
    argued: credit of the chosen option for an argument that names no option: what speaks for a
        diagnosis speaks for its treatment.
    neutral: share of it for an option that is neither chosen nor argued against.
    repeated: share of a reason that the text gave before, or of one bare link too many.
    again: what each further sentence adds that gives the same reason for another option, as a
        share of the credit of one.
    """

    reason: ReasonConfig = field(default_factory=ReasonConfig)
    reach: int = 1
    under: int = 3
    argued: float = 0.7
    neutral: float = 0.4
    repeated: float = 0.1
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
    """One weighing per option, by letter: of the best reason; any reason may reject it."""
    letters = sorted(rollout.case.options or {})
    best: dict[str, _Reason] = {}
    rejected: set[str] = set()
    for letter, reason in _reasons(rollout, config):
        known = best.get(letter)
        if reason.weighing.rejected:
            rejected.add(letter)
        if known is None or (reason.weighing.credit and _rank(reason) > _rank(known)):
            best[letter] = reason
    given = [reason for reason in best.values() if reason.weighing.credit]
    sentences = Counter(content for content, _ in {(r.content, r.weighing.start) for r in given})
    told_apart = _told_apart(rollout, (letter for letter in best if best[letter].weighing.credit))
    shares = {
        content: _shared([r.weighing.credit for r in given if r.content == content], said, config)
        for content, said in sentences.items()
    }
    return tuple(
        reason.weighing._replace(
            credit=told_apart * reason.weighing.credit * shares.get(reason.content, 1.0),
            rejected=reason.weighing.letter in rejected,
        )
        for reason in (best.get(letter, _nowhere(letter)) for letter in letters)
    )


def _shared(credits: list[float], sentences: int, config: OptionsConfig) -> float:
    """The share that each of the options gets for which one reason is given, in so many sentences:
    together the credit of the best, and a little for each further sentence."""
    return min(1.0, max(credits) * (1.0 + config.again * (sentences - 1)) / sum(credits))


def _told_apart(rollout: Rollout, weighed: Iterable[str]) -> float:
    """The share of the weighed options on which the arguments agree with the answer."""
    stances = rollout.stances
    letters = frozenset(weighed) | stances.at_odds
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
    ground: RolloutSentence | None = None
    for sentence in rollout.sentences:
        if sentence.concluding:
            continue
        if sentence.named or _names_something(sentence):
            sentence = sentence if ground is None else _on_ground(sentence, ground)
            ground = sentence if sentence.pointed else None
        if sentence.named:
            topic = _Topic(sentence.named, sentence.labelled)
            content = reason_words(sentence, rollout, config.reason)
            yield from _weigh(topic, rollout, sentence, config, content)
            bare = content is None
            against = sentence.against if bare else frozenset()
            if against and before is not None and not _CONCLUDES.isdisjoint(sentence.words):
                concluded = _Topic(against, sentence.labelled, against)
                content = reason_words(before, rollout, config.reason, awaited=True)
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
            content = reason_words(sentence, rollout, config.reason, awaited=topic.awaits and named)
            yield from _weigh(topic, rollout, sentence, config, content)
        elif argues_for_the_answer(sentence, rollout, config.reason):
            yield from _argued(rollout, sentence, config)


def _on_ground(sentence: RolloutSentence, ground: RolloutSentence) -> RolloutSentence:
    """A sentence that argues from the one before, with what that one tells: "This suggests A"."""
    return sentence._replace(
        words=ground.words + sentence.words,
        mentions=ground.mentions + sentence.mentions,
        measurements=ground.measurements + sentence.measurements,
    )


def _is_told(sentence: RolloutSentence, rollout: Rollout, config: OptionsConfig) -> bool:
    """Whether a sentence that names no option gives a reason about the one named before it.

    Where it names nothing else either, it must say why in words of its own; talk of the writer's
    own doings ("so let me go through the rest") says nothing of an option.
    """
    if not _names_something(sentence):
        own = len(sentence.own) >= config.reason.min_words
        return sentence.argues and own and FIRST_PERSON.isdisjoint(sentence.words)
    return sentence.argues or (
        sentence.opposes
        and sentence.standing not in TELLING
        and any(bears(mention, sentence, rollout) for mention in sentence.mentions)
    )


def _names_something(sentence: RolloutSentence) -> bool:
    """Whether a sentence names anything of medicine: without it, it parts no neighbours."""
    return bool(sentence.mentions or sentence.measurements)


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
    grounded = is_grounded(sentence, rollout)
    for letter in sorted(topic.labels):
        rejects = letter in topic.against or sentence.rejects_option(letter)
        credit = _share(letter, rejects, sentence, rollout, config)
        if credit:
            tied = letter not in topic.labelled or is_tied(letter, sentence, rollout)
            credit *= worth_of(sentence, rollout, config.reason, grounded=grounded, tied=tied)
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
    if letter in stances.at_odds or sentence.standing is Standing.VOID:
        return 0.0
    full = config.repeated if sentence.standing is Standing.REPEATED else 1.0
    if letter in stances.chosen:
        spurned = sentence.rejects and not (sentence.supports or letter in sentence.backed)
        return 0.0 if spurned else full
    if rejects or (sentence.opposes and letter in stances.dismissed):
        return full
    return config.neutral * full
