"""Whether a stretch of tokens is a sentence, rather than a bare list of terms.

No parser runs here (it would cost more than everything else together). A stretch counts as a
sentence when it has a finite verb that the cue table knows, and enough words around the terms that
it names.
"""

from __future__ import annotations

from dataclasses import dataclass

from reward_service.analysis.attributes import PREDICATE


@dataclass(frozen=True, slots=True)
class SentenceConfig:
    """What makes a sentence.

    min_free: at least this share of its words lies outside the terms it names.
    """

    min_free: float = 0.25


def is_sentence(roles: int, words: int, named: int, config: SentenceConfig) -> bool:
    """Whether a sentence with these cue `roles` has a predicate and is not mostly terms.

    `words` is its number of words, `named` the number of its tokens in mentions and measurements.
    """
    return bool(roles & PREDICATE) and words - named >= config.min_free * words
