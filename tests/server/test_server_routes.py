"""What the routes answer when all is well, and what stands around every answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fake_scorer import FakeScorer
from server_helpers import Call, caller

from reward_service.objectives.registry import objectives
from reward_service.server.catalogue import catalogue
from reward_service.server.errors import STATUS_OF
from reward_service.server.workers import Pool
from reward_service.settings import Settings
from reward_service.wire import ErrorCode, ScoreRequest

HTTP_DOC = Path(__file__).parents[2] / "docs" / "http.md"

BODY: dict[str, Any] = {
    "items": [
        {"id": "é", "question": "q", "answer": "B", "completions": ["answer is B", "answer is A"]},
        {"prompt": "p", "completions": [[{"role": "assistant", "content": "x"}]]},
    ]
}


def sample(text: str, name: str) -> float:
    match = re.search(rf"^clinical_reward_{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert match, name
    return float(match[1])


def test_an_answer_has_the_bytes_of_the_response_model(call: Call) -> None:
    response = call("POST", "/score", json=BODY)
    expected = FakeScorer().score(ScoreRequest.model_validate(BODY))
    assert response.content == expected.model_dump_json().encode()
    assert response.headers["content-type"] == "application/json"


def test_an_answer_says_where_the_time_went(call: Call) -> None:
    headers = call("POST", "/score", json=BODY).headers
    total, queue, score = (float(headers[f"x-{n}-time"]) for n in ("total", "queue", "score"))
    assert total + 0.2 >= queue + score >= 0


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/score"])
def test_every_answer_has_a_request_id(call: Call, path: str) -> None:
    assert call("GET", path, headers={"X-Request-Id": "run 7/step 3"}).headers["x-request-id"] == (
        "run 7/step 3"
    )
    ids = {call("GET", path).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2 and all(re.fullmatch(r"[0-9a-f]{32}", i) for i in ids)
    for odd in (b"x" * 129, b"a\tb", b"\xc3\xa9", b""):
        given = call("GET", path, headers={b"X-Request-Id": odd}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_objectives(call: Call) -> None:
    body = call("GET", "/objectives").json()
    assert [entry["name"] for entry in body["objectives"]] == ["accuracy"]
    assert body["objectives"][0]["range"] == [0, 1]
    assert body["scorer"] == FakeScorer().identity.model_dump()


def test_objectives_tell_the_limits_of_a_request(local_pool: Pool) -> None:
    call = caller(local_pool, Settings(max_items=3, max_completions=5, max_body_bytes=2000))
    limits = call("GET", "/objectives").json()["limits"]
    assert limits == {
        "items": 3,
        "completions": 5,
        "body_bytes": 2000,
        "queue_items": 1024,
        "queue_chars": 64_000_000,
    }


def test_the_catalogue_of_the_registered_objectives() -> None:
    scorer = FakeScorer().identity
    entries = catalogue(objectives(), {"coverage": 3.0}, scorer).model_dump(mode="json")
    by_name = {entry["name"]: entry for entry in entries["objectives"]}
    weights = {name: entry["default_weight"] for name, entry in by_name.items()}
    assert weights == {"accuracy": 10, "structure": 0, "faithfulness": 1, "coverage": 1}
    assert by_name["coverage"]["weight"] == 3 and by_name["accuracy"]["weight"] == 10
    assert all(entry["summary"] for entry in by_name.values())
    codes = {code for entry in by_name.values() for code in entry["abstentions"]}
    assert codes <= set(entries["abstentions"]) and all(entries["abstentions"].values())
    assert {"finding_recall", "hallucination_rate", "words"} <= set(entries["metrics"])
    assert all(entries["metrics"].values())


def test_readiness_and_the_page(call: Call) -> None:
    assert call("GET", "/readyz").json() == {"status": "ok"}
    page = call("GET", "/")
    assert page.headers["content-type"].startswith("text/html")
    assert "ffffffff" in page.text and 'href="openapi.json"' in page.text


def test_metrics_count_what_happened(local_pool: Pool) -> None:
    call = caller(local_pool, Settings())
    call("POST", "/score", json=BODY)
    call("POST", "/score", json=BODY)
    call("POST", "/score", json={})
    call("POST", "/score", json={"items": [{**BODY["items"][0], "completions": ["RAISE"]}]})
    call("GET", "/patients/secret")
    text = call("GET", "/metrics").text
    assert sample(text, 'requests_total{route="/score",status="200"}') == 3
    assert sample(text, 'requests_total{route="/score",status="422"}') == 1
    assert sample(text, 'requests_total{route="unknown",status="404"}') == 1
    assert "secret" not in text
    assert sample(text, "items_total") == 5
    assert sample(text, "completions_total") == 7
    assert sample(text, 'request_seconds_count{route="/score"}') == 4
    assert sample(text, 'objective_score_count{objective="accuracy"}') == 6
    assert sample(text, 'objective_score_bucket{le="0.9",objective="accuracy"}') == 4
    assert sample(text, 'abstentions_total{objective="accuracy",reason="scorer_error"}') == 1
    assert sample(text, "queue_seconds_count") == sample(text, "score_seconds_count") == 3
    assert sample(text, "queue_items") == 0
    assert sample(text, "requests_in_flight") == 1  # this one
    assert 'scorer_info{fingerprint="ffffffff"' in text


def test_the_openapi_document_describes_everything_with_examples(call: Call) -> None:
    document = call("GET", "/openapi.json").json()
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for example in schema["examples"]:
            reference = {"$ref": f"#/components/schemas/{name}"}
            jsonschema.validate(example, {**reference, "components": {"schemas": schemas}})
    score = document["paths"]["/score"]["post"]
    body = score["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/ScoreRequest"}
    assert {"200", "413", "422", "429", "500", "503", "504"} <= set(score["responses"])
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            for status, response in operation["responses"].items():
                assert "X-Request-Id" in response["headers"]
                if status != "200":
                    content = response["content"]["application/json"]
                    assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
                    jsonschema.validate(
                        content["example"],
                        {**content["schema"], "components": {"schemas": schemas}},
                    )


def test_the_example_request_is_scored(call: Call) -> None:
    document = call("GET", "/openapi.json").json()
    example = document["components"]["schemas"]["ScoreRequest"]["examples"][0]
    assert call("POST", "/score", json=example).status_code == 200


def test_every_metric_is_documented(call: Call) -> None:
    text = call("GET", "/metrics").text
    types = dict(re.findall(r"^# TYPE clinical_reward_(\S+) (\S+)$", text, re.MULTILINE))
    names = {name for name in types if not name.endswith("_created")}
    section = HTTP_DOC.read_text(encoding="utf-8").partition("## Metrics")[2]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == names


def test_every_error_code_is_documented() -> None:
    text = HTTP_DOC.read_text(encoding="utf-8")
    for code, status in STATUS_OF.items():
        if code is not ErrorCode.UNAUTHORIZED:
            assert f"| {status} | `{code.value}` |" in text
