"""Who may ask what: keys over HTTP, roles, limits, open routes, and no CORS."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import pytest
from server_helpers import Call, caller

from reward_service.server.keys import Role, make_key
from reward_service.server.workers import Pool
from reward_service.settings import Settings

SCORER, WATCHER, BOTH = "crk_scorer-secret", "crk_watcher-secret", "crk_both-secret"
HASHES = ";".join(
    [
        make_key("trainer", [Role.SCORE], SCORER).line(),
        make_key("prometheus", [Role.METRICS], WATCHER).line(),
        make_key("admin", Role, BOTH).line(),
    ]
)
BODY: dict[str, Any] = {"items": [{"question": "q", "completions": ["a", "b"]}]}


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def guarded(local_pool: Pool) -> Call:
    return caller(local_pool, Settings(key_hashes=HASHES))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_open(guarded: Call, path: str) -> None:
    assert guarded("GET", path).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": SCORER},
        {"Authorization": f"Token {SCORER}"},
        {"Authorization": "Basic not-base64"},
        {"Authorization": "Basic é"},
        {"Authorization": "Basic bm8tY29sb24="},
        bearer("crk_unknown"),
        bearer(f"{SCORER}x"),
        bearer(SCORER[:-1]),
        bearer(SCORER.upper()),
        bearer("é"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/score"), ("GET", "/metrics"), ("GET", "/nowhere"), ("PUT", "/")]
)
def test_without_a_known_key_everything_else_is_401(
    guarded: Call, headers: Mapping[str, str], method: str, path: str
) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    response = guarded(method, path, headers=raw)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith('Bearer realm="clinical-reward"')
    assert response.headers["x-request-id"]
    error = response.json()["error"]
    assert error["code"] == "unauthorized" and error["details"] == []
    assert SCORER not in response.text


def test_a_wrong_key_is_told_from_none(guarded: Call) -> None:
    wrong = guarded("GET", "/metrics", headers=bearer("crk_unknown"))
    assert wrong.headers["www-authenticate"].endswith('error="invalid_token"')
    assert "error=" not in guarded("GET", "/metrics").headers["www-authenticate"]


@pytest.mark.parametrize(
    ("secret", "path", "status"),
    [
        (SCORER, "/objectives", 200),
        (SCORER, "/metrics", 403),
        (SCORER, "/nowhere", 404),
        (WATCHER, "/metrics", 200),
        (WATCHER, "/objectives", 403),
        (WATCHER, "/openapi.json", 200),
        (BOTH, "/metrics", 200),
        (BOTH, "/objectives", 200),
    ],
)
def test_roles(guarded: Call, secret: str, path: str, status: int) -> None:
    response = guarded("GET", path, headers=bearer(secret))
    assert response.status_code == status
    if status == 403:
        assert response.json()["error"]["code"] == "forbidden"


def test_a_key_scores(guarded: Call) -> None:
    assert guarded("POST", "/score", json=BODY, headers=bearer(SCORER)).status_code == 200
    assert guarded("POST", "/score", json=BODY, headers=bearer(WATCHER)).status_code == 403
    assert guarded("POST", "/score", json=BODY, auth=("anyone", SCORER)).status_code == 200


def test_a_url_can_carry_the_key(guarded: Call) -> None:
    """As HTTP libraries send http://any:KEY@host, for stacks that take only a URL."""
    basic = base64.b64encode(f"any:{SCORER}".encode()).decode()
    assert guarded("GET", "/objectives", headers={"Authorization": f"basic {basic}"}).is_success


def test_only_browsers_are_asked_for_a_password(guarded: Call) -> None:
    asked = guarded("GET", "/", headers={"Accept": "text/html,*/*"}).headers["www-authenticate"]
    assert "Basic realm=" in asked
    assert "Basic" not in guarded("GET", "/").headers["www-authenticate"]


def test_without_keys_everything_is_open(local_pool: Pool) -> None:
    call = caller(local_pool, Settings())
    assert call("POST", "/score", json=BODY).status_code == 200
    assert call("GET", "/metrics", headers=bearer("anything")).status_code == 200


def scored(call: Call, secret: str | None) -> int:
    """How many of ten requests with two completions are scored."""
    headers = {} if secret is None else bearer(secret)
    answers = [call("POST", "/score", json=BODY, headers=headers) for _ in range(10)]
    for answer in answers:
        if answer.status_code != 200:
            assert answer.status_code == 429
            assert answer.json()["error"]["code"] == "overloaded"
            assert int(answer.headers["retry-after"]) >= 1
    return sum(answer.status_code == 200 for answer in answers)


def test_each_key_has_a_limit_of_its_own(local_pool: Pool) -> None:
    limits = Settings(key_hashes=HASHES, key_rate=0.001, key_burst=6)
    call = caller(local_pool, limits)
    assert scored(call, SCORER) == 3
    assert scored(call, BOTH) == 3
    assert call("GET", "/objectives", headers=bearer(SCORER)).status_code == 200
    stack = {"prompt": "Which?", "response": "A"}
    assert call("POST", "/stacks/slime", json=stack, headers=bearer(SCORER)).status_code == 429


def test_without_keys_all_share_one_limit(local_pool: Pool) -> None:
    call = caller(local_pool, Settings(key_rate=0.001, key_burst=3))
    assert scored(call, None) == 2


def test_requests_that_are_refused_cost_nothing(local_pool: Pool) -> None:
    call = caller(local_pool, Settings(key_rate=0.001, key_burst=2))
    for _ in range(5):
        assert call("POST", "/score", json={"items": []}).status_code == 422
    assert scored(call, None) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_other_site_may_read_answers(call: Call, method: str) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
    }
    response = call(method, "/score", json=BODY, headers=headers)
    assert not [name for name in response.headers if name.startswith("access-control-")]
    if method == "OPTIONS":
        assert response.status_code == 405


def test_the_document_asks_for_keys_where_the_service_does(
    guarded: Call, call: Call, local_pool: Pool
) -> None:
    document = guarded("GET", "/openapi.json", headers=bearer(SCORER)).json()
    assert document["components"]["securitySchemes"] == {
        "key": {"type": "http", "scheme": "bearer"}
    }
    score, health = document["paths"]["/score"]["post"], document["paths"]["/healthz"]["get"]
    assert score["security"] == [{"key": []}] and {"401", "403"} <= set(score["responses"])
    assert "security" not in health and "401" not in health["responses"]
    plain = call("GET", "/openapi.json").json()
    assert "securitySchemes" not in plain["components"]
    assert "401" not in plain["paths"]["/score"]["post"]["responses"]
    names = document["components"]["schemas"]["ScoreRequest"]["properties"]["objectives"]
    assert names["anyOf"][0]["items"]["enum"] == ["accuracy"]
