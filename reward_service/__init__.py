"""A clinical reward service: verifiable rewards for accuracy, structure, faithfulness, coverage.

    from reward_service import score
    response = score({"items": [{"question": "…", "answer": "B", "completions": ["…"]}]})

The same over HTTP: `clinical-reward serve`, then `POST /score`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from reward_service.wire import ScoreRequest, ScoreResponse

if TYPE_CHECKING:
    from reward_service.scoring.config import ScorerConfig
    from reward_service.scoring.default import score
    from reward_service.scoring.scorer import Scorer

__all__ = ["ScoreRequest", "ScoreResponse", "Scorer", "ScorerConfig", "score"]

# Loaded when first asked for: whoever only wants the wire types does not wait for spaCy.
_LATER = {
    "Scorer": "reward_service.scoring.scorer",
    "ScorerConfig": "reward_service.scoring.config",
    "score": "reward_service.scoring.default",
}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
