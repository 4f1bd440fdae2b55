"""Which answer options a sentence speaks of.

An option is named by its label ("option B", "(B)", "2 is wrong"), by a concept that no other option
has, or by half of the words that tell it from the other options and from the case.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from reward_service.completions import Options, find_references
from reward_service.grounding.facts import Facts
from reward_service.grounding.wording import UNTELLING
from reward_service.text.document import Document, Mention, SemanticType, Sentence

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
        options: Options | None,
    ) -> None:
        self.all_words = frozenset().union(*words.values())
        self.all_concepts = frozenset().union(*concepts.values())
        self._words = words
        self._concepts = concepts
        self._facts = facts
        self._options = options
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

    def places(
        self,
        document: Document,
        span: Sentence,
        mentions: Iterable[Mention],
        labelled: Iterable[tuple[int, str]],
        named: frozenset[str],
    ) -> list[tuple[int, str]]:
        """Where a sentence names the options that it names, as (token, label).

        By its words only where neither a label nor a concept names the option.
        """
        found = [(at, label) for at, label in labelled if label in named]
        found += [
            (mention.first, label)
            for mention in mentions
            for label in self._of_concept.get(mention.concept, ())
        ]
        told = named - {label for _, label in found}
        if told:
            found += [
                (at, label)
                for at in range(span.first, span.last)
                for label in sorted(told)
                if document.norms[at] in self._telling.get(label, ())
            ]
        return found

    def labels_in(self, document: Document) -> dict[int, list[tuple[int, str]]]:
        """The option labels that stand in each sentence as (token, label), by its first token.

        A label with another name ("option A, plague", where A is not) names nothing.
        """
        if self._options is None:
            return {}
        firsts = [sentence.first for sentence in document.sentences]
        starts = [mention.start for mention in document.mentions]
        found: dict[int, list[tuple[int, str]]] = {}
        for reference in find_references(document.text, self._options):
            at = bisect_left(starts, reference.end)
            if at < len(starts) and len(reference.labels) == 1:
                mention = document.mentions[at]
                norms = document.norms[mention.first : mention.last]
                if self._misnames(reference.labels[0], reference.end, mention, norms):
                    continue
            token = bisect_right(document.starts, reference.start) - 1
            first = firsts[max(bisect_right(firsts, token) - 1, 0)]
            found.setdefault(first, []).extend((token, label) for label in reference.labels)
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


def _of_others(letter: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What another option has too: it does not tell the options apart."""
    return frozenset().union(*(content for other, content in sets.items() if other != letter))
