"""A CRPO trainer that keeps the time of each step's parts.

step                                             from its first forward pass to the update's end
  ├── _generate_and_score_completions
  │     ├── _generate                            generation
  │     ├── (reference log-probabilities)        what is left of the method's time
  │     └── waiting for rewards                  as CRPOTrainer counts it
  └── log-probabilities, gradients, update       what is left of the step
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from trainer.crpo import CRPOTrainer


class StepTime(NamedTuple):
    """One step: seconds of its parts, rollouts and the tokens generated for them.

    `answer` is how long the rewards took to come, most of it while the step went on.
    """

    generation: float
    reference: float
    waiting: float
    update: float
    answer: float
    rollouts: int
    tokens: int

    @property
    def seconds(self) -> float:
        """The whole step."""
        return self.generation + self.reference + self.waiting + self.update


class TimedTrainer(CRPOTrainer):
    """CRPOTrainer with `step_times`; for one generation a step, as is usual on one process."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.step_times: list[StepTime] = []
        self._generating = self._preparing = 0.0
        super().__init__(*args, **options)

    def _generate(self, prompts: list[Any]) -> Any:
        began = time.perf_counter()
        generated = super()._generate(prompts)
        self._generating = time.perf_counter() - began
        return generated

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        began = time.perf_counter()
        output = super()._generate_and_score_completions(inputs)
        self._preparing = time.perf_counter() - began
        return output

    def count_wait(self, step_seconds: float) -> None:
        """Called when a step has ended."""
        waiting, tokens, rewards = self._step_waited, self._batch.tokens, self._batch.rewards
        assert rewards is not None  # set by _calculate_rewards
        super().count_wait(step_seconds)
        step = StepTime(
            generation=self._generating,
            reference=self._preparing - self._generating - waiting,
            waiting=waiting,
            update=step_seconds - self._preparing,
            answer=rewards.request_seconds,
            rollouts=len(tokens),
            tokens=sum(tokens),
        )
        self.step_times.append(step)
