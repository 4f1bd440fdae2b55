"""Plain data that text analysis produces: tokens, sentences, mentions and measurements.

Nothing here refers to spaCy objects, so a document outlives the memory zone it was made in and
can be pickled. Offsets are Python string indices (code points) into `Document.text`; token ranges
are half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import NamedTuple, TypeVar


class SemanticType(StrEnum):
    """What kind of thing a concept is."""

    DISEASE = "disease"
    FINDING = "finding"  # symptom, sign, exam or lab finding, phenotype
    DRUG = "drug"  # drug or other chemical
    PROCEDURE = "procedure"  # procedure, test, therapy that is not a drug
    ANATOMY = "anatomy"
    ORGANISM = "organism"
    HISTORY = "history"  # habits, exposures, circumstances: smoking, travel, pregnancy


class Flag(IntFlag):
    """Attributes of a token, and through its head token of a mention."""

    NEGATED = 1  # "no fever"
    UNCERTAIN = 2  # "possible fever"
    FAMILY = 4  # "her mother had fever": someone other than the patient
    PAST = 8  # "history of", "two years ago"
    HYPOTHETICAL = 16  # "if fever develops", "rule out", "would", "should"
    GENERAL = 32  # "patients with X usually have Y": medical knowledge, not this case
    INFERRED = 64  # right of "suggests", "consistent with", "most likely diagnosis is"
    LACKED = 128  # "the lack of fever": not there, whatever is then argued from it


# Plain integers: testing a bit of an IntFlag costs ten times as much.
NEGATED = int(Flag.NEGATED)
FAMILY = int(Flag.FAMILY)
PAST = int(Flag.PAST)
HYPOTHETICAL = int(Flag.HYPOTHETICAL)
NOT_OF_CASE = int(Flag.GENERAL | Flag.HYPOTHETICAL)
NOT_CLAIMED = int(Flag.GENERAL | Flag.HYPOTHETICAL | Flag.INFERRED)


class Polarity(StrEnum):
    """Whether a mention says that the thing is there."""

    PRESENT = "present"
    ABSENT = "absent"


class Anchor(StrEnum):
    """What a sentence speaks of."""

    PATIENT = "patient"  # names this patient: "she", "this patient", "on examination"
    EVIDENCE = "evidence"  # "fever and rash suggest …": findings left of the cue are the case's
    GENERAL = "general"  # medical knowledge
    NONE = "none"  # no cue either way


class Sentence(NamedTuple):
    """Token range of one sentence."""

    first: int
    last: int  # exclusive


class Mention(NamedTuple):
    """A stretch of text that names a concept."""

    start: int
    end: int
    first: int  # token range, half-open
    last: int
    concept: str  # concept id in the vocabulary
    type: SemanticType
    via: str  # "exact", "abbreviation", "near", "model", "site", "measurement"
    flags: int = 0  # Flag bits

    @property
    def polarity(self) -> Polarity:
        return Polarity.ABSENT if self.flags & NEGATED else Polarity.PRESENT


class Measurement(NamedTuple):
    """A quantity with its value in a canonical unit.

    `quantity` is a fixed name ("temperature", "systolic_bp", "hemoglobin", "age", "duration" …);
    `value` and `high` (a range's upper end, else equal to `value`) are in `unit`, the canonical
    unit of that quantity; `comparison` is one of "=", "<", ">", "<=", ">=".
    `implies` lists (concept id, polarity) that follow by textbook-fixed limits.
    """

    start: int
    end: int
    first: int
    last: int
    quantity: str
    value: float
    high: float
    unit: str
    comparison: str = "="
    implies: tuple[tuple[str, Polarity], ...] = ()
    flags: int = 0


_Spanned = TypeVar("_Spanned", Mention, Measurement)


@dataclass(slots=True)
class Document:
    """An analysed text.

    `norms[i]` is the normal form of token i that the vocabulary is keyed by; it is "" for tokens
    that matching looks through (hyphens, possessive 's). `flags[i]` holds the token's `Flag` bits.
    `anchors[j]` says what sentence j speaks of, `roles[j]` what its cues do (see `Attributes`).
    """

    text: str
    norms: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[Sentence]
    anchors: list[Anchor] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.norms)

    def by_sentence(self, things: Sequence[_Spanned]) -> list[list[_Spanned]]:
        """Mentions or measurements in order of position, grouped by the sentence they begin in."""
        groups: list[list[_Spanned]] = [[] for _ in self.sentences]
        index = 0
        for thing in things:
            while thing.first >= self.sentences[index].last:
                index += 1
            groups[index].append(thing)
        return groups

    def words_of(self, sentence: Sentence) -> tuple[str, ...]:
        """Normal forms of a sentence's words: its tokens without punctuation."""
        norms = self.norms[sentence.first : sentence.last]
        return tuple([n for n in norms if n.isalnum() or n[:1].isalnum()])
