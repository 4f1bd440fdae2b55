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
    log_format: Annotated[
        str | None,
        typer.Option(help="json or text [default: REWARD_LOG_FORMAT, else json]"),
    ] = None,
    keys_file: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Hashes of the keys that clients must send, made by `clinical-reward keys new` "
            "[default: REWARD_KEYS_FILE, else none]",
        ),
    ] = None,
    insecure: Annotated[
        bool | None,
        typer.Option(
            "--insecure",
            help="Serve without keys on an address that other machines can reach",
        ),
    ] = None,
    ssl_certfile: Annotated[
        str | None,
        typer.Option(metavar="PEM", help="Certificate chain; the service then speaks https"),
    ] = None,
    ssl_keyfile: Annotated[
        str | None,
        typer.Option(metavar="PEM", help="Private key, where it is not in the certificate's file"),
    ] = None,
) -> None:
    """Serve POST /score and the other routes over HTTP until SIGTERM or Ctrl-C.

    \b
    Examples:
      clinical-reward serve --port 8000
      REWARD_WEIGHTS=accuracy=10,coverage=2 clinical-reward serve --workers 4
      clinical-reward serve --tags think,answer
      clinical-reward serve --host 0.0.0.0 --keys-file keys.txt
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
            log_format=log_format,
            keys_file=keys_file,
            insecure=insecure,
            ssl_certfile=ssl_certfile,
            ssl_keyfile=ssl_keyfile,
        )
    )
