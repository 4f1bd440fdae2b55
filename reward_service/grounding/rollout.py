"""A rollout as the objectives see it: its sections, its answer, and its sentences with what each
one names and what standing it has.

Sentences that repeat an earlier sentence of the same completion are left out, so saying something
twice neither earns nor costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from reward_service.analysis.attributes import ARGUMENT, PREDICATE, REJECTION, SUPPORT
from reward_service.analysis.cues import Role
from reward_service.completions import Commitment, Completion
from reward_service.grounding.case import Analyze, Case
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.misnaming import names_another
from reward_service.grounding.paraphrases import Paraphrased
from reward_service.grounding.sentencehood import SentenceConfig, is_sentence
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.stances import Stances, read_stances
from reward_service.grounding.wording import telling
from reward_service.text.document import (
    NEGATED,
    NOT_CLAIMED,
    Document,
    Flag,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
)

# Mark-up between sentences: section tags, \boxed, bold. Blanked out so that it neither joins two
# sentences into one nor counts as words.
# Each alternative begins with a letter of its own, so that the search skips quickly to those.
_MARKUP = re.compile(
    r"</?[A-Za-z_][\w-]{0,20}>|\\(?:boxed|text(?:bf)?)\{|\*\*?\*?|#(?<=^#)#{0,5} ", re.M
)
_CONCLUDE = int(Role.CONCLUDE)
_INFERRED = int(Flag.INFERRED)
_NO_WORDS = frozenset({""})  # the second sentence without a word of its own repeats the first
_WITH_WORDS_OF_THEIR_OWN = (Standing.REASONED, Standing.STATED, Standing.LINKED)
_REASONS = frozenset({"because", "since", "as", "due", "given", "explain", "cause"})
_FAVORS = frozenset({"fit", "fitting", "favor", "explain", "account", "match"})
_CONTRASTS = frozenset(
    {"but", "however", "although", "though", "unlike", "whereas", "while", "rather", "instead"}
    | {"would", "not", "no", "without", "lack", "absent", "absence", "only", "never", "nor"}
    | {"nothing", "none", "neither", "rare", "rarer", "doubtful"}
    | {"poor", "odd", "hardly", "barely", "weak", "weakly"}
    | {"against", "unexplained", "unaccounted", "aside", "reconcile", "contradict", "conflict"}
)


@dataclass(frozen=True, slots=True)
class RolloutConfig:
    """How sentences are judged.

    own: so many telling words of its own make a sentence more than a restatement.
    """

    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    own: int = 2


class Rollout:
    """One completion of a case. Text analysis runs when an objective first asks for it."""

    def __init__(
        self,
        case: Case,
        completion: Completion,
        commitment: Commitment,
        analyze: Analyze,
        config: RolloutConfig | None = None,
    ) -> None:
        self.case = case
        self.completion = completion
        self.commitment = commitment
        self._analyze = analyze
        self._config = config or RolloutConfig()

    @cached_property
    def document(self) -> Document:
        """The analysed completion; offsets are those of `completion.text`."""
        return self._analyze(_MARKUP.sub(_blank, self.completion.text), age=self.case.age)

    @cached_property
    def _words(self) -> list[tuple[str, ...]]:
        """The words of each sentence of the document."""
        return [self.document.words_of(span) for span in self.document.sentences]

    @cached_property
    def paraphrased(self) -> tuple[Paraphrased, ...]:
        """The case's findings that it names in other words; none without an encoder."""
        paraphrases = self.case.paraphrases
        return () if paraphrases is None else paraphrases.read(self.document)

    @property
    def _mentions(self) -> list[Mention]:
        """All mentions in order of position."""
        if not self.paraphrased:
            return self.document.mentions
        found = [one.mention for one in self.paraphrased]
        return sorted([*self.document.mentions, *found], key=lambda m: (m.first, m.last))

    @property
    def sentences(self) -> tuple[RolloutSentence, ...]:
        """Its sentences in order, each distinct one once."""
        return self._read[0]

    @property
    def stances(self) -> Stances:
        """How its analysis stands to the options."""
        return self._read[1]

    @cached_property
    def names_another(self) -> bool:
        """Whether its answer is a letter and its diagnosis another disease than the letter's."""
        return names_another(
            self.case, self.completion.text, self.commitment, lambda: self.document
        )

    @property
    def word_count(self) -> int:
        """Number of words in the completion, repeated sentences included."""
        return sum(map(len, self._words))

    @cached_property
    def _read(self) -> tuple[tuple[RolloutSentence, ...], Stances]:
        sentences = self._distinct()
        stances = read_stances(
            [s for s in sentences if not s.concluding],
            self._chosen,
            lenient=self.case.asks_for_exception,
            open_ended=not self.commitment.answers,
        )
        seen: set[str] = set()
        judged = []
        for sentence in sentences:
            # A sentence that names nothing neither earns nor makes what follows stale.
            if sentence.standing is Standing.STATED and (
                sentence.mentions or sentence.measurements or sentence.named
            ):
                said = sentence.own | sentence.named | self._beyond(sentence)
                fresh = not (said or _NO_WORDS) <= seen
                seen |= said or _NO_WORDS
                standing = self._standing(sentence, leads=bool(said))
                if stances.is_void(sentence):
                    standing = Standing.VOID
                elif not fresh and standing in _WITH_WORDS_OF_THEIR_OWN:
                    standing = Standing.REPEATED
                if standing is not sentence.standing:
                    sentence = sentence._replace(standing=standing)
            judged.append(sentence)
        return tuple(judged), stances

    def _standing(self, sentence: RolloutSentence, *, leads: bool) -> Standing:
        """Its standing by itself; `leads`: it says something that the case does not."""
        own = len(sentence.own) >= self._config.own
        argues = sentence.argues or (sentence.opposes and bool(sentence.named))
        if argues and (leads or not self.case.options):
            reasoned = own or (sentence.rejects and self._lacks(sentence))
            return Standing.REASONED if reasoned else Standing.LINKED
        if self.case.copying.is_rearranged(frozenset(sentence.words)):
            return Standing.COPIED
        return Standing.STATED if own else Standing.RESTATED

    def _lacks(self, sentence: RolloutSentence) -> bool:
        """Whether it names something that the case says is not there.

        What is missing is the best ground for setting an option aside, and needs no more words.
        """
        facts = self.case.facts.of_concept
        return any(
            m.polarity is Polarity.ABSENT
            and not m.flags & _INFERRED
            and any(fact.polarity is Polarity.ABSENT for fact in facts.get(m.concept, ()))
            for m in sentence.mentions
        )

    def _beyond(self, sentence: RolloutSentence) -> frozenset[str]:
        """The concepts that it names and the case does not."""
        known = self.case.facts.of_concept
        return frozenset(
            m.concept
            for m in sentence.mentions
            if m.concept not in known and m.type is not SemanticType.ANATOMY
        )

    @property
    def _chosen(self) -> frozenset[str]:
        """The option that the completion commits to; several only where the key has several."""
        answers = self.commitment.answers
        single = len(answers) in (1, len(self.case.keyed_letters)) and not self.commitment.torn
        return frozenset(answers) & (self.case.options or {}).keys() if single else frozenset()

    def _own_words(self, i: int, mentions: Iterable[Mention], taken: set[int]) -> frozenset[str]:
        """The telling words of sentence i that say more than the case and the options do.

        Another word for something that the case states ("rigors" for "chills") is none, and neither
        is the name of something that only the completion gives the patient.
        """
        case, norms = self.case, self.document.norms
        first, last = self.document.sentences[i]
        said = telling(frozenset(self._words[i])) - case.copying.words - case.names.all_words
        own = {word for word in said if word[0].isalpha()}
        if own and taken:
            stated = case.facts.of_concept
            known = set(taken)
            for mention in mentions:
                if mention.flags & NOT_CLAIMED and mention.concept not in stated:
                    known.difference_update(range(mention.first, mention.last))
            named = own.intersection([norms[k] for k in known])
            if named:
                own -= named.difference([norms[k] for k in range(first, last) if k not in known])
        return frozenset(own)

    def _distinct(self) -> list[RolloutSentence]:
        case, document = self.case, self.document
        text, starts, ends = document.text, document.starts, document.ends
        mentions = document.by_sentence(self._mentions)
        measurements = document.by_sentence(document.measurements)
        lettered = case.names.letters_in(document) if case.options else {}
        conclusion = self.completion.conclusion if self.completion.tagged else None
        seen: set[tuple[str, ...]] = set()
        sentences: list[RolloutSentence] = []
        for i, span in enumerate(document.sentences):
            words = self._words[i]
            if words in seen:
                continue
            seen.add(words)
            named_things = mentions[i]
            values = _rightly_named(measurements[i], named_things)
            taken = tokens_of(named_things)
            of_options = case.names.all_concepts
            terms = taken
            if not of_options.isdisjoint([m.concept for m in named_things]):
                terms = tokens_of(m for m in named_things if m.concept not in of_options)
            if values:
                valued = tokens_of(values)
                taken, terms = taken | valued, terms | valued
            start, end = starts[span.first], ends[span.last - 1]
            roles = document.roles[i]
            flags = document.flags[span.first : span.last]
            opposes = not _CONTRASTS.isdisjoint(words) or (
                any(flags) and any(bits & NEGATED for bits in flags)
            )
            favors = not opposes and not _FAVORS.isdisjoint(words)
            standing = Standing.STATED
            if case.copying.is_copied(words):
                standing = Standing.COPIED
            elif not is_sentence(
                roles | (PREDICATE if favors else 0),
                words,
                len(terms),
                text[start:end],
                self._config.sentence,
            ):
                standing = Standing.LISTED
            sentences.append(
                RolloutSentence(
                    span,
                    words,
                    document.anchors[i],
                    tuple(named_things),
                    tuple(values),
                    case.names.in_sentence(words, named_things, lettered.get(span.first, ())),
                    self._quoted(i),
                    self._own_words(i, named_things, taken),
                    favors or _argues(roles, words),
                    favors or bool(roles & SUPPORT),
                    bool(roles & REJECTION),
                    opposes,
                    conclusion is not None and conclusion[0] <= start < conclusion[1],
                    standing,
                )
            )
        return sentences

    def _quoted(self, i: int) -> frozenset[int]:
        """The tokens of sentence i that lie in long unbroken runs of the case."""
        runs = self.case.copying.quotes(self._words[i])
        if not runs:
            return frozenset()
        norms, span = self.document.norms, self.document.sentences[i]
        places = [k for k in range(span.first, span.last) if norms[k][:1].isalnum()]
        return frozenset(k for start, end in runs for k in places[start:end])


