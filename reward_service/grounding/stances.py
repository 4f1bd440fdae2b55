"""How a completion stands to each answer option, and whether that agrees with its answer.

A weighing leads to the answer: the chosen option is what the others are told from. So a completion
that praises an option and does not choose it, or rejects the one that it chooses, takes back with
its answer what it argued: those sentences are *void*.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reward_service.grounding.sentences import RolloutSentence

_OWN = 2  # telling words of its own that make a sentence more than a phrase


@dataclass(slots=True)
class _Leans:
    """What the sentences about one option say."""

    backed: bool = False  # reasoned with, alone or for it, and not only against it
    rejected: bool = False  # against it alone
    praised: bool = False  # for it and nothing against it
    dismissed: bool = False  # against it, or set off from another


@dataclass(frozen=True, slots=True)
class Stances:
    """`chosen`: letters of the final answer; empty when there is no single one.

    `dismissed`: options that are argued against. `at_odds`: options that are praised but not
    chosen, or chosen but only argued against.
    """

    chosen: frozenset[str] = frozenset()
    dismissed: frozenset[str] = frozenset()
    at_odds: frozenset[str] = frozenset()

    def is_void(self, sentence: RolloutSentence) -> bool:
        """Whether the sentence argues against the completion's own answer.

        Where the chosen option itself is only rejected, no argument about options is left.
        """
        if not sentence.named or not self.at_odds:
            return False
        return sentence.named <= self.at_odds or bool(self.chosen & self.at_odds)


def read_stances(
    sentences: Iterable[RolloutSentence],
    chosen: frozenset[str],
    *,
    lenient: bool = False,
    open_ended: bool = False,
) -> Stances:
    """The stances of a completion whose final answer is `chosen`.

    `lenient`: the question asks for the exception ("all except"), so that what is chosen is argued
    against; nothing is at odds then. `open_ended`: it gives no answer at all; an option that alone
    is argued for counts as chosen.
    """
    leans: dict[str, _Leans] = {}
    for sentence in sentences:
        if not sentence.argues and not sentence.opposes:
            continue
        together = len(sentence.named) > 1 and sentence.named <= sentence.labelled
        if together and len(sentence.own) < _OWN:
            continue  # "the remaining options are less likely" says it of any case
        for letter in sentence.named:
            lean = leans.setdefault(letter, _Leans())
            alone = len(sentence.named) == 1
            played_off = letter in sentence.backed and bool(sentence.against)
            against = letter in sentence.against or (
                (sentence.rejects or sentence.opposes) and not played_off
            )
            supports = sentence.supports or letter in sentence.backed
            lean.backed |= supports or (alone and not sentence.rejects)
            lean.rejected |= alone and sentence.rejects and not supports
            # What counts against the answer has to be plain: by the cues, not by a predicate.
            lean.praised |= (
                sentence.supports
                and not (against or sentence.rejects or sentence.opposes)
                and sentence.named.isdisjoint(chosen)
            )
            lean.dismissed |= against
    praised = frozenset(k for k, lean in leans.items() if lean.praised and not lean.dismissed)
    if open_ended and len(praised) == 1:
        chosen = praised
    dismissed = frozenset(letter for letter, lean in leans.items() if lean.dismissed) - chosen
    if lenient:
        return Stances(chosen, frozenset(leans) - chosen, frozenset())
    rejected = frozenset(k for k, lean in leans.items() if lean.rejected and not lean.backed)
    at_odds = (praised - chosen) | (rejected & chosen)
    return Stances(chosen, dismissed, at_odds if chosen or open_ended else frozenset())
