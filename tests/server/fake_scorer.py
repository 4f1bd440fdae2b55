"""A scorer without text analysis, in the shape of the real one, that can also misbehave.

A completion that contains one of these words makes it do so:
CRASH ends the process, HANG never returns, RAISE raises, EAT takes all memory that it gets.
"""

from __future__ import annotations

import os
import threading
import time

from reward_service.server.catalogue import Catalogue, Loaded, ObjectiveInfo
from reward_service.wire import (
    Abstention,
    Item,
    ItemScores,
    Score,
    Scorer,
    ScoreRequest,
    ScoreResponse,
)
from reward_service.wire.errors import PipelineError, RequestError

OBJECTIVES = ("accuracy", "structure", "faithfulness", "coverage")


ACCURACY = ObjectiveInfo(
    name="accuracy",
    summary="1 for the keyed answer.",
    default_weight=10,
    weight=10,
    metrics={},
    abstentions=[Abstention.NO_ANSWER_KEY],
)


def load_fake(config: object = None) -> Loaded:
    """What `reward_service.server.loading.load` is to the real scorer."""
    scorer = FakeScorer(config)
    return Loaded(
        scorer, Catalogue(objectives=[ACCURACY], metrics={}, abstentions={}, scorer=scorer.identity)
    )


class FakeScorer:
    """Scores depend on the completion's text alone. `config` "broken" fails to load."""

    def __init__(self, config: object = None) -> None:
        if config == "broken":
            raise PipelineError("no such pipeline: pip install it")
        self.seconds = config if isinstance(config, float) else 0.0
        self.identity = Scorer(version="0", pipeline="fake", vocabulary="none", fingerprint="f" * 8)

    def score(self, request: ScoreRequest) -> ScoreResponse:
        for number, name in enumerate(request.objectives or ()):
            if name not in OBJECTIVES:
                raise RequestError(f"unknown objective '{name}'", f"objectives[{number}]")
        items = [self._item(item, request) for item in request.items]
        return ScoreResponse(items=items, scorer=self.identity)

    def _item(self, item: Item, request: ScoreRequest) -> ItemScores:
        names = [name for name in OBJECTIVES if name in (request.objectives or OBJECTIVES)]
        return ItemScores(
            id=item.id, scores=[self._score(str(c), item, names) for c in item.completions]
        )

    def _score(self, text: str, item: Item, names: list[str]) -> Score:
        if "CRASH" in text:
            os._exit(7)
        if "HANG" in text:
            time.sleep(3600)
        if "EAT" in text:
            eaten = [bytes(50_000_000) for _ in range(20)]
            raise AssertionError(f"{len(eaten)} pieces were not too much")
        if "RAISE" in text:
            raise ValueError(f"cannot score {text}")
        time.sleep(self.seconds)
        share = (len(text) % 7) / 7
        right = float(f"answer is {item.answer}" in text)
        values = {name: right if name == "accuracy" else share for name in names}
        return Score(
            objectives=values,
            abstentions={},
            reward=sum(values.values()),
            metrics={"words": float(len(text.split()))},
        )


class GatedScorer(FakeScorer):
    """A completion that contains WAIT is scored only once the gate is open."""

    def __init__(self, gate: threading.Event) -> None:
        super().__init__()
        self._gate = gate

    def _score(self, text: str, item: Item, names: list[str]) -> Score:
        if "WAIT" in text:
            assert self._gate.wait(60), "the test never opened the gate"
        return super()._score(text, item, names)
