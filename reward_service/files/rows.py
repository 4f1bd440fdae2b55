"""Reading the rows of a file, whatever its kind."""

from __future__ import annotations

from collections.abc import Collection

from reward_service.files.errors import FileError
from reward_service.files.formats import STDIO, FileFormat, FileKind, detect_format
from reward_service.files.paths import roots
from reward_service.files.readers.archive import EvalArchive
from reward_service.files.readers.base import (
    BATCH_ROWS,
    MAX_LINE_BYTES,
    Position,
    Reader,
    Row,
    Unreadable,
)
from reward_service.files.readers.columns import ArrowRows, ParquetRows
from reward_service.files.readers.document import open_json
from reward_service.files.readers.lines import JsonLines
from reward_service.files.readers.tables import TextTable
from reward_service.files.sources import SOURCE_COLUMNS
from reward_service.files.storage import is_file

__all__ = [
    "BATCH_ROWS",
    "MAX_LINE_BYTES",
    "Position",
    "Reader",
    "Row",
    "Unreadable",
    "open_rows",
]


def open_rows(
    name: str, keep: Collection[str] = (), file_format: FileFormat | None = None
) -> Reader:
    """The rows of the file `name` ("-": standard input). Raises FileError if it cannot be read.

    Of Parquet and Arrow only the columns are read that a source knows or `keep` names; a dotted
    path in `keep` stands for the column that it begins with.
    """
    found = file_format or detect_format(name)
    if name != STDIO and not is_file(name):
        raise FileError(f"{name}: no such file")
    wanted = SOURCE_COLUMNS | roots(keep)
    match found.kind:
        case FileKind.JSONL:
            return JsonLines(name, found.compression)
        case FileKind.JSON:
            return open_json(name, found.compression)
        case FileKind.CSV:
            return TextTable(name, found.compression, ",")
        case FileKind.TSV:
            return TextTable(name, found.compression, "\t")
        case FileKind.PARQUET:
            return ParquetRows(name, wanted)
        case FileKind.ARROW:
            return ArrowRows(name, found.compression, wanted)
        case FileKind.EVAL:
            return EvalArchive(name)
