"""The tables that stand next to the modules that read them (`*.tsv`).

Cells are parted by tabs, "#" begins a comment line, and the first row names the columns.
"""

from __future__ import annotations

from importlib.resources import files


def table_lines(package: str, name: str) -> list[str]:
    """The rows of the table `name` of `package`, without comments, empty lines and the heading."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")][1:]


def table_rows(package: str, name: str) -> list[list[str]]:
    """The cells of each row of `table_lines`."""
    return [line.split("\t") for line in table_lines(package, name)]
