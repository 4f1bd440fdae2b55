"""The vocabulary at run time: what a term names, and what a concept is.

vocabulary = load_vocabulary()
vocabulary.lookup("heart attack")       # "MESH:D009203"
vocabulary.concept("MESH:D009203").name  # "Myocardial Infarction"
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from reward_service.text.document import SemanticType
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary.artifact import Content, decode

RELEASE = "2026.11"
DEFAULT_PATH = Path(__file__).parent / "data" / "vocabulary.bin"


class Concept(NamedTuple):
    """A concept; `sources` names the vocabularies that have it, the first gave the id."""

    id: str
    name: str
    type: SemanticType
    sources: tuple[str, ...]


class Vocabulary:
    """Terms and concepts, immutable. Make one with `load_vocabulary`.

    Attributes:
        sha256: of the content; equal digests give equal look-ups.
        version: release and the digest's first eight characters, "2026.11-1a2b3c4d".
        table: normalised term → position of its concept, for terms that match in any case.
        absent: the same for terms that say their concept is not there ("afebrile").
        cased: normalised term → exact surface ("MI") → position.
        ids, types: of each concept, by position.
    """

    def __init__(self, content: Content, sha256: str) -> None:
        self.sha256 = sha256
        self.version = f"{RELEASE}-{sha256[:8]}"
        self.ids = content.ids
        self.types = [SemanticType(t) for t in content.types]
        self.table = dict(zip(content.terms, content.term_concepts, strict=True))
        self.absent = content.absent_terms
        self.cased: dict[str, dict[str, int]] = {}
        for surface, (norm, position) in content.cased.items():
            self.cased.setdefault(norm, {})[surface] = position
        self._names = content.names
        self._sources = content.sources
        self._english = content.words
        self._positions = {identifier: i for i, identifier in enumerate(content.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, concept_id: str) -> bool:
        return concept_id in self._positions

    def concept(self, concept_id: str) -> Concept:
        """The concept with this id. Raises KeyError if there is none."""
        i = self._positions[concept_id]
        sources = tuple(self._sources[i].split("+"))
        return Concept(concept_id, self._names[i], self.types[i], sources)

    def lookup(self, text: str) -> str | None:
        """Id of the concept that the whole of `text` names, or None."""
        norm = " ".join(n for n in self._tokenizer(text).norms if n)
        position = self.cased.get(norm, {}).get(text.strip())
        if position is None:
            position = self.table.get(norm, self.absent.get(norm))
        return None if position is None else self.ids[position]

    @property
    def terms(self) -> Iterator[tuple[str, str]]:
        """(normalised term, concept id) of every term that matches in any case, sorted."""
        return ((term, self.ids[position]) for term, position in self.table.items())

    def is_word(self, norm: str) -> bool:
        """Whether a token's normal form is a known word: common English or part of any term."""
        return norm in self.words

    @cached_property
    def words(self) -> frozenset[str]:
        """Normal forms of the known words: common English, and the parts of all terms."""
        words = set(self._english)
        for terms in (self.table, self.absent, self.cased):
            for term in terms:
                words.update(term.split(" "))
        return frozenset(words)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer()


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """The embedded vocabulary, or the one in the file at `path`.

    Raises PipelineError if the file is missing, damaged or of another format.
    """
    return Vocabulary(*decode(path or DEFAULT_PATH))
