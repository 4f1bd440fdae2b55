"""Whether a completion's answer is a letter and its diagnosis another disease than the letter's.

"The diagnosis is sarcoidosis \\boxed{B}", where B is tuberculosis, commits to nothing: a reader
does not know which of the two is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from reward_service.completions import Commitment, last_commitment
from reward_service.grounding.case import Case
from reward_service.text.document import NEGATED, NOT_OF_CASE, Document, Mention, SemanticType

_OPENING = (
    r"\b(?:diagnosis|answer|condition|disease|disorder|it|this)\s{1,3}"
    r"(?:is|must be|would be|has to be)\s{1,3}"
    r"(?:(?:most\s{1,3}likely|probably|clearly|therefore|thus|an?|the|acute|chronic)\s{1,3}){0,3}"
)
_STATES = re.compile(_OPENING + "$", re.IGNORECASE)
# Without this nothing is stated, whatever the analysis finds: "the answer is \\boxed{B}".
_MAY_STATE = re.compile(_OPENING + r"\n?(?!\\(?:boxed|text(?:bf)?)\{)\S", re.IGNORECASE)
_BEFORE = 80  # characters


def names_another(
    case: Case, text: str, commitment: Commitment, analysed: Callable[[], Document]
) -> bool:
    """Whether the sentence that commits states a disease that its option is not.

    Only where the chosen option names a disease, too, and shares no word with the stated one: a
    question about a drug may well say the diagnosis first. `analysed` analyses `text`; it
    is asked for only when the sentence could hold such a statement.
    """
    if len(commitment.answers) != 1 or commitment.span is None:
        return False
    diseases = case.option_diseases.get(commitment.answers[0])
    where = last_commitment(text)
    if not diseases or where is None:
        return False
    start, end = where
    if not any(word in text[start:end].lower() for word in ("diagnos", "answer", " is ")):
        return False
    if _MAY_STATE.search(text, start, end) is None:
        return False
    words = case.option_words[commitment.answers[0]]
    document = analysed()
    stated = [m for m in document.mentions if start <= m.start < end]
    return any(
        _is_other(m, document, case, diseases | words)
        and _STATES.search(text, max(start, m.start - _BEFORE), m.start)
        for m in stated
    )


def _is_other(mention: Mention, document: Document, case: Case, of_option: frozenset[str]) -> bool:
    """Whether a mention is a disease and none of the case's or the options'."""
    norms = document.norms[mention.first : mention.last]
    return (
        mention.type is SemanticType.DISEASE
        and not mention.flags & (NEGATED | NOT_OF_CASE)
        and mention.concept not in case.facts.known
        and not any(mention.concept in named for named in case.option_concepts.values())
        and of_option.isdisjoint((mention.concept, *norms))
    )
