"""The analyser: from a text to a document, by the steps of this package in their order.

    tokens → sentences → mentions (exact, abbreviations, near, model) → measurements → attributes
    → symptoms joined with their sites

Later mentions never overlap earlier ones: what the exact matcher found stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from reward_service.analysis import EMBEDDED
from reward_service.analysis.abbreviations import abbreviation_mentions
from reward_service.analysis.attributes import mention_flags, read_attributes
from reward_service.analysis.figures import without_figures
from reward_service.analysis.limits import with_implications
from reward_service.analysis.matcher import Matcher
from reward_service.analysis.measurements import find_measurements
from reward_service.analysis.models import load_model
from reward_service.analysis.near import NearMatcher
from reward_service.analysis.sites import SiteMatcher
from reward_service.text.document import NEGATED, Document, Measurement, Mention
from reward_service.text.sentences import split_sentences
from reward_service.text.tokenizer import Tokenizer
from reward_service.vocabulary import Vocabulary

_ARTICLES = frozenset({"a", "an", "the"})


class Analyzer:
    """Analyses texts with one vocabulary and, where one is named, one scispaCy model.

    `pipeline` is "embedded", or the name or folder of an installed scispaCy model whose mentions
    join the embedded ones; `name` says which pipeline it is. Equal arguments give equal documents;
    the memos inside are bounded and change nothing but time. Raises PipelineError if the model
    cannot be loaded.
    """

    def __init__(self, vocabulary: Vocabulary, pipeline: str = EMBEDDED) -> None:
        self.vocabulary = vocabulary
        self._tokenizer = Tokenizer()
        self._matcher = Matcher(vocabulary)
        self._sites = SiteMatcher(vocabulary)
        self._near = NearMatcher(vocabulary)
        self._near.prepare()
        # Limits name their findings by words; a few dozen names are asked for again and again.
        self._lookup = lru_cache(maxsize=1024)(vocabulary.lookup)
        self._model = None
        self.name = EMBEDDED
        if pipeline != EMBEDDED:
            self._model = load_model(pipeline, vocabulary, self._near)
            self.name = f"{EMBEDDED}+{self._model.name}"

    def __call__(self, text: str, *, narrative: bool = False, age: float | None = None) -> Document:
        """Analyse `text`.

        `narrative`: a case, which tells of one patient throughout. `age`: the patient's age in
        years, where another text tells it.
        """
        tokens = self._tokenizer(text)
        sentences = split_sentences(text, tokens.starts, tokens.ends)
        mentions = self._matcher.find(text, tokens)
        mentions = _joined(
            mentions, abbreviation_mentions(text, tokens, mentions, self._tokenizer.nlp)
        )
        mentions = _joined(mentions, self._near.find(text, tokens, mentions))
        if self._model is not None:
            mentions = _joined(mentions, self._model.find(text, tokens))
        mentions = without_figures(mentions, tokens.norms)
        measurements = with_implications(find_measurements(text, tokens), text, self._lookup, age)
        spans = [(m.first, m.last) for m in mentions]
        attributes = read_attributes(text, tokens, sentences, spans, narrative=narrative)
        flags = attributes.flags
        return Document(
            text,
            tokens.norms,
            tokens.starts,
            tokens.ends,
            sentences,
            attributes.anchors,
            attributes.roles,
            flags,
            self._sites.join(tokens, [_flagged(mention, flags) for mention in mentions], flags),
            [_flagged_measurement(m, flags, tokens.norms) for m in measurements],
        )


def _joined(mentions: list[Mention], more: list[Mention]) -> list[Mention]:
    """`mentions` and those of `more` that overlap none of them, by position."""
    if not more:
        return mentions
    taken = {token for m in mentions for token in range(m.first, m.last)}
    added = []
    for mention in more:
        tokens = range(mention.first, mention.last)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            added.append(mention)
    return sorted([*mentions, *added], key=lambda m: m.start)


def _flagged(mention: Mention, flags: list[int]) -> Mention:
    """The mention with its head's flags; "not afebrile" is a double negation."""
    bits = mention_flags(flags, mention.first, mention.last)
    if not bits:
        return mention
    start, end, first, last, concept, kind, via, own = mention
    return Mention(start, end, first, last, concept, kind, via, bits ^ (own & NEGATED))


def _flagged_measurement(
    measurement: Measurement, flags: list[int], norms: Sequence[str]
) -> Measurement:
    """The measurement with its last token's flags. It is denied by "not" alone, right before it or
    in it: "no fever of 38 °C" negates the fever."""
    first, last = measurement.first, measurement.last
    bits = flags[last - 1] & ~NEGATED
    before = norms[max(0, first - 2) : first]
    if before[-1:] and before[-1] in _ARTICLES:
        before = before[:-1]
    if before[-1:] == ["not"] or "not" in norms[first:last]:
        bits |= NEGATED
    return measurement._replace(flags=bits) if bits else measurement
