"""`clinical-reward bench`: speed, latency, start-up, memory, and where the time goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

LENGTHS = (250, 750)


def bench(
    data: Annotated[
        Path | None,
        typer.Option(help="Measure with the items of this file instead of generated ones."),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.05, help="Length of one turn; there are some 40.")
    ] = 2.0,
    http: Annotated[bool, typer.Option(help="Also measure over HTTP, on a loopback port.")] = True,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the figures to this file.")
    ] = None,
) -> None:
    """Measure completions per second in process and over HTTP, beside plain spaCy.

    Texts are made from the bundled cases: groups of 8 completions of 250 and of 750 words, always
    the same ones. Contenders take turns, and every figure is a median. Compare figures of one run:
    machines differ, and so do moments. Takes about two minutes.

    \b
    Examples:
      clinical-reward bench
      clinical-reward bench --json bench.json
      clinical-reward bench --data rollouts.jsonl --seconds 5
    """
    from reward_service.cli.benchmarks.report import show
    from reward_service.cli.benchmarks.run import measure
    from reward_service.cli.benchmarks.texts import bundled_groups, file_groups

    if data is not None:
        groups = {data.name: file_groups(data)}
    else:
        groups = {f"{words} words": bundled_groups(words) for words in LENGTHS}
    figures = measure(groups, seconds, http, lambda what: typer.echo(f"… {what}", err=True))
    show(figures)
    if json_file is not None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        json_file.write_bytes(orjson.dumps(figures, option=options))
