"""Which answer options a completion weighs, and with what reason.

An option is named by its letter ("option B", "B)", "(B)"), by a concept that no other option has,
or by half of the words that tell it from the other options and from the case. It is weighed where
a sentence that names it also states a reason: a word of reasoning ("because", "less likely",
"points to") or something that it is related to, with enough words of its own ("it is unlikely
because it does not fit" says nothing). A reason that is given for several options, in one sentence
or word for word in several, is shared between them: "all the others do not fit" is worth one
option, not four.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from spacy.lang.en.stop_words import STOP_WORDS

from reward_service.grounding.case import Case
from reward_service.grounding.rollout import Rollout, RolloutSentence
from reward_service.text.document import Document, Mention, SemanticType
from reward_service.text.normalize import normalize_token

# "B." is a letter only where a line begins: elsewhere it ends "38.9 °C." and "hepatitis B."
_LETTER = re.compile(
    r"(?:\b[Oo]ptions?|\b[Cc]hoices?|\b[Aa]nswers?)\s{1,3}\(?([A-J])\b[).:]?"
    r"|(?<![\w(°])\(?([A-J])[):](?!\w)|^[ \t*-]{0,4}([A-J])\.(?!\w)",
    re.MULTILINE,
)
_TO_ITS_NAME = 3  # characters between a letter and the words that name its option: ", ", ") the"


@dataclass(frozen=True, slots=True)
class OptionsConfig:
    """When an option counts as weighed.

    min_reason: number of different content words (beside the options' own) that a reason takes; a
        mention of anything else counts for two, a measurement too.
    reach: number of sentences after the one naming the option that may hold its reason, as long as
        they name no other option.
    """

    min_reason: int = 2
    reach: int = 1


class Weighing(NamedTuple):
    """How a completion weighs one option."""

    letter: str
    credit: float  # 0 to 1
    rejected: bool  # with a stated reason
    start: int  # the sentence that weighs it (or names it); -1 where there is none
    end: int
    copied: bool


class _Reason(NamedTuple):
    weighing: Weighing
    content: frozenset[str]  # the reason's words


def weigh_options(rollout: Rollout, config: OptionsConfig) -> tuple[Weighing, ...]:
    """One weighing per option, by letter."""
    letters = sorted(rollout.case.options or {})
    best: dict[str, _Reason] = {}
    for letter, reason in _reasons(rollout, config):
        known = best.get(letter)
        if known is None or _rank(reason) > _rank(known):
            best[letter] = reason
    given = Counter(reason.content for reason in best.values() if reason.weighing.credit)
    return tuple(
        reason.weighing._replace(credit=reason.weighing.credit / (given[reason.content] or 1))
        for reason in (best.get(letter, _nowhere(letter)) for letter in letters)
    )


def _nowhere(letter: str) -> _Reason:
    return _Reason(Weighing(letter, 0.0, False, -1, -1, False), frozenset())


def _rank(reason: _Reason) -> tuple[float, bool]:
    return reason.weighing.credit, reason.weighing.rejected


def _reasons(rollout: Rollout, config: OptionsConfig) -> Iterable[tuple[str, _Reason]]:
    """Every sentence of the analysis that speaks of an option, with that option's letter."""
    names = _OptionNames(rollout.case)
    lettered = _lettered(rollout.document, rollout.case)
    current: frozenset[str] = frozenset()
    distance = 0
    for sentence in rollout.sentences:
        if sentence.concluding:
            continue
        named = names.in_sentence(sentence, lettered.get(sentence.span.first, ()))
        if named:
            current, distance = named, 0
        else:
            distance += 1
            if distance > config.reach:
                current = frozenset()
        if current:
            yield from _weigh(current, rollout, sentence, names, config)


def _weigh(
    letters: frozenset[str],
    rollout: Rollout,
    sentence: RolloutSentence,
    names: _OptionNames,
    config: OptionsConfig,
) -> Iterable[tuple[str, _Reason]]:
    content = _content(sentence, names, config)
    start = rollout.document.starts[sentence.span.first]
    end = rollout.document.ends[sentence.span.last - 1]
    weighed = content is not None
    for letter in sorted(letters):
        weighing = Weighing(
            letter, float(weighed), weighed and sentence.rejects, start, end, sentence.copied
        )
        yield letter, _Reason(weighing, content or frozenset())


def _content(
    sentence: RolloutSentence, names: _OptionNames, config: OptionsConfig
) -> frozenset[str] | None:
    """The words of the reason that a sentence states; None if it states none."""
    if sentence.copied or not sentence.proper:
        return None
    others = sum(m.concept not in names.all_concepts for m in sentence.mentions)
    named = others + len(sentence.measurements)
    if not (sentence.argues or named):
        return None
    words = frozenset(sentence.words) - names.all_words - _EMPTY_WORDS
    content = frozenset(word for word in words if len(word) > 1)
    return content if len(content) + 2 * named >= config.min_reason else None


def _normal(words: str) -> frozenset[str]:
    return frozenset(normalize_token(word) for word in words.split())


# Words of options that do not tell what an option is.
_UNTELLING = _normal(
    """
    a an the of in on to with without and or for by from at as is are be no not this that than
    acute chronic severe mild normal abnormal increased decreased increase decrease elevated reduced
    high low left right primary secondary oral intravenous intramuscular subcutaneous sublingual
    daily immediate immediately repeat begin start administer perform obtain order give therapy
    treatment test testing level levels disease disorder syndrome infection deficiency patient
    """
)
# Words that fill a sentence without giving a reason.
_EMPTY_WORDS = (
    _UNTELLING
    | _normal(" ".join(STOP_WORDS))
    | _normal(
        """
        option options answer answers choice choices correct incorrect wrong right best likely
        unlikely possible plausible diagnosis because fit fits case presentation therefore thus
        consider considered considering reasonable good bad clear clearly obvious obviously sure
        """
    )
)


class _OptionNames:
    """Recognises the options of a case in a sentence.

    `all_words` and `all_concepts` are those of all options together.
    """

    def __init__(self, case: Case) -> None:
        norms = case.option_words
        self.all_words = frozenset().union(*norms.values())
        self.all_concepts = frozenset().union(*case.option_concepts.values())
        self._of_concept = {
            concept: (letter,)
            for letter, concepts in case.option_concepts.items()
            for concept in concepts - _of_others(letter, case.option_concepts)
        }
        self._telling = {
            letter: words - _of_others(letter, norms) - _UNTELLING - case.facts.holding.keys()
            for letter, words in norms.items()
        }
        self._all_telling = frozenset().union(*self._telling.values())

    def in_sentence(self, sentence: RolloutSentence, lettered: Iterable[str]) -> frozenset[str]:
        """Letters of the options that the sentence names. `lettered`: letters that stand in it."""
        named = self._telling.keys() & lettered
        for mention in sentence.mentions:
            named.update(self._of_concept.get(mention.concept, ()))
        if not self._all_telling.isdisjoint(sentence.words):
            words = self._all_telling.intersection(sentence.words)
            named.update(
                letter
                for letter, telling in self._telling.items()
                if telling and 2 * len(telling & words) >= len(telling)
            )
        return frozenset(named)


def _lettered(document: Document, case: Case) -> dict[int, set[str]]:
    """The option letters that stand in each sentence, by the sentence's first token.

    A letter with the name of another disease ("option A, plague", where A is not) names nothing.
    """
    firsts = [sentence.first for sentence in document.sentences]
    starts = [mention.start for mention in document.mentions]
    found: dict[int, set[str]] = {}
    for match in _LETTER.finditer(document.text):
        letter = match[1] or match[2] or match[3]
        named = bisect_left(starts, match.end())
        if named < len(starts) and _misnames(letter, match.end(), document.mentions[named], case):
            continue
        token = bisect_right(document.starts, match.start()) - 1
        first = firsts[max(bisect_right(firsts, token) - 1, 0)]
        found.setdefault(first, set()).add(letter)
    return found


def _misnames(letter: str, end: int, mention: Mention, case: Case) -> bool:
    """Whether the mention stands where the option's name would and is another disease."""
    concepts = case.option_concepts.get(letter, frozenset())
    return (
        mention.type is SemanticType.DISEASE
        and mention.start <= end + _TO_ITS_NAME
        and bool(concepts)
        and mention.concept not in concepts
        and mention.concept not in case.facts.of_concept
    )


def _of_others(letter: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What another option has too: it does not tell the options apart."""
    return frozenset().union(*(content for other, content in sets.items() if other != letter))
