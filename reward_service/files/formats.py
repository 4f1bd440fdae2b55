"""File formats by name, and the compression around a file.

    rows.jsonl   .ndjson          JSON lines
    rows.json                     one JSON document: an array of rows, or an object that holds one
    rows.csv     .tsv             text tables with a header line
    rows.parquet .pq              Parquet
    rows.arrow   .feather .ipc    Arrow IPC, as a file or a stream
    log.eval                      an inspect_ai log (input only)

All but Parquet and .eval may be compressed as a whole: .gz, .bz2, .xz, .zst.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from reward_service.files.errors import FileError
from reward_service.files.storage import path_of

STDIO = "-"
# What a damaged or cut-off compressed file raises while it is read.
DECOMPRESSION_ERRORS = (EOFError, OSError, lzma.LZMAError, zlib.error, pa.ArrowException)


class FileKind(Enum):
    """How rows are stored."""

    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    ARROW = "arrow"
    EVAL = "eval"


class Compression(Enum):
    """Compression around a whole file. Parquet and .eval have their own inside."""

    NONE = "none"
    GZIP = "gzip"
    BZ2 = "bz2"
    XZ = "xz"
    ZSTD = "zstd"


@dataclass(frozen=True)
class FileFormat:
    """What a file name promises."""

    kind: FileKind
    compression: Compression


_KINDS = {
    ".jsonl": FileKind.JSONL,
    ".ndjson": FileKind.JSONL,
    ".json": FileKind.JSON,
    ".csv": FileKind.CSV,
    ".tsv": FileKind.TSV,
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
    ".arrow": FileKind.ARROW,
    ".feather": FileKind.ARROW,
    ".ipc": FileKind.ARROW,
    ".eval": FileKind.EVAL,
}
_COMPRESSIONS = {
    ".gz": Compression.GZIP,
    ".bz2": Compression.BZ2,
    ".xz": Compression.XZ,
    ".zst": Compression.ZSTD,
    ".zstd": Compression.ZSTD,
}
_COMPRESSED_INSIDE = (FileKind.PARQUET, FileKind.EVAL)


def detect_format(name: str, forced: str | None = None) -> FileFormat:
    """The format that `name` stands for, or `forced` if that is given.

    `forced` is written like the end of a name, without the first dot: "csv", "jsonl.gz". Without
    it "-" is plain JSONL. Raises FileError on other names.
    """
    if forced is not None:
        found = _by_suffixes([f".{part}" for part in forced.lower().strip(".").split(".")])
        if found is None:
            raise FileError(f"format {forced!r}: unknown; expected one of {_known()}")
    elif name == STDIO:
        return FileFormat(FileKind.JSONL, Compression.NONE)
    else:
        found = _by_suffixes([suffix.lower() for suffix in Path(path_of(name)).suffixes])
        if found is None:
            raise FileError(
                f"{name}: unknown file type; expected a name that ends in one of {_known()}; "
                "or say which it is with --format (input) or --output-format"
            )
    if found.kind in _COMPRESSED_INSIDE and found.compression is not Compression.NONE:
        kind = "Parquet" if found.kind is FileKind.PARQUET else ".eval"
        raise FileError(f"{name}: {kind} is compressed inside the file; drop the last suffix")
    return found


def has_known_name(name: str) -> bool:
    """Whether a file's name says how to read it."""
    return _by_suffixes([suffix.lower() for suffix in Path(path_of(name)).suffixes]) is not None


def _by_suffixes(suffixes: list[str]) -> FileFormat | None:
    compression = Compression.NONE
    if suffixes and suffixes[-1] in _COMPRESSIONS:
        compression = _COMPRESSIONS[suffixes[-1]]
        suffixes = suffixes[:-1]
    kind = _KINDS.get(suffixes[-1]) if suffixes else None
    return None if kind is None else FileFormat(kind, compression)


def _known() -> str:
    compressed = ", ".join(_COMPRESSIONS)
    return f"{', '.join(_KINDS)} (all but Parquet and .eval also with {compressed} behind it)"


def decompressed(raw: BinaryIO, compression: Compression) -> BinaryIO:
    """A buffered stream of the plain bytes of `raw`."""
    if compression is Compression.GZIP:
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
    if compression is Compression.BZ2:
        return cast(BinaryIO, bz2.BZ2File(raw, mode="rb"))
    if compression is Compression.XZ:
        return cast(BinaryIO, lzma.LZMAFile(raw, mode="rb"))
    if compression is Compression.ZSTD:
        return io.BufferedReader(pa.CompressedInputStream(raw, "zstd"), 1 << 20)
    return raw


@contextmanager
def writing(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """Open `path` to be written compressed. Equal input gives equal bytes."""
    with path.open("wb") as raw:
        if compression is Compression.NONE:
            yield raw
            return
        with _compressor(raw, compression) as stream:
            yield stream


def _compressor(raw: BinaryIO, compression: Compression) -> BinaryIO:
    if compression is Compression.GZIP:
        stream = gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0)
        return cast(BinaryIO, stream)
    if compression is Compression.BZ2:
        return cast(BinaryIO, bz2.BZ2File(raw, mode="wb"))
    if compression is Compression.XZ:
        return cast(BinaryIO, lzma.LZMAFile(raw, mode="wb"))
    return cast(BinaryIO, pa.CompressedOutputStream(raw, "zstd"))
