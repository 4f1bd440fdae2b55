"""Whether a stretch of tokens is a sentence, rather than a bare list of terms.

No parser runs here (it would cost more than everything else together). A stretch counts as a
sentence when it has a predicate, and enough words around the terms it names.
"""

from __future__ import annotations

from dataclasses import dataclass

from reward_service.text.document import Document, Sentence
from reward_service.text.normalize import normalize_token

_IRREGULAR = """
is are was were be been being am has have had having do does did done shows shown showed gives gave
given makes made leads led finds found rises rose fits fit lies lay goes went comes came runs ran
becomes became keeps kept feels felt began begins seen sees saw takes took can could will would may
might must should cannot
"""
_REGULAR = """
show reveal present complain report deny suggest indicate support point explain exclude cause rule
argue favor raise require represent reflect confirm demonstrate remain develop appear seem occur
accompany follow produce result involve affect contain include lack need treat respond improve
worsen persist start stop increase decrease elevate reduce match correspond account direct speak
reject eliminate consider expect provide imply signal mean help prevent block inhibit stimulate
describe note observe define characterize relate associate tell look fail allow know call use
experience suffer complicate underlie drive trigger mimic resemble differ discriminate distinguish
"""


def _forms(base: str) -> list[str]:
    stem = base[:-1] if base.endswith("e") else base
    forms = [base, stem + "ed", stem + "ing", base + "s"]
    if base.endswith("y"):
        forms += [base[:-1] + "ies", base[:-1] + "ied"]
    return forms


_PREDICATES = frozenset(
    normalize_token(form)
    for form in [*_IRREGULAR.split(), *(f for base in _REGULAR.split() for f in _forms(base))]
)


@dataclass(frozen=True, slots=True)
class SentenceConfig:
    """What makes a sentence.

    min_free: at least this share of its words lies outside the terms it names.
    """

    min_free: float = 0.25


def is_sentence(document: Document, sentence: Sentence, named: int, config: SentenceConfig) -> bool:
    """Whether it has a predicate and is not mostly terms. `named`: tokens inside mentions."""
    words = 0
    predicate = False
    for norm in document.norms[sentence.first : sentence.last]:
        if norm[:1].isalnum():
            words += 1
            predicate = predicate or norm in _PREDICATES
    return predicate and words - named >= config.min_free * words
