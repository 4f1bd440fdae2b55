"""The commands' help as docs/cli.md: `make docs` writes it, a test says when it is stale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from reward_service.cli.app import app

_WIDTH = 100
_PROGRAM = "clinical-reward"
_INTRODUCTION = f"""# Command line

`{_PROGRAM}` serves, scores files, explains single scores, checks its installation and
measures its speed. This page is generated from the commands' help by `make docs`.

Settings are environment variables with the prefix `REWARD_` ([settings](settings.md)); options win
over them. [Offline scoring](offline.md) describes the files of `{_PROGRAM} score`.
"""


def reference() -> str:
    """The page, in Markdown."""
    root: Any = get_command(app)
    parts = [_INTRODUCTION, _section(root, _PROGRAM, None)]
    context = root.context_class(root, info_name=_PROGRAM)
    parts += _commands(root, _PROGRAM, context)
    return "\n".join(parts)


def _commands(group: Any, title: str, context: Any) -> Iterator[str]:
    """A section for every command, those of groups after their group's."""
    for name, command in group.commands.items():
        yield _section(command, f"{title} {name}", context)
        if hasattr(command, "commands"):
            inner = command.context_class(command, info_name=name, parent=context)
            yield from _commands(command, f"{title} {name}", inner)


def _section(command: Any, title: str, parent: Any) -> str:
    context = command.context_class(
        command,
        info_name=title.rpartition(" ")[2],
        parent=parent,
        terminal_width=_WIDTH,
        max_content_width=_WIDTH,
    )
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    return f"## {title}\n\n```text\n" + "\n".join(lines).strip() + "\n```\n"


if __name__ == "__main__":
    print(reference(), end="")
