"""Where a text refers to answer options by their labels: "option B", "(B)", "2 and 4 are wrong".

Labels are letters or numbers, as the item has them. A number in a medical text is most often a
value, so a bare one counts only as the subject or the object of a verdict ("3 cannot be", "we rule
out 1"), at the beginning of a line ("3:") or alone in brackets at the end of a clause, and never
before a unit. Where options are lettered, "option 2" and "the second option" count them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from reward_service.completions.options import Options

_NOUN = r"(?:options?|choices?|answers?|alternatives?|responses?|statements?|numbers?)"
_OR_NUMBER = r"(?:numbers?\s|n[o.ºo°]{1,2}\s?|#\s?)?"
_AND = r"\s{0,2}(?:,|;|/|&|\band\b|\bor\b|\bto\b|\bnor\b|[-–])\s{0,2}(?:(?:and|or)\s)?"
# After a number: no decimal, no percentage, no unit, no ratio; "2,4 and 5" is a list.
_NO_VALUE = (
    r"(?![\d%°º]|[.:/]\d|,\d\d|,\d\s?[A-Za-zµ]*/|\s?(?:%|m?mol|[mµk]?g\b|m?l\b|dl\b|[mc]m\b|mm\b|mmhg|cc\b|kg|iu\b|meq|"
    r"(?:second|minute|hour|day|week|month|year|decade)s?\b|times\b|h\b|cycles?\b|doses?\b|"
    r"(?:cases?|patients?|people|children|points?|lesions?|episodes?)\b))"
)
_VERB = (
    r"(?:is|was|has|does|seems|looks|remains|fits|would|could|can|cannot|should|may|might|must|"
    r"will|are|were|have|do|being)\b"
)
_OPENS = r"(?:^|[.;:,(–-]\s{1,2}|\b(?:and|but|or|so|because|that|while|whereas|although|[Tt]he)\s)"
_SETS_ASIDE = (
    r"(?:rul(?:e|es|ed|ing)\s(?:them\s)?out|discard(?:s|ed|ing)?|exclud(?:e|es|ed|ing)|"
    r"eliminat(?:e|es|ed|ing)|dismiss(?:es|ed)?|reject(?:s|ed|ing)?|mark|choose|pick|between|"
    r"neither\sis|nor\sis|towards?|against|except(?:\sfor)?)"
)
_CLAUSE_ENDS = (
    r"(?=\s{0,2}(?:[.,;:)\n]|$)|\s(?:and|or|but|because|since|as|due|for|is|are|was|were|which|by|"
    r"in|with|when|would|could|can|cannot)\b)"
)
_JUDGED = r"(?:correct|incorrect|right|wrong|false|true)"
# "the correct answer is, in all probability, …"
_ANSWER_IS = (
    r"\b(?i:(?:answer|option|choice|response|one)\s(?:is|was|would\sbe|must\sbe|should\sbe))\b"
    r"(?:\snot|,?\s(?:(?i:in\s)?\w{3,12}\s?){1,3},?)?\s?:?\s\(?"
)
_FLAGS = re.MULTILINE


class Reference(NamedTuple):
    """A place text[start:end] that refers to options by label. `labels` in the text's order."""

    start: int
    end: int
    labels: tuple[str, ...]


def find_references(text: str, options: Options) -> list[Reference]:
    """All places that refer to options by label or place, in order, without overlap."""
    found: list[Reference] = []
    free = 0
    for start, end, label_text in _places(text, options):
        if start < free:
            continue
        labels = _labels(label_text, options)
        if labels:
            found.append(Reference(start, end, labels))
            free = end
    return found


def _places(text: str, options: Options) -> list[tuple[int, int, str]]:
    lettered = tuple(sorted(label for label in options.words if label.isalpha()))
    numbered = tuple(sorted(label for label in options.words if label.isdecimal()))
    places: list[tuple[int, int, str]] = []
    for pattern in _patterns(lettered, numbered, bool(options.by_place)):
        for match in pattern.finditer(text):
            places.append((*match.span("labels"), match["labels"]))
    return sorted(places, key=lambda place: (place[0], -place[1]))


_ITEM = re.compile(r"[A-Za-z]+|\d+")
_TO = re.compile(r"\s{0,2}(?:\bto\b|[-–])\s{0,2}")


