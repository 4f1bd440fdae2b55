"""Findings that a completion names in words that the vocabulary does not know.

"She struggles to catch her breath" holds no term of the vocabulary. A sentence encoder puts it
close to "shortness of breath". Where the case states that finding, such a stretch of words is read
as a mention of it, and from there on the rules for any other mention apply: what the sentence does
with it, copying, repetition, who and when.

What keeps it honest:

- Only a stretch without a term of its own is read so: what the vocabulary can read, it reads.
- It must be close to one of the case's findings, and closer than to the next one.
- Negation and person must agree with the case. "She has not been coughing" beside a cough earns
  nothing, and is no contradiction either: lay words negate in many ways.
- Measurements are left to the rules for measurements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from reward_service.grounding.findings import Finding
from reward_service.grounding.wording import VAGUE
from reward_service.similarity.encoder import DIGITS, Encoder, Floats
from reward_service.text.document import (
    FAMILY,
    NEGATED,
    NOT_CLAIMED,
    Document,
    Flag,
    Mention,
    Polarity,
    SemanticType,
)
from reward_service.vocabulary import Vocabulary

VIA = "similarity"

_PLACES = (SemanticType.ANATOMY, SemanticType.PROCEDURE)
_NOT_SAID = NOT_CLAIMED | int(Flag.UNCERTAIN)
_BREAKS = frozenset(
    {",", ";", ":", "(", ")", "–", "—", "and", "but", "or", "because", "since", "which", "who"}
    | {"that", "while", "although", "though", "whereas", "so", "therefore", "if", "when", "as"}
)
# "Cannot catch her breath" affirms what it seems to deny.
_ABILITY = frozenset({"cannot", "can", "could", "unable", "inability"})
_FEWEST = 2  # telling words; one alone is close to too much


@dataclass(frozen=True, slots=True)
class ParaphraseConfig:
    """When a stretch of words counts as another way to say a finding.

    threshold: least cosine similarity.
    margin: how much closer it must be than to any other finding of the case.
    names: most names of a finding's concept that it is compared with, the shortest first.
    longest: most tokens of a stretch.
    """

    threshold: float = 0.55
    margin: float = 0.03
    names: int = 12
    longest: int = 24


class Paraphrased(NamedTuple):
    """A mention that was found by similarity, and how close it is: a cosine, to 4 decimals."""

    mention: Mention
    similarity: float


class Paraphrases:
    """What reading any case's paraphrases needs; one a scorer.

    `name` tells the encoder and the config that its results depend on.
    """

    def __init__(
        self, encode: Encoder, vocabulary: Vocabulary, config: ParaphraseConfig | None = None
    ) -> None:
        self.config = config or ParaphraseConfig()
        self.name = f"{encode.name} {self.config}"
        self.encode = encode
        names: defaultdict[str, list[str]] = defaultdict(list)
        for term, concept in vocabulary.terms:
            names[concept].append(term)
        self._names = {
            concept: tuple(sorted(terms, key=lambda term: (len(term), term))[: self.config.names])
            for concept, terms in names.items()
        }

    def names_of(self, concept: str) -> tuple[str, ...]:
        """The names of a concept in the vocabulary; none for a concept that it does not know."""
        return self._names.get(concept, ())


class CaseParaphrases:
    """The findings of one case; `surfaces` are their words in it. Encoded when first needed."""

    def __init__(
        self, reader: Paraphrases, findings: Sequence[Finding], surfaces: Sequence[str]
    ) -> None:
        self._reader = reader
        self._findings: list[Finding] = []
        names: list[str] = []
        owners: list[int] = []
        for finding, surface in zip(findings, surfaces, strict=True):
            if finding.concept is not None:
                own = (surface, *reader.names_of(finding.concept))
                owners += [len(self._findings)] * len(own)
                names += own
                self._findings.append(finding)
        self._names = names
        self._owners_A = np.array(owners, dtype=np.intp)

    @cached_property
    def _names_AD(self) -> Floats:
        return self._reader.encode(self._names)

    def read(self, document: Document) -> tuple[Paraphrased, ...]:
        """The paraphrases in a completion, in order of position."""
        stretches = list(_stretches(document, self._reader.config.longest))
        if not self._names or not stretches:
            return ()
        texts = [document.text[document.starts[a] : document.ends[b - 1]] for a, b in stretches]
        close_SA = self._reader.encode(texts) @ self._names_AD.T
        found = [
            self._nearest(document, stretch, close_F)
            for stretch, close_F in zip(stretches, self._by_finding(close_SA), strict=True)
        ]
        return tuple(one for one in found if one is not None)

    def _by_finding(self, close_SA: Floats) -> Floats:
        """The similarity to each finding: that to the closest of its names."""
        close_FS = np.full((len(self._findings), len(close_SA)), -1.0, dtype=np.float32)
        np.maximum.at(close_FS, self._owners_A, close_SA.T)
        by_finding: Floats = close_FS.T.round(DIGITS)
        return by_finding

    def _nearest(
        self, document: Document, stretch: tuple[int, int], close_F: npt.NDArray[np.float32]
    ) -> Paraphrased | None:
        config = self._reader.config
        nearest = int(close_F.argmax())
        finding, similarity = self._findings[nearest], float(close_F[nearest])
        others = [
            float(close)
            for close, other in zip(close_F, self._findings, strict=True)
            if other.concept != finding.concept
        ]
        if similarity < config.threshold or similarity - max(others, default=-1.0) < config.margin:
            return None
        first, last = stretch
        flags = 0
        for bits in document.flags[first:last]:
            flags |= bits
        absent = finding.polarity is Polarity.ABSENT
        if bool(flags & NEGATED) != absent or bool(flags & FAMILY) != finding.family:
            return None
        assert finding.concept is not None
        mention = Mention(
            document.starts[first],
            document.ends[last - 1],
            first,
            last,
            finding.concept,
            SemanticType.FINDING,
            VIA,
            flags,
        )
        return Paraphrased(mention, round(similarity, DIGITS))


def _stretches(document: Document, longest: int) -> Iterator[tuple[int, int]]:
    """Token ranges between breaks that say something, and hold no finding and no measurement."""
    taken: set[int] = set()
    places: set[int] = set()
    for mention in document.mentions:
        kept = places if mention.type in _PLACES else taken
        kept.update(range(mention.first, mention.last))
    for value in document.measurements:
        taken.update(range(value.first, value.last))
    for sentence in document.sentences:
        start = sentence.first
        for i in range(sentence.first, sentence.last + 1):
            if i < sentence.last and document.norms[i] not in _BREAKS:
                continue
            if taken.isdisjoint(range(start, i)):
                stretch = _trimmed(document, start, i, places)
                if stretch is not None and stretch[1] - stretch[0] <= longest:
                    yield stretch
            start = i + 1


def _trimmed(document: Document, first: int, last: int, places: set[int]) -> tuple[int, int] | None:
    """A range without the vague words at its ends; None if it says nothing, or not of the case."""
    norms = document.norms
    says = [i for i in range(first, last) if _tells(norms[i])]
    if len(says) < _FEWEST or places.issuperset(says):
        return None
    if not _ABILITY.isdisjoint(norms[first:last]):
        return None
    if any(document.flags[i] & _NOT_SAID for i in says):
        return None
    return says[0], says[-1] + 1


def _tells(norm: str) -> bool:
    return len(norm) > 1 and norm.isalpha() and norm not in VAGUE
