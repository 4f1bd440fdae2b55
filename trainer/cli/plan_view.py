"""A run's plan in the terminal: plan, memory, probes of the service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

from trainer.config import RunConfig

if TYPE_CHECKING:
    from trainer.training.memory import Memory
    from trainer.training.plan import Plan
    from trainer.training.service import Probe

_UNITS = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))


def show_plan(config: RunConfig, plan: Plan) -> None:
    """Print what the run will do and what memory it needs."""
    table = _table(f"{config.name}: stage {config.stage}", "", "")
    for name, value in _plan_rows(config, plan):
        table.add_row(name, value)
    _print(table)
    _print(_memory_table(plan.memory, plan.processes))


def show_probes(config: RunConfig, fingerprint: str, probes: Sequence[Probe]) -> None:
    """Print the scored batch, and a warning when accuracy is not as it must be."""
    names = list(probes[0].objectives)
    table = _table(f"Scored by {config.reward.url} (fingerprint {fingerprint})", "item", "answer")
    for name in names:
        table.add_column(name, justify="right")
    for probe in probes:
        answer = f"{probe.answers} ({'key' if probe.right else 'not the key'})"
        scores = [_score(probe.objectives[name]) for name in names]
        table.add_row(probe.id, answer, *scores)
    _print(table)
    for probe in probes:
        if probe.objectives.get("accuracy") != float(probe.right):
            _console().print(
                f"warning: {probe.id}: the answer {probe.answers} should get accuracy "
                f"{float(probe.right):g}; look at the item's options and answer",
                markup=False,
            )


def size(count: int) -> str:
    """Bytes in the largest unit that leaves a whole number in front: `1.5 GiB`."""
    for unit, factor in _UNITS:
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def _plan_rows(config: RunConfig, plan: Plan) -> list[tuple[str, str]]:
    shape = plan.shape
    method = f"{config.reward.method}, " + ", ".join(
        f"{name} ×{weight:g}"
        for name, weight in zip(config.reward.objectives, config.reward.weights, strict=True)
    )
    left_out = f", {plan.left_out} left out for their length" if plan.left_out else ""
    lora = config.model.lora
    adapters = f" by LoRA (rank {lora.r})" if lora else ""
    rows = [
        ("model", config.model.path),
        ("parameters", f"{shape.parameters:,} in {config.model.dtype}"),
        ("trained", f"{shape.trained:,}{adapters}"),
        ("training rows", f"{plan.rows:,}{left_out}"),
        ("test rows", f"{plan.test_rows:,}"),
        ("longest prompt", f"{plan.prompt_tokens:,} tokens"),
        ("processes", str(plan.processes)),
        ("optimizer steps", f"{plan.steps:,} of {plan.prompts_per_step:g} prompts"),
        ("run folder", str(config.output)),
    ]
    if config.stage == "cold_start":
        rows.insert(6, ("longest sequence", f"{plan.completion_tokens:,} tokens"))
        return rows
    rows.insert(1, ("method", method))
    rows.insert(7, ("longest completion", f"{plan.completion_tokens:,} tokens"))
    rows.insert(-1, ("rollouts", f"{plan.rollouts:,} generated and scored in all"))
    return rows


def _memory_table(memory: Memory, processes: int) -> Table:
    title = "Memory" + (" of each process, unless weights are sharded" if processes > 1 else "")
    table = _table(title, "", "")
    for name, count in (
        ("weights", memory.weights),
        ("reference model", memory.reference),
        ("gradients", memory.gradients),
        ("optimizer states", memory.optimizer),
        ("KV cache", memory.kv_cache),
        ("logits", memory.logits),
        ("activations", memory.activations),
        ("peak while generating", memory.generation),
        ("peak while training", memory.training),
    ):
        table.add_row(name, size(count))
    table.caption = "Estimated; plan for 20 % more."
    table.caption_justify = "left"
    return table


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=box.SIMPLE, title_justify="left", show_header=any(columns))
    for column in columns:
        table.add_column(column)
    return table


def _print(table: Table) -> None:
    _console().print(table)


def _console() -> Console:
    return Console(highlight=False)
