"""How many bare links of a completion count: as many as its reasons carry.

"Candida is less likely because of the murmur" sets a finding beside an option and does not say what
the one has to do with the other. One such sentence in an argument is how clinicians write. A text
of nothing else is a template: any finding can stand in it beside any option. So bare links count as
far as the text says why in other sentences, and a phrase of argument that comes again ("matters
because", "is explained by") says why the first time only. Bare links in a row, with no sentence
that says more between them, are a list of verdicts: the first one of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reward_service.grounding.case import Case
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.grounding.wording import ARGUING, BESIDE_ANY, VAGUE

Phrase = tuple[str, str]

# Two words for one: no phrase by themselves.
_CONNECTIVES = frozenset({("due", "to"), ("because", "of")})
_ARGUING = (Standing.REASONED, Standing.LINKED)
_SAYING_MORE = (Standing.REASONED, Standing.STATED, Standing.LINKED)


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """How many bare links count.

    alone: number of them that counts in a text that says no why.
    per_reason: how many more for each sentence that does.
    """

    alone: float = 1.0
    per_reason: float = 0.5


def with_carried_links(
    sentences: Sequence[RolloutSentence],
    norms: Sequence[str],
    case: Case,
    config: LinksConfig,
) -> list[RolloutSentence]:
    """The sentences, with those bare links marked as repeated that no reason carries.

    The first ones count, so that nothing that is added takes from what stands before it. `norms`:
    the normalized tokens of the text. What lies in the conclusion neither carries nor is marked.
    """
    arguing = [i for i, s in enumerate(sentences) if s.standing in _ARGUING and not s.concluding]
    worn = _worn(sentences, arguing, norms)
    why = {i for i in arguing if sentences[i].own and i not in worn}
    left = config.alone + config.per_reason * len(why)
    bare = {i for i in arguing if i not in why and _is_bare(sentences[i], case)}
    marked = list(sentences)
    in_a_row = False
    for i, sentence in enumerate(sentences):
        if i in bare:
            if left < 1.0 or in_a_row:
                marked[i] = sentence._replace(standing=Standing.REPEATED)
            else:
                left -= 1.0
            in_a_row = True
        elif sentence.standing in _SAYING_MORE:
            in_a_row = False
    return marked


def _is_bare(sentence: RolloutSentence, case: Case) -> bool:
    """Whether a sentence in a worn phrase, or without a word of its own, is no more than a link.

    It is more where it says in words of its own what a finding of the case has to do with an
    option. Without an option it leads nowhere, without a finding it would fit any case; where the
    case has none, nothing of it is to be had.
    """
    if sentence.standing is Standing.LINKED or not sentence.named:
        return True
    if not case.findings or sentence.measurements:
        return False
    return not any(mention.concept in case.facts.known for mention in sentence.mentions)


def _worn(
    sentences: Sequence[RolloutSentence], arguing: Sequence[int], norms: Sequence[str]
) -> set[int]:
    """Those arguing sentences that argue in a phrase of an earlier one."""
    worn: set[int] = set()
    seen: set[Phrase] = set()
    for i in arguing:
        phrases = _phrases(sentences[i], norms)
        if not seen.isdisjoint(phrases):
            worn.add(i)
        seen |= phrases
    return worn


def _phrases(sentence: RolloutSentence, norms: Sequence[str]) -> set[Phrase]:
    """Pairs of neighbouring words, outside of terms, that fit any case, one of them of argument."""
    first, last = sentence.span
    named = {k for m in sentence.mentions for k in range(m.first, m.last)}
    vague = [k not in named and norms[k] in VAGUE for k in range(first, last)]
    pairs = {
        (norms[k], norms[k + 1])
        for k in range(first, last - 1)
        if vague[k - first] and vague[k + 1 - first] and BESIDE_ANY.isdisjoint(norms[k : k + 2])
    }
    return {p for p in pairs - _CONNECTIVES if p[0] in ARGUING or p[1] in ARGUING}
