"""What Unsloth, through TRL, calls for one batch."""

from __future__ import annotations

from trainer.stacks.unsloth import reward_functions

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
    """Print each objective's reward for one completion."""
    for function in reward_functions():
        print(function.__name__, function(prompts=[ASKED], completions=[COMPLETION], answer=["A"]))


if __name__ == "__main__":
    main()
