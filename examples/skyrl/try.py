"""The step that SkyRL takes for one completion."""

from __future__ import annotations

from trainer.stacks.skyrl import ClinicalEnv

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
    """Print the step's reward and its objectives."""
    env = ClinicalEnv(extras={"reward_spec": {"ground_truth": "A"}})
    env.init([{"role": "user", "content": ASKED}])
    step = env.step(COMPLETION)
    print(step["reward"], step["metadata"])


if __name__ == "__main__":
    main()
