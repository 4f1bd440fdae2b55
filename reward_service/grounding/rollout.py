"""A rollout as the objectives see it: its sections, its answer, and its sentences with what each
one names and what standing it has.

Sentences that repeat an earlier sentence of the same completion are left out, so saying something
twice neither earns nor costs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
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
from reward_service.grounding.parts import Part, Place, meant, read_parts
from reward_service.grounding.reading import readable
from reward_service.grounding.sentencehood import SentenceConfig, is_question, is_sentence
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.stances import Stances, read_stances
from reward_service.grounding.verdicts import Verdicts, denied_relations, read_verdicts
from reward_service.grounding.wording import VAGUE, telling
from reward_service.text.document import (
    NEGATED,
    NOT_CLAIMED,
    Document,
    Flag,
    Measurement,
    Mention,
    Polarity,
    SemanticType,
    Sentence,
)

_OTHERS = re.compile(
    r"\b(?:(?:(?:the|all|any of the|none of the)\s(?:\w+\s)?(?:other|remaining)|rest of the)\s"
    r"(?:options|answers|choices|alternatives|possibilities|statements|diagnoses)"
    r"|the\s(?:others|rest)(?=\s(?:are|is|do|does|can|could|would|have|has|fail)\b)"
    r"|none of the others)\b",
    re.IGNORECASE,
)
_CONCLUDE = int(Role.CONCLUDE)
_INFERRED = int(Flag.INFERRED)
_HYPOTHETICAL = int(Flag.HYPOTHETICAL)
_NO_WORDS = frozenset({""})  # the second sentence without a word of its own repeats the first
_LONG_NAME = 4  # words of an option that says more than a name
_WITH_WORDS_OF_THEIR_OWN = (Standing.REASONED, Standing.STATED, Standing.LINKED)
_ARGUING = (Standing.REASONED, Standing.LINKED)
_OBSERVED = (SemanticType.FINDING, SemanticType.HISTORY, SemanticType.ANATOMY)
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
        return self._analyze(readable(self.completion.text), age=self.case.age)

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

    @property
    def arguments(self) -> int:
        """Number of sentences of the analysis that argue for or against something."""
        return sum(s.standing in _ARGUING and not s.concluding for s in self.sentences)

    @cached_property
    def names_another(self) -> bool:
        """Whether its answer is a letter and its diagnosis another disease than the letter's."""
        return names_another(
            self.case, self.completion.text, self.commitment, lambda: self.document
        )

    @property
    def word_count(self) -> int:
        """Number of words in the completion, repeated sentences included."""
        return len(self.completion.text.split())

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
        retells = not sentence.named and self._retells(sentence)
        own = len(sentence.own) >= self._config.own
        argues = sentence.argues or (sentence.opposes and bool(sentence.named))
        if argues and not retells and (leads or not self.case.options):
            against = sentence.rejects or bool(sentence.against)
            reasoned = own or (against and self._lacks(sentence))
            return Standing.REASONED if reasoned else Standing.LINKED
        if self.case.copying.is_rearranged(frozenset(sentence.words)):
            return Standing.COPIED
        return Standing.STATED if own and not retells else Standing.RESTATED

    def _retells(self, sentence: RolloutSentence) -> bool:
        """Whether it tells one sentence of the case again, in whatever words, and leads nowhere."""
        things = frozenset(
            [m.concept for m in sentence.mentions if m.type is not SemanticType.ANATOMY]
            + [m.quantity for m in sentence.measurements]
        )
        if not self.case.facts.is_retold(things):
            return False
        return not any(
            m.concept not in self.case.facts.known
            and (m.flags & NOT_CLAIMED or m.type not in _OBSERVED)
            for m in sentence.mentions
        )

    def _lacks(self, sentence: RolloutSentence) -> bool:
        """Whether it names something, as missing or as what an option would show, that the case
        says is not there.

        What is missing is the best ground for setting an option aside, and needs no more words.
        """
        facts = self.case.facts.of_concept
        return any(
            _is_missing(m, sentence)
            and any(fact.polarity is Polarity.ABSENT for fact in facts.get(m.concept, ()))
            for m in sentence.mentions
        )

    def _beyond(self, sentence: RolloutSentence) -> frozenset[str]:
        """The concepts that it names and the case does not."""
        known = self.case.facts.known
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
            stated = case.facts.known
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
        labelled = case.names.labels_in(document)
        others = case.names.others_in(document) if case.options else {}
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
            marks = text[start:end]
            if is_question(marks):  # it asks, and neither argues nor states
                roles, favors, opposes = 0, False, False
            standing = Standing.STATED
            runs = case.copying.runs(words)
            if case.copying.is_copied(words, runs):
                standing = Standing.COPIED
            elif self.case.copying.is_disordered(words) or not is_sentence(
                roles | (PREDICATE if favors else 0),
                words,
                len(terms),
                marks,
                self._config.sentence,
            ):
                standing = Standing.LISTED
            own = self._own_words(i, named_things, taken)
            labels = labelled.get(span.first, [])
            named = case.names.in_sentence(words, named_things, {k for _, k in labels})
            by_label = named - case.names.in_sentence(words, named_things, ())
            named, labels = self._with_others(span, named, labels)
            places = [
                (token - span.first, letter)
                for token, letter in case.names.places(document, span, named_things, labels, named)
            ]
            otherwise = others.get(span.first, ())
            parts: tuple[Part, ...] = ()
            if otherwise or len(named) > 1:
                places = meant(
                    self._norms(i),
                    places,
                    [other._replace(token=other.token - span.first) for other in otherwise],
                    self._chosen,
                    for_it=favors or bool(roles & SUPPORT),
                    against=opposes or bool(roles & REJECTION),
                )
                named |= {letter for _, letter in places}
                parts = read_parts(self._norms(i), places, case.names.all_words)
            verdicts, related = self._verdicts(i, places, named_things)
            sentences.append(
                RolloutSentence(
                    span,
                    words,
                    document.anchors[i],
                    related,
                    tuple(values),
                    named,
                    self._quoted(i, runs, taken, named, own),
                    own,
                    favors or _argues(roles, words) or verdicts.argue,
                    favors or bool(roles & SUPPORT) or verdicts.unnamed > 0,
                    bool(roles & REJECTION) or verdicts.unnamed < 0,
                    opposes,
                    conclusion is not None and conclusion[0] <= start < conclusion[1],
                    standing,
                    verdicts.backed,
                    verdicts.against,
                    verdicts.doubted,
                    by_label,
                    parts,
                )
            )
        return sentences

    def _norms(self, i: int) -> list[str]:
        """The normal forms of the tokens of sentence i."""
        span = self.document.sentences[i]
        return self.document.norms[span.first : span.last]

    def _with_others(
        self, span: Sentence, named: frozenset[str], labels: list[tuple[int, str]]
    ) -> tuple[frozenset[str], list[tuple[int, str]]]:
        """With "the other options": those that are neither chosen nor named beside them."""
        document = self.document
        start, end = document.starts[span.first], document.ends[span.last - 1]
        others = _OTHERS.search(document.text, start, end)
        if others is None or not self._chosen:
            return named, labels
        rest = frozenset(self.case.options or ()) - self._chosen - named
        at = bisect_right(document.starts, others.start()) - 1
        return named | rest, [*labels, *((at, label) for label in sorted(rest))]

    def _verdicts(
        self, i: int, places: Sequence[Place], mentions: Iterable[Mention]
    ) -> tuple[Verdicts, tuple[Mention, ...]]:
        """What sentence i says for and against the options, and its mentions.

        A mention of which only a relation to an option is denied is marked as inferred.
        """
        if not self.case.options:
            return Verdicts(), tuple(mentions)
        norms, first = self._norms(i), self.document.sentences[i].first
        denied = denied_relations(norms, places) if places else []
        related = tuple(
            m._replace(flags=m.flags | _INFERRED)
            if m.flags & NEGATED and any(begin <= m.first - first < end for begin, end in denied)
            else m
            for m in mentions
        )
        return read_verdicts(norms, places), related

    def _quoted(
        self,
        i: int,
        runs: list[tuple[int, int]],
        taken: set[int],
        named: frozenset[str],
        own: frozenset[str],
    ) -> frozenset[int]:
        """The tokens of sentence i that are quoted: in long unbroken runs of the case, or, where it
        has no word of its own, in an option's wording."""
        quoted = frozenset() if own else self._of_names(i, named)
        if not runs:
            return quoted
        norms, span = self.document.norms, self.document.sentences[i]
        places = [k for k in range(span.first, span.last) if norms[k][:1].isalnum()]
        chosen = [k not in taken and norms[k] not in VAGUE for k in places]
        bare = len(own) < self._config.own
        found = self.case.copying.quoted(runs, chosen, bare=bare)
        return quoted.union(k for start, end in found for k in places[start:end])

    def _of_names(self, i: int, named: Iterable[str]) -> frozenset[int]:
        """The tokens of sentence i that are parts of an option's wording, given in full.

        "A CT of the head is unlikely" uses nothing that the case says of the head.
        """
        norms, span = self.document.norms, self.document.sentences[i]
        found: set[int] = set()
        for letter in named:
            name = self.case.option_words[letter]
            if len(name) < _LONG_NAME or not name.issubset(self._words[i]):
                continue
            run: list[int] = []
            for k in range(span.first, span.last + 1):
                if k < span.last and (norms[k] in name or not norms[k][:1].isalnum()):
                    run.append(k)
                elif run:
                    found.update(run if name.issubset(norms[j] for j in run) else ())
                    run = []
        return frozenset(found)


def _is_missing(mention: Mention, sentence: RolloutSentence) -> bool:
    """Whether a sentence says that something is missing, or what an option would show instead."""
    if mention.polarity is Polarity.ABSENT:
        return not mention.flags & _INFERRED
    return bool(sentence.against and mention.flags & _HYPOTHETICAL)


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
