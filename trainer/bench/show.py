"""The benchmark's figures as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_WIDTH = 100  # of the widest table, so that a pipe gets it unwrapped
_NAMES = {
    "generation": "generation",
    "waiting": "waiting for rewards",
    "reference": "reference log-probabilities",
    "update": "log-probabilities, gradients, update",
}


def show(console: Console, figures: Mapping[str, Any]) -> None:
    """Print the figures that `measure` returned."""
    console.width = max(console.width, _WIDTH)
    conditions, step = figures["conditions"], figures["step"]
    packages, scorer = conditions["packages"], conditions["scorer"]
    console.print(
        f"{conditions['cores']} cores, {conditions['threads']} threads of PyTorch, load average "
        f"{conditions['load_average_before']:.1f} before\n"
        f"torch {packages['torch']}, transformers {packages['transformers']}, "
        f"trl {packages['trl']}\n"
        f"policy of {conditions['parameters'] / 1e6:.2f} million parameters, "
        f"{conditions['rollouts']} rollouts a step, {step['tokens_per_rollout']:.0f} tokens each\n"
        f"service: pipeline {scorer['pipeline']}, vocabulary {scorer['vocabulary']}"
    )
    console.print()
    console.print(_steps(step, conditions["steps"]))
    console.print(
        f"Rewards come {step['answer_seconds']:.2f} s after the last token, while the trainer goes "
        "on with log-probabilities.\n"
        f"{step['rollouts_per_second']:.1f} rollouts a second; "
        f"{step['generated_tokens_per_second']:,.0f} tokens a second while generating"
    )
    console.print()
    console.print(_client(figures["client"]))
    console.print(
        f"For each rollout that this trainer makes and learns from, the service could score "
        f"{figures['scored_per_rollout_made']:.1f}."
    )


def _steps(step: Mapping[str, Any], count: int) -> Table:
    table = Table(f"a CRPO step, median of {count}", box=None, pad_edge=False)
    table.add_column("seconds", justify="right")
    table.add_column("share of the time", justify="right")
    table.add_row("whole step", f"{step['seconds']:.2f}", "100.0%")
    for part, figures in step["parts"].items():
        table.add_row(f"  {_NAMES[part]}", f"{figures['seconds']:.2f}", f"{figures['share']:.1%}")
    return table


def _client(client: Mapping[str, Any]) -> Table:
    table = Table("client over HTTP, groups of 5", box=None, pad_edge=False)
    for column in ("completions/s", "beside one request", "failed", "retries"):
        table.add_column(column, justify="right")
    alone = next(iter(client.values()))["completions_per_second"]
    for requests, figures in client.items():
        table.add_row(
            f"{requests} request{'s' if requests != '1' else ''} at a time",
            f"{figures['completions_per_second']:,.0f}",
            f"{figures['completions_per_second'] / alone:.2f} ×",
            str(figures["failed"]),
            str(figures["retries"]),
        )
    return table
