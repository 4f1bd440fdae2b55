"""Whether a stretch of tokens is a sentence, rather than a list of terms, a table or word salad.

No parser runs here (it would cost more than everything else together). A stretch counts as a
sentence when it has a finite verb that the cue table knows, or as many function words as running
text has; enough words around the terms that it names; words in English and in Latin letters; and no
two words side by side that no English sentence has so ("the of", "because of she").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.lang.en.stop_words import STOP_WORDS

from reward_service.analysis.attributes import PREDICATE
from reward_service.grounding.wording import is_foreign
from reward_service.text.normalize import normalize_token


@dataclass(frozen=True, slots=True)
class SentenceConfig:
    """What makes a sentence.

    min_free: at least this share of its words lies outside the terms it names.
    min_function: a stretch without a known verb has at least this share of function words.
    max_commas: at most so many commas a word.
    min_words: and at least so many words.
    max_foreign: at most this share of its words has letters other than Latin ones.
    clash_every: at most one clash of two words in so many words.
    """

    min_free: float = 0.25
    min_function: float = 0.25
    max_commas: float = 0.2
    min_words: int = 5
    max_foreign: float = 0.1
    clash_every: int = 12


_FUNCTION = frozenset(normalize_token(word) for word in STOP_WORDS)
_ARTICLES = frozenset({"an", "the"})  # "a" may be a letter: "option A is"
_CONJUNCTIONS = frozenset({"and", "or", "but", "because", "that", "which", "than", "if"})
_AUXILIARIES = frozenset({"is", "are", "was", "were", "has", "had", "have", "be"})
_SUBJECTS = frozenset({"he", "she", "they", "we"})
_PREPOSITIONS = frozenset({"of", "in", "on", "at", "for", "with", "from", "by"})  # "to be" is fine
_NO_NOUN = _CONJUNCTIONS | _AUXILIARIES | _SUBJECTS | _PREPOSITIONS | _ARTICLES


def is_sentence(
    roles: int, words: Sequence[str], named: int, marks: str, config: SentenceConfig
) -> bool:
    """Whether a sentence with these cue `roles` is one, and not mostly terms.

    `words` are its normal forms, `named` the number of its tokens in mentions and measurements,
    `marks` its text.
    """
    count = len(words)
    if count - named < config.min_free * count or not count:
        return False
    if not roles & PREDICATE:
        function = sum(word in _FUNCTION for word in words)
        listing = marks.count(",") + marks.count(";") > count * config.max_commas
        if count < config.min_words or function < config.min_function * count or listing:
            return False
    if is_foreign(words):
        return False
    if not marks.isascii() and sum(map(_is_foreign, words)) > config.max_foreign * count:
        return False
    return marks.count("|") < 2 and _clashes(words) <= count // config.clash_every


def _clashes(words: Sequence[str]) -> int:
    """How many pairs of neighbours no sentence has."""
    clashes = 0
    before = ""
    for word in words:
        if word in _NO_NOUN and (
            before in _ARTICLES
            or (before in _PREPOSITIONS and (word in _AUXILIARIES or word in _SUBJECTS))
        ):
            clashes += 1
        before = word
    return clashes


def _is_foreign(word: str) -> bool:
    return not word.isascii() and any(c.isalpha() and ord(c) > 0x24F for c in word)
