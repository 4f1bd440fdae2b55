"""Sentences that go on lecturing: about a disease or an option in general, not about this patient.

"Rubella usually causes a rash. Its complications are arthritis and encephalitis." The second
sentence has no word such as "usually", and yet it says of nobody that he has arthritis. A lecture
begins with general knowledge or with a heading that names an option ("Rubella:"). It goes on until
a sentence speaks of the patient, says what there is or is not, or names something that the case
states. A sentence that names nothing of medicine neither begins nor ends one, unless it speaks of
the patient.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from reward_service.grounding.case import Case
from reward_service.grounding.findings import words_of
from reward_service.grounding.sentences import RolloutSentence, Standing
from reward_service.text.document import Anchor, Document, SemanticType

_IS = frozenset({"is", "are", "was", "were"})


def lectured(
    sentences: Iterable[RolloutSentence], document: Document, case: Case
) -> frozenset[int]:
    """The tokens of `document` at which the sentences begin that go on with a lecture."""
    found: set[int] = set()
    going_on = False
    for sentence in sentences:
        if not (sentence.mentions or sentence.measurements or sentence.named):
            going_on = going_on and sentence.anchor is not Anchor.PATIENT
            continue
        opens = sentence.anchor is Anchor.GENERAL or _is_heading(sentence)
        if (opens or going_on) and not _is_of_the_case(sentence, document, case):
            found.add(sentence.span.first)
            going_on = True
        else:
            going_on = opens
    return frozenset(found)


def _is_heading(sentence: RolloutSentence) -> bool:
    return sentence.standing is Standing.LISTED and bool(sentence.named)


def _is_of_the_case(sentence: RolloutSentence, document: Document, case: Case) -> bool:
    """Whether it speaks of the patient, or names something that the case states.

    Body parts are no such thing, and neither are options of which the case does not speak.
    """
    if sentence.anchor is Anchor.PATIENT or _tells_what_there_is(sentence):
        return True
    facts, options = case.facts, case.names.all_concepts
    return any(value.quantity in facts.of_quantity for value in sentence.measurements) or any(
        mention.concept in facts.known or facts.sentences_with(words_of(document, mention))
        for mention in sentence.mentions
        if mention.type is not SemanticType.ANATOMY
        and (mention.concept not in options or mention.concept in facts.of_concept)
    )


def _tells_what_there_is(sentence: RolloutSentence) -> bool:
    """ "There is no fever" tells of somebody, "there may be fever" of nobody."""
    words = sentence.words
    return (
        sentence.anchor is not Anchor.GENERAL
        and "there" in words
        and any(first == "there" and second in _IS for first, second in pairwise(words))
    )
