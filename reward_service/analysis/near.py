"""Near matches: a misspelt or unusual word that the vocabulary does not know, read as one it does.

scispaCy's candidate generation proposes known words by their shared character 3-grams (TF-IDF,
cosine); a proposal stands if it is also within a few edits. The words beside it then have to
make a term of the vocabulary with it, so "myasthenia gravus" is read through "gravis". Only words
that are unknown are tried, each once: what a word was read as is remembered in a bounded memo.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from reward_service.analysis.edits import edit_distance
from reward_service.text.document import Mention, SemanticType
from reward_service.text.normalize import normalize_token
from reward_service.text.tokenizer import Tokens
from reward_service.vocabulary import Vocabulary

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from scispacy.candidate_generation import CandidateGenerator

MIN_SIMILARITY = 0.35  # cosine of TF-IDF 3-gram vectors; a swap of two letters costs up to 0.6
MIN_SIMILARITY_TWO_EDITS = 0.6
CANDIDATES = 40  # words that candidate generation proposes for one unknown word
SHORTEST = 6  # letters; shorter words are one edit from too many others
LONGEST = 40
MAX_WORDS = 30  # unknown words that are tried in one text
_OPPOSITES = (("hypo", "hyper"), ("macro", "micro"), ("intra", "inter"), ("ante", "anti"))
# Endings that make another word of the same stem: "coagulate" is no misspelt "coagulase".
_ENDINGS = (
    *(
        "ate",
        "ated",
        "ates",
        "ize",
        "ized",
        "izes",
        "ing",
        "est",
        "oma",
        "ist",
        "ism",
        "ase",
        "ide",
    ),
    *("lysis", "otomy", "ostomy", "ectomy"),
)
_SURE_TYPES = frozenset({SemanticType.DISEASE, SemanticType.FINDING})
_SHORTEST_OTHER = 8  # letters of a single word that is no disease or finding
_SHARED_START = 4  # letters that a single word must share with its concept's preferred name
_LONGEST_TERM = 5  # tokens
_MEMO_LIMIT = 20_000


class ExactIndex:
    """Nearest neighbours by cosine over sparse unit vectors, exact and in a fixed order.

    It answers the one question that `CandidateGenerator` asks of an nmslib index. nmslib's own
    graph index is approximate and comes out differently from each parallel build.
    """

    def __init__(self, vectors: csr_matrix) -> None:
        self._columns = vectors.T.tocsr()

    def knnQueryBatch(
        self, queries: csr_matrix, k: int
    ) -> list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]:
        """For each row of `queries`: up to `k` (positions, distances), nearest first.

        Distance is 1 - cosine; ties go by position. Of neighbours below `MIN_SIMILARITY` only the
        nearest is given, as `CandidateGenerator` fails on a batch in which no row has any.
        """
        products = (queries @ self._columns).tocsr()
        results = []
        for row in range(products.shape[0]):
            span = slice(products.indptr[row], products.indptr[row + 1])
            similarities, positions = products.data[span], products.indices[span]
            close = similarities >= min(MIN_SIMILARITY, similarities.max(initial=0.0))
            similarities, positions = similarities[close], positions[close]
            order = np.lexsort((positions, -similarities))[:k]
            results.append((positions[order], 1.0 - similarities[order]))
        return results


class _WordBase:
    """A knowledge base for `CandidateGenerator` in which each word is its own concept."""

    def __init__(self, words: Sequence[str]) -> None:
        self.alias_to_cuis = {word: {word} for word in words}


class NearMatcher:
    """Finds near matches of one vocabulary's terms. The index is built at the first use."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._memo: dict[str, tuple[str, ...]] = {}

    def prepare(self) -> None:
        """Build the index now (about a second, and two to import what it needs)."""
        self._generate([])

    def find(self, text: str, tokens: Tokens, covered: Sequence[Mention]) -> list[Mention]:
        """Mentions through unknown words outside `covered`, left to right; `via` is "near".

        The first `MAX_WORDS` different unknown words of a text are tried.
        """
        norms = tokens.norms
        unknown = {
            norm
            for norm in set(norms) - self._vocabulary.words
            if SHORTEST <= len(norm) <= LONGEST and norm.isalpha()
        }
        if not unknown:
            return []
        taken = {token for mention in covered for token in range(mention.first, mention.last)}
        places = [i for i, norm in enumerate(norms) if norm in unknown and i not in taken]
        tried = list(dict.fromkeys(norms[i] for i in places))[:MAX_WORDS]
        self._read_words(tried)
        allowed = frozenset(tried)
        found: list[Mention] = []
        for place in places:
            if norms[place] not in allowed or place in taken:
                continue
            for word in self._memo.get(norms[place], ()):
                mention = self._term_through(text, tokens, place, word, taken)
                if mention is not None:
                    found.append(mention)
                    taken.update(range(mention.first, mention.last))
                    break
        return found

    def correct(self, norms: Sequence[str]) -> str | None:
        """The concept id of the term that `norms` spell with one unknown word, or None."""
        unknown = [i for i, norm in enumerate(norms) if not self._vocabulary.is_word(norm)]
        if len(unknown) != 1 or not SHORTEST <= len(norms[unknown[0]]) <= LONGEST:
            return None
        place = unknown[0]
        self._read_words([norms[place]])
        for word in self._memo.get(norms[place], ()):
            term = " ".join([*norms[:place], word, *norms[place + 1 :]])
            position = self._vocabulary.table.get(term)
            if position is not None:
                return self._vocabulary.ids[position]
        return None

    def _term_through(
        self, text: str, tokens: Tokens, place: int, word: str, taken: set[int]
    ) -> Mention | None:
        """The longest term around token `place` read as `word`."""
        norms = tokens.norms
        before = self._neighbours(norms, taken, range(place - 1, -1, -1))
        after = self._neighbours(norms, taken, range(place + 1, len(norms)))
        table = self._vocabulary.table
        for size in range(len(before) + len(after) + 1, 0, -1):
            for left in range(min(size - 1, len(before)), -1, -1):
                right = size - 1 - left
                if right > len(after) or size > _LONGEST_TERM:
                    continue
                span = [*reversed(before[:left]), place, *after[:right]]
                term = " ".join(word if i == place else norms[i] for i in span)
                position = table.get(term)
                if position is not None and (size > 1 or self._is_named(word, position)):
                    first, last = span[0], span[-1] + 1
                    start, end = tokens.starts[first], tokens.ends[last - 1]
                    concept, kind = self._vocabulary.ids[position], self._vocabulary.types[position]
                    return Mention(start, end, first, last, concept, kind, "near")
        return None

    def _is_named(self, word: str, position: int) -> bool:
        """Whether a word of the concept's preferred name begins as `word` does.

        By itself a word is weak evidence, and one letter away from many words of running text there
        is some trade name: of a drug only the generic name is taken ("microns" is no "Microx").
        """
        concept = self._vocabulary.concept(self._vocabulary.ids[position])
        start = word[:_SHARED_START]
        names = (normalize_token(part) for part in concept.name.replace("-", " ").split())
        if concept.type not in _SURE_TYPES and len(word) < _SHORTEST_OTHER:
            return False
        if concept.type is SemanticType.DRUG:
            return word in names
        return any(name.startswith(start) for name in names)

    @staticmethod
    def _neighbours(norms: Sequence[str], taken: set[int], places: range) -> list[int]:
        """Tokens next to a word that a term may take in, nearest first."""
        found: list[int] = []
        for i in places:
            if i in taken or len(found) == _LONGEST_TERM - 1:
                break
            if norms[i] and not norms[i].isalnum():
                break
            if norms[i]:
                found.append(i)
        return found

    def _read_words(self, words: Sequence[str]) -> None:
        """Put the readings of `words` into the memo."""
        new = [word for word in words if word not in self._memo]
        if not new:
            return
        if len(self._memo) + len(new) > _MEMO_LIMIT:
            self._memo.clear()
            new = list(words)
        for word, candidates in zip(new, self._generate(new), strict=True):
            limit = _edits(word)
            readings = []
            for candidate in candidates:
                distance = edit_distance(word, candidate.concept_id, limit)
                similarity = candidate.similarities[0]
                floor = MIN_SIMILARITY if distance == 1 else MIN_SIMILARITY_TWO_EDITS
                if (
                    distance <= limit
                    and similarity >= floor
                    and _is_misspelling(word, candidate.concept_id)
                ):
                    readings.append((distance, -similarity, candidate.concept_id))
            self._memo[word] = tuple(reading for _, _, reading in sorted(readings))

    def _generate(self, words: list[str]) -> list[Any]:
        return list(self._generator(words, CANDIDATES))

    @cached_property
    def _generator(self) -> CandidateGenerator:
        # Importing these takes two seconds, which a text without unknown words need not wait for.
        from scispacy.candidate_generation import CandidateGenerator
        from sklearn.feature_extraction.text import TfidfVectorizer

        words = sorted(
            {
                word
                for term in self._vocabulary.table
                for word in term.split(" ")
                if SHORTEST - 1 <= len(word) <= LONGEST and word.isalpha()
            }
        )
        vectorizer = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 3), lowercase=False, dtype=np.float32
        )
        index = ExactIndex(vectorizer.fit_transform(words))
        return CandidateGenerator(index, vectorizer, words, _WordBase(words))


def _edits(word: str) -> int:
    """How many edits a word of this length may be away."""
    return 1 if len(word) < 12 else 2


def _is_misspelling(word: str, known: str) -> bool:
    """Whether `word` begins as `known` does, and is not made from its stem by a regular ending or
    from its opposite by a prefix."""
    if word[0] != known[0]:
        return False
    if any(word.endswith(ending) and not known.endswith(ending) for ending in _ENDINGS):
        return False
    return not any(
        word.startswith(one) and known.startswith(other)
        for pair in _OPPOSITES
        for one, other in (pair, pair[::-1])
    )
