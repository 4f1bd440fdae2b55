"""Which of the case's findings a completion uses.

A finding is used where a sentence names its concept (or states its value, or what the value means)
with the same polarity about the same person; or, when it has no mention of that concept at all,
where one sentence holds all of the finding's words. General statements, hypotheses and guesses
("there may be fever") do not use a finding of this case, and neither does an argument against the
completion's own answer.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from reward_service.analysis.measurements import agree
from reward_service.grounding.facts import MAX_VALUES
from reward_service.grounding.findings import Finding
from reward_service.grounding.rollout import Rollout
from reward_service.grounding.sentences import TELLING, RolloutSentence, Standing
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_OF_CASE,
    Flag,
    Measurement,
    Mention,
    Polarity,
)
from reward_service.wire.codes import Outcome

_UNUSED = NOT_OF_CASE | int(Flag.UNCERTAIN)
_INFERRED = int(Flag.INFERRED)
_LACKED = int(Flag.LACKED)


def polarity_of(mention: Mention) -> Polarity:
    """What a mention says of the finding: "does not explain the rash" denies no rash, and "does not
    explain the lack of a rash" does."""
    return Polarity.PRESENT if _is_related(mention.flags) else mention.polarity


def _is_related(flags: int) -> bool:
    """Whether what is said of a thing is said of its relation to another, and not of itself."""
    return bool(flags & _INFERRED) and not flags & _LACKED


class Use(NamedTuple):
    """How a finding is used: MATCHED, CONTRADICTED, COPIED or MISSED, where, and in what sentence.

    `at` is the position of the sentence among the rollout's, -1 where there is none.
    """

    outcome: Outcome
    span: tuple[int, int] | None
    standing: Standing
    at: int

    @property
    def start(self) -> int:
        """Where it begins in the text, -1 where it is nowhere."""
        return self.span[0] if self.span else -1


_MISSED = Use(Outcome.MISSED, None, Standing.LISTED, -1)
_RANK = {Outcome.MISSED: 0, Outcome.CONTRADICTED: 1, Outcome.COPIED: 2, Outcome.MATCHED: 3}
_WORTH = {standing: -rank for rank, standing in enumerate(Standing)}


def uses_of(rollout: Rollout) -> tuple[Use, ...]:
    """One use per finding of the case, in the findings' order."""
    index = _Index(rollout)
    return tuple(index.use_of(finding) for finding in rollout.case.findings)


_BARE = (Standing.RESTATED, Standing.REPEATED)

_Named = tuple[Mention, int]
_Valued = tuple[Measurement, int]


