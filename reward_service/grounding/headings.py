"""What a heading or a question that names an option lends to the sentence under it.

"C) Scarlet fever. This option is unlikely because there is no rash." The second sentence names no
option, and yet speaks of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reward_service.grounding.sentences import RolloutSentence, Standing

_POINTERS = frozenset({"this", "that", "it"})
# What stands for the option behind the pointer, or tells of it.
_OF_OPTION = frozenset(
    {"option", "choice", "answer", "diagnosis", "one", "possibility", "is", "was", "seem", "seemed"}
    | {"would", "can", "could", "may", "might", "do", "doe", "did", "fit", "remain", "appear"}
)


def under_headings(sentences: Iterable[RolloutSentence]) -> Iterator[RolloutSentence]:
    """The sentences, with the option of the heading right above them where they point to it."""
    heading: RolloutSentence | None = None
    for sentence in sentences:
        if sentence.standing is Standing.LISTED and len(sentence.named) == 1:
            if heading is not None and heading.named == sentence.named:  # "C." "Scarlet fever"
                heading = heading._replace(labelled=heading.labelled & sentence.labelled)
            else:
                heading = sentence
            yield sentence
            continue
        if heading is not None and not sentence.named and _points_to_option(sentence):
            sentence = sentence._replace(named=heading.named, labelled=heading.labelled)
        heading = None
        yield sentence


def _points_to_option(sentence: RolloutSentence) -> bool:
    """Whether it argues and begins with "this is", "this option" and the like."""
    if not sentence.argues:
        return False
    first, second = ([word for word in sentence.words if word.isalpha()] + ["", ""])[:2]
    return first in _POINTERS and second in _OF_OPTION
