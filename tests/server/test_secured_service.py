"""A running service with keys, a certificate and a limit: who gets in, and what it writes down."""

from __future__ import annotations

import json
import ssl
import time
from pathlib import Path

import httpx
import pytest
from certificates import make_certificate
from live_service import live_service

from reward_service.server.keys import Role, make_key, new_secret

CANARY = "Quetzalina Vorbeck has had a fever of 39"
BODY = {
    "items": [
        {
            "id": CANARY,
            "question": f"{CANARY}. Which of the following is the most likely diagnosis?",
            "options": {"A": CANARY, "B": "Influenza"},
            "answer": "B",
            "context": CANARY,
            "reference": CANARY,
            "completions": [f"<dx>{CANARY}.</dx><conclusion>\\boxed{{B}}</conclusion>", CANARY],
        }
    ],
    "explain": True,
}


@pytest.mark.parametrize("form", ["text", "json"])
def test_keys_https_and_a_log_without_texts(tmp_path: Path, form: str) -> None:
    certificate, private = make_certificate(tmp_path)
    file = tmp_path / "keys"
    first, second = new_secret(), new_secret()
    file.write_text(make_key("first", Role, first).line())
    options = ("--ssl-certfile", str(certificate), "--ssl-keyfile", str(private))
    options += ("--log-format", form, "--log-level", "debug", "--keys-file", str(file))
    # No --insecure: with keys, an open address may be listened on.
    with live_service("--host", "0.0.0.0", *options) as (url, log):
        assert url.startswith("https://0.0.0.0:")
        url = url.replace("0.0.0.0", "127.0.0.1")
        trust = ssl.create_default_context(cafile=str(certificate))
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http{url.removeprefix('https')}/readyz")
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            httpx.get(f"{url}/readyz")
        with httpx.Client(base_url=url, verify=trust, timeout=30) as client:
            assert client.get("/readyz").status_code == 200
            assert client.post("/score", json=BODY).status_code == 401
            client.headers["Authorization"] = f"Bearer {first}"
            assert client.post("/score", json=BODY).status_code == 200
            assert client.post("/score", json={**BODY, CANARY: first}).status_code == 422
            assert client.get(f"/{CANARY}?{CANARY}={first}").status_code == 404
            assert "fever" not in client.get("/metrics").text
            file.write_text(make_key("second", Role, second).line())
            wait_for(client, 401)
            client.headers["Authorization"] = f"Bearer {second}"
            assert client.get("/objectives").status_code == 200
    written = "\n".join(log)
    assert "keys read again; now in force: second" in written
    for secret in (
        first,
        second,
        "Quetzalina",
        "Vorbeck",
        "fever of 39",
        *file.read_text().split(),
    ):
        assert secret in ("second", "metrics,score") or secret not in written
    if form == "json":
        requests = [line for line in map(json.loads, log) if line["event"] == "request"]
        scored = [line for line in requests if line["route"] == "/score"]
        assert [line["status"] for line in scored] == [200, 422]
        assert scored[0]["key"] == "first" and scored[0]["completions"] == 2 and scored[0]["id"]
    else:
        assert any(" INFO    request " in line and " key=first " in line for line in log)


def wait_for(client: httpx.Client, status: int) -> None:
    deadline = time.monotonic() + 20
    while client.get("/objectives").status_code != status:
        assert time.monotonic() < deadline, f"never {status}"
        time.sleep(0.1)
