"""Symptoms told with their site, in either order: "pain in her belly", "his knees are sore".

A vocabulary holds "abdominal pain"; people also say it with other words between and behind. From a
word of symptom this looks a few words on and back for a site of `sites.tsv`, and the finding that
both make takes the place of the mentions that it covers. It comes after the attributes: a finding
has the flags of its symptom, whose head it is.

Where a longer mention than the symptom's own already stands there, it stays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from spacy.lang.en.stop_words import STOP_WORDS

from reward_service.text.document import Mention, SemanticType
from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_rows
from reward_service.text.tokenizer import Tokens
from reward_service.vocabulary import Vocabulary

_MAX_BETWEEN = 5  # words between a symptom and its site
_MAX_SITE = 4  # words of a site

# Words of each symptom, in normal form: nouns stand before "of the …" or behind their site,
# adjectives before their site or behind "is", verbs behind it.
_NOUN, _ADJECTIVE, _VERB = range(3)
_FORMS = {
    "pain": (
        "pain ache soreness discomfort aching",
        "painful sore achy",
        "hurt hurting ache aching ached throb throbbing",
    ),
    "swelling": ("swelling edema puffiness", "swollen puffy edematous", "swell swelled"),
    "tenderness": ("tenderness", "tender", ""),
    "stiffness": ("stiffness", "stiff", ""),
    "lump": ("lump mass growth nodule", "", ""),
    "bleeding": ("bleeding hemorrhage", "", "bleed bled"),
    "blood": ("blood", "bloody", ""),
    "redness": ("redness erythema", "red reddened bloodshot erythematous", ""),
    "itch": ("itching itchiness pruritus", "itchy pruritic", "itch itched"),
    "weakness": ("weakness", "weak", ""),
    "discharge": ("discharge pus drainage", "", ""),
    "drooping": ("drooping droop", "droopy", "droop drooped"),
    "enlargement": ("enlargement", "large larger enlarged big bigger oversized", ""),
    "high": ("", "high elevated raised increased", ""),
    "flow": ("fluid liquid", "", ""),
    "pallor": ("paleness pallor", "pale pallid ashen colorless bloodless waxen white", ""),
    "blur": ("blurring", "blurry blurred hazy fuzzy foggy misty", "blur"),
    "shaking": (
        "shaking shakiness trembling",
        "shaky trembly tremulous shaking trembling",
        "shake shook trembled tremble",
    ),
}
_PREPOSITIONS = frozenset(
    {"in", "of", "at", "on", "over", "around", "from", "near", "across", "along", "within"}
)
# What may follow a symptom before the preposition, as in "pain localized to the chest".
_PLACED = frozenset(
    {"located", "localized", "felt", "present", "confined", "deep", "low", "is", "was", "are",
     "were", "seen", "found", "noted", "visible", "detected", "coming", "leaking", "oozing",
     "draining", "dripping", "running", "come", "came", "leak", "leaked", "drain", "drained"}
)  # fmt: skip
# Symptoms with a preposition of their own: "fluid from the ear" is a discharge, "in the ear" none.
_OWN_PREPOSITIONS = {"flow": frozenset({"from"})}
# Adjectives whose site is part of a longer name where a noun follows: "a large liver metastasis".
_WHOLE = frozenset({"enlargement", "high", "pallor", "blur"})
# "Hurts when pressed" is tenderness.
_WHEN = frozenset({"when", "if", "on", "to", "with", "upon"})
_PRESSED = frozenset(
    {"pressed", "touched", "tapped", "palpated", "touch", "pressure", "palpation", "percussion",
     "pressing", "touching", "tapping"}
)  # fmt: skip
# Between a preposition and the site.
_SKIPPED_WORDS = """
    a the an his her their my its this that both each one all left right upper lower sided
    whole entire inner outer side part region area
"""
# Between a site and what is said of it.
_LINK_WORDS = """
    is are was were be been being has have had become became feel felt look looked appear
    appeared seem seemed get got getting not do doe did no longer very quite really somewhat
    slightly mildly also still always often sometimes constantly all so too now a bit little
    much far rather that which run ran running stay stayed remain remained
