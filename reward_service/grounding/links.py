"""How many bare links of a completion count: as many as its reasons carry.

"Candida is less likely because of the murmur" sets a finding beside an option and does not say what
the one has to do with the other. One such sentence in an argument is how clinicians write. A text of
nothing else is a template: any finding can stand in it beside any option. So bare links count as far
as the text says why in other sentences, and a phrase of argument that comes again ("matters because",
"is less likely because of") says it the first time only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.wording import ARGUING, VAGUE

Phrase = tuple[str, str]

_ARGUING = (Standing.REASONED, Standing.LINKED)


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """How many bare links count.

    alone: number of them that counts in a text that says no why.
    per_reason: how many more for each sentence that does.
    """

    alone: float = 1.0
    per_reason: float = 0.5


def with_carried_links(
    sentences: Sequence[RolloutSentence], norms: Sequence[str], config: LinksConfig
) -> list[RolloutSentence]:
    """The sentences, with those bare links marked as repeated that no reason carries.

    The first ones count, so that nothing that is added takes from what stands before it. `norms`:
    the normalized tokens of the text. What lies in the conclusion neither carries nor is marked.
    """
    said = _say_why(sentences, norms)
    left = config.alone + config.per_reason * len(said)
    marked = list(sentences)
    for i, sentence in enumerate(sentences):
        if sentence.standing is Standing.LINKED and not sentence.concluding and i not in said:
            if left < 1.0:
                marked[i] = sentence._replace(standing=Standing.REPEATED)
            left -= 1.0
    return marked


def _say_why(sentences: Sequence[RolloutSentence], norms: Sequence[str]) -> set[int]:
    """The sentences that argue with a word of their own, each in a phrase of its own."""
    found: set[int] = set()
    seen: set[Phrase] = set()
    for i, sentence in enumerate(sentences):
        if sentence.concluding or sentence.standing not in _ARGUING:
            continue
        phrases = _phrases(sentence, norms)
        if sentence.own and seen.isdisjoint(phrases):
            found.add(i)
        seen |= phrases
    return found


def _phrases(sentence: RolloutSentence, norms: Sequence[str]) -> set[Phrase]:
    """Pairs of neighbouring words with a word of argument, outside of terms, that fit any case."""
    span = sentence.span
    named = {k for m in sentence.mentions for k in range(m.first, m.last)}
    vague = [k not in named and norms[k] in VAGUE for k in range(span.first, span.last)]
    return {
        (norms[k], norms[k + 1])
        for k in range(span.first, span.last - 1)
        if vague[k - span.first]
        and vague[k + 1 - span.first]
        and not ARGUING.isdisjoint(norms[k : k + 2])
    }
