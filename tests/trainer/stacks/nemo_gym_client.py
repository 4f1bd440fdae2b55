"""A verify request and its answer through nemo-gym's own types: nemo_gym_client.py URL < CASE.

CASE is JSON with `asked`, `completion` and `answer`. Prints the answer as JSON once it has passed
nemo-gym's validation. Needs nemo-gym and nothing of this package, so that it can run under the
Python version that nemo-gym wants.
"""

from __future__ import annotations

import json
import sys
from urllib.request import Request, urlopen

import nemo_gym.base_resources_server as gym  # type: ignore[import-not-found]


def main(url: str) -> None:
    case = json.load(sys.stdin)
    message = {
        "id": "msg-1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [{"type": "output_text", "text": case["completion"], "annotations": []}],
    }
    request = gym.BaseVerifyRequest.model_validate(
        {
            "responses_create_params": {"input": [{"role": "user", "content": case["asked"]}]},
            "response": {
                "id": "resp-1",
                "created_at": 0,
                "model": "m",
                "object": "response",
                "output": [message],
                "parallel_tool_calls": False,
                "tool_choice": "auto",
                "tools": [],
            },
        }
    )
    body = {**request.model_dump(mode="json"), "verifier_metadata": {"answer": case["answer"]}}
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{url}/stacks/nemo-gym/verify", json.dumps(body).encode(), headers)) as f:
        reply = json.load(f)
    validated = gym.BaseVerifyResponse.model_validate(reply)
    print(json.dumps({**reply, "reward": validated.reward}))


if __name__ == "__main__":
    main(sys.argv[1])
