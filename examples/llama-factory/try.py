"""What LLaMA-Factory sends; the service needs REWARD_QUESTIONS=questions.jsonl."""

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
    body = {
        "model": "model",
        "messages": [
            f"<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n{COMPLETION}<|im_end|>"
        ],
    }
    reply = httpx.post(f"{URL}/stacks/llama-factory", json=body, timeout=60)
    print(reply.raise_for_status().json())


if __name__ == "__main__":
    main()
