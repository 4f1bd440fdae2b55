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

from reward_service.analysis.attributes import ARGUMENT, PREDICATE, REJECTION, SUPPORT
from reward_service.analysis.cues import Role
from reward_service.grounding.case import Case
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.parts import Part, Place, meant, read_parts
from reward_service.grounding.sentencehood import SentenceConfig, is_question, is_sentence
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.verdicts import Verdicts, denied_relations, read_verdicts
from reward_service.grounding.wording import VAGUE, telling
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
    own: int = 2


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
        self._mentions = mentions
        self._chosen = chosen
        self._conclusion = conclusion
        self._config = config
        self._words = [document.words_of(span) for span in document.sentences]

    def read(self) -> list[RolloutSentence]:
        """The distinct sentences in order; their standing is COPIED, LISTED, or STATED so far."""
        case, document = self.case, self.document
        text, starts, ends = document.text, document.starts, document.ends
        mentions = document.by_sentence(self._mentions)
        measurements = document.by_sentence(document.measurements)
        labelled = case.names.labels_in(document)
        others = case.names.others_in(document) if case.options else {}
        conclusion = self._conclusion
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
                taken = taken | valued
                terms = terms | {k for k in valued if _is_telling(document.norms[k])}
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
            told = case.names.in_sentence(words, named_things, ())
            named, labels = self._with_others(span, named, labels)
            by_label = named - told
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


def _is_telling(norm: str) -> bool:
    """Whether a token is a word or number of a value, and not what joins them."""
    return norm[:1].isalnum() and norm not in VAGUE


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
