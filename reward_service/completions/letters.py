"""A stretch of text as words, and which of them are answer letters.

"A" is also an article, "I" a pronoun, "C" stands in "C-section" and "vitamin C". A capital letter
counts where it is not part of a longer name; a lower-case one only beside brackets or at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reward_service.completions.options import Options
from reward_service.completions.words import Word, split_words, word_set

SENTENCE_END = re.compile(r"[.!?](?=[\"'”’)\]*_]{0,4}(?:\s|$))|\n")

_HYPHENS = "-‐‑–'’"
_AFTER_LETTER = ").:,;]}\"'”’*_$>/&`!?|"
_CLOSING_MARKS = "\"'”’)]}*_$>`"
# What may follow the letter "A" or "I", or a number, without a mark between them.
_AFTER_A = word_set(
    "and or which is are was be would will should because as since given not rather but while "
    "although though however"
)
_AFTER_NUMBER = _AFTER_A - word_set("or to")
_NUMERALS = {"two": "2", "three": "3", "four": "4", "five": "5"}  # "one" is most often a pronoun
_COUNTED = word_set("option choice answer alternative number statement nº")
"""Nouns that number the options: "option 2", "answer number 3"."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of text[…:stop], and the options they may name."""

    text: str
    stop: int
    words: Sequence[Word]
    options: Options | None

    def label(self, i: int) -> str | None:
        """The option that the letter (or number) at word i stands for; None if it is no letter.

        A capital from A to J that is no option stands for itself. A number that is no label counts
        lettered options ("option 2") where it follows such a noun or begins the phrase.
        """
        if i < len(self.words) and self.words[i].raw.lower() in _NUMERALS:
            return self._numeral(i)
        if i >= len(self.words) or len(self.words[i].raw) > 2:
            return None
        raw = self.words[i].raw
        label = self._known(raw) or self._place(i)
        if label is None or self._in_a_name(i):
            return None
        if self.after(i) == "" or self.after(i) in _AFTER_LETTER or self.ends(i):
            return label if raw not in {"a", "i"} or self.bracketed(i) or self.ends(i) else None
        if raw in {"A", "I"}:
            return label if self._goes_on(i) else None
        if raw.isdigit():
            return label if self._number_ends(i) else None
        return None if raw.islower() else label

    def ordinal(self, i: int) -> str | None:
        """The option that "first option" or "last one" at word i counts to; None if it is none."""
        if self.options is None or i + 1 >= len(self.words) or self.gap(i + 1) != " ":
            return None
        if self.words[i + 1].norm not in _COUNTED | {"one"}:
            return None
        return self.options.ordinal(self.words[i].norm)

    def bracketed(self, i: int) -> bool:
        """Whether a bracket stands right before or after word i."""
        start = self.words[i].start
        before = self.text[start - 1 : start] if start else ""
        return self.after(i) in {")", "]", "}"} or before in {"(", "[", "{"}

    def in_brackets(self, i: int) -> bool:
        """Whether word i stands alone in round brackets."""
        if i >= len(self.words):
            return False
        start = self.words[i].start
        return self.after(i) == ")" and self.text[start - 1 : start] == "("

    def after(self, i: int) -> str:
        """The character after word i; "" at the end."""
        end = self.words[i].end
        return self.text[end : min(end + 1, self.stop)]

    def gap(self, i: int) -> str:
        """What stands between word i - 1 and word i."""
        return self.text[self.words[i - 1].end : self.words[i].start] if i else ""

    def ends(self, i: int) -> bool:
        """Whether nothing but closing marks follows word i in its sentence."""
        end = self.words[i].end
        tail = self.text[end : min(end + 8, self.stop)].lstrip(_CLOSING_MARKS)
        return not tail or tail[0] in ".!?\n"

    def sentence_end(self, after: int) -> int:
        """Where the sentence ends, looking from position `after`."""
        match = SENTENCE_END.search(self.text, after, self.stop)
        return match.start() if match else self.stop

    def _known(self, raw: str) -> str | None:
        is_letter = len(raw) == 1 and "A" <= raw.upper() <= "J"
        if self.options is None:
            return raw.upper() if is_letter else None
        label = self.options.label(raw)
        return raw if label is None and is_letter and raw.isupper() else label

    def _numeral(self, i: int) -> str | None:
        """The numbered option that "two" at word i stands for, where it counts nothing."""
        if self.options is None or not (self.ends(i) or self._number_ends(i)):
            return None
        return self.options.label(_NUMERALS[self.words[i].raw.lower()])

    def _place(self, i: int) -> str | None:
        if self.options is None or (i and self.words[i - 1].norm not in _COUNTED):
            return None
        return self.options.by_place.get(self.words[i].raw)

    def _number_ends(self, i: int) -> bool:
        """Whether the number at word i counts nothing that follows it ("3 days")."""
        if i + 1 >= len(self.words):
            return not self.text[self.words[i].end : self.stop].strip()
        following = self.words[i + 1].norm
        # "The answer is 3 options 1 and 2 are false" lacks a full stop.
        runs_on = following in _COUNTED and self.label(i + 2) is not None
        return following in _AFTER_NUMBER or runs_on

    def _in_a_name(self, i: int) -> bool:
        """Whether a hyphen or apostrophe joins word i to another word: "C-section", "5'-A"."""
        word, text = self.words[i], self.text
        if self.after(i) in _HYPHENS and text[word.end + 1 : word.end + 2].isalnum():
            return self.after(i) != ""
        joined = text[word.start - 1 : word.start] if word.start else ""
        return joined != "" and joined in _HYPHENS and text[word.start - 2].isalnum()

    def _goes_on(self, i: int) -> bool:
        """Whether "A" or "I" at word i is a letter although a word follows it."""
        if i + 1 >= len(self.words) or any(mark in self.gap(i + 1) for mark in ",;:/&+(–—-"):
            return True
        if self.options is not None:
            matched = self.options.match(self.words, i + 1)
            if matched is not None:
                return matched[0] == self.options.label(self.words[i].raw)
        return self.words[i].raw == "A" and self.words[i + 1].norm in _AFTER_A


def read_words(
    text: str, at: int, stop: int, options: Options | None, *, chars: int, words: int
) -> Phrase:
    """The phrase text[at:stop], at most so many characters and words of it."""
    stop = min(stop, at + chars)
    return Phrase(text, stop, split_words(text, at, stop, words), options)
