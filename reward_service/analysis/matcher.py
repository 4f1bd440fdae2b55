"""Exact matches of vocabulary terms over a text's tokens.

How overlaps and ambiguity are resolved:

1. Matches begin and end on token boundaries. Tokens with an empty normal form (hyphens,
   possessives) are looked through inside a match; any other punctuation blocks it, and so do a
   dash between spaces and a line that begins with a capital.
2. The leftmost match wins; of those that begin at one token, the longest; the search goes on behind
   it. So mentions never overlap, and "acute myocardial infarction" is not also "infarction".
3. A form that the vocabulary holds for one case only ("MI", "ALL") matches in that case, a plural s
   allowed ("DVTs"), and then wins over a term of the same normal form that matches in any case.
4. A word that says its concept is not there ("afebrile") gives a mention with `Flag.NEGATED`.

The search is one look-up a token, another for the next token where a token begins some term, and
one more for every length that a term beginning with those two has.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from reward_service.text.document import Flag, Mention
from reward_service.text.tokenizer import Tokens
from reward_service.vocabulary import Vocabulary

_NEGATED = int(Flag.NEGATED)

# Of a token that begins terms: the second tokens of those terms → their lengths, longest first.
_Seconds = dict[str, tuple[int, ...]]
_ALONE = ""  # the second token of a term of one token


class Matcher:
    """Finds the terms of one vocabulary. Holds no state between texts."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._ids = vocabulary.ids
        self._types = vocabulary.types
        self._table = vocabulary.table
        self._absent = vocabulary.absent
        self._cased = vocabulary.cased
        self._starts = _index(self._table, self._absent, self._cased)

    def find(self, text: str, tokens: Tokens) -> list[Mention]:
        """Mentions in `text`, left to right, none overlapping; `via` is "exact"."""
        words, kept = tokens.words, tokens.places
        count = len(words)
        table, cased, absent = self._table, self._cased, self._absent
        mentions: list[Mention] = []
        free = 0  # first of `words` that no mention covers
        following = [*words[1:], ""]
        for at, seconds in enumerate(map(self._starts.get, words)):
            if seconds is None or at < free:
                continue
            for length in seconds.get(following[at], ()):
                if at + length > count:
                    continue
                term = " ".join(words[at : at + length])
                if term in table or term in cased or term in absent:
                    mention = self._mention(text, tokens, term, kept[at], kept[at + length - 1])
                    if mention is not None:
                        mentions.append(mention)
                        free = at + length
                        break
            else:
                if _ALONE in seconds:
                    mention = self._mention(text, tokens, words[at], kept[at], kept[at])
                    if mention is not None:
                        mentions.append(mention)
        return mentions

    def _mention(
        self, text: str, tokens: Tokens, term: str, first: int, last: int
    ) -> Mention | None:
        """The mention of `term` over tokens `first` to `last`; None if there is none."""
        position = self._table.get(term)
        start, end = tokens.starts[first], tokens.ends[last]
        flags = 0
        surfaces = self._cased.get(term)
        if surfaces is not None:
            surface = text[start:end]
            position = surfaces.get(surface, surfaces.get(surface.removesuffix("s"), position))
        if position is None:
            position = self._absent.get(term)
            flags = _NEGATED
        if position is None or (last > first and _is_broken(text, tokens, first, last)):
            return None
        return Mention(
            start, end, first, last + 1, self._ids[position], self._types[position], "exact", flags
        )


def _index(*tables: Iterable[str]) -> dict[str, _Seconds]:
    """How the terms begin: their first words."""
    words: dict[str, str] = {}  # one object for equal words: there are more terms than words
    masks: dict[str, dict[str, int]] = {}
    for term in chain.from_iterable(tables):
        first, *rest = term.split(" ")
        seconds = masks.setdefault(first, {})
        second = words.setdefault(rest[0], rest[0]) if rest else _ALONE
        seconds[second] = seconds.get(second, 0) | 1 << len(rest) + 1
    longest_first = {
        mask: tuple(n for n in range(mask.bit_length() - 1, 1, -1) if mask >> n & 1)
        for mask in {mask for seconds in masks.values() for mask in seconds.values()}
    }
    alone: _Seconds = {_ALONE: ()}  # shared by the many words that begin nothing longer
    return {
        words.get(first, first): {second: longest_first[mask] for second, mask in seconds.items()}
        if seconds.keys() != alone.keys()
        else alone
        for first, seconds in masks.items()
    }


def _is_broken(text: str, tokens: Tokens, first: int, last: int) -> bool:
    """Whether a dash between spaces, or the begin of a new line, stands within the tokens."""
    norms, starts, ends = tokens.norms, tokens.starts, tokens.ends
    if text.find("\n", starts[first], ends[last]) >= 0 and any(
        "\n" in text[ends[i - 1] : starts[i]] and text[starts[i]].isupper()
        for i in range(first + 1, last + 1)
    ):
        return True
    return "" in norms[first + 1 : last] and any(
        not norms[i] and starts[i] > ends[i - 1] and starts[i + 1] > ends[i]
        for i in range(first + 1, last)
    )
