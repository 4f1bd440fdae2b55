"""Which answer options a sentence speaks of.

An option is named by its letter ("option B", "B)", "(B)"), by a concept that no other option has,
or by half of the words that tell it from the other options and from the case.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

from reward_service.grounding.facts import Facts
from reward_service.grounding.wording import UNTELLING
from reward_service.text.document import Document, Mention, SemanticType

# "B." is a letter only where a line begins: elsewhere it ends "38.9 °C." and "hepatitis B."
_LETTER = re.compile(
    r"(?:\b[Oo]ptions?|\b[Cc]hoices?|\b[Aa]nswers?)\s{1,3}\(?([A-J])\b[).:]?"
    r"|(?<![\w(°])\(?([A-J])[):](?!\w)|^[ \t*-]{0,4}([A-J])\.(?!\w)",
    re.MULTILINE,
)
# What every match holds, and how far before that one begins: the search above tries each of its
# forms at every character, so it looks only around such letters.
_LONE_LETTER = re.compile(r"[A-J](?!\w)(?<!\w[A-J])")
_BEFORE_LETTER = 12
_BEHIND_LETTER = 2
_NAMED = frozenset(
    {
        SemanticType.DISEASE,
        SemanticType.DRUG,
        SemanticType.ORGANISM,
        SemanticType.PROCEDURE,
    }
)
_TO_ITS_NAME = 3  # characters between a letter and the words that name its option: ", ", ") the"


class OptionNames:
    """Recognises the options of a case in a sentence.

    `all_words` and `all_concepts` are those of all options together.
    """

    def __init__(
        self,
        words: Mapping[str, frozenset[str]],
        concepts: Mapping[str, frozenset[str]],
        facts: Facts,
    ) -> None:
        self.all_words = frozenset().union(*words.values())
        self.all_concepts = frozenset().union(*concepts.values())
        self._words = words
        self._concepts = concepts
        self._facts = facts
        self._of_concept = {
            concept: (letter,)
            for letter, named in concepts.items()
            for concept in named - _of_others(letter, concepts)
        }
        self._telling = {
            letter: own - _of_others(letter, words) - UNTELLING - facts.holding.keys()
            for letter, own in words.items()
        }
        self._all_telling = frozenset().union(*self._telling.values())

    def in_sentence(
        self, words: Iterable[str], mentions: Iterable[Mention], lettered: Iterable[str]
    ) -> frozenset[str]:
        """Letters of the options that a sentence names. `lettered`: letters that stand in it."""
        named = self._telling.keys() & lettered
        for mention in mentions:
            named.update(self._of_concept.get(mention.concept, ()))
        told = self._all_telling.intersection(words)
        if told:
            named.update(
                letter
                for letter, telling in self._telling.items()
                if telling and 2 * len(telling & told) >= len(telling)
            )
        return frozenset(named)

    def letters_in(self, document: Document) -> dict[int, set[str]]:
        """The option letters that stand in each sentence, by the sentence's first token.

        A letter with another name ("option A, plague", where A is not) names nothing.
        """
        firsts = [sentence.first for sentence in document.sentences]
        starts = [mention.start for mention in document.mentions]
        found: dict[int, set[str]] = {}
        for match in _letters(document.text):
            letter = match[1] or match[2] or match[3]
            at = bisect_left(starts, match.end())
            if at < len(starts):
                mention = document.mentions[at]
                norms = document.norms[mention.first : mention.last]
                if self._misnames(letter, match.end(), mention, norms):
                    continue
            token = bisect_right(document.starts, match.start()) - 1
            first = firsts[max(bisect_right(firsts, token) - 1, 0)]
            found.setdefault(first, set()).add(letter)
        return found

    def _misnames(self, letter: str, end: int, mention: Mention, norms: Iterable[str]) -> bool:
        """Whether the mention stands where the option's name would and names something else."""
        words = {norm for norm in norms if norm[:1].isalnum()}
        return (
            mention.type in _NAMED
            and mention.start <= end + _TO_ITS_NAME
            and mention.concept not in self._concepts.get(letter, frozenset())
            and mention.concept not in self._facts.of_concept
            and words.isdisjoint(self._words.get(letter, frozenset()))
        )


def _letters(text: str) -> Iterator[re.Match[str]]:
    """The matches of `_LETTER` in `text`, in order."""
    free = 0
    for lone in _LONE_LETTER.finditer(text):
        begin = max(free, lone.start() - _BEFORE_LETTER)
        match = _LETTER.search(text, begin, lone.end() + _BEHIND_LETTER)
        if match is not None:
            free = match.end()
            yield match


def _of_others(letter: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What another option has too: it does not tell the options apart."""
    return frozenset().union(*(content for other, content in sets.items() if other != letter))
