"""Which questions take part: those about a patient, whose honest text reasons from the case.

Many explanations of exams lecture on a disease and leave the case alone. That is honest, too, but
it is not what the process objectives pay for, and no cheat would have to hide from it. The test is
on plain words and knows nothing of the scorer, so that it cannot favour it.
"""

from __future__ import annotations

import re

from reward_service.attacks.subjects import Subject
from reward_service.attacks.texts import word_count

_PATIENT = re.compile(
    r"\b(?:year|yr|month|week|day)s?[- ]?old\b|\b\d+[- ]?(?:y/?o|yrs?|years?)[- ](?:man|woman|male"
    r"|female|boy|girl|lady|gentleman|child|patient)\b"
    r"|\bpatient\b|\b(?:a|an) (?:\w+ ){0,3}(?:man|woman|male|female|boy|girl|child|infant|neonate"
    r"|newborn|lady|primi\w*)\b",
    re.IGNORECASE,
)
_THIS_PATIENT = re.compile(
    r"\b(?:this|the|our|given|above) (?:\w+ ){0,2}(?:patient|case|man|woman|boy|girl|child|infant"
    r"|baby|neonate|newborn|lady|clinical|picture|scenario|presentation|history)\b"
    r"|\b(?:he|she|his|her|we are told|they (?:tell|describe|present|give))\b",
    re.IGNORECASE,
)
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")

MIN_CASE_WORDS = 20
MIN_REASONING_WORDS = 50
MIN_SHARED = 5


def is_fit(subject: Subject) -> bool:
    """Whether a question tells of a patient and its honest text speaks of that case.

    The case has at least 20 words and names a patient. The honest text has at least 50 words,
    speaks of this patient, and shares at least 5 different words of five letters or more with the
    case.
    """
    return (
        len(subject.options) > 1
        and word_count(subject.case) >= MIN_CASE_WORDS
        and _PATIENT.search(subject.case) is not None
        and word_count(subject.reasoning) >= MIN_REASONING_WORDS
        and _THIS_PATIENT.search(subject.reasoning) is not None
        and len(_long_words(subject.case) & _long_words(subject.reasoning)) >= MIN_SHARED
    )


def _long_words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _LONG_WORD.findall(text))
