"""Figures of speech in which a term names nothing: "on the other hand", "lose sight of", "a rash
decision".

A term inside such a phrase (`figures.tsv`) is no mention. Read as one, it would make a sentence
that says nothing of medicine say something: it would part a verdict from its reason, or be the
reason itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reward_service.text.document import Mention
from reward_service.text.normalize import normalize_token
from reward_service.text.tables import table_lines
from reward_service.vocabulary.compiler.patterns import expand


def _rows() -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    """Of a term's last word: where it stands in a figure, and the figure's words."""
    rows: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for pattern in table_lines("reward_service.analysis", "figures.tsv"):
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
