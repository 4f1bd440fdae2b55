"""`clinical-reward keys`: make the keys that clients send, and check the file of their hashes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reward_service.wire.errors import SettingsError

if TYPE_CHECKING:
    from reward_service.server.keys import Role

keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make and check the keys that clients send to the service.",
)


@keys.command()
def new(
    name: Annotated[
        str | None,
        typer.Option(
            help="What the key is called in the file and the log [default: from its hash]",
            show_default=False,
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="score|metrics",
            help="What it opens: scoring, or the metrics; may be given twice [default: score]",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add the line to this file and print the key alone"),
    ] = None,
) -> None:
    """Make a key. It is shown this once: the service's file holds only its hash.

    \b
    Examples:
      clinical-reward keys new --name trainer
      export CRPO_REWARD_KEY=$(clinical-reward keys new --name trainer --file keys.txt)
      clinical-reward keys new --name prometheus --role metrics --file keys.txt
    """
    from reward_service.server.keys import digest_of, make_key, new_secret

    secret = new_secret()
    name = name or f"key-{digest_of(secret.encode()).hex()[:8]}"
    key = make_key(name, _roles(role or ["score"]), secret)
    if file is None:
        typer.echo(f"key, shown this once:  {secret}")
        typer.echo(f"line for the file:     {key.line()}")
        return
    _append(file, key.line())
    typer.echo(secret)


@keys.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of REWARD_KEYS_FILE")],
) -> None:
    """List the names and roles of a file's keys, or say what is wrong with it."""
    from reward_service.server.keys import parse_keys, read_key_file

    found = parse_keys(read_key_file(file), source=str(file))
    width = max(len(key.name) for key in found)
    for key in found:
        typer.echo(f"{key.name:{width}}  {','.join(sorted(key.roles))}")


def _roles(words: list[str]) -> list[Role]:
    from reward_service.server.keys import Role

    try:
        return [Role(word) for word in words]
    except ValueError:
        raise SettingsError(f"--role: expected {' or '.join(Role)}") from None


def _append(path: Path, line: str) -> None:
    """Add a line to a file of keys, whose text must stay readable. Raises SettingsError.

    The file is replaced as a whole: a service that reads it meanwhile sees the old or the new one.
    """
    from reward_service.server.keys import parse_keys, read_key_file

    before = read_key_file(path) if path.exists() else ""
    text = f"{before.rstrip()}\n{line}\n".lstrip()
    parse_keys(text, source=str(path))
    path = path.resolve()
    beside = path.with_name(f".{path.name}.new")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(text)
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o600)
        beside.replace(path)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be written'}") from None
