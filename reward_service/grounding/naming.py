"""Which answer options a sentence speaks of.

An option is named by its label ("option B", "(B)", "2 is wrong"), by a concept that no other option
has, by half of the words that tell it from the other options and from the case (in any of their
forms; vague ones tell nothing), by its whole wording where no word tells it from the others
(`grounding.spelled`), by the head of a longer text ("the gammopathy"), by its class or use
(`grounding.classes`), or by what it is a kind of (`vocabulary.kinds`).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from reward_service.completions import Options, Reference, find_references
from reward_service.grounding.classes import OptionClasses, OtherName
from reward_service.grounding.facts import Facts
from reward_service.grounding.spelled import SpelledOut
from reward_service.grounding.stems import head_of, stem
from reward_service.grounding.wording import VAGUE
from reward_service.text.document import Document, Mention, SemanticType, Sentence
from reward_service.vocabulary.kinds import broader

_NAMED = frozenset(
    {
        SemanticType.DISEASE,
        SemanticType.DRUG,
        SemanticType.ORGANISM,
        SemanticType.PROCEDURE,
    }
)
_REMARK_ENDS = re.compile(r"\)\s?[.;]")  # behind "(incorrect option 2"
_TO_ITS_NAME = 3  # characters between a letter and the words that name its option: ", ", ") the"


class OptionNames:
    """Recognises the options of a case in a sentence.

    `all_words` and `all_concepts` are those of all options together. `norms` are the normal forms
    of each option's tokens, in order.
    """

    def __init__(
        self,
        norms: Mapping[str, Sequence[str]],
        words: Mapping[str, frozenset[str]],
        concepts: Mapping[str, frozenset[str]],
        facts: Facts,
        options: Options | None,
    ) -> None:
        self.all_words = frozenset().union(*words.values())
        self.all_concepts = frozenset().union(*concepts.values())
        self._words = words
        self._concepts = concepts
        self._wordings = {letter: _alphanumeric(own) for letter, own in norms.items()}
        self._facts = facts
        self._options = options
        self._of_concept = {
            concept: (letter,)
            for letter, named in concepts.items()
            for concept in named - _of_others(letter, concepts)
        }
        self._broader = _broader(concepts, facts)
        stems = {letter: _stems(own - VAGUE) - VAGUE for letter, own in words.items()}
        known = _stems(facts.holding)
        self._telling = {
            letter: own - _of_others(letter, stems) - known for letter, own in stems.items()
        }
        heads = {letter: stem(head_of(norms[letter])) for letter in words}
        self._by_words = _by_words(self._telling, heads)
        told = {letter for letters in self._of_concept.values() for letter in letters}
        untold = [k for k, forms in self._telling.items() if not forms and k not in told]
        self._spelled = SpelledOut(norms, untold, facts)
        self._classes = OptionClasses(norms, facts.affirmed)

    def in_sentence(
        self, words: tuple[str, ...], mentions: Iterable[Mention], lettered: Iterable[str]
    ) -> frozenset[str]:
        """Letters of the options that a sentence names. `lettered`: letters that stand in it."""
        named = self._telling.keys() & lettered
        for mention in mentions:
            if mention.concept in self._of_concept:
                named.update(self._of_concept[mention.concept])
        return self._by_words(words).union(named, self._spelled.find(words))

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
        if not named:
            return []
        found = [(at, label) for at, label in labelled if label in named]
        found += [
            (mention.first, label)
            for mention in mentions
            for label in self._of_concept.get(mention.concept, ())
        ]
        told = named - {label for _, label in found}
        if told:
            spelled = self._spelled.find(document.norms[span.first : span.last])
            found += [(span.first + spelled[k], k) for k in sorted(told & spelled.keys())]
            stems = [stem(norm) for norm in document.norms[span.first : span.last]]
            for label in sorted(told):
                telling = self._telling.get(label, frozenset())
                found += [
                    (at, label) for at, form in enumerate(stems, span.first) if form in telling
                ]
        return found

    def others_in(self, document: Document) -> Mapping[int, list[OtherName]]:
        """The options that each sentence names otherwise, by its first token: by a class or use, by
        what they are a kind of, by what several have ("vancomycin" of "oral vancomycin" and
        "intravenous vancomycin")."""
        others = self._classes.in_document(document)
        if self._broader:
            firsts = [sentence.first for sentence in document.sentences]
            for mention in document.mentions:
                letters = self._broader.get(mention.concept)
                if letters is not None and mention.type in _NAMED:
                    first = firsts[max(bisect_right(firsts, mention.first) - 1, 0)]
                    name = OtherName(mention.first, letters, is_use=False)
                    others.setdefault(first, []).append(name)
        return others

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
            if at < len(starts) and len(reference.labels) == 1 and not _closes(document, reference):
                mention = document.mentions[at]
                norms = document.norms[mention.first : mention.last]
                if self._misnames(reference.labels[0], reference.end, mention, norms):
                    continue
            token = bisect_right(document.starts, reference.start) - 1
            first = firsts[max(bisect_right(firsts, token) - 1, 0)]
            found.setdefault(first, []).extend((token, label) for label in reference.labels)
        return found

    def in_full(
        self, document: Document, span: Sentence, labels: Iterable[tuple[int, str]]
    ) -> dict[int, str]:
        """The tokens of a sentence in which a label stands beside its option's whole wording.

        Such words name that option and no other: "option B, abdominal CT without contrast".
        """
        found: dict[int, str] = {}
        norms = document.norms
        at = [k for k in range(span.first, span.last) if norms[k][:1].isalnum()]
        for token, letter in labels:
            wording = self._wordings.get(letter, ())
            label = bisect_left(at, token)
            # Behind "B" or "option B", or before it.
            for first in (label + 1, label + 2, label - len(wording)):
                named = at[first : first + len(wording)] if first >= 0 else []
                if wording and tuple(norms[k] for k in named) == wording:
                    found |= dict.fromkeys(range(named[0], named[-1] + 1), letter)
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


def _closes(document: Document, reference: Reference) -> bool:
    """Whether a label ends a sentence's last remark: "(incorrect option 2). Plague is …"."""
    opened = document.text[max(0, reference.start - 1)] == "("
    return not opened and bool(_REMARK_ENDS.match(document.text, reference.end))


