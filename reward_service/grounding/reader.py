"""What each sentence of a completion names and says, read from the analysed text.

Sentences that repeat an earlier sentence of the same completion are left out, so saying something
twice neither earns nor costs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from reward_service.analysis.attributes import ARGUMENT, PREDICATE, REJECTION, SUPPORT
from reward_service.analysis.cues import Role
from reward_service.grounding.case import Case
from reward_service.grounding.copying import Overlap
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.links import LinksConfig
from reward_service.grounding.parts import Part, Place, meant, read_parts
from reward_service.grounding.repeats import repeated_in
from reward_service.grounding.sentencehood import SentenceConfig, is_question, is_sentence
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.standins import replaced, restored
from reward_service.grounding.verdicts import Verdicts, denied_relations, read_verdicts
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import (
    NEGATED,
    NOT_CLAIMED,
    Document,
    Flag,
    Measurement,
    Mention,
    Sentence,
)

_OTHERS = re.compile(
    r"\b(?:(?:(?:the|all|any of the|none of the)\s(?:\w+\s)?(?:other|remaining)|rest of the)\s"
    r"(?:options|answers|choices|alternatives|possibilities|statements|diagnoses)"
    r"|the\s(?:others|rest)(?=\s(?:are|is|do|does|can|could|would|have|has|fail)\b)"
    r"|none of the others)\b",
    re.IGNORECASE,
)
_OTHER_WORDS = re.compile("[OoRr](?i:ther|est|emaining)")  # each of these has one of them
_CONCLUDE = int(Role.CONCLUDE)
_INFERRED = int(Flag.INFERRED)
_LONG_NAME = 4  # words of an option that says more than a name
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
class ReaderConfig:
    """How sentences are read.

    own: so many telling words of its own make a sentence more than a restatement.
    """

    sentence: SentenceConfig = field(default_factory=SentenceConfig)
    links: LinksConfig = field(default_factory=LinksConfig)
    own: int = 2


class _Manner(NamedTuple):
    """How a sentence speaks: the roles of its cues, and whether it finds that something fits, or
    denies or contrasts something. A question does nothing of it."""

    roles: int
    favors: bool
    opposes: bool


class _Named(NamedTuple):
    """The options that a sentence names, those of them that only a label names, where it does so
    (from its first token), and its parts."""

    letters: frozenset[str] = frozenset()
    by_label: frozenset[str] = frozenset()
    places: Sequence[Place] = ()
    parts: tuple[Part, ...] = ()


_NONE_NAMED = _Named()
_ASKS = _Manner(0, False, False)


class SentenceReader:
    """Reads the sentences of one completion of a case.

    `mentions`: all that the document names, in order of position. `chosen`: the options that the
    completion commits to. `conclusion`: where it lies, in a tagged completion.
    """

    def __init__(
        self,
        case: Case,
        document: Document,
        mentions: list[Mention],
        *,
        chosen: frozenset[str],
        conclusion: tuple[int, int] | None,
        config: ReaderConfig,
    ) -> None:
        self.case = case
        self.document = document
        self._mentions = document.by_sentence(mentions)
        self._measurements = document.by_sentence(document.measurements)
        self._labels = case.names.labels_in(document)
        self._others = case.names.others_in(document) if case.options else {}
        self._chosen = chosen
        self._conclusion = conclusion or (0, 0)
        self._config = config
        self._words = [document.words_of(span) for span in document.sentences]

    def read(self) -> list[RolloutSentence]:
        """The distinct sentences in order; their standing is COPIED, LISTED, or STATED so far."""
        seen: set[tuple[str, ...]] = set()
        sentences: list[RolloutSentence] = []
        for i, words in enumerate(self._words):
            if words not in seen:
                seen.add(words)
                sentences.append(self._sentence(i, words))
        return sentences

    def _sentence(self, i: int, words: tuple[str, ...]) -> RolloutSentence:
        document, mentions = self.document, self._mentions[i]
        span = document.sentences[i]
        norms = document.norms[span.first : span.last]
        start = document.starts[span.first]
        marks = document.text[start : document.ends[span.last - 1]]
        values = _rightly_named(self._measurements[i], mentions, self.case)
        taken, terms = self._taken(mentions, values)
        manner = self._manner(i, words, marks)
        stand_ins = self.case.places.find(document, span)
        overlap = self.case.copying.compare(restored(document, span, stand_ins) or words)
        own = self._own_words(i, mentions, taken)
        if stand_ins and overlap.runs:
            own -= replaced(document, span, stand_ins, overlap.runs)
        named = self._named(i, norms, marks, manner) if self.case.options else _NONE_NAMED
        verdicts, related = self._verdicts(norms, span.first, named.places, mentions)
        roles, favors, opposes = manner
        return RolloutSentence(
            span,
            words,
            document.anchors[i],
            related,
            tuple(values),
            named.letters,
            self._quoted(i, overlap.runs, taken, named.letters, own),
            own,
            favors or _argues(roles, words) or verdicts.argue,
            favors or bool(roles & SUPPORT) or verdicts.unnamed > 0,
            bool(roles & REJECTION) or verdicts.unnamed < 0,
            opposes,
            self._conclusion[0] <= start < self._conclusion[1],
            self._standing(words, marks, manner, overlap, len(terms)),
            verdicts.backed,
            verdicts.against,
            verdicts.doubted,
            named.by_label,
            named.parts,
            stand_ins=stand_ins,
            again=repeated_in(mentions, values, document, span, self.case.names.all_concepts),
        )

    def _taken(
        self, mentions: list[Mention], values: list[Measurement]
    ) -> tuple[set[int], set[int]]:
        """The tokens of all that a sentence names, and those of its terms: not of its options, and
        of its values the telling ones."""
        taken = terms = tokens_of(mentions)
        of_options = self.case.names.all_concepts
        if not of_options.isdisjoint([m.concept for m in mentions]):
            terms = tokens_of(m for m in mentions if m.concept not in of_options)
        if values:
            valued = tokens_of(values)
            taken = taken | valued
            terms = terms | {k for k in valued if _is_telling(self.document.norms[k])}
        return taken, terms

    def _manner(self, i: int, words: tuple[str, ...], marks: str) -> _Manner:
        if is_question(marks):
            return _ASKS
        opposes = not _CONTRASTS.isdisjoint(words)
        if not opposes:
            first, last = self.document.sentences[i]
            flags = self.document.flags[first:last]
            opposes = any(flags) and any(bits & NEGATED for bits in flags)
        return _Manner(
            self.document.roles[i], not opposes and not _FAVORS.isdisjoint(words), opposes
        )

    def _standing(
        self, words: tuple[str, ...], marks: str, manner: _Manner, overlap: Overlap, terms: int
    ) -> Standing:
        """Its standing so far; `terms`: the number of its tokens in terms."""
        if overlap.copied:
            return Standing.COPIED
        roles = manner.roles | PREDICATE if manner.favors else manner.roles
        if overlap.disordered or not is_sentence(roles, words, terms, marks, self._config.sentence):
            return Standing.LISTED
        return Standing.STATED

    def _named(self, i: int, norms: Sequence[str], marks: str, manner: _Manner) -> _Named:
        """The options that sentence i names."""
        span, mentions, names = self.document.sentences[i], self._mentions[i], self.case.names
        labels = self._labels.get(span.first, [])
        words = self._words[i]
        full = names.in_full(self.document, span, labels) if labels else {}
        if full:
            words = tuple(norm for k, norm in enumerate(norms, span.first) if k not in full)
            mentions = [mention for mention in mentions if mention.first not in full]
        told = letters = names.in_sentence(words, mentions, ()).union(full.values())
        if labels:
            letters = told | names.in_sentence((), (), {letter for _, letter in labels})
        letters, labels = self._with_others(span, marks, letters, labels)
        by_label = letters - told
        places = [
            (token - span.first, letter)
            for token, letter in names.places(self.document, span, mentions, labels, letters)
        ]
        others = [o for o in self._others.get(span.first, ()) if o.token not in full]
        if not others and len(letters) < 2:
            return _Named(letters, by_label, places)
        places = meant(
            norms,
            places,
            [other._replace(token=other.token - span.first) for other in others],
            self._chosen,
            for_it=manner.favors or bool(manner.roles & SUPPORT),
            against=manner.opposes or bool(manner.roles & REJECTION),
        )
        letters |= {letter for _, letter in places}
        return _Named(letters, by_label, places, read_parts(norms, places, names.all_words))

    def _with_others(
        self, span: Sentence, marks: str, named: frozenset[str], labels: list[tuple[int, str]]
    ) -> tuple[frozenset[str], list[tuple[int, str]]]:
        """With "the other options": those that are neither chosen nor named beside them."""
        if not self._chosen or not _OTHER_WORDS.search(marks):
            return named, labels
        starts = self.document.starts
        others = _OTHERS.search(
            self.document.text, starts[span.first], self.document.ends[span.last - 1]
        )
        if others is None:
            return named, labels
        rest = frozenset(self.case.options or ()) - self._chosen - named
        at = bisect_right(starts, others.start()) - 1
        return named | rest, [*labels, *((at, label) for label in sorted(rest))]

    def _verdicts(
        self,
        norms: Sequence[str],
        first: int,
        places: Sequence[Place],
        mentions: Iterable[Mention],
    ) -> tuple[Verdicts, tuple[Mention, ...]]:
        """What a sentence says for and against the options, and its mentions.

        A mention of which only a relation to an option is denied is marked as inferred.
        """
        if not self.case.options:
            return Verdicts(), tuple(mentions)
        verdicts = read_verdicts(norms, places)
        if not places or not (denied := denied_relations(norms, places)):
            return verdicts, tuple(mentions)
        return verdicts, tuple(
            m._replace(flags=m.flags | _INFERRED)
            if m.flags & NEGATED and any(begin <= m.first - first < end for begin, end in denied)
            else m
            for m in mentions
        )

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

    def _own_words(self, i: int, mentions: Iterable[Mention], taken: set[int]) -> frozenset[str]:
        """The telling words of sentence i that say more than the case and the options do.

        Another word for something that the case states ("rigors" for "chills") is none, and neither
        is the name of something that only the completion gives the patient.
        """
        norms, untelling = self.document.norms, self.case.untelling
        first, last = self.document.sentences[i]
        own = {
            word
            for word in self._words[i]
            if word not in untelling and len(word) > 1 and word[0].isalpha()
        }
        if own and taken:
            stated = self.case.facts.known
            known = set(taken)
            for mention in mentions:
                if mention.flags & NOT_CLAIMED and mention.concept not in stated:
                    known.difference_update(range(mention.first, mention.last))
            named = own.intersection([norms[k] for k in known])
            if named:
                own -= named.difference([norms[k] for k in range(first, last) if k not in known])
        return frozenset(own)


def _is_telling(norm: str) -> bool:
    """Whether a token is a word or number of a value, and not what joins them."""
    return norm[:1].isalnum() and norm not in VAGUE


def _argues(roles: int, words: tuple[str, ...]) -> bool:
    """Whether a sentence argues; "therefore" alone only joins it to what stood before."""
    if roles & (SUPPORT | REJECTION) or not roles & _CONCLUDE:
        return bool(roles & ARGUMENT)
    return not _REASONS.isdisjoint(words)


def _rightly_named(
    values: list[Measurement], mentions: list[Mention], case: Case
) -> list[Measurement]:
    """The values whose own words do not say their opposite, as "fever at 37.1 °C" and "no low BP
    (88/67)" do, and those that the case does not give.

    A value copied from the case cannot support its name then: only the name is a claim. Both lists
    are in order of position and are walked together.
    """
    if not values or not mentions:
        return values
    kept = []
    begin = 0
    for value in values:
        while begin < len(mentions) and mentions[begin].last <= value.first:
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
        if not opposed or not case.facts.states(value):
            kept.append(value)
    return kept
