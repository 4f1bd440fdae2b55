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
SET_ASIDE_VERBS = (
    r"discard(?:s|ed|ing)?|exclud(?:e|es|ed|ing)|eliminat(?:e|es|ed|ing)|dismiss(?:es|ed)?|"
    r"reject(?:s|ed|ing)?"
)
"""Verbs before the label of an option that is set aside, as a pattern."""
_SETS_ASIDE = (
    rf"(?:rul(?:e|es|ed|ing)\s(?:them\s)?out|{SET_ASIDE_VERBS}|mark|choose|pick|between|"
    r"neither\sis|nor\sis|towards?|against|except(?:\sfor)?)"
)
_CLAUSE_ENDS = (
    r"(?=\s{0,2}(?:[.,;:()\n]|$)|\s(?:and|or|but|because|since|as|due|for|is|are|was|were|which|by|"
    r"in|with|when|would|could|can|cannot)\b)"
)
_JUDGED = r"(?:correct|incorrect|right|wrong|false|true)"
_FLAGS = re.MULTILINE


class _Lead:
    """What must stand right before a label, of at most `reach` characters."""

    def __init__(self, pattern: str, reach: int) -> None:
        self._pattern = re.compile(rf"(?:{pattern})\Z", _FLAGS)
        self._reach = reach

    def before(self, text: str, start: int, at: int) -> re.Match[str] | None:
        """Its match that ends at `at` and begins at `start` or later."""
        return self._pattern.search(text, max(start, at - self._reach), at)


_AFTER_NOUN = _Lead(rf"\b(?i:{_NOUN})\s{{1,3}}(?i:{_OR_NUMBER})\(?", 24)
# "the correct answer is, in all probability, …"
_AFTER_IS = _Lead(
    r"\b(?i:(?:answer|option|choice|response|one)\s(?:is|was|would\sbe|must\sbe|should\sbe))\b"
    r"(?:\snot|,?\s(?:(?i:in\s)?\w{3,12}\s?){1,3},?)?\s?:?\s\(?",
    73,
)
_AFTER_QUESTION = _Lead(r"\b(?i:questions?)\s", 10)
_AFTER_SETTING_ASIDE = _Lead(rf"\b(?i:{_SETS_ASIDE})\s(?:the\s)?", 20)
_AFTER_VERDICT = _Lead(rf"\b(?i:{_JUDGED})\s?:?\s", 12)
_OPENS = _Lead(
    r"(?:^|[.;:,(–-]\s{1,2}|\b(?:and|but|or|so|because|that|while|whereas|although|[Tt]he)\s)\(?",
    10,
)
_TEXT = _Lead(r"\A\s{0,8}\(?", 9)
_LINE = _Lead(r"^[ \t>#*_-]{0,6}\(?", 7)
_BRACKET = _Lead(r"(?<=[A-Za-z\"”)]\s)\(", 1)
_APART = _Lead(r"(?<![\w(°])\(?", 1)
# "As a first option" is no place in a list, and neither is "the first option to try".
_ORDINAL = _Lead(
    r"(?<!\b[Aa]\s)(?<!\b(?:as|be|is)\sthe\s)\b(?i:first|second|third|fourth|fifth|last)", 6
)
_COUNTED = re.compile(  # with the last letter of the ordinal
    r"[DHTdht]\s(?i:one|option|answer|alternative|statement|response)\b"
    r"(?!\s(?:to|for|of|in|line|treatment)\b)"
)


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
    places = list(_counted(text))
    for label, rules in _rules(lettered, numbered, bool(options.by_place)):
        starts = [match.start() for match in label.finditer(text)]
        for lead, labels in rules:
            places += _matching(text, starts, lead, labels)
    return sorted(places, key=lambda place: (place[0], -place[1]))


def _counted(text: str) -> Iterator[tuple[int, int, str]]:
    """Where options are counted: "the second one"."""
    for noun in _COUNTED.finditer(text):
        last = noun.start() + 1
        if ordinal := _ORDINAL.before(text, 0, last):
            yield ordinal.start(), noun.end(), text[ordinal.start() : noun.end()]