"""
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_LINKS = frozenset(_LINK_WORDS.split())
_RELATIVES = frozenset({"that", "which"})


class _Word(NamedTuple):
    """What a word of symptom may be: (symptom, whether noun, adjective, verb)."""

    symptom: str
    forms: frozenset[int]


class SiteMatcher:
    """Joins symptoms and sites of one vocabulary. Holds no state between texts.

    Raises ValueError if a row of the table names a finding that the vocabulary lacks.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = _symptom_words()
        self._findings: dict[str, dict[str, tuple[str, SemanticType]]] = {}
        self._symptoms: dict[str, str] = {}  # of concepts: "pain", "hurts when pressed"
        for symptom, sites, finding in read_sites():
            concept = vocabulary.lookup(finding)
            if concept is None:
                raise ValueError(f"sites.tsv: {finding!r} is no term of the vocabulary")
            found = concept, vocabulary.concept(concept).type
            by_site = self._findings.setdefault(symptom, {})
            by_site |= {" ".join(map(normalize_token, site.split())): found for site in sites}
        for symptom, forms in _FORMS.items():
            for word in " ".join(forms).split():
                if (named := vocabulary.lookup(word)) is not None:
                    self._symptoms.setdefault(named, symptom)

    def join(self, tokens: Tokens, mentions: list[Mention], flags: Sequence[int]) -> list[Mention]:
        """`mentions` with those of a symptom and its site made one, by position; `via` is "site".

        `mentions` have their flags and are in order; `flags` are those of the tokens.
        """
        words = tokens.words
        symptoms = self._words
        hits = [i for i, word in enumerate(words) if word in symptoms]
        if not hits:
            return mentions
        firsts = [m.first for m in mentions]

        def owner(token: int) -> Mention | None:
            at = bisect_right(firsts, token) - 1
            return mentions[at] if at >= 0 and token < mentions[at].last else None

        joined: list[Mention] = []
        free = 0  # first token that no joined mention covers
        for at in hits:
            place = tokens.places[at]
            if place < free:
                continue
            mention = self._at(tokens, at, owner, flags)
            if mention is not None and mention.first >= free:
                joined.append(mention)
                free = mention.last
        return _replaced(mentions, joined) if joined else mentions

    def _at(
        self, tokens: Tokens, at: int, owner: Callable[[int], Mention | None], flags: Sequence[int]
    ) -> Mention | None:
        """The finding that the symptom at word `at` makes with a site; None if it makes none."""
        word = self._words[tokens.words[at]]
        places = tokens.places
        own = owner(places[at])
        first = last = at
        if own is not None:
            if (symptom := self._symptoms.get(own.concept)) is None:
                return None  # a finding of its own, such as "chest pain"
            word = word._replace(symptom=symptom)
            while first > 0 and places[first - 1] >= own.first:
                first -= 1
            while last + 1 < len(places) and places[last + 1] < own.last:
                last += 1
        if word.symptom == "pain" and _pressed(tokens.words, last + 1):
            word = word._replace(symptom="tenderness")  # "pain on palpation of the belly"
        span = self._after(tokens, last, word) or self._before(tokens, first, word)
        if span is None:
            return None
        end_of_site = span[1]
        begin, end, (concept, kind) = min(first, span[0]), max(last + 1, span[1]), span[2]
        if word.symptom == "pain" and (pressed := _pressed(tokens.words, end)):
            tender = word._replace(symptom="tenderness")
            span = self._after(tokens, last, tender) or self._before(tokens, first, tender)
            if span is not None:
                end, (concept, kind) = pressed, span[2]
        start, stop = places[begin], places[end - 1] + 1
        for token in (start, stop - 1):
            other = owner(token)
            if other is not None and (other.first < start or other.last > stop):
                return None
        bits = own.flags if own is not None else flags[places[at]]
        if not _RELATIVES.isdisjoint(tokens.words[end_of_site:first]):
            bits |= flags[places[end_of_site - 1]]  # "no liver that is too large"
        return Mention(
            tokens.starts[start], tokens.ends[stop - 1], start, stop, concept, kind, "site", bits
        )

    def _after(
        self, tokens: Tokens, last: int, word: _Word
    ) -> tuple[int, int, tuple[str, SemanticType]] | None:
        """ "pain in the left knee", "sore knee": the words of the site behind word `last`."""
        words = tokens.words
        i = last + 1
        if word.symptom == "tenderness":  # "tender to deep palpation over the liver"
            i = _pressed(words, i) or i
        while i < len(words) and words[i] in _PLACED:
            i += 1
        prepositions = _OWN_PREPOSITIONS.get(word.symptom, _PREPOSITIONS)
        if i < len(words) and (words[i] in prepositions or (i > last + 1 and words[i] == "to")):
            i += 1
        elif i > last + 1 or _ADJECTIVE not in word.forms:
            return None
        for at in range(i, min(i + _MAX_BETWEEN, len(words))):
            found = self._site(words, at, word)
            is_part = words[at + 1 : at + 2] == ["of"]  # "the back of the throat"
            if found is not None and not is_part:
                is_whole = word.symptom not in _WHOLE or _ends_name(words, found[1])
                return found if is_whole else None
            if not is_part and words[at] not in _SKIPPED and words[at] != "of":
                return None
        return None

    def _before(
        self, tokens: Tokens, first: int, word: _Word
    ) -> tuple[int, int, tuple[str, SemanticType]] | None:
        """ "knee pain", "his knees are sore", "my knee hurts": the site before word `first`."""
        words = tokens.words
        i = first - 1
        while i >= 0 and words[i] in _LINKS and first - i <= _MAX_BETWEEN:
            i -= 1
        linked = i < first - 1
        if not linked and _NOUN in word.forms:
            i = _before_with(words, i)
        if (
            i < 0
            or word.symptom in _OWN_PREPOSITIONS
            or (linked and word.forms == {_NOUN})
            or (not linked and word.forms == {_ADJECTIVE})
        ):
            return None
        for size in range(min(_MAX_SITE, i + 1), 0, -1):
            found = self._findings[word.symptom].get(" ".join(words[i + 1 - size : i + 1]))
            if found is not None:
                return i + 1 - size, i + 1, found
        return None

    def _site(
        self, words: Sequence[str], at: int, word: _Word
    ) -> tuple[int, int, tuple[str, SemanticType]] | None:
        """The longest site that begins at word `at`."""
        for size in range(min(_MAX_SITE, len(words) - at), 0, -1):
            found = self._findings[word.symptom].get(" ".join(words[at : at + size]))
            if found is not None:
                return at, at + size, found
        return None


