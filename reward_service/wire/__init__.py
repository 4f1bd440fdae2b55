"""Wire types: what a request and a response look like, for every face."""

from reward_service.wire.codes import ABSTENTION_MEANINGS, Abstention, ErrorCode, Outcome
from reward_service.wire.request import Item, Message, ScoreRequest
from reward_service.wire.response import (
    CaseSpan,
    Evidence,
    Explanation,
    ItemScores,
    ObjectiveExplanation,
    Score,
    Scorer,
    ScoreResponse,
    Span,
)

__all__ = [
    "ABSTENTION_MEANINGS",
    "Abstention",
    "CaseSpan",
    "ErrorCode",
    "Evidence",
    "Explanation",
    "Item",
    "ItemScores",
    "Message",
    "ObjectiveExplanation",
    "Outcome",
    "Score",
    "ScoreRequest",
    "ScoreResponse",
    "Scorer",
    "Span",
]