class _Index:
    """The completion's usable mentions, measurements and words, by what they name."""

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._mentions: defaultdict[str, list[_Named]] = defaultdict(list)
        self._implied: defaultdict[tuple[str, Polarity], list[_Valued]] = defaultdict(list)
        self._values: defaultdict[str, list[_Valued]] = defaultdict(list)
        self._sentences = rollout.sentences
        analysis = [
            (at, sentence)
            for at, sentence in enumerate(self._sentences)
            if sentence.standing is not Standing.LISTED and not sentence.concluding
        ]
        for at, sentence in analysis:
            for mention in sentence.mentions:
                if not mention.flags & _UNUSED:
                    self._mentions[mention.concept].append((mention, at))
            for m in sentence.measurements:
                if not m.flags & _UNUSED:
                    if len(self._values[m.quantity]) < MAX_VALUES:
                        self._values[m.quantity].append((m, at))
                    for implied in m.implies if not m.flags & NEGATED else ():
                        self._implied[implied].append((m, at))
        holders: defaultdict[str, list[int]] = defaultdict(list)
        if wanted := self._unnamed():
            for at, sentence in analysis:
                for word in wanted.intersection(sentence.words):
                    holders[word].append(at)
        self._words = {word: frozenset(at) for word, at in holders.items()}

    def _unnamed(self) -> frozenset[str]:
        """The words of the findings that are not named but all of whose words are there."""
        said = frozenset(self._rollout.document.norms)
        return frozenset().union(
            *(
                finding.words
                for finding in self._rollout.case.findings
                if finding.concept not in self._mentions and finding.words <= said
            )
        )

    def use_of(self, finding: Finding) -> Use:
        best = _MISSED
        uses = self._by_value(finding) if finding.measurement else self._by_concept(finding)
        for use in uses:
            if _rank(use) > _rank(best):
                best = use
        if best.outcome is Outcome.MATCHED and best.standing in _BARE:
            # Said both ways without a reason, it is left open.
            best = next((use for use in uses if use.outcome is Outcome.CONTRADICTED), best)
        return best

    def _by_concept(self, finding: Finding) -> list[Use]:
        assert finding.concept is not None
        uses = []
        for mention, at in self._mentions.get(finding.concept, []):
            same = polarity_of(mention) is finding.polarity and (
                bool(mention.flags & FAMILY) == finding.family
            )
            uses.append(self._use(same, at, mention))
        for m, at in self._implied.get((finding.concept, finding.polarity), []):
            uses.append(self._use(True, at, m))
        return uses or self._by_words(finding)

    def _by_value(self, finding: Finding) -> list[Use]:
        assert finding.measurement is not None
        uses = []
        for m, at in self._values.get(finding.measurement.quantity, []):
            same = agree(m, finding.measurement)
            if same is False and self._rollout.case.facts.states(m):
                continue  # of the ages of two children neither contradicts the other
            if same is not None:
                uses.append(self._use(same and not m.flags & NEGATED, at, m))
        for concept, polarity in finding.measurement.implies:
            for mention, at in self._mentions.get(concept, []):
                uses.append(self._use(polarity_of(mention) is polarity, at, mention))
        return uses

    def _by_words(self, finding: Finding) -> list[Use]:
        holders = [self._words.get(word, frozenset()) for word in finding.words]
        document = self._rollout.document
        uses = []
        for at in sorted(frozenset.intersection(*holders)) if holders else ():
            sentence = self._sentences[at]
            span = sentence.span
            tokens = [i for i in range(span.first, span.last) if document.norms[i] in finding.words]
            flags = 0
            for i in tokens:
                flags |= document.flags[i]
            if flags & _UNUSED:
                continue
            absent = flags & NEGATED and not _is_related(flags)
            negated = Polarity.ABSENT if absent else Polarity.PRESENT
            where = (document.starts[tokens[0]], document.ends[tokens[-1]])
            quoted = not sentence.quoted.isdisjoint(tokens)
            uses.append(self._outcome(negated is finding.polarity, at, quoted, where))
        return uses

    def _use(self, same: bool, at: int, thing: Mention | Measurement) -> Use:
        sentence = self._sentences[at]
        quoted = sentence.quotes(thing)
        use = self._outcome(same, at, quoted, (thing.start, thing.end))
        if sentence.again and use.outcome is Outcome.MATCHED and _is_again(thing, sentence):
            return use._replace(standing=Standing.REPEATED)
        return use

    def _outcome(self, same: bool, at: int, quoted: bool, where: tuple[int, int]) -> Use:
        standing = self._sentences[at].standing
        if not same:
            return Use(Outcome.CONTRADICTED, where, standing, at)
        if quoted or standing is Standing.COPIED:
            if self._sentences[at].pointed and standing in TELLING:
                return Use(Outcome.MATCHED, where, Standing.RESTATED, at)
            return Use(Outcome.COPIED, where, standing, at)
        return Use(Outcome.MATCHED, where, standing, at)


def _is_again(thing: Mention | Measurement, sentence: RolloutSentence) -> bool:
    """Whether a list of the sentence names a thing more than once."""
    if isinstance(thing, Measurement):
        return any(
            v.first in sentence.again and v.value == thing.value for v in sentence.measurements
        )
    return any(m.first in sentence.again and m.concept == thing.concept for m in sentence.mentions)


def _rank(use: Use) -> tuple[int, int]:
    return _RANK[use.outcome], _WORTH[use.standing]
