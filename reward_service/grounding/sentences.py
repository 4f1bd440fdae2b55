"""What one sentence of a completion is, as the objectives see it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from reward_service.grounding.parts import Part
from reward_service.grounding.standins import StandIn
from reward_service.text.document import Anchor, Measurement, Mention, Sentence


class Standing(StrEnum):
    """What a sentence does with what it names."""

    REASONED = "reasoned"  # uses it for or against something, with words of its own
    STATED = "stated"  # says it among words of its own
    LINKED = "linked"  # sets it beside an option with a word such as "because", and says no more
    RESTATED = "restated"  # says it again
    REPEATED = "repeated"  # sets other terms into words that stood before; a bare link too many
    VOID = "void"  # argues against the completion's own answer
    COPIED = "copied"  # is the case's sentence
    LISTED = "listed"  # no sentence: a list of terms


TELLING = frozenset({Standing.COPIED, Standing.RESTATED})
"""Standings of sentences that only tell the case."""

ARGUMENTS = frozenset({Standing.REASONED, Standing.LINKED})
"""Standings of sentences that argue for or against something."""


class RolloutSentence(NamedTuple):
    """One sentence of the completion with what it names.

    `named`: letters of the options that it speaks of. `quoted`: its tokens in runs of the case that
    are too long for a phrase. `own`: the telling words that neither the case nor the options have.
    `backed`, `against`: labels of the options that a predicate of it speaks for, and against;
    `doubted`: those of which it denies something; `labelled`: those named by their label alone.
    `argues`: it reasons for or against something; `supports`: for;
    `rejects`: against; `opposes`: it denies or contrasts something. `concluding`: it lies in the
    conclusion of a tagged completion. `parts`: those that speak of different options, each with its
    own reason; none where it is one. `ground`: a reasoned sentence follows shortly, which may rest
    on it. `pointed`: the next one argues from it ("This suggests …"). `stand_ins`: its words in the
    place of the case's own. `again`: the first tokens of what it names again in one list.
    """

    span: Sentence
    words: tuple[str, ...]
    anchor: Anchor
    mentions: tuple[Mention, ...]
    measurements: tuple[Measurement, ...]
    named: frozenset[str]
    quoted: frozenset[int]
    own: frozenset[str]
    argues: bool
    supports: bool
    rejects: bool
    opposes: bool
    concluding: bool
    standing: Standing
    backed: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    labelled: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    ground: bool = False
    pointed: bool = False
    stand_ins: tuple[StandIn, ...] = ()
    again: frozenset[int] = frozenset()

    def rejects_option(self, label: str) -> bool:
        """Whether it argues against an option that it names, by the sentence where no predicate
        speaks of one."""
        if self.against or label in self.backed:
            return label in self.against
        return self.rejects

    def words_about(self, letter: str) -> frozenset[str]:
        """Its words about an option: those of the part that speaks of it and of the fewest others,
        or all."""
        own = [part for part in self.parts if letter in part.letters]
        if not own:
            return frozenset(self.words)
        return min(own, key=lambda part: len(part.letters)).words

    @property
    def proper(self) -> bool:
        """Whether it is a sentence that the completion itself makes."""
        return self.standing not in (Standing.COPIED, Standing.LISTED)

    def quotes(self, thing: Mention | Measurement) -> bool:
        """Whether a mention or measurement stands in copied words."""
        if self.standing is Standing.COPIED:
            return True
        return bool(self.quoted) and not self.quoted.isdisjoint(range(thing.first, thing.last))