def _before_with(words: Sequence[str], i: int) -> int:
    """The word before "with" or "with mild" that ends at word `i`; `i` if none does."""
    adjective = i > 0 and words[i].isalpha() and words[i - 1] == "with"
    return i - 1 - adjective if i > 0 and "with" in words[i - adjective : i + 1] else i


def _pressed(words: Sequence[str], at: int) -> int:
    """Where "when pressed" or "to deep palpation" ends that begins at word `at`; 0 if none does."""
    if words[at : at + 1] and words[at] in _WHEN:
        ahead = at + 1 + (words[at + 1 : at + 2] in (["the"], ["deep"], ["light"]))
        if words[ahead : ahead + 1] and words[ahead] in _PRESSED:
            return ahead + 1
    return 0


def _ends_name(words: Sequence[str], at: int) -> bool:
    """Whether no further noun follows at word `at`."""
    return at >= len(words) or not words[at].isalpha() or words[at] in STOP_WORDS


def read_sites() -> list[tuple[str, list[str], str]]:
    """(symptom, sites, finding) of each row of `sites.tsv`."""
    rows = table_rows("reward_service.analysis", "sites.tsv")
    return [(symptom, sites.split("|"), finding) for symptom, sites, finding in rows]


def _symptom_words() -> dict[str, _Word]:
    forms: dict[str, tuple[str, set[int]]] = {}
    for symptom, columns in _FORMS.items():
        for form, column in enumerate(columns):
            for word in column.split():
                forms.setdefault(normalize_token(word), (symptom, set()))[1].add(form)
    return {word: _Word(symptom, frozenset(kinds)) for word, (symptom, kinds) in forms.items()}


def _replaced(mentions: Iterable[Mention], joined: list[Mention]) -> list[Mention]:
    """`joined`, and those of `mentions` that none of them covers, by position."""
    taken = {token for m in joined for token in range(m.first, m.last)}
    kept = [m for m in mentions if m.first not in taken]
    return sorted([*kept, *joined], key=lambda m: m.start)
