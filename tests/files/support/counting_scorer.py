"""A scorer without text analysis, in a module that worker processes can import.

The text decides what happens: "right" in it earns accuracy, "null" abstains, "fail" is a scorer
error, "die" ends the process. `slow` waits that many seconds for each item.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from reward_service.wire import (
    Abstention,
    Explanation,
    Item,
    ItemScores,
    Score,
    Scorer,
    ScoreRequest,
    ScoreResponse,
)
from reward_service.wire.errors import RequestError

NAMES = ("accuracy", "coverage")


@dataclass(frozen=True)
class CountingScorer:
    slow: float = 0.0
    fingerprint: str = "f0"

    @property
    def identity(self) -> Scorer:
        return Scorer(
            version="0", pipeline="counting", vocabulary="none", fingerprint=self.fingerprint
        )

    def score(self, request: ScoreRequest) -> ScoreResponse:
        for name in (*(request.objectives or ()), *(request.weights or ())):
            if name not in NAMES:
                raise RequestError(f"unknown objective {name!r}", "objectives")
        time.sleep(self.slow)
        items = [self._item(item, request) for item in request.items]
        return ScoreResponse(items=items, scorer=self.identity)

    def _item(self, item: Item, request: ScoreRequest) -> ItemScores:
        scores = [self._score(str(text), request) for text in item.completions]
        return ItemScores(id=item.id, scores=scores)

    def _score(self, text: str, request: ScoreRequest) -> Score:
        if "die" in text:
            os._exit(9)
        objectives: dict[str, float | None] = {
            "accuracy": float("right" in text),
            "coverage": len(text) / (len(text) + 10),
        }
        abstentions = {}
        if "null" in text:
            abstentions["accuracy"] = Abstention.NO_ANSWER_KEY
        if "fail" in text:
            abstentions = dict.fromkeys(NAMES, Abstention.SCORER_ERROR)
        objectives |= dict.fromkeys(abstentions)
        wanted = request.objectives or NAMES
        objectives = {name: value for name, value in objectives.items() if name in wanted}
        judged = [value for value in objectives.values() if value is not None]
        explanation = Explanation(text=text, case_texts={}, sections={}, answers=[], objectives={})
        return Score(
            objectives=objectives,
            abstentions={name: abstentions[name] for name in objectives if name in abstentions},
            reward=sum(judged) if judged else None,
            metrics={"words": float(len(text.split()))},
            explanation=explanation if request.explain else None,
        )
