"""How the trainer talks to the service: over HTTP, and beside its own work."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import crpo_tiny
import pytest
from crpo_tiny import WordService
from datasets import Dataset

from trainer.client import ScoredBatch
from trainer.crpo import CRPOTrainer, ScorerError
from trainer.crpo.rewards import PendingRewards, Rewards
from trainer.crpo.rows import request_items

Make = Callable[..., CRPOTrainer]


class _Handler(BaseHTTPRequestHandler):
    """The two routes of the service, by the rules of `crpo_tiny`."""

    protocol_version = "HTTP/1.1"
    keys: set[str]

    def do_GET(self) -> None:
        described = {
            "name": "",
            "summary": "",
            "default_weight": 1.0,
            "weight": 1.0,
            "range": [0.0, 1.0],
        }
        self._answer(
            {
                "objectives": [described | {"name": name} for name in crpo_tiny.OBJECTIVES],
                "metrics": {"words": "number of words"},
                "abstentions": {},
                "scorer": self._scorer(),
            }
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names = body.get("objectives") or crpo_tiny.OBJECTIVES
        items = []
        for item in body["items"]:
            scores = [
                {
                    "objectives": {n: crpo_tiny.score_words(text)[n] for n in names},
                    "abstentions": {},
                    "reward": 1.0,
                    "metrics": {"words": float(len(text.split()))},
                    "explanation": None,
                }
                for text in item["completions"]
            ]
            items.append({"id": item.get("id"), "scores": scores})
        self._answer({"items": items, "scorer": self._scorer()})

    def log_message(self, *_: Any) -> None:
        pass

    def _scorer(self) -> dict[str, str]:
        identity = crpo_tiny.SCORER
        names = ("version", "pipeline", "vocabulary", "fingerprint")
        return {name: getattr(identity, name) for name in names}

    def _answer(self, answer: Any) -> None:
        self.keys.add(str(self.headers["Authorization"]))
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def http_service() -> Iterator[tuple[str, set[str]]]:
    """Address of a service, and the authorisations that it was sent."""
    keys: set[str] = set()
    handler = type("Handler", (_Handler,), {"keys": keys})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", keys
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_http_with_a_key(
    policy: str,
    tmp_path: Path,
    http_service: tuple[str, set[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, keys = http_service
    monkeypatch.setenv("CRPO_TEST_KEY", "open-sesame")
    args = crpo_tiny.settings(tmp_path, reward_url=url, reward_key_env="CRPO_TEST_KEY")
    trainer = CRPOTrainer(policy, args, crpo_tiny.rows(8))
    trainer.train()
    trainer.close()
    assert keys == {"Bearer open-sesame"}
    line = json.loads((tmp_path / "metrics.jsonl").read_text().splitlines()[0])
    assert line["reward/failed_share"] == 0.0 and line["objectives/accuracy/mean"] >= 0.0
    assert "open-sesame" not in (tmp_path / "run.json").read_text()


def test_a_service_that_is_not_there(policy: str, tmp_path: Path) -> None:
    args = crpo_tiny.settings(tmp_path, reward_url="http://127.0.0.1:9", reward_timeout=0.3)
    with pytest.raises(ScorerError, match=r"clinical-reward serve\) or correct reward_url"):
        CRPOTrainer(policy, args, crpo_tiny.rows(8))


def test_rewards_are_fetched_while_log_probabilities_are_computed(
    make_trainer: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    computing = threading.Event()

    class Waits(WordService):
        def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
            assert computing.wait(timeout=30), "the reference model ran only after the rewards"
            return super().score(items)

    trainer = make_trainer(Waits(), max_steps=1)
    log_probabilities = trainer._get_per_token_logps_and_entropies

    def watched(*args: Any, **options: Any) -> Any:
        computing.set()
        return log_probabilities(*args, **options)

    monkeypatch.setattr(trainer, "_get_per_token_logps_and_entropies", watched)
    trainer.train()


def test_the_wait_is_logged(
    make_trainer: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting = threading.Event()
    collect = PendingRewards.collect

    def watched(pending: PendingRewards) -> Rewards:
        collecting.set()
        return collect(pending)

    class Slow(WordService):
        def score(self, items: Sequence[Mapping[str, Any]]) -> ScoredBatch:
            assert collecting.wait(timeout=30), "nobody waited for the rewards"
            time.sleep(0.5)
            return super().score(items)

    monkeypatch.setattr(PendingRewards, "collect", watched)
    make_trainer(Slow(), num_iterations=2, beta=0.0).train()
    generated, reused = (
        json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()
    )
    assert generated["reward/request_seconds"] >= 0.5
    # The thread that waits wakes after the request has ended; on a busy machine, a while after.
    assert 0.1 < generated["reward/wait_seconds"] < generated["reward/request_seconds"] + 10
    assert 0.0 < generated["reward/wait_share"] < 1.0
    assert reused["reward/wait_seconds"] == reused["reward/wait_share"] == 0.0


def test_neighbouring_rollouts_of_a_row_are_one_item() -> None:
    first, second = ({"prompt": p, "item": '{"question": "q"}'} for p in ("a", "b"))
    items = request_items([first, first, second, first], ["1", "2", "3", "4"])
    assert [item["completions"] for item in items] == [["1", "2"], ["3"], ["4"]]


def test_the_prompt_stands_in_for_a_missing_question() -> None:
    rows = Dataset.from_list([{"prompt": "Why?", "item": '{"answer": "A"}'}])
    assert request_items(list(rows), ["x"]) == [
        {"answer": "A", "prompt": "Why?", "completions": ["x"]}
    ]
