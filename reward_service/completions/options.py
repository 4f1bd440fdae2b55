"""The options of a question, ready for finding them in text by letter or by their words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reward_service.completions.words import Word, normal_words, word_set

_TEXT_LIMIT = 80  # words of an option that are compared
_NONE_OF_THEM = re.compile(
    r"none(?: of)?(?: the)?(?: above| these| options| choices| mentioned| listed)*", re.IGNORECASE
)
_ALL_OF_THEM = re.compile(
    r"all(?: of)?(?: the)?(?: above| these| options| choices| mentioned| listed)*", re.IGNORECASE
)
# What "none of the above" and "all of the above" look like once articles are gone.
_NONE_FORMS = ("none of above", "none of these", "none above", "none of option", "none of choice")
_ALL_FORMS = ("all of above", "all of these", "all above", "all of option", "all of choice")
# "Both AB" and "A & B" are ways to write "both A and B".
_TWO_LETTERS = re.compile(
    r"(?:[Bb]oth\s\(?(?=[A-J])|(?=\(?[A-J]\)?\s?(?:and|&|,)))\(?([A-J])\)?(?:\s?(?:and|&|,)?\s?)"
    r"\(?([A-J])\)?"
)
_BOTH_FORMS = ("both {} and {}", "{} and {}", "both {} {}")
_ORDINALS = {
    word: place
    for place, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"))
}
_NUMBERS = word_set(
    "one two three four five six seven eight nine ten i ii iii iv v vi half once twice"
)
_TOO_COMMON = word_set("all any both either neither no none yes true false other")


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Options by label.

    `labels` maps every trimmed upper-case label to its spelling; `words` maps each label to its
    words; `same` maps each label to the first one with the same words, which stands for all of
    them; `by_first` maps a first word to the (words, label) pairs that begin with it, longest
    first; `by_place` maps "1", "2" … to the labels in their order, where labels are letters and no
    option holds a number with which such a place could be confused.
    """

    labels: Mapping[str, str]
    same: Mapping[str, str]
    by_first: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    words: Mapping[str, tuple[str, ...]]
    by_place: Mapping[str, str]

    def label(self, name: str) -> str | None:
        """The label written as `name`, ignoring case and space; None if there is none."""
        return self.labels.get(name.strip().upper())

    @property
    def in_order(self) -> list[str]:
        """The labels in the order in which people count them."""
        return sorted(self.words, key=_label_order)

    def ordinal(self, word: str) -> str | None:
        """The label of the option that "first", "second" … "last" counts to; None if it is none."""
        ordered = self.in_order
        if word == "last":
            return ordered[-1]
        place = _ORDINALS.get(word, len(ordered))
        return ordered[place] if place < len(ordered) else None

    def match(self, words: Sequence[Word], at: int) -> tuple[str, int] | None:
        """The longest option text that begins at words[at]: (label, how many words)."""
        if at >= len(words):
            return None
        for text, label in self.by_first.get(words[at].norm, ()):
            if at + len(text) <= len(words) and all(
                words[at + i].norm == norm for i, norm in enumerate(text)
            ):
                return label, len(text)
        return None

    def shared_start(self, label: str, words: Sequence[Word], at: int) -> int:
        """How many words from words[at] on agree with the beginning of this option's text."""
        count = 0
        for norm, word in zip(self.words.get(label, ()), words[at:], strict=False):
            if norm != word.norm:
                break
            count += 1
        return count

    def find_text(self, text: str) -> str | None:
        """The label of the option whose text is `text`, in the normal form; None if none is."""
        wanted = normal_words(text, _TEXT_LIMIT)
        for words, label in self.by_first.get(wanted[0], ()) if wanted else ():
            if words == wanted:
                return label
        return None


def is_common(words: tuple[str, ...]) -> bool:
    """Whether an option's words are too ordinary to be recognised in the middle of a sentence."""
    return len(words) == 1 and (
        len(words[0]) <= 2 or words[0] in _TOO_COMMON or not words[0].isalpha()
    )


def read_options(options: Mapping[str, str] | None) -> Options | None:
    """Prepare options; None for none. The order of the mapping does not matter."""
    return _prepared(tuple(sorted(options.items()))) if options else None


@lru_cache(maxsize=1024)
def _prepared(items: tuple[tuple[str, str], ...]) -> Options:
    labels: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    same: dict[str, str] = {}
    owner: dict[tuple[str, ...], str] = {}
    variants: dict[tuple[str, ...], set[str]] = {}
    for name, text in items:
        norms = normal_words(text, _TEXT_LIMIT) or (text.strip().lower(),)
        labels.setdefault(name.strip().upper(), name)
        words[name] = norms
        same[name] = owner.setdefault(norms, name)
        for variant in _variants(text, norms):
            variants.setdefault(variant, set()).add(same[name])
    # An option's own words go before another's variant; a variant of two options names neither.
    texts = {text: min(of) for text, of in variants.items() if len(of) == 1} | owner
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for variant, label in sorted(texts.items(), key=lambda v: (-len(v[0]), v)):
        by_first.setdefault(variant[0], []).append((variant, label))
    by_length = {first: tuple(found) for first, found in by_first.items()}
    return Options(labels, same, by_length, words, _places(words))


def _places(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    lettered = all(len(label) == 1 and label.isalpha() for label in words)
    counted = any(
        norm in _NUMBERS or any(c.isdigit() for c in norm)
        for norms in words.values()
        for norm in norms
    )
    if not lettered or counted:
        return {}
    return {str(place): label for place, label in enumerate(sorted(words), 1)}


def _label_order(label: str) -> tuple[int, str]:
    """Numbers by their value, then everything else by its letters."""
    return (int(label), "") if label.isdecimal() else (10**6, label)


def _variants(text: str, norms: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other ways to write an option: without its leading "A", without its trailing brackets."""
    bare = text.strip().strip(".")
    if _NONE_OF_THEM.fullmatch(bare):
        return [tuple(form.split()) for form in _NONE_FORMS]
    if _ALL_OF_THEM.fullmatch(bare):
        return [tuple(form.split()) for form in _ALL_FORMS]
    found: list[tuple[str, ...]] = []
    if pair := _TWO_LETTERS.fullmatch(bare):
        first, second = pair[1].lower(), pair[2].lower()
        found += [tuple(form.format(first, second).split()) for form in _BOTH_FORMS]
    if len(norms) > 1 and text.lstrip().startswith("A "):
        found.append(norms[1:])
    if bare.endswith(")") and "(" in bare[1:]:
        found.append(normal_words(bare[: bare.rindex("(")], _TEXT_LIMIT))
    return [variant for variant in found if variant]
