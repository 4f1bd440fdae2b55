"""`clinical-reward load`: throughput and latency of the service under load."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer


def load(
    words: Annotated[int, typer.Option(min=10, help="Words of a completion.")] = 250,
    seconds: Annotated[
        float, typer.Option(min=0.2, help="Length of one turn; there are some 70.")
    ] = 2.0,
    workers: Annotated[
        int | None, typer.Option(min=2, help="Most scoring processes [default: the cores]")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the figures to this file.")
    ] = None,
) -> None:
    """Measure the service's capacity, and its latency at 50, 80 and 120 % of it.

    Starts the service on a loopback port with 1, 2, 4 … scoring processes. Requests come at a
    constant rate over 1, 8, 64 and 512 connections, one completion or a group of 8 each; every
    case is new. Client and service share the machine. Prints Markdown; takes about four minutes.

    \b
    Examples:
      clinical-reward load
      clinical-reward load --words 750 --seconds 1 --json load.json
    """
    from reward_service.cli.benchmarks.load import measure_load
    from reward_service.settings import Settings

    workers = workers or max(2, Settings.load().workers)
    figures = measure_load(words, seconds, workers, lambda what: typer.echo(f"… {what}", err=True))
    for line in _markdown(figures):
        typer.echo(line)
    if json_file is not None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
        json_file.write_bytes(orjson.dumps(figures, option=options))


def _markdown(figures: dict[str, Any]) -> Iterable[str]:
    yield from _table(
        [f"{figures['words']} words", "in process/s", "HTTP, 1 worker/s", "ratio"],
        (
            [shape, f"{row['in_process']:.0f}", f"{row['http']:.0f}", f"{row['ratio']:.2f}"]
            for shape, row in figures["ratio"].items()
        ),
    )
    base = figures["capacity"][1]
    yield from _table(
        ["workers", *(f"{shape}/s" for shape in base), *(f"{shape}, beside 1" for shape in base)],
        (
            [
                str(workers),
                *(f"{speed:.0f}" for speed in row.values()),
                *(f"{row[shape] / base[shape]:.2f} ×" for shape in base),
            ]
            for workers, row in figures["capacity"].items()
        ),
    )
    names = ["requests", "load", "connections", "completions/s", "p50 ms", "p95 ms", "p99 ms"]
    yield from _table(
        [*names, "answers", "unanswered"],
        (
            [
                row["shape"],
                f"{row['load']:.0%}",
                str(row["connections"]),
                f"{row['per_second']:.0f}",
                *(f"{row[p]:.0f}" for p in ("p50", "p95", "p99")),
                ", ".join(f"{count} × {status}" for status, count in row["statuses"].items()),
                str(row["unanswered"]),
            ]
            for row in figures["loads"]
        ),
    )


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterable[str]:
    yield ""
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cells)} |"
