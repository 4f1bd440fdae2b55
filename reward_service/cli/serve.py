"""`clinical-reward serve`: the HTTP service."""

from __future__ import annotations

from typing import Annotated

import typer

from reward_service.cli.options import Pipeline, TagNames, Weights


def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on [default: REWARD_HOST, else 127.0.0.1]"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port; 0 picks a free one [default: REWARD_PORT, else 8000]"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Scoring processes [default: REWARD_WORKERS, else one per core]"),
    ] = None,
    pipeline: Pipeline = None,
    tags: TagNames = None,
    weights: Weights = None,
    log_level: Annotated[
        str | None,
        typer.Option(help="debug, info, warning or error [default: REWARD_LOG_LEVEL, else info]"),
    ] = None,
) -> None:
    """Serve POST /score and the other routes over HTTP until SIGTERM or Ctrl-C.

    \b
    Examples:
      clinical-reward serve --port 8000
      REWARD_WEIGHTS=accuracy=10,coverage=2 clinical-reward serve --workers 4
      clinical-reward serve --tags think,answer
    """
    from reward_service.server.run import serve as run
    from reward_service.settings import Settings

    run(
        Settings.load(
            host=host,
            port=port,
            workers=workers,
            pipeline=pipeline,
            tags=tags,
            weights=weights,
            log_level=log_level,
        )
    )
