"""A scorer in place of the real one, that pays for words it can count."""

from __future__ import annotations

from reward_service.wire import ItemScores, Score, Scorer, ScoreRequest, ScoreResponse


class PayingScorer:
    """faithfulness: share of five when the text says "beer"; coverage: 0.1 for each "fever".

    accuracy is 1 when the key's box is the only one. Without "?" in the question faithfulness
    abstains.
    """

    identity = Scorer(version="0", pipeline="none", vocabulary="none", fingerprint="f" * 16)

    def score(self, request: ScoreRequest) -> ScoreResponse:
        items = [
            ItemScores(id=item.id, scores=[self._one(item, str(c)) for c in item.completions])
            for item in request.items
        ]
        return ScoreResponse(items=items, scorer=self.identity)

    def _one(self, item, text: str) -> Score:  # type: ignore[no-untyped-def]
        right = text.count("\\boxed{") == 1 and f"\\boxed{{{item.answer}}}" in text
        objectives: dict[str, float | None] = {
            "accuracy": float(right),
            "structure": 1.0,
            "faithfulness": 0.2 if "beer" in text.lower() else 0.0,
            "coverage": round(min(1.0, 0.1 * text.lower().count("fever")), 6),
        }
        abstentions = {}
        if "?" not in item.question:
            objectives["faithfulness"] = None
            abstentions["faithfulness"] = "no_findings_in_case"
        reward = 10 * right + sum(objectives[n] or 0.0 for n in ("faithfulness", "coverage"))
        return Score(
            objectives=objectives,
            abstentions=abstentions,
            reward=round(reward, 6),
            metrics={"words": len(text.split())},
        )
