"""The commands' help as docs/crpo-cli.md: `python -m trainer.cli.reference` prints it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from trainer.cli.app import app

_WIDTH = 100
_PROGRAM = "crpo"
_INTRODUCTION = f"""# Command line of the trainer

`{_PROGRAM}` makes data, trains, evaluates and reports; [training](training.md) shows the whole way.
This page is generated from the commands' help by `make docs`.
"""


def reference() -> str:
    """The page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_sections(get_command(app), _PROGRAM, None)])


def _sections(command: Any, title: str, parent: Any) -> Iterator[str]:
    """A command's help, then that of its own commands."""
    context = command.context_class(
        command,
        info_name=title.rpartition(" ")[2],
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    yield f"## {title}\n\n```text\n" + "\n".join(lines).strip() + "\n```\n"
    for name, inner in getattr(command, "commands", {}).items():
        yield from _sections(inner, f"{title} {name}", context)


if __name__ == "__main__":
    print(reference(), end="")