def _broader(concepts: Mapping[str, frozenset[str]], facts: Facts) -> dict[str, frozenset[str]]:
    """What several options name, and what only one is a kind of, with these options.

    Not what all have, and not what the case speaks of.
    """
    holders: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for letter, named in concepts.items():
        for concept in named:
            holders.setdefault(concept, set()).add(letter)
            for kind in broader(concept):
                kinds.setdefault(kind, set()).add(letter)
    found = {
        concept: frozenset(letters)
        for concept, letters in holders.items()
        if 1 < len(letters) < len(concepts)
    }
    found |= {
        kind: frozenset(letters)
        for kind, letters in kinds.items()
        if len(letters) == 1 < len(concepts) and kind not in holders
    }
    return {concept: found[concept] for concept in found.keys() - facts.of_concept.keys()}


def _by_words(
    telling: Mapping[str, frozenset[str]], heads: Mapping[str, str]
) -> Callable[[tuple[str, ...]], frozenset[str]]:
    """Finds the letters that words name: by half of an option's telling stems, or by its head.

    Asked again for the same words, it remembers.
    """
    owner = {form: letter for letter, forms in telling.items() for form in forms}

    @lru_cache(maxsize=1)
    def named(words: tuple[str, ...]) -> frozenset[str]:
        told = owner.keys() & map(stem, words)
        if not told:
            return frozenset()
        return frozenset(
            [
                letter
                for letter in {owner[form] for form in told}
                if 2 * len(telling[letter] & told) >= len(telling[letter])
                or heads[letter] in telling[letter] & told
            ]
        )

    return named


def _alphanumeric(norms: Sequence[str]) -> tuple[str, ...]:
    return tuple(norm for norm in norms if norm[:1].isalnum())


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(stem, words))


def _of_others(letter: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What another option has too: it does not tell the options apart."""
    return frozenset().union(*(content for other, content in sets.items() if other != letter))
