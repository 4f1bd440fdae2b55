"""Abbreviations that a text defines for itself: "idiopathic thrombocytopenic purpura (ITP) … ITP".

The decision whether the letters in brackets abbreviate the words before them is scispaCy's
(Schwartz & Hearst 2003). Its functions are called on the few words around each bracket rather than
its pipeline component on the whole text: that component pairs every "(" with every ")", keeps a
matcher that grows with each definition, and tokenises a text that has no definition at all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from scispacy.abbreviation import filter_matches, find_abbreviation
from spacy.language import Language

from reward_service.text.document import Mention
from reward_service.text.tokenizer import Tokens

MAX_DEFINITIONS = 24  # brackets that are looked at in one text
MAX_USES = 200  # uses of one short form
_REACH = 100  # characters before the bracket in which the long form lies
_SHORT_FORM = re.compile(r"(?<=\s)\((?=[^)]{0,9}[A-Z])([A-Za-z][A-Za-z0-9-]{1,8})\)")


class Abbreviation(NamedTuple):
    """One use of a short form, and the long form that defines it, as offsets into the text."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


def find_abbreviations(text: str, nlp: Language) -> list[Abbreviation]:
    """Uses of short forms that `text` defines, from the definition on, in order of their position.

    A text is searched for at most `MAX_DEFINITIONS` definitions, and of a short form that is
    defined twice the first counts. `nlp` is only asked to tokenise, inside a memory zone.
    """
    if "(" not in text:
        return []
    found: list[Abbreviation] = []
    defined: set[str] = set()
    for bracket in _first(_SHORT_FORM, text, MAX_DEFINITIONS):
        short = bracket[1]
        if short in defined:
            continue
        long = _long_form(text, bracket, nlp)
        if long is None:
            continue
        defined.add(short)
        use = re.compile(rf"(?<![A-Za-z0-9]){re.escape(short)}(?=s?(?![A-Za-z0-9]))")
        found.extend(
            Abbreviation(match.start(), match.end(), *long)
            for match in _first(use, text, MAX_USES, bracket.start(1))
        )
    return sorted(found)


def _first(pattern: re.Pattern[str], text: str, limit: int, start: int = 0) -> list[re.Match[str]]:
    return [match for match, _ in zip(pattern.finditer(text, start), range(limit), strict=False)]


def _long_form(text: str, bracket: re.Match[str], nlp: Language) -> tuple[int, int] | None:
    """Start and end of the words before the bracket that its letters abbreviate."""
    begin = max(0, bracket.start() - _REACH)
    if begin:
        begin = text.find(" ", begin, bracket.start()) + 1
    snippet = text[begin : bracket.end()]
    with nlp.memory_zone():
        doc = nlp.make_doc(snippet)
        inside = doc.char_span(bracket.start(1) - begin, bracket.end(1) - begin)
        if inside is None or inside.start < 2:
            return None
        for long_candidate, short_candidate in filter_matches([(0, inside.start, inside.end)], doc):
            _, long = find_abbreviation(long_candidate, short_candidate)
            if long is not None and len(long) > 0:
                return begin + long.start_char, begin + long.end_char
    return None


def abbreviation_mentions(
    text: str, tokens: Tokens, mentions: Sequence[Mention], nlp: Language
) -> list[Mention]:
    """Mentions of the long form's concept where its short form stands; `via` is "abbreviation".

    The long form's concept is that of the mention in `mentions` that ends where the long form ends
    and takes all of it in. A short form counts where it is a whole token, or more than one.
    """
    uses = find_abbreviations(text, nlp)
    if not uses:
        return []
    by_end = {mention.end: mention for mention in mentions}
    found = []
    for use in uses:
        named = by_end.get(use.long_end)
        first = bisect_left(tokens.starts, use.short_start)
        last = bisect_left(tokens.ends, use.short_end) + 1
        if named is None or named.start > use.long_start or last > len(tokens.ends):
            continue
        start, end = tokens.starts[first], tokens.ends[last - 1]
        if start == use.short_start and end - use.short_end in (0, 1):
            found.append(
                Mention(start, end, first, last, named.concept, named.type, "abbreviation")
            )
    return found
