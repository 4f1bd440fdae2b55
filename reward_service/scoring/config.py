"""The settings that scores depend on. Equal configs (and code and vocabulary) give equal scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reward_service.analysis import EMBEDDED
from reward_service.completions import Tags
from reward_service.judge.config import JudgeConfig

OFF = "off"

COMMON_METRICS: dict[str, str] = {
    "words": "length of the completion in words, split at white space",
}
"""What every answer reports, whichever objectives it judges: name → meaning."""


@dataclass(frozen=True, slots=True)
class ScorerConfig:
    """What a `Scorer` is built from.

    pipeline: "embedded", or the name or folder of an installed scispaCy model whose mentions join
        the embedded ones.
    similarity: "off", or the folder or installed package of a sentence encoder that finds the
        case's findings in other words.
    judge: the endpoint behind the objective `judge`; without one there is no such objective.
    tags: names of the section tags.
    weights: over the objectives' default weights.
    max_chars: a longer text is not analysed; what needs it abstains with `too_long`.
    case_cache: number of analysed cases to keep.
    """

    pipeline: str = EMBEDDED
    similarity: str = OFF
    judge: JudgeConfig | None = None
    tags: Tags = field(default_factory=Tags)
    weights: Mapping[str, float] = field(default_factory=dict)
    max_chars: int = 200_000
    case_cache: int = 256
