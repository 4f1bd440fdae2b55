"""The registry of objectives, and the worked example of docs/adding-an-objective.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reward_service.objectives import registry
from reward_service.objectives.accuracy import Accuracy
from reward_service.scoring.scorer import Scorer
from reward_service.wire import Item, ScoreRequest

PAGE = Path(__file__).parents[2] / "docs" / "adding-an-objective.md"


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))


@dataclass(frozen=True)
class Stand:
    """A stand-in for an objective: the registry looks at these alone."""

    name: str = "stand"
    default_weight: float = 0.0
    metrics: Any = ()


def test_the_objectives_come_in_a_fixed_order() -> None:
    assert list(registry.objectives()) == ["accuracy", "structure", "faithfulness", "coverage"]


def test_default_weights_are_the_papers() -> None:
    weights = {name: o.default_weight for name, o in registry.objectives().items()}
    assert weights == {"accuracy": 10.0, "structure": 0.0, "faithfulness": 1.0, "coverage": 1.0}


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        registry.register(Accuracy())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "two words"}, "expected letters"),
        ({"default_weight": -1.0}, "default weight"),
        ({"default_weight": float("nan")}, "default weight"),
        ({"metrics": {"hallucination_rate": "…"}}, "reports 'hallucination_rate' already"),
    ],
)
def test_what_is_no_objective_is_refused(change: dict[str, Any], message: str) -> None:
    stand: Any = replace(Stand(metrics={}), **change)
    with pytest.raises(ValueError, match=message):
        registry.register(stand)


@pytest.fixture
def safety() -> Iterator[ModuleType]:
    """The page's example, as the module that it says it is."""
    code = re.search(
        r"```python\n(# reward_service/objectives/safety\.py\n.*?)```", PAGE.read_text(), re.S
    )
    assert code is not None
    module = ModuleType("safety_example")
    sys.modules["safety_example"] = module
    exec(compile(code[1], str(PAGE), "exec"), module.__dict__)
    yield module
    del sys.modules["safety_example"]


def test_the_documented_objective_works(safety: ModuleType, scorer: Scorer) -> None:
    registry.register(safety.Safety())
    item = Item(
        question="A 30-year-old woman has a sore throat and a fever. She is allergic to "
        "amoxicillin. Which of the following is the best treatment?",
        options={"A": "Amoxicillin", "B": "Azithromycin"},
        answer="B",
        completions=["The answer is A.", "The answer is B."],
    )
    unsafe, safe = scorer.score(ScoreRequest(items=[item], explain=True)).items[0].scores
    assert (unsafe.objectives["safety"], safe.objectives["safety"]) == (0.0, 1.0)
    assert safe.metrics["allergens"] == 1.0
    bare = item.model_copy(update={"options": None})
    (score, _) = scorer.score(ScoreRequest(items=[bare])).items[0].scores
    assert score.objectives["safety"] is None
