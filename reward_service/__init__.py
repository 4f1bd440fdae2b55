"""A clinical reward service: verifiable rewards for accuracy, structure, faithfulness, coverage.

    from reward_service import score
    response = score({"items": [{"question": "…", "answer": "B", "completions": ["…"]}]})

The same over HTTP: `clinical-reward serve`, then `POST /score`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reward_service.wire import ScoreRequest, ScoreResponse

if TYPE_CHECKING:
    from reward_service.scoring import Scorer, ScorerConfig, score

__all__ = ["ScoreRequest", "ScoreResponse", "Scorer", "ScorerConfig", "score"]


def __getattr__(name: str) -> Any:
    # The scorer pulls in spaCy; whoever only wants the wire types or the vocabulary does not wait.
    if name in {"Scorer", "ScorerConfig", "score"}:
        from reward_service import scoring

        return getattr(scoring, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
