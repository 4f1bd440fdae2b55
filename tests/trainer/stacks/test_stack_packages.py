"""The stacks' own code against the running service, for every stack that is installed.

`pytest -m stacks` runs these; a stack that cannot be imported is skipped with its name. None of
them needs a GPU: what is called is the part of each package that asks for rewards.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from plugin_cases import ASKED, LABEL, NAMES, OPTIONS, RIGHT, WRONG

from trainer import RewardClient
from trainer.stacks import ms_swift

# Other people's imports warn about many things.
pytestmark = [pytest.mark.stacks, pytest.mark.filterwarnings("ignore")]

PROMPT = f"<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n"
END = "<|im_end|>"


def load(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except Exception as error:  # a package without its GPU parts fails in many ways
        pytest.skip(f"{module} cannot be imported: {type(error).__name__}: {error}")


def expected(url: str, *completions: str) -> list[dict[str, float | None]]:
    with RewardClient(url) as client:
        scores = list(client.score([{**LABEL, "completions": list(completions)}]))
    return [{**score.objectives, "reward": score.reward} for score in scores]


class Words:
    """A tokenizer whose tokens are characters, and an engine that always says the same."""

    def __init__(self, completion: str) -> None:
        self.completion = completion

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        torch = load("torch")
        return {"input_ids": torch.tensor([[ord(character) for character in text]])}

    def decode(self, tokens: Any, **_: Any) -> str:
        return "".join(chr(int(token)) for token in tokens)

    async def generate(self, tokens: Any, params: Any, **_: Any) -> Any:
        output = SimpleNamespace(
            token_ids=[ord(character) for character in self.completion],
            text=self.completion,
            finish_reason="stop",
            logprobs=None,
        )
        return SimpleNamespace(outputs=[output])


def openrlhf_experience(url: str, completion: str, label: object) -> Any:
    """What OpenRLHF's rollout makes of one answer of the service: its reply, its Experience."""
    agent = load("openrlhf.utils.agent")
    executor = agent.SingleTurnAgentExecutor(f"{url}/stacks/openrlhf")
    words = Words(completion)
    params = SimpleNamespace(max_tokens=4096, logprobs=None)
    return asyncio.run(executor.execute(PROMPT, label, params, 100_000, words, words))


