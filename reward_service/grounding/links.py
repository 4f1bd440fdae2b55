"""How many bare links of a completion count: as many as its reasons carry.

"Candida is less likely because of the murmur" sets a finding beside an option and does not say what
the one has to do with the other. One such sentence in an argument is how clinicians write. A text
of nothing else is a template: any finding can stand in it beside any option. So bare links count as
far as the text says why in other sentences, and a phrase of argument that comes again ("matters
because", "is explained by") says why the first time only. A link that names no option ("the fever
is explained by inflammation") is a step on the way to one: a text takes as many as it has sentences
about options.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reward_service.grounding.case import Case
from reward_service.grounding.findings import tokens_of
from reward_service.grounding.sentences import ARGUMENTS, RolloutSentence, Standing
from reward_service.grounding.wording import ARGUING, BESIDE_ANY, VAGUE

Phrase = tuple[str, str]

# Two words for one: no phrase by themselves.
_CONNECTIVES = frozenset({("due", "to"), ("because", "of")})
_OF_ANY_CASE = VAGUE - BESIDE_ANY
_OF_ARGUMENT = ARGUING - BESIDE_ANY
_SILENT = (Standing.COPIED, Standing.LISTED, Standing.VOID)
_CLAIMING = (*ARGUMENTS, Standing.REPEATED, Standing.VOID)


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """How many bare links count.

    alone: number of them that counts in a text that says no why.
    per_reason: how many more for each sentence that does.
    """

    alone: float = 2.0
    per_reason: float = 0.5


def with_carried_links(
    sentences: Sequence[RolloutSentence],
    norms: Sequence[str],
    case: Case,
    chosen: frozenset[str],
    config: LinksConfig,
) -> list[RolloutSentence]:
    """The sentences, with those bare links marked as repeated that no reason carries.

    Those count that bring most, so that nothing that is added takes from a text and nothing that is
    cut out adds to it, but for what contradicts itself. `norms`: the normalized tokens of the
    text; `chosen`: the options that it commits to. What lies in the conclusion neither carries nor
    is marked.
    """
    arguing = [i for i, s in enumerate(sentences) if s.standing in ARGUMENTS and not s.concluding]
    worn = _worn(sentences, arguing, norms)
    why = {i for i in arguing if i not in worn and _says_why(sentences[i], norms, case)}
    bare = [i for i in arguing if i not in why and _is_bare(sentences[i], case)]
    contested = _said_both_ways(sentences, bare) if bare else frozenset()
    if len(bare) < 2 and not contested:
        return list(sentences)
    by_worth = sorted(bare, key=lambda i: _brings(sentences[i], case, chosen), reverse=True)
    best = _with_other_grounds_first(by_worth, sentences, case)
    steps = [i for i in best if not sentences[i].named]
    ends = sum(map(_is_about_an_option, sentences)) if case.options else len(steps)
    idle = contested.union(steps[ends:] if len(bare) > 1 else ())
    carried = _one_a_frame([i for i in best if i not in idle], sentences, norms)
    kept = carried[: int(config.alone + config.per_reason * len(why))]
    left_out = frozenset(bare).difference(kept)
    return [
        sentence._replace(standing=Standing.REPEATED) if i in left_out else sentence
        for i, sentence in enumerate(sentences)
    ]


def _said_both_ways(sentences: Sequence[RolloutSentence], bare: Iterable[int]) -> frozenset[int]:
    """Those bare links that speak of an option for which the text speaks in one sentence without a
    why, and against which in another: nothing tells which of them holds.

    It has to be plain: by the cues, of one option, and not by a predicate.
    """
    backed: set[str] = set()
    rejected: set[str] = set()
    for sentence in sentences:
        plain = sentence.standing in _CLAIMING and len(sentence.named) == 1
        if plain and not (sentence.own or sentence.concluding):
            if sentence.rejects:
                rejected |= sentence.named
            elif sentence.supports and not (sentence.opposes or sentence.against):
                backed |= sentence.named
    both = backed & rejected
    return frozenset(i for i in bare if not both.isdisjoint(sentences[i].named))


def _is_about_an_option(sentence: RolloutSentence) -> bool:
    """Whether it says of an option more than that it is the answer."""
    if not sentence.named or sentence.standing in _SILENT:
        return False
    return sentence.argues or sentence.opposes or bool(sentence.own)


def _brings(sentence: RolloutSentence, case: Case, chosen: frozenset[str]) -> float:
    """What a bare link brings to coverage, roughly: its share of the options and the findings."""
    told = sum(letter in chosen or sentence.rejects_option(letter) for letter in sentence.named)
    options = (told + len(sentence.named)) / (2 * len(case.options)) if case.options else 0.0
    named = {m.concept for m in sentence.mentions} | {m.quantity for m in sentence.measurements}
    used = sum(
        finding.weight
        for finding in case.findings
        if (finding.measurement.quantity if finding.measurement else finding.concept) in named
    )
    return options + used / (sum(finding.weight for finding in case.findings) or 1.0)


def _with_other_grounds_first(
    links: Iterable[int], sentences: Sequence[RolloutSentence], case: Case
) -> list[int]:
    """Bare links in their order, but last those that rest on nothing but what others before them
    rest on: options that are weighed by one ground share what it is worth."""
    used: set[str] = set()
    again: list[int] = []
    first: list[int] = []
    for i in links:
        grounds = _grounds(sentences[i], case)
        (again if grounds and grounds <= used else first).append(i)
        used |= grounds
    return first + again


def _one_a_frame(
    links: Iterable[int], sentences: Sequence[RolloutSentence], norms: Sequence[str]
) -> list[int]:
    """The bare links without those that set another option into the words of one before them.

    One word of argument is no frame: "suggests" stands in any text.
    """
    frames: dict[frozenset[str] | int, int] = {}
    for i in links:
        frame = _frame(sentences[i], norms) if sentences[i].named else frozenset()
        frames.setdefault(frame if len(frame) > 1 else i, i)
    return list(frames.values())


def _frame(sentence: RolloutSentence, norms: Sequence[str]) -> frozenset[str]:
    """Its words of argument outside of terms."""
    named = tokens_of(sentence.mentions)
    return frozenset(
        norms[k]
        for k in range(sentence.span.first, sentence.span.last)
        if norms[k] in _OF_ARGUMENT and k not in named
    )


def _grounds(sentence: RolloutSentence, case: Case) -> set[str]:
    """The concepts of the case and the quantities that it names."""
    known = {m.concept for m in sentence.mentions if m.concept in case.facts.known}
    return known | {m.quantity for m in sentence.measurements}


def _says_why(sentence: RolloutSentence, norms: Sequence[str], case: Case) -> bool:
    """Whether it has a word of its own beside the names of things that the case lacks."""
    own = sentence.own
    for mention in sentence.mentions if own else ():
        if mention.concept not in case.facts.known:
            own = own.difference(norms[mention.first : mention.last])
    return bool(own)


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
    named = tokens_of(sentence.mentions)
    pairs: set[Phrase] = set()
    for k in range(first, last):
        if norms[k] not in _OF_ARGUMENT or k in named:
            continue
        if k > first and norms[k - 1] in _OF_ANY_CASE and k - 1 not in named:
            pairs.add((norms[k - 1], norms[k]))
        if k + 1 < last and norms[k + 1] in _OF_ANY_CASE and k + 1 not in named:
            pairs.add((norms[k], norms[k + 1]))
    return pairs - _CONNECTIVES
