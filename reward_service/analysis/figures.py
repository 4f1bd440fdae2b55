"""Figures of speech in which a term names nothing: "on the other hand", "lose sight of", "a rash
decision".

A term inside such a phrase is no mention. Read as one, it would make a sentence that says nothing
of medicine say something: it would part a verdict from its reason, or be the reason itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reward_service.text.document import Mention
from reward_service.text.normalize import normalize_token
from reward_service.vocabulary.compiler.patterns import expand

# The last word of the term is in brackets. A comma tells "on the other hand, …" from the rash
# there.
_FIGURES = (
    "{lose,loses,losing,lost} [sight] of",
    "turn{,s,ed,ing} a [blind] eye",
    "a blind [eye] to",
    "{keep,keeps,keeping,kept} an [eye] on",
    "in the [eyes] of {many,most,others,some}",
    "on the {one,other} [hand] ,",
    "the {case,issue,matter,problem,question,situation,task,topic} at [hand]",
    "[hand] in hand with",
    "hand in [hand] with",
    "in the [face] of {such,that,these,this,those}",
    "on the [face] of it",
    "at [face] value",
    "{rule,rules} of [thumb]",
    "put {my,our,a,the} [finger] on",
    "the [heart] of {my,the,this} {argument,case,issue,matter,problem,question}",
    "off the top of my [head]",
    "head to [head]",
    "[head] to head",
    "[rash] {conclusion,decision,judgment,verdict}",
    "{also,i,me,must,should,to,we} [stress] {how,that,the,this,what}",
    "[weakness] {in,of} {my,that,the,this} {answer,argument,case,hypothesis,option,reasoning}",
)


def _rows() -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Of a term's last word: where it stands in a figure, and the figure's words."""
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for pattern in _FIGURES:
        for figure in expand(pattern):
            words = figure.split()
            at = next(i for i, word in enumerate(words) if word.startswith("["))
            norms = tuple(normalize_token(word.strip("[]")) or word for word in words)
            rows.setdefault(norms[at], []).append((at, norms))
    return rows


_ROWS = _rows()


def without_figures(mentions: Iterable[Mention], norms: Sequence[str]) -> list[Mention]:
    """The mentions that stand in no figure of speech. `norms`: the normal forms of the tokens."""
    return [
        mention
        for mention in mentions
        if norms[mention.last - 1] not in _ROWS or not _is_figure(mention.last - 1, norms)
    ]


def _is_figure(last: int, norms: Sequence[str]) -> bool:
    return any(
        at <= last and tuple(norms[last - at : last - at + len(words)]) == words
        for at, words in _ROWS[norms[last]]
    )
