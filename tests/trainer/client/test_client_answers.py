"""Answers that are not in the wire format are typed errors, never scores."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from reward_stub import Stub, answer, error, item

from trainer import RewardClient
from trainer.client import Expectation, InvalidAnswerError
from trainer.client.wire import WireError, read_answer, read_description, read_refusal

Make = Callable[..., RewardClient]
Change = Callable[[dict[str, Any]], object]

ITEMS = [item("a", "right", "wrong"), item("b", "mute")]


def first_score(body: dict[str, Any]) -> dict[str, Any]:
    score: dict[str, Any] = body["items"][0]["scores"][0]
    return score


def put(key: str, name: str, value: object) -> Change:
    return lambda body: first_score(body)[key].update({name: value})


BROKEN: dict[str, tuple[Change, str]] = {
    "above 1": (put("objectives", "accuracy", 1.5), "less than or equal to 1"),
    "below 0": (put("objectives", "accuracy", -0.1), "greater than or equal to 0"),
    "text": (put("objectives", "accuracy", "1.0"), r"items\[0\].scores\[0\].objectives.accuracy"),
    "boolean": (put("objectives", "accuracy", True), "objectives.accuracy"),
    "not finite": (put("metrics", "words", float("inf")), "metrics.words"),
    "null without a code": (put("objectives", "accuracy", None), "without a code in abstentions"),
    "an objective is missing": (
        lambda body: first_score(body)["objectives"].pop("accuracy"),
        r"scores\[0\].objectives: accuracy asked for, but not there",
    ),
    "other keys": (put("objectives", "extra", 0.5), r"scores\[1\]: other objectives or metrics"),
    "other metrics": (put("metrics", "extra", 1), r"scores\[1\]: other objectives or metrics"),
    "an item too few": (lambda body: body["items"].pop(), "items: expected 2 as in the request"),
    "a score too many": (
        lambda body: body["items"][1]["scores"].append(first_score(body)),
        r"items\[1\].scores: expected 1, got 2",
    ),
    "another order": (lambda body: body["items"].reverse(), r"items\[0\].id: not the id"),
    "no scorer": (lambda body: body.pop("scorer"), "scorer: Field required"),
    "no items": (lambda body: body.pop("items"), "items: Field required"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_an_error_that_names_the_field(client_of: Make, case: str) -> None:
    change, message = BROKEN[case]

    def react(body: dict[str, Any], _: int) -> httpx.Response:
        broken = answer(body)
        change(broken)
        return httpx.Response(200, content=json.dumps(broken))

    stub = Stub(react)
    client = client_of(stub, expect=Expectation(("accuracy",)))
    with pytest.raises(InvalidAnswerError, match=message) as caught:
        client.score(ITEMS)
    assert len(stub.bodies) == 1 and caught.value.context.completions == 3


def test_only_the_objectives_that_are_asked_for_must_be_there(client_of: Make) -> None:
    client = client_of(Stub(), expect=Expectation(("accuracy", "coverage")))
    assert client.score(ITEMS, objectives=["coverage"]).failed == 0


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"items": [', b"null", b"[]"])
def test_what_is_not_an_answer(client_of: Make, content: bytes) -> None:
    stub = Stub(lambda *_: httpx.Response(200, content=content))
    with pytest.raises(InvalidAnswerError):
        client_of(stub).score(ITEMS)
    with pytest.raises(WireError):
        read_description(content)
    assert read_refusal(content) is None


def test_an_answer_with_a_false_encoding(client_of: Make) -> None:
    headers = {"Content-Encoding": "gzip"}
    stub = Stub(lambda *_: httpx.Response(200, stream=httpx.ByteStream(b"{}"), headers=headers))
    with pytest.raises(InvalidAnswerError, match="not encoded as it says"):
        client_of(stub).score(ITEMS)


def test_a_description_without_objectives_is_none(client_of: Make) -> None:
    with pytest.raises(InvalidAnswerError, match="objectives"):
        client_of(Stub(objectives=[])).describe()


def test_unknown_fields_are_ignored_and_explanations_kept() -> None:
    body = answer({"items": ITEMS})
    body["new"] = body["items"][0]["new"] = 1
    first_score(body)["explanation"] = {"text": "right", "new": [1.5]}
    read = read_answer(json.dumps(body).encode(), sent=[("a", 2), ("b", 1)], required=())
    assert read.items[0][0].explanation == {"text": "right", "new": [1.5]}
    assert read.items[1][0].metrics == {"recall": None, "words": 1.0}


def test_error_bodies() -> None:
    refusal = read_refusal(error(422, "invalid_request", ("items[0].id", "odd")).content)
    assert refusal is not None and refusal.paths == (("items[0].id", "odd"),)
    assert str(refusal) == "invalid_request: invalid_request it is"