def _matching(
    text: str, starts: list[int], lead: _Lead, labels: re.Pattern[str]
) -> Iterator[tuple[int, int, str]]:
    """Where `labels` match at one of `starts` behind the lead, in order and without overlap."""
    free = 0
    for at in starts:
        if at < free:
            continue
        match = labels.match(text, at)
        if match is not None and lead.before(text, free, at):
            yield (*match.span("labels"), match["labels"])
            free = match.end()


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


_Rule = tuple[_Lead, re.Pattern[str]]  # what stands before labels, and from the first label on


@lru_cache(maxsize=256)
def _rules(
    lettered: tuple[str, ...], numbered: tuple[str, ...], counts: bool
) -> tuple[tuple[re.Pattern[str], tuple[_Rule, ...]], ...]:
    """For letters and for numbers: a label, and the rules for what options with these say.

    Labels are rare in a text, so each is found first, and only around it are the rules tried.
    """
    found: list[tuple[str, Iterator[tuple[_Lead, str]]]] = []
    if lettered:
        one = rf"(?:{'|'.join(map(re.escape, lettered))})\b(?![-'’]\w)"
        found.append((one, _letter_rules(one)))
    if numbered or counts:
        numbers = numbered or tuple(str(n) for n in range(1, len(lettered) + 1))
        one = rf"(?:{'|'.join(sorted(numbers, key=len, reverse=True))}){_NO_VALUE}"
        found.append((one, _number_rules(one, counts_only=not numbered)))
    return tuple(
        (re.compile(one), tuple((lead, re.compile(rule, _FLAGS)) for lead, rule in rules))
        for one, rules in found
    )


def _letter_rules(one: str) -> Iterator[tuple[_Lead, str]]:
    yield _AFTER_NOUN, rf"(?P<labels>{one}(?:\)?{_AND}(?:(?i:{_NOUN})\s)?\(?{one})*)"
    yield _AFTER_IS, rf"(?P<labels>{one}){_CLAUSE_ENDS}"
    yield _APART, rf"(?P<labels>{one})\*{{0,2}}[):](?!\w)"
    yield _LINE, rf"(?P<labels>{one})(?:\.(?!\w)|\*{{0,2}}\s?[–—-]\s|\*\*)"
    yield _BRACKET, rf"(?P<labels>{one})\s?[:=]?\s?(?i:{_JUDGED})\)"


def _number_rules(one: str, *, counts_only: bool) -> Iterator[tuple[_Lead, str]]:
    """Rules for numbers; `counts_only`: the labels are letters, which "option 2" counts."""
    yield _AFTER_NOUN, rf"(?P<labels>{one}(?:\)?{_AND}(?:(?i:{_NOUN})\s)?\(?{one})*)"
    if counts_only:
        return
    many = rf"(?P<labels>{one}(?:{_AND}{one})*)"
    yield _AFTER_QUESTION, many
    yield _LINE, rf"{many}\)?\*{{0,2}}\s?:(?!\d)"
    yield _LINE, rf"(?P<labels>{one})\)?\*{{0,2}}[.):-]{{1,2}}\s{{0,3}}(?i:{_JUDGED})\b"
    yield _TEXT, rf"(?P<labels>{one})[.)]?[ \t]*$"
    yield _AFTER_IS, rf"(?P<labels>{one}){_CLAUSE_ENDS}"
    yield _BRACKET, rf"{many}\){_CLAUSE_ENDS}"
    yield _BRACKET, rf"{many}\s?[:=]?\s?(?i:{_JUDGED})\)"
    yield _OPENS, rf"{many}\)?,?\s(?:also\s)?{_VERB}"
    yield _AFTER_SETTING_ASIDE, rf"{many}(?!{_AND}\d){_CLAUSE_ENDS}"
    yield _AFTER_VERDICT, rf"{many}{_CLAUSE_ENDS}"
