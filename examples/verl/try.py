"""What verl calls for one response."""

from __future__ import annotations

import asyncio

from trainer.stacks.verl import compute_score

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
    """Print the keys that verl logs, `score` among them."""
    truth = {"question": QUESTION, "options": OPTIONS, "answer": "A"}
    print(asyncio.run(compute_score("clinical", COMPLETION, truth, {})))


if __name__ == "__main__":
    main()