def _argues(roles: int, words: tuple[str, ...]) -> bool:
    """Whether a sentence argues; "therefore" alone only joins it to what stood before."""
    if roles & (SUPPORT | REJECTION) or not roles & _CONCLUDE:
        return bool(roles & ARGUMENT)
    return not _REASONS.isdisjoint(words)


def _rightly_named(values: list[Measurement], mentions: list[Mention]) -> list[Measurement]:
    """The values whose own words do not say their opposite, as "fever at 37.1 °C" does.

    A value copied from the case cannot support its name then: only the name is a claim. Both lists
    are in order of position and are walked together.
    """
    if not values or not mentions:
        return values
    kept = []
    begin = 0
    for value in values:
        while begin < len(mentions) and mentions[begin].first < value.first:
            begin += 1
        meant = dict(value.implies)
        opposed = False
        for mention in islice(mentions, begin, None):
            if mention.first >= value.last:
                break
            inside = mention.last <= value.last
            opposed |= (
                inside and meant.get(mention.concept, mention.polarity) is not mention.polarity
            )
        if not opposed:
            kept.append(value)
    return kept


def _blank(match: re.Match[str]) -> str:
    """Spaces of the same length; a tag also ends the line before it."""
    length = match.end() - match.start()
    return "\n\n" + " " * (length - 2) if match.group().startswith("<") else " " * length
