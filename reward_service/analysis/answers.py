"""Questions that the text puts and answers itself: "Any fever? No." """

from __future__ import annotations

from collections.abc import Sequence

_LONGEST_QUESTION = 10  # words, its mark among them
_LONGEST_ANSWER = 6
_DENIALS = frozenset({"no", "none", "not", "nope", "nil", "never", "negative"})
_ANSWER = _DENIALS | frozenset(
    {"at", "all", "here", "in", "this", "case", "he", "she", "it", "there", "is", "was", "doe",
     "did", "has", "had", "have", "yet", "really", "so", "far", "again", "either", "that",
     "know", "of", "i", "see", "seen", ".", ",", "!"}
)  # fmt: skip
# With these a question asks about something that is there: "Does it explain the fever?"
_GIVEN = frozenset(
    {"the", "his", "her", "its", "their", "this", "that", "these", "why", "what", "which", "who",
     "how", "could", "would", "should", "can", "due", "because", "explain", "enough", "not", "no"}
)  # fmt: skip


def is_question(words: Sequence[str], first: int, last: int) -> bool:
    """Whether the sentence of words first to last asks if something is there."""
    return (
        last - first <= _LONGEST_QUESTION
        and words[last - 1] == "?"
        and _GIVEN.isdisjoint(words[first:last])
    )


def is_denial(words: Sequence[str], first: int, last: int) -> bool:
    """Whether the sentence of words first to last answers "no", with or without more words."""
    if words[first] == "no" and first + 1 < last and words[first + 1] in (",", ".", ";", "!"):
        return True
    said = words[first:last]
    return (
        len(said) <= _LONGEST_ANSWER and _ANSWER.issuperset(said) and not _DENIALS.isdisjoint(said)
    )