def test_openrlhf_rollout(service_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load("openrlhf.utils.agent")
    if importlib.util.find_spec("vllm") is None:  # it generates, which is not asked for here
        parts = {
            "vllm": "SamplingParams",
            "vllm.inputs": "TokensPrompt",
            "vllm.utils": "random_uuid",
        }
        for name, wanted in parts.items():
            monkeypatch.setitem(sys.modules, name, ModuleType(name))
            monkeypatch.setattr(sys.modules[name], wanted, SimpleNamespace, raising=False)
    generator = load("openrlhf.trainer.ppo_utils.samples_generator")
    experience = load("openrlhf.trainer.ppo_utils.experience").Experience
    replies = [openrlhf_experience(service_url, text + END, "A") for text in (RIGHT, WRONG)]
    make = generator.SamplesGenerator._process_response_into_experience
    made = [make(SimpleNamespace(), reply, max_len=100_000) for reply in replies]
    whole = experience.concat_experiences(made, 0)
    wanted = expected(service_url, RIGHT, WRONG)
    assert whole.rewards.flatten().tolist() == pytest.approx([one["reward"] for one in wanted])
    for name in NAMES:
        assert whole.info[name].flatten().tolist() == pytest.approx([one[name] for one in wanted])


def test_verl_reward_manager(reward_env: str) -> None:
    manager = load("verl.experimental.reward_loop.reward_manager.naive").NaiveRewardManager
    reward = load("verl.trainer.ppo.reward")
    torch = load("torch")
    omegaconf = load("omegaconf").OmegaConf
    proto = load("verl").DataProto
    numpy = load("numpy")
    config = omegaconf.create(
        {
            "reward": {
                "custom_reward_function": {
                    "path": "pkg://trainer.stacks.verl",
                    "name": "compute_score",
                    "reward_kwargs": {"url": reward_env},
                }
            }
        }
    )
    compute_score = reward.get_custom_reward_fn(config)

    async def run() -> list[dict[str, Any]]:
        loaded = manager(config, Words(""), compute_score)
        calls = []
        for text in (RIGHT, WRONG):
            tokens = torch.tensor([[ord(character) for character in text]])
            row = {
                "data_source": "medqa",
                "reward_model": {"ground_truth": "A", "style": "rule"},
                "extra_info": {"question": LABEL["question"], "options": OPTIONS},
            }
            data = proto.from_dict(
                tensors={"responses": tokens, "attention_mask": torch.ones_like(tokens)},
                non_tensors={
                    name: numpy.array([value], dtype=object) for name, value in row.items()
                },
            )
            calls.append(loaded.run_single(data))
        return await asyncio.gather(*calls)

    results = asyncio.run(run())
    wanted = expected(reward_env, RIGHT, WRONG)
    assert [result["reward_score"] for result in results] == [one["reward"] for one in wanted]
    first, second = (result["reward_extra_info"] for result in results)
    assert list(first) == list(second)
    assert {name: first[name] for name in NAMES} == {name: wanted[0][name] for name in NAMES}


def test_verl_gdpo_advantages(reward_env: str) -> None:
    core = load("verl.trainer.ppo.core_algos")
    torch = load("torch")
    numpy = load("numpy")
    compute_score = importlib.import_module("trainer.stacks.verl").compute_score

    async def run() -> list[dict[str, float]]:
        calls = [compute_score("medqa", text, LABEL, {}) for text in (RIGHT, WRONG, RIGHT, "none")]
        return await asyncio.gather(*calls)

    answers = asyncio.run(run())
    mask = torch.ones(4, 3)
    advantages, _ = core.compute_gdpo_outcome_advantage(
        token_level_rewards=torch.zeros(4, 3),
        response_mask=mask,
        index=numpy.array(["q"] * 4),
        config={
            "gdpo_reward_keys": ["accuracy", "faithfulness", "coverage"],
            "gdpo_reward_weights": [10.0, 1.0, 1.0],
        },
        non_tensor_batch={key: numpy.array([a[key] for a in answers]) for key in answers[0]},
        batch={"prompts": torch.zeros(4, 2), "attention_mask": torch.ones(4, 5, dtype=torch.long)},
    )
    assert bool(torch.isfinite(advantages).all())
    assert advantages[0, 0] > advantages[1, 0]


def test_ms_swift_rewards(reward_env: str) -> None:
    algorithm = load("swift.rl_core.grpo_algorithm")
    rewards = load("swift.rewards")
    sample = load("swift.rl_core.data").GRPOSample
    torch = load("torch")
    registered = dict(rewards.orms)
    ms_swift.register(registered)
    samples = [
        sample(
            messages=[
                {"role": "user", "content": ASKED},
                {"role": "assistant", "content": text},
            ],
            prompt_id="p",
            request_id=str(number),
            extra={"answer": answer},
        )
        for number, (text, answer) in enumerate([(RIGHT, "A"), (WRONG, "A"), (RIGHT, None)])
    ]
    functions = [registered[f"clinical_{name}"](args=None) for name in NAMES]
    table = algorithm.compute_rewards_per_func(
        samples, functions, [None] * len(functions), torch.device("cpu")
    )
    wanted = expected(reward_env, RIGHT, WRONG)
    for row, scores in zip(table[:2].tolist(), wanted, strict=True):
        assert row == pytest.approx([scores[name] for name in NAMES])
    assert bool(torch.isnan(table[2, 0])) and not bool(torch.isnan(table[2, 1:]).any())


def test_areal_wrapper(reward_env: str) -> None:
    api = load("areal.api.reward_api")
    reward_fn = importlib.import_module("trainer.stacks.areal").reward_fn

    async def run() -> float:
        wrapped = api.AsyncRewardWrapper(reward_fn, max_workers=1)
        return float(await wrapped(ASKED, RIGHT, [1], [2], answer="A"))

    [right] = expected(reward_env, RIGHT)
    assert asyncio.run(run()) == right["reward"]
    api.AsyncRewardWrapper._atexit_shutdown_all()


def test_skyrl_environment(reward_env: str) -> None:
    gym = load("skyrl_gym")
    gym.register(id="clinical", entry_point="trainer.stacks.skyrl:make_env")
    env = gym.make(
        "clinical",
        env_config=SimpleNamespace(reward_url=reward_env),
        extras={"reward_spec": {"ground_truth": "A"}},
    )
    env.init([{"role": "user", "content": ASKED}])
    [right] = expected(reward_env, RIGHT)
    assert env.step(RIGHT)["reward"] == right["reward"]


def test_verifiers_task(reward_env: str) -> None:
    vf = load("verifiers.v1")
    taskset = importlib.import_module("trainer.stacks.verifiers")

    class Data(vf.TaskData):  # type: ignore[misc, name-defined]
        item: dict[str, Any]

    class Task(vf.Task[Data, vf.State, vf.TaskConfig]):  # type: ignore[misc, name-defined]
        @vf.reward  # type: ignore[untyped-decorator]
        async def clinical(self, trace: Any) -> dict[str, float]:
            rewards: dict[str, float] = await taskset.weighted_rewards(trace, self.data.item)
            return rewards

    task = Task(Data(prompt=ASKED, item=LABEL), vf.TaskConfig())
    trace = SimpleNamespace(last_reply=RIGHT)
    [right] = expected(reward_env, RIGHT)
    assert sum(asyncio.run(task.clinical(trace)).values()) == pytest.approx(right["reward"])


def test_llama_factory_client(service_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(load("llamafactory").__file__).parent
    # The packages around the client import all of training, down to audio; the client does not.
    for name in ("train", "train.ppo"):
        package = ModuleType(f"llamafactory.{name}")
        package.__path__ = [str(folder.joinpath(*name.split(".")))]
        monkeypatch.setitem(sys.modules, package.__name__, package)
    utils = load("llamafactory.train.ppo.ppo_utils")
    url = f"{service_url}/stacks/llama-factory?missing=0"
    assert utils.get_rewards_from_server(url, [PROMPT + RIGHT + END]).tolist() == [0.0]


def test_nemo_gym_types(service_url: str) -> None:
    """nemo-gym wants Python 3.12: NEMO_GYM_PYTHON names one that has it, if this one has not."""
    python = os.environ.get("NEMO_GYM_PYTHON", sys.executable)
    if "NEMO_GYM_PYTHON" not in os.environ:
        load("nemo_gym.base_resources_server")
    case = {"asked": ASKED, "completion": RIGHT, "answer": "A"}
    run = subprocess.run(
        [python, str(Path(__file__).with_name("nemo_gym_client.py")), service_url],
        input=json.dumps(case),
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | ({"PYTHONPATH": ""} if "NEMO_GYM_PYTHON" in os.environ else {}),
    )
    assert run.returncode == 0, run.stderr
    reply = json.loads(run.stdout)
    assert reply["reward"] == sum(reply["reward_components"].values()) > 10
    [right] = expected(service_url, RIGHT)
    assert reply["reward"] == pytest.approx(right["reward"])
    assert reply["mask_sample"] is False
