"""GRPO with TRL's own trainer: python examples/trl/train.py MODEL DATA.jsonl

Rows of DATA have `prompt` and `item`, the JSON of question, options and answer.
"""

from __future__ import annotations

import sys

from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer

from trainer.stacks.trl import reward_functions


def main(model: str, data: str) -> None:
    """Train with the paper's weights, each objective normalised on its own."""
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward_functions(("accuracy", "faithfulness", "coverage")),
        args=GRPOConfig(
            output_dir="runs/trl",
            num_generations=8,
            reward_weights=[10.0, 1.0, 1.0],
            multi_objective_aggregation="normalize_then_sum",
        ),
        train_dataset=load_dataset("json", data_files=data, split="train"),
    )
    trainer.train()


if __name__ == "__main__":
    main(*sys.argv[1:])
