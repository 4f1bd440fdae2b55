"""The service must be, and stay, the one that the run was configured for."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable

import httpx
import pytest
from reward_stub import SCORER, Stub, answer, item

from trainer import RewardClient
from trainer.client import Expectation, ExpectationError, ScorerChangedError

Make = Callable[..., RewardClient]
OTHER = SCORER | {"fingerprint": "f2"}


def changing(change_at: int) -> Stub:
    """A service whose scorer is another one from request `change_at` on."""
    return Stub(
        lambda body, before: (
            httpx.Response(200, json=answer(body, scorer=OTHER)) if before >= change_at else None
        )
    )


def test_the_description_says_what_is_judged(client_of: Make) -> None:
    client = client_of(Stub(), expect=Expectation(("coverage",), "f1"))
    described = client.describe()
    assert described.names == ("accuracy", "coverage")
    assert [objective.weight for objective in described.objectives] == [10.0, 1.0]
    assert list(described.metrics) == ["recall", "words"]
    assert described.abstentions == {"no_options": "nothing to weigh"}
    assert [scorer.fingerprint for scorer in client.scorers] == ["f1"]


def test_a_missing_objective_is_an_error_before_anything_is_scored(client_of: Make) -> None:
    stub = Stub()
    client = client_of(stub, expect=Expectation(("accuracy", "kindness")))
    with pytest.raises(ExpectationError, match="not judge kindness; it judges accuracy, coverage"):
        client.score([item("a", "x")])
    assert stub.bodies == []


def test_another_fingerprint_is_an_error_unless_allowed(
    client_of: Make, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ExpectationError, match="fingerprint is f1, expected was f0"):
        client_of(Stub(), expect=Expectation((), "f0")).describe()
    allowed = client_of(Stub(), expect=Expectation((), "f0", allow_change=True))
    with caplog.at_level(logging.WARNING, "trainer.client"):
        assert allowed.score([item("a", "x")]).failed == 0
    assert "fingerprint is f1, expected was f0" in caplog.text


@pytest.mark.parametrize("expect", [None, Expectation(), Expectation(("accuracy",), "f1")])
def test_a_change_during_the_run_is_an_error(client_of: Make, expect: Expectation | None) -> None:
    client = client_of(changing(1), expect=expect)
    assert client.score([item("a", "x")]).failed == 0
    for _ in range(2):
        with pytest.raises(ScorerChangedError, match="changed from f1 to f2") as caught:
            client.score([item("a", "x")])
        copy = pickle.loads(pickle.dumps(caught.value))
        assert (copy.before.fingerprint, copy.after.fingerprint) == ("f1", "f2")
    assert [scorer.fingerprint for scorer in client.scorers] == ["f1"]


def test_a_change_that_is_allowed_is_recorded_once(
    client_of: Make, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(changing(1), expect=Expectation((), "f1", allow_change=True))
    with caplog.at_level(logging.WARNING, "trainer.client"):
        batches = [client.score([item("a", "x")]) for _ in range(3)]
    assert [b.scorer and b.scorer.fingerprint for b in batches] == ["f1", "f2", "f2"]
    assert [scorer.fingerprint for scorer in client.scorers] == ["f1", "f2"]
    assert caplog.text.count("changed from f1 to f2") == 1


def test_objectives_are_a_sequence() -> None:
    assert Expectation(["a", "b"]).objectives == ("a", "b")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sequence of names"):
        Expectation("accuracy")  # type: ignore[arg-type]
