"""The benchmark's figures as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from reward_service.cli.benchmarks.run import SCORER

_MODULES_SHOWN = 15
_WIDTH = 110  # of the widest table, so that a pipe gets it unwrapped


def show(figures: Mapping[str, Any]) -> None:
    """Print the figures that `run.measure` returned."""
    console = Console(highlight=False)
    console.width = max(console.width, _WIDTH)
    identity = figures["scorer"]
    console.print(f"pipeline {identity['pipeline']}, vocabulary {identity['vocabulary']}")
    start = figures["startup"]
    console.print(
        f"cold start to first scores {start['seconds']:.2f} s "
        f"({start['cpu_seconds']:.2f} s of CPU), {start['megabytes']:.0f} MB resident"
    )
    console.print()
    console.print(_in_process(figures["in_process"]))
    if "one_worker" in figures:
        console.print()
        console.print(_http(figures["one_worker"], figures["many_workers"]))
        _show_server(console, figures["one_worker"], figures["many_workers"])
    console.print()
    console.print(_profile(figures["profile"]))


def _in_process(figures: Mapping[str, Any]) -> Table:
    table = Table("in process, one core", box=None, pad_edge=False)
    for column in ("completions/s", "per CPU second", "beside the scorer"):
        table.add_column(column, justify="right")
    for texts, speeds in figures.items():
        own = speeds[SCORER]["per_second"]
        for name, speed in speeds.items():
            table.add_row(
                f"{texts}: {name}",
                f"{speed['per_second']:,.1f}",
                f"{speed['per_cpu_second']:,.1f}",
                f"{speed['per_second'] / own:.2f} ×",
            )
    return table


def _http(one: Mapping[str, Any], many: Mapping[str, Any]) -> Table:
    table = Table("over HTTP", box=None, pad_edge=False)
    columns = ("completions/s", "per CPU second", "beside in process", "latency p50", "p95")
    for column in columns:
        table.add_column(column, justify="right")
    for name, figures in one.items():
        if not isinstance(figures, Mapping):
            continue
        http = figures["http"]
        table.add_row(
            f"{name}: 1 worker",
            f"{http['per_second']:,.1f}",
            f"{http['per_cpu_second']:,.1f}",
            f"{figures['ratio']:.2f} ×",
            f"{figures['latency_ms_p50']:.1f} ms",
            f"{figures['latency_ms_p95']:.1f} ms",
        )
        speed = many[name]
        ratio = speed["per_second"] / figures["in_process"]["per_second"]
        table.add_row(
            f"{name}: {many['workers']} workers",
            f"{speed['per_second']:,.1f}",
            f"{speed['per_cpu_second']:,.1f}",
            f"{ratio:.2f} ×",
        )
    return table


def _show_server(console: Console, one: Mapping[str, Any], many: Mapping[str, Any]) -> None:
    for title, figures in (("1 worker", one), (f"{many['workers']} workers", many)):
        memory = ", ".join(f"{megabytes:.0f}" for megabytes in figures["megabytes"])
        console.print(f"server with {title}: processes of {memory} MB resident")
    console.print(f"server ready {one['ready_seconds']:.2f} s after its start")


def _profile(shares: Mapping[str, float]) -> Table:
    table = Table("where the time goes", box=None, pad_edge=False)
    table.add_column("share", justify="right")
    for module, share in list(shares.items())[:_MODULES_SHOWN]:
        table.add_row(module, f"{share:.1%}")
    rest = sum(list(shares.values())[_MODULES_SHOWN:])
    if rest:
        table.add_row("other modules", f"{rest:.1%}")
    return table
