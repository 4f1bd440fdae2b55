"""Options that only their whole wording tells apart: "multifocal clonic" beside "focal clonic" and
"multifocal tonic clonic".

Every word of such an option is another option's or the case's, so no word of it names it. It is
named where its telling words stand one after the other, with nothing but vague words between them.
The longest wording wins: "multifocal tonic clonic" does not also name "tonic clonic".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reward_service.grounding.facts import Facts
from reward_service.grounding.stems import stem
from reward_service.grounding.wording import UNTELLING

_FEWEST = 2  # words; one alone would be named wherever it stands


class SpelledOut:
    """Finds the options `letters` by their wording.

    `norms`: the normal forms of each option, in order.
    """

    def __init__(
        self, norms: Mapping[str, Sequence[str]], letters: Iterable[str], facts: Facts
    ) -> None:
        wordings = {
            letter: tuple([form for _, form in _telling(own)]) for letter, own in norms.items()
        }
        told = Counter(wordings.values())
        self._letters = frozenset(
            letter
            for letter in letters
            if len(wordings[letter]) >= _FEWEST
            and told[wordings[letter]] == 1
            and not facts.sentences_with(frozenset(filter(_is_word, norms[letter])))
        )
        # Longer ones first, so that they take their words from the shorter ones.
        self._wordings = sorted(
            ((wording, letter) for letter, wording in wordings.items() if wording),
            key=lambda row: (-len(row[0]), row),
        )

    def find(self, norms: Sequence[str]) -> dict[str, int]:
        """Where the first token of each option's wording stands in `norms`."""
        if not self._letters:
            return {}
        places = _telling(norms)
        forms = [form for _, form in places]
        taken = [False] * len(forms)
        found: dict[str, int] = {}
        for wording, letter in self._wordings:
            size = len(wording)
            for i in range(len(forms) - size + 1):
                if tuple(forms[i : i + size]) == wording and not any(taken[i : i + size]):
                    taken[i : i + size] = [True] * size
                    if letter in self._letters:
                        found.setdefault(letter, places[i][0])
        return found


def _telling(norms: Sequence[str]) -> list[tuple[int, str]]:
    """The places of the words that are not vague, with their stems."""
    return [
        (i, stem(norm)) for i, norm in enumerate(norms) if _is_word(norm) and norm not in UNTELLING
    ]


def _is_word(norm: str) -> bool:
    return norm[:1].isalnum()
