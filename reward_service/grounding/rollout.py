"""A rollout as the objectives see it: its sections, its answer, and its sentences with what each
one names and what standing it has.

Sentences that repeat an earlier sentence of the same completion are left out, so saying something
twice neither earns nor costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from reward_service.completions import Commitment, Completion
from reward_service.grounding.case import Analyze, Case
from reward_service.grounding.headings import under_headings
from reward_service.grounding.links import with_carried_links
from reward_service.grounding.misnaming import names_another
from reward_service.grounding.paraphrases import Paraphrased
from reward_service.grounding.reader import ReaderConfig, SentenceReader
from reward_service.grounding.reading import readable
from reward_service.grounding.sentences import ARGUMENTS, TELLING, RolloutSentence, Standing
from reward_service.grounding.stances import Stances, read_stances
from reward_service.text.document import (
    NOT_CLAIMED,
    Anchor,
    Document,
    Flag,
    Mention,
    Polarity,
    SemanticType,
)

_INFERRED = int(Flag.INFERRED)
_LACKED = int(Flag.LACKED)
_HYPOTHETICAL = int(Flag.HYPOTHETICAL)
_NO_WORDS = frozenset({""})  # the second sentence without a word of its own repeats the first
_SINGLED_OUT = frozenset({"="})  # the chosen option alone is news where it stood among others
_WITH_WORDS_OF_THEIR_OWN = (Standing.REASONED, Standing.STATED, Standing.LINKED)
_GROUNDS = 3  # so many sentences before a reasoned one may be its ground
_POINTERS = frozenset({"this", "these", "that", "those", "such", "it"})
_BEFORE_POINTERS = frozenset({"so", "thus", "therefore", "hence", "and", "but", "however", "all"})
_OBSERVED = (SemanticType.FINDING, SemanticType.HISTORY, SemanticType.ANATOMY)


class Rollout:
    """One completion of a case. Text analysis runs when an objective first asks for it."""

    def __init__(
        self,
        case: Case,
        completion: Completion,
        commitment: Commitment,
        analyze: Analyze,
        config: ReaderConfig | None = None,
    ) -> None:
        self.case = case
        self.completion = completion
        self.commitment = commitment
        self._analyze = analyze
        self._config = config or ReaderConfig()

    @cached_property
    def document(self) -> Document:
        """The analysed completion; offsets are those of `completion.text`."""
        return self._analyze(readable(self.completion.text), age=self.case.age)

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
        return sum(map(self._is_argument, self.sentences))

    def ground_end(self, behind: int) -> int:
        """Where the ground of the arguments ends, an offset in the text.

        A ground is told before the argument that it leads to; `behind`: so many sentences that name
        something may follow the last argument and still belong to it. Without an argument they are
        the first ones.
        """
        end = self.document.ends[-1] if self.document.ends else 0
        starts: list[int] = []
        for sentence in reversed(self.sentences):
            if self._is_argument(sentence):
                break
            if sentence.mentions or sentence.measurements or sentence.named:
                starts.append(self.document.starts[sentence.span.first])
        return starts[-1 - behind] if len(starts) > behind else end

    def _is_argument(self, sentence: RolloutSentence) -> bool:
        """Whether a sentence argues, and not only in words that fit every case: "the remaining
        options are less likely, as the key features are missing"."""
        if sentence.concluding or sentence.standing not in ARGUMENTS:
            return False
        of_labels = bool(sentence.named) and sentence.named <= sentence.labelled
        own = self._config.own if of_labels else 1
        if len(sentence.own) >= own or sentence.measurements:
            return True
        return any(m.concept not in self.case.names.all_concepts for m in sentence.mentions)

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
        reader = SentenceReader(
            self.case,
            self.document,
            self._mentions,
            chosen=self._chosen,
            conclusion=self.completion.conclusion if self.completion.tagged else None,
            config=self._config,
        )
        sentences = list(under_headings(reader.read()))
        stances = read_stances(
            [s for s in sentences if not s.concluding],
            self._chosen,
            lenient=self.case.asks_for_exception,
            open_ended=not self.commitment.answers,
        )
        seen: set[str] = set()
        argued: set[str] = set()  # options
        judged = []
        for sentence in sentences:
            # A sentence that names nothing neither earns nor makes what follows stale.
            if sentence.standing is Standing.STATED and _speaks(sentence):
                leads = sentence.named | self._beyond(sentence)
                if sentence.named and sentence.named == stances.chosen:
                    leads |= _SINGLED_OUT
                said = sentence.own | leads
                fresh = not (said or _NO_WORDS) <= seen
                if fresh and sentence.named and sentence.named <= argued and leads <= seen:
                    # One new word in a reason given before is a term set into its frame.
                    fresh = len(sentence.own - seen) >= self._config.own
                seen |= said or _NO_WORDS
                standing = self._standing(sentence, leads=bool(said))
                if stances.is_void(sentence):
                    standing = Standing.VOID
                elif not fresh and standing in _WITH_WORDS_OF_THEIR_OWN:
                    standing = Standing.REPEATED
                if standing is not sentence.standing:
                    sentence = sentence._replace(standing=standing)
                if sentence.argues:
                    argued |= sentence.named
            judged.append(sentence)
        judged = with_carried_links(
            judged, self.document.norms, self.case, stances.chosen, self._config.links
        )
        return tuple(_with_grounds(judged, self.case)), stances

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
        return self.case.facts.is_retold(things) and not any(map(self._leads, sentence.mentions))

    def _leads(self, mention: Mention) -> bool:
        """Whether a mention is something else than what the case states, as a conclusion is.

        A finding that the case does not have is an invention, and leads nowhere.
        """
        return mention.concept not in self.case.facts.known and bool(
            mention.flags & NOT_CLAIMED or mention.type not in _OBSERVED
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
        """The concepts that it leads to."""
        return frozenset(
            m.concept
            for m in sentence.mentions
            if m.type is not SemanticType.ANATOMY and self._leads(m)
        )

    @property
    def _chosen(self) -> frozenset[str]:
        """The option that the completion commits to; several only where the key has several."""
        answers = self.commitment.answers
        single = len(answers) in (1, len(self.case.keyed_letters)) and not self.commitment.torn
        return frozenset(answers).intersection(self.case.options or ()) if single else frozenset()


def _with_grounds(sentences: list[RolloutSentence], case: Case) -> list[RolloutSentence]:
    """The sentences, with those marked that stand shortly before a reasoned one.

    A bare link ("this points to B") behind a quoted case makes no ground of it. Nothing makes one
    of a whole sentence of the case: mechanisms can be dealt to the sentences of any case. Of other
    sentences with copied words those are grounds that come last, as many as the text has ends.
    """
    marked = list(sentences)
    left = _ends(sentences) if case.options else len(sentences)
    since = _GROUNDS + 1
    points = False
    for i in reversed(range(len(sentences))):
        sentence = sentences[i]
        reasoned = sentence.standing is Standing.REASONED
        pointed, points = points, _points_back(sentence) or (points and _explains(sentence))
        quoted = _is_quoted(sentence)
        idle = (pointed or quoted) and case.copying.holds_sentence(sentence.words)
        reasons = reasoned and not (sentence.concluding or sentence.quoted)
        since = 0 if reasons else since + bool(sentence.mentions or sentence.measurements)
        near = since <= _GROUNDS and not reasons
        if quoted and (pointed or near) and not idle and sentence.standing in TELLING:
            idle = left < 1
            left -= _speaks(sentence)
        if (pointed or near) and not idle:
            marked[i] = sentence._replace(ground=True, pointed=pointed)
    return marked


def _ends(sentences: Iterable[RolloutSentence]) -> int:
    """How many sentences lead to an option, with all bare links as one.

    A made-up mechanism can stand behind any quotation. To lead somewhere is what quoting is for.
    """
    about = [s.standing for s in sentences if s.named and not s.concluding]
    said = sum(standing in (Standing.REASONED, Standing.STATED) for standing in about)
    return said + (Standing.LINKED in about)


def _is_quoted(sentence: RolloutSentence) -> bool:
    """Whether it has words of the case that are more than a phrase."""
    return sentence.standing is Standing.COPIED or bool(sentence.quoted)


def _speaks(sentence: RolloutSentence) -> bool:
    """Whether a sentence names anything of the case, the options or medicine."""
    return bool(sentence.mentions or sentence.measurements or sentence.named)


def _explains(sentence: RolloutSentence) -> bool:
    """Whether it says nothing of the patient, so that what follows may look past it: "Gout is
    a disease of the joints."
    """
    general = sentence.standing is Standing.STATED and sentence.anchor is not Anchor.PATIENT
    return not _speaks(sentence) or general


def _points_back(sentence: RolloutSentence) -> bool:
    """Whether it argues from the sentence before it: "This suggests …"."""
    wordy = sentence.argues and sentence.own and not _speaks(sentence)
    if not (sentence.standing in ARGUMENTS or wordy) or sentence.concluding or sentence.quoted:
        return False
    if sentence.standing is Standing.LINKED and (sentence.rejects or sentence.against):
        return False  # a bare "this argues against A" can be dealt to any sentence
    opening = next((word for word in sentence.words if word not in _BEFORE_POINTERS), "")
    return opening in _POINTERS


def _is_missing(mention: Mention, sentence: RolloutSentence) -> bool:
    """Whether a sentence says that something is missing, or what an option would show instead."""
    if mention.polarity is Polarity.ABSENT:
        return not mention.flags & _INFERRED or bool(mention.flags & _LACKED)
    return bool(sentence.against and mention.flags & _HYPOTHETICAL)
