"""From a source's term to the normalised terms that can be met in running text.

A source's term is kept when it has 1 to 8 tokens, all of them words or numbers, and a word of three
letters or more. Short forms in capitals ("AIDS", "HbA1c") are *cased*: they match in that case
only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from reward_service.text.tokenizer import Tokenizer

MAX_TOKENS = 8
_MAX_TABLE_TOKENS = 12  # of a hand-written row
_MAX_CHARS = 90
# Words and numbers; a full stop only behind the initial of a species name ("E. coli").
_NORM = re.compile(r"(?:[a-z] \. )?[a-z0-9][a-z0-9.+-]*(?: [a-z0-9][a-z0-9.+-]*)*")
_SHORT_FORM = re.compile(r"[A-Z](?=[A-Za-z0-9]{0,5}[A-Z0-9])[A-Za-z0-9]{1,6}")
_TRAILING_TAG = re.compile(r" \((?:disease|disorder|finding|physical finding)\)$")
_NEVER_WRITTEN = re.compile(
    r"\b(?:obsolete|nos|unspecified|not elsewhere classified|other|abnormality of|"
    r"abnormal \w+ (?:morphology|physiology)|susceptibility|as topic|autosomal|x-linked|"
    r"type \d{2,}|subtype|due to|, \w+ type)\b",
    re.IGNORECASE,
)
# No term begins with one of these; it would be looked up at every other word of a text.
_FUNCTION_WORDS = frozenset(
    {"a", "an", "and", "as", "at", "be", "by", "for", "from", "has", "have", "in", "is", "it"}
    | {"its", "let", "no", "not", "of", "on", "or", "so", "than", "that", "the", "their", "this"}
    | {"to", "was", "were", "with", "without"}
)
# Running text writes these with and without a hyphen.
_PREFIX = re.compile(r"^(non|post)(?!erior|ure)(?=[a-z]{5})")


class Term(NamedTuple):
    """A normalised term; `surface` is the exact form of a cased one, else empty."""

    norm: str
    surface: str = ""


def natural_order(text: str) -> str:
    """ "Infarction, Myocardial" → "Myocardial Infarction"; other texts as they are."""
    head, comma, tail = text.partition(", ")
    return f"{tail} {head}" if comma and ", " not in tail else text


class TermCleaner:
    """Turns source terms into `Term`s with the tokeniser that running text goes through."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def norm(self, text: str) -> str:
        """Normalised tokens joined by a space, or "" if `text` has a token that is no word,
        or too many tokens for any term.
        """
        norms = [n for n in self._tokenizer(text).norms if n]
        norm = " ".join(norms)
        return norm if len(norms) <= _MAX_TABLE_TOKENS and _NORM.fullmatch(norm) else ""

    def clean(self, text: str, *, min_short_form: int) -> Term | None:
        """The term that `text` stands for, or None if it is not one for running text.

        Short forms of fewer than `min_short_form` characters are refused: in a large vocabulary
        they mean too many things.
        """
        text = natural_order(_TRAILING_TAG.sub("", text.strip()))
        if len(text) > _MAX_CHARS or _NEVER_WRITTEN.search(text):
            return None
        norm = self.norm(text)
        words = norm.split(" ")
        if not norm or len(words) > MAX_TOKENS or words[0] in _FUNCTION_WORDS:
            return None
        if _SHORT_FORM.fullmatch(text):
            return Term(norm, text) if len(text) >= min_short_form else None
        return Term(norm) if re.search(r"[a-z]{3}", norm) else None

    def table_term(self, text: str) -> Term | None:
        """The term of a hand-written row: nothing is refused but what cannot be a term at all."""
        norm = self.norm(text)
        if not norm:
            return None
        is_short = _SHORT_FORM.fullmatch(text) or (len(text) <= 3 and text[0].isupper())
        return Term(norm, text) if is_short else Term(norm)

    def variants(self, text: str) -> list[str]:
        """Other spellings: "beta-blocker" → "betablocker", "nontender" → "non tender"."""
        found: list[str] = []
        if re.search(r"[a-z]-[a-z]", text):
            found.append(self.norm(text.replace("-", "")))
        tokens = self.norm(natural_order(text)).split(" ")
        split = [_PREFIX.sub(r"\1 ", token) for token in tokens]
        if split != tokens:
            found.append(" ".join(split))
        return [v for v in found if v]


def short_binomial(text: str) -> str:
    """ "Escherichia coli" → "E. coli"; "" for anything that is not a two-word species name."""
    match = re.fullmatch(r"([A-Z])[a-z]{3,} ([a-z]{4,})", text)
    return f"{match[1]}. {match[2]}" if match else ""
