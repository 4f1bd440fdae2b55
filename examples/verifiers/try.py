"""What a verifiers task asks for one rollout."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from trainer.stacks.verifiers import weighted_rewards

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


@dataclass(frozen=True)
class Trace:
    """As much of a verifiers trace as is read."""

    last_reply: str


def main() -> None:
    """Print weight times objective."""
    item = {"question": QUESTION, "options": OPTIONS, "answer": "A"}
    print(asyncio.run(weighted_rewards(Trace(COMPLETION), item)))


if __name__ == "__main__":
    main()
