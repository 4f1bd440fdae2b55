"""Which of the case's findings a completion uses.

A finding is used where a sentence names its concept (or states its value, or what the value means)
with the same polarity about the same person; or, when it has no mention of that concept at all,
where one sentence holds all of the finding's words. General statements and hypotheses do not use a
finding of this case.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from reward_service.analysis.measurements import agree
from reward_service.grounding.facts import MAX_VALUES
from reward_service.grounding.findings import Finding
from reward_service.grounding.rollout import Rollout, RolloutSentence
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_OF_CASE,
    Measurement,
    Mention,
    Polarity,
)
from reward_service.wire.codes import Outcome


class Use(NamedTuple):
    """How a finding is used: MATCHED, CONTRADICTED, COPIED or MISSED, where, and with a reason?"""

    outcome: Outcome
    span: tuple[int, int] | None
    reasoned: bool


_MISSED = Use(Outcome.MISSED, None, False)
_RANK = {Outcome.MISSED: 0, Outcome.CONTRADICTED: 1, Outcome.COPIED: 2, Outcome.MATCHED: 3}


def uses_of(rollout: Rollout) -> tuple[Use, ...]:
    """One use per finding of the case, in the findings' order."""
    index = _Index(rollout)
    return tuple(index.use_of(finding) for finding in rollout.case.findings)


_Named = tuple[Mention, RolloutSentence]
_Valued = tuple[Measurement, RolloutSentence]


class _Index:
    """The completion's usable mentions, measurements and words, by what they name."""

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._mentions: defaultdict[str, list[_Named]] = defaultdict(list)
        self._implied: defaultdict[tuple[str, Polarity], list[_Valued]] = defaultdict(list)
        self._values: defaultdict[str, list[_Valued]] = defaultdict(list)
        self._sentences = [s for s in rollout.sentences if s.proper and not s.concluding]
        wanted = frozenset().union(*(finding.words for finding in rollout.case.findings))
        holders: defaultdict[str, list[int]] = defaultdict(list)
        for at, sentence in enumerate(self._sentences):
            for mention in sentence.mentions:
                if not mention.flags & NOT_OF_CASE:
                    self._mentions[mention.concept].append((mention, sentence))
            for m in sentence.measurements:
                if not m.flags & NOT_OF_CASE:
                    if len(self._values[m.quantity]) < MAX_VALUES:
                        self._values[m.quantity].append((m, sentence))
                    for implied in m.implies:
                        self._implied[implied].append((m, sentence))
            for word in wanted.intersection(sentence.words):
                holders[word].append(at)
        self._words = {word: frozenset(at) for word, at in holders.items()}

    def use_of(self, finding: Finding) -> Use:
        best = _MISSED
        for use in self._by_value(finding) if finding.measurement else self._by_concept(finding):
            if (_RANK[use.outcome], use.reasoned) > (_RANK[best.outcome], best.reasoned):
                best = use
        return best

    def _by_concept(self, finding: Finding) -> list[Use]:
        assert finding.concept is not None
        uses = []
        for mention, sentence in self._mentions.get(finding.concept, []):
            same = mention.polarity is finding.polarity and (
                bool(mention.flags & FAMILY) == finding.family
            )
            uses.append(_use(same, sentence, mention))
        for m, sentence in self._implied.get((finding.concept, finding.polarity), []):
            uses.append(_use(True, sentence, m))
        return uses or self._by_words(finding)

    def _by_value(self, finding: Finding) -> list[Use]:
        assert finding.measurement is not None
        uses = []
        for m, sentence in self._values.get(finding.measurement.quantity, []):
            same = agree(m, finding.measurement)
            if same is not None:
                uses.append(_use(same, sentence, m))
        for concept, polarity in finding.measurement.implies:
            for mention, sentence in self._mentions.get(concept, []):
                uses.append(_use(mention.polarity is polarity, sentence, mention))
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
            if flags & NOT_OF_CASE:
                continue
            negated = Polarity.ABSENT if flags & NEGATED else Polarity.PRESENT
            where = (document.starts[tokens[0]], document.ends[tokens[-1]])
            uses.append(_outcome(negated is finding.polarity, sentence, where))
        return uses


def _use(same: bool, sentence: RolloutSentence, at: Mention | Measurement) -> Use:
    return _outcome(same, sentence, (at.start, at.end))


def _outcome(same: bool, sentence: RolloutSentence, where: tuple[int, int]) -> Use:
    if not same:
        return Use(Outcome.CONTRADICTED, where, False)
    if sentence.copied:
        return Use(Outcome.COPIED, where, False)
    return Use(Outcome.MATCHED, where, sentence.reasoned)
