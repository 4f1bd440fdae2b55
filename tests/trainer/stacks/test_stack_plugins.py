"""The plug-ins as their stacks call them, over the real service."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from plugin_cases import ASKED, CASE, LABEL, NAMES, OPTIONS, RIGHT, WRONG

from trainer import RewardClient
from trainer.client import Retries
from trainer.stacks import areal, ms_swift, skyrl, unsloth, verifiers
from trainer.stacks import trl as of_trl
from trainer.stacks import verl as of_verl
from trainer.stacks.connection import NoRewardError


class CountingClient(RewardClient):
    """Remembers how many completions each call sent."""

    def score(self, items: Any, **question: Any) -> Any:
        self.__dict__.setdefault("calls", []).append(sum(len(i["completions"]) for i in items))
        return super().score(items, **question)


def expected(url: str, *completions: str) -> list[dict[str, float | None]]:
    with RewardClient(url) as client:
        scores = list(client.score([{**LABEL, "completions": list(completions)}]))
    return [{**score.objectives, "reward": score.reward} for score in scores]


def test_no_plug_in_needs_torch_or_its_stack() -> None:
    code = (
        "import sys; import trainer.stacks.verl, trainer.stacks.trl, trainer.stacks.ms_swift, "
        "trainer.stacks.areal, trainer.stacks.skyrl, trainer.stacks.verifiers, "
        "trainer.stacks.unsloth; "
        "bad = {'torch', 'trl', 'verl', 'swift', 'transformers', 'reward_service'}; "
        "sys.exit(str(bad & set(sys.modules)) if bad & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_verl_gets_the_same_keys_and_numbers_always(reward_env: str) -> None:
    async def run() -> list[dict[str, float]]:
        calls = [
            of_verl.compute_score("medqa", RIGHT, LABEL, {}),
            of_verl.compute_score("medqa", WRONG, "A", {"question": CASE, "options": OPTIONS}),
            of_verl.compute_score("medqa", RIGHT, "A", {"prompt": ASKED, "num_turns": None}),
            of_verl.compute_score("medqa", "The answer is B", "B", None, reward_router_address="x"),
        ]
        return await asyncio.gather(*calls)

    answers = asyncio.run(run())
    keys = ["score", *(key for name in NAMES for key in (name, f"{name}_judged"))]
    for answer in answers:
        assert list(answer) == keys
        assert all(isinstance(value, float) for value in answer.values())
    right, wrong = expected(reward_env, RIGHT, WRONG)
    for answer, scores in zip(answers, (right, wrong, right), strict=False):
        assert answer["score"] == scores["reward"]
        assert {name: answer[name] for name in NAMES} == {name: scores[name] for name in NAMES}
    assert answers[3]["accuracy"] == 1.0
    assert (answers[3]["faithfulness"], answers[3]["faithfulness_judged"]) == (0.0, 0.0)


def test_verl_raises_for_a_failure_unless_told_what_stands_for_it(reward_env: str) -> None:
    long = "fever " * 50_000

    async def run(**kwargs: Any) -> dict[str, float]:
        return await of_verl.compute_score("medqa", long, LABEL, {}, **kwargs)

    with pytest.raises(NoRewardError, match="too_long"):
        asyncio.run(run())
    assert asyncio.run(run(missing=-1.0))["score"] == -1.0


def test_trl_functions_share_one_call_a_batch(reward_env: str) -> None:
    client = CountingClient(reward_env)
    functions = of_trl.reward_functions((*NAMES, "reward"), client=client)
    assert [function.__name__ for function in functions] == [*NAMES, "reward"]
    prompt = [{"role": "user", "content": ASKED}]
    batch: dict[str, Any] = {
        "prompts": [prompt] * 3,
        "completions": [[{"role": "assistant", "content": text}] for text in (RIGHT, WRONG, RIGHT)],
        "completion_ids": [[1], [2], [3]],
        "answer": ["A", "A", None],
        "trainer_state": None,
    }
    columns = {function.__name__: function(**batch) for function in functions}
    right, wrong = expected(reward_env, RIGHT, WRONG)
    for name, values in columns.items():
        assert values[:2] == [right[name], wrong[name]]
    assert columns["accuracy"][2] is None
    assert client.__dict__["calls"] == [3]
    functions[0](**{**batch, "answer": ["B", "A", None]})
    assert client.__dict__["calls"] == [3, 3]
    client.close()
    assert unsloth.reward_functions is of_trl.reward_functions


def test_ms_swift_classes_share_one_call_a_batch(reward_env: str) -> None:
    client = CountingClient(reward_env)
    orms: dict[str, Any] = {}
    ms_swift.register(orms, client=client)
    messages = [
        [{"role": "user", "content": ASKED}, {"role": "assistant", "content": text}]
        for text in (RIGHT, WRONG)
    ]
    values = {
        name: orms[f"clinical_{name}"](args=None)(
            [RIGHT, WRONG], messages=messages, solution=["A", "A"], trainer_state=None
        )
        for name in (*NAMES, "reward")
    }
    right, wrong = expected(reward_env, RIGHT, WRONG)
    assert values == {name: [right[name], wrong[name]] for name in values}
    assert client.__dict__["calls"] == [2]
    with pytest.raises(ValueError, match="registered already"):
        ms_swift.register(orms, client=client)
    client.close()


def test_areal_function_is_picklable_and_raises_instead_of_0(
    reward_env: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = pickle.loads(pickle.dumps(areal.reward_fn))
    [right] = expected(reward_env, RIGHT)
    assert function(ASKED, RIGHT, [1], [2], answer="A") == right["reward"]
    messages = [{"role": "user", "content": ASKED}]
    assert (
        function("<templated>", RIGHT, [1], [2], answer="A", messages=messages) == (right["reward"])
    )
    with pytest.raises(NoRewardError, match="too_long"):
        function(ASKED, "fever " * 50_000, [1], [2], answer="A")


def test_skyrl_environment_takes_one_step(reward_env: str) -> None:
    extras = {"reward_spec": {"ground_truth": "A"}, "extra_info": {"options": OPTIONS}}
    env = skyrl.ClinicalEnv(env_config=SimpleNamespace(reward_url=reward_env), extras=extras)
    prompt = [{"role": "user", "content": ASKED}]
    assert env.init(prompt) == (prompt, {})
    step = env.step(RIGHT)
    [right] = expected(reward_env, RIGHT)
    assert (step["reward"], step["done"], step["observations"]) == (right["reward"], True, [])
    assert step["metadata"]["objectives"] == {name: right[name] for name in NAMES}
    metrics = env.get_metrics()
    assert env.aggregate_metrics([metrics, {"accuracy": 0.0}])["accuracy"] == 0.5
    env.close()


def test_verifiers_rewards_add_up_to_the_weighted_sum(reward_env: str) -> None:
    async def run(text: str, item: dict[str, Any]) -> dict[str, float]:
        return await verifiers.weighted_rewards(SimpleNamespace(last_reply=text), item)

    [right] = expected(reward_env, RIGHT)
    assert sum(asyncio.run(run(RIGHT, LABEL)).values()) == pytest.approx(right["reward"])
    assert "accuracy" not in asyncio.run(run(RIGHT, {"question": CASE}))
    with pytest.raises(NoRewardError):
        asyncio.run(run("fever " * 50_000, LABEL))


def test_a_service_that_is_away_is_no_zero() -> None:
    client = RewardClient("http://127.0.0.1:9", retries=Retries(attempts=1))
    [function] = of_trl.reward_functions(("accuracy",), client=client)
    with pytest.raises(Exception, match="127"):
        function(prompts=["p"], completions=["c"], answer=["A"])
    client.close()
