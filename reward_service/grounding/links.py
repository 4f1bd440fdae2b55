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


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """How many bare links count.

    alone: number of them that counts in a text that says no why.
    per_reason: how many more for each sentence that does.
    own: so many telling words of its own say why.
    """

    alone: float = 1.0
    per_reason: float = 0.5
    own: int = 2


def with_carried_links(
    sentences: Sequence[RolloutSentence], norms: Sequence[str], config: LinksConfig
) -> list[RolloutSentence]:
    """The sentences, with those links marked as repeated that no reason carries.

    The first ones count, so that nothing that is added takes from what stands before it. `norms`:
    the normalized tokens of the text. What lies in the conclusion neither carries nor is marked.
    """
    left = config.alone + config.per_reason * _reasons(sentences, norms, config)
    marked = []
    for sentence in sentences:
        if sentence.standing is Standing.LINKED and not sentence.concluding:
            if left < 1.0:
                sentence = sentence._replace(standing=Standing.REPEATED)
            left -= 1.0
        marked.append(sentence)
    return marked


def _reasons(
    sentences: Sequence[RolloutSentence], norms: Sequence[str], config: LinksConfig
) -> int:
    """Number of sentences that say why, each in a phrase of argument of its own."""
    count = 0
    seen: set[Phrase] = set()
    for sentence in sentences:
        if sentence.concluding or sentence.standing not in (Standing.REASONED, Standing.LINKED):
            continue
        phrases = _phrases(sentence, norms)
        reasons = sentence.standing is Standing.REASONED and len(sentence.own) >= config.own
        count += reasons and seen.isdisjoint(phrases)
        seen |= phrases
    return count


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
