"""What OpenRLHF sends for one rollout."""

from __future__ import annotations

import os

import httpx

URL = os.environ.get("CRPO_REWARD_URL", "http://127.0.0.1:8000")
QUESTION = (
    "A 58-year-old man has had burning chest pain after meals for 2 months. He has no weight loss. "
    "Which of the following is the most likely diagnosis?"
)
OPTIONS = {"A": "Gastroesophageal reflux disease", "B": "Gastric cancer"}
ASKED = f"{QUESTION}\nA. {OPTIONS['A']}\nB. {OPTIONS['B']}"
COMPLETION = (
    "<dx>His burning chest pain follows meals, as acid that rises from the stomach would, so "
    "reflux fits. Cancer is less likely because he has no weight loss.</dx>"
    "<conclusion>\\boxed{A}</conclusion>"
)


def main() -> None:
    """Send what the stack sends, and print what it gets."""
    body = {"query": [ASKED + COMPLETION], "prompts": [ASKED], "labels": ["A"]}
    reply = httpx.post(f"{URL}/stacks/openrlhf", json=body, timeout=60)
    print(reply.raise_for_status().json())


if __name__ == "__main__":
    main()
