"""Whether a stretch of tokens states something, rather than lists terms, asks, or is word salad.

No parser runs here (it would cost more than everything else together). A stretch counts as a
sentence when it has a finite verb that the cue table knows, or as many function words as running
text has; enough words around the terms that it names; words in English and in Latin letters; no
keys and values of data; and no two words side by side that no English sentence has so ("the of",
"because of she"). A question states nothing.
"""

from __future__ import annotations

import re
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
    clash_every: int = 40


# Finite verbs of an argument, which are no cues: "against A stands …", "B goes best with …".
_VERBS = frozenset(map(normalize_token, ("stands", "leaves", "makes", "goes")))
_FUNCTION = frozenset(normalize_token(word) for word in STOP_WORDS)
_ARTICLES = frozenset({"an", "the"})
_CONJUNCTIONS = frozenset({"and", "or", "but", "because", "that", "which", "than", "if"})
_BE = frozenset({"is", "are", "was", "were"})
_HAVE = frozenset({"has", "had", "have"})
_DO = frozenset({"does", "did"})
_AUXILIARIES = _BE | _HAVE | {"be"}
_SUBJECTS = frozenset({"he", "she", "they", "we"})
_PREPOSITIONS = frozenset({"of", "in", "on", "at", "for", "with", "from", "by"})  # "to be" is fine
_NO_NOUN = _CONJUNCTIONS | _AUXILIARIES | _SUBJECTS | _PREPOSITIONS | _ARTICLES
_OWNERS = frozenset({"its", "their"})  # "an uncle of his had …"
# What no sentence has after a word, as long as no comma stands between.
_NEVER_AFTER: dict[str, frozenset[str]] = {
    **dict.fromkeys(_ARTICLES, (_NO_NOUN | _OWNERS | _DO | {"no", "to"}) - {"in"}),  # "in vitro"
    **dict.fromkeys(_OWNERS, _NO_NOUN | _OWNERS | _DO | {"no", "to", "a"}),
    **dict.fromkeys(_PREPOSITIONS, _AUXILIARIES | _SUBJECTS | _DO),
    **dict.fromkeys(("of", "from", "with"), _AUXILIARIES | _SUBJECTS | _DO | {"of", "from"}),
    **dict.fromkeys(_BE, _BE | _HAVE | _DO | {"be"}),
    **dict.fromkeys(_HAVE, _BE | _DO | {"has", "have"}),
    **dict.fromkeys(_DO, _BE | _DO | {"has", "had"}),
    **dict.fromkeys(_SUBJECTS, _SUBJECTS | _ARTICLES | _OWNERS | {"of"}),
    "to": _BE | _DO | _SUBJECTS | {"has", "had", "of", "to"},
    "a": _BE | _HAVE | _DO | _SUBJECTS | _ARTICLES | _OWNERS | {"a", "to"},
    "no": _BE | _HAVE | _DO | _SUBJECTS | _ARTICLES | _OWNERS | {"no", "of", "a", "not"},
    "not": _SUBJECTS | _DO,
}
_NO_END = _ARTICLES | _OWNERS | _CONJUNCTIONS - {"that", "which"}
_MARKS = ".,;:!?)]}\"'”’"
# "He drinks alcohol": a pronoun and a verb in the present tense are a predicate, known or not.
_DOES = re.compile(
    r"\b(?:s?he|it|the patient) (?:(?:also|often|never|still|only|now|\w+ly) )?\w{3,}s\b", re.I
)
_DATA = re.compile(r"\"\s{0,4}:|[\[{]\s{0,9}\"")  # the keys and values of JSON


def is_question(marks: str) -> bool:
    """Whether a sentence asks: it states nothing then."""
    return "?" in marks and marks.rstrip("\"”’')]* ").endswith("?")


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
    if not roles & PREDICATE and _VERBS.isdisjoint(words) and not _DOES.search(marks):
        function = sum(map(_FUNCTION.__contains__, words))
        listing = marks.count(",") + marks.count(";") > count * config.max_commas
        if count < config.min_words or function < config.min_function * count or listing:
            return False
    if is_foreign(words) or is_question(marks):
        return False
    if '"' in marks and _DATA.search(marks):
        return False
    if not marks.isascii() and sum(map(_is_foreign, words)) > config.max_foreign * count:
        return False
    return marks.count("|") < 2 and _clashes(marks) <= count // config.clash_every


def _clashes(marks: str) -> int:
    """How many pairs of neighbours, and what last word, no sentence has."""
    words = marks.replace(" A ", " ").lower().split()  # "option A is"
    clashes = 0
    for never, word in zip(map(_NEVER_AFTER.get, words), words[1:], strict=False):
        if never is not None and word.rstrip(_MARKS) in never:
            clashes += 1
    return clashes + (bool(words) and words[-1].rstrip(_MARKS) in _NO_END)


def _is_foreign(word: str) -> bool:
    return not word.isascii() and any(c.isalpha() and ord(c) > 0x24F for c in word)