def _labels(written: str, options: Options) -> tuple[str, ...]:
    """The labels in "2", "B and C", "1 to 4", "second option"."""
    ordered = options.in_order
    labels: list[str] = []
    end = 0
    for item in _ITEM.finditer(written):
        raw = item.group()
        label = options.label(raw) if raw.isdecimal() or raw.isupper() or len(raw) > 1 else None
        label = label or options.by_place.get(raw) or options.ordinal(raw.lower())
        if label is None:
            continue
        if labels and _TO.fullmatch(written, end, item.start()):
            first, last = ordered.index(labels[-1]), ordered.index(label)
            labels += ordered[first + 1 : last]
        labels.append(label)
        end = item.end()
    return tuple(dict.fromkeys(labels))


@lru_cache(maxsize=256)
def _patterns(
    lettered: tuple[str, ...], numbered: tuple[str, ...], counts: bool
) -> tuple[re.Pattern[str], ...]:
    """Patterns with a group `labels`, for options with these labels."""
    return tuple(re.compile(pattern, _FLAGS) for pattern in _written(lettered, numbered, counts))


def _written(lettered: tuple[str, ...], numbered: tuple[str, ...], counts: bool) -> Iterator[str]:
    noun = rf"\b(?i:{_NOUN})\s{{1,3}}(?i:{_OR_NUMBER})\(?"
    # "As a first option" is no place in a list, and neither is "the first option to try".
    yield (
        r"(?<!\b[Aa]\s)(?<!\b(?:as|be|is)\sthe\s)\b(?P<labels>(?i:first|second|third|fourth|fifth"
        r"|last)\s(?i:one|option|answer|alternative|statement|response))\b"
        r"(?!\s(?:to|for|of|in|line|treatment)\b)"
    )
    if lettered:
        one = rf"(?:{'|'.join(map(re.escape, lettered))})\b(?![-'’]\w)"
        yield rf"{noun}(?P<labels>{one}(?:\)?{_AND}(?:(?i:{_NOUN})\s)?\(?{one})*)"
        yield rf"{_ANSWER_IS}(?P<labels>{one}){_CLAUSE_ENDS}"
        yield rf"(?<![\w(°])\(?(?P<labels>{one})\*{{0,2}}[):](?!\w)"
        yield rf"^[ \t>#*_-]{{0,6}}\(?(?P<labels>{one})(?:\.(?!\w)|\*{{0,2}}\s?[–—-]\s|\*\*)"
    if numbered or counts:
        numbers = numbered or tuple(str(n) for n in range(1, len(lettered) + 1))
        one = rf"(?:{'|'.join(sorted(numbers, key=len, reverse=True))}){_NO_VALUE}"
        yield rf"{noun}(?P<labels>{one}(?:\)?{_AND}(?:(?i:{_NOUN})\s)?\(?{one})*)"
    if numbered:
        yield rf"\b(?i:questions?)\s(?P<labels>{one}(?:{_AND}{one})*)"
        many = rf"{one}(?:{_AND}{one})*"
        yield rf"^[ \t>#*_-]{{0,6}}\(?(?P<labels>{many})\)?\*{{0,2}}\s?:(?!\d)"
        yield rf"^[ \t>#*_-]{{0,6}}\(?(?P<labels>{one})\)?\*{{0,2}}[.):-]{{1,2}}\s{{0,3}}(?i:{_JUDGED})\b"
        yield rf"\A\s{{0,8}}\(?(?P<labels>{one})[.)]?[ \t]*$"
        yield rf"{_ANSWER_IS}(?P<labels>{one}){_CLAUSE_ENDS}"
        yield rf"(?<=[A-Za-z\"”)]\s)\((?P<labels>{many})\)(?=\s{{0,2}}(?:[.,;:)]|$)|\s(?:and|or|is|but)\b)"
        yield rf"{_OPENS}\(?(?P<labels>{many})\)?,?\s(?:also\s)?{_VERB}"
        yield rf"\b(?i:{_SETS_ASIDE})\s(?:the\s)?(?P<labels>{many}){_CLAUSE_ENDS}"
        yield rf"\b(?i:{_JUDGED})\s?:?\s(?P<labels>{many}){_CLAUSE_ENDS}"
