"""File formats by name: JSONL (plain, .gz, .bz2, .xz, .zst) and Parquet."""

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

STDIO = "-"
# What a damaged or cut-off compressed file raises while it is read.
DECOMPRESSION_ERRORS = (EOFError, OSError, lzma.LZMAError, zlib.error, pa.ArrowException)


class FileKind(Enum):
    """How rows are stored."""

    JSONL = "jsonl"
    PARQUET = "parquet"


class Compression(Enum):
    """Compression around a whole file. Parquet has its own inside."""

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
    ".json": FileKind.JSONL,
    ".parquet": FileKind.PARQUET,
    ".pq": FileKind.PARQUET,
}
_COMPRESSIONS = {
    ".gz": Compression.GZIP,
    ".bz2": Compression.BZ2,
    ".xz": Compression.XZ,
    ".zst": Compression.ZSTD,
    ".zstd": Compression.ZSTD,
}


def detect_format(name: str) -> FileFormat:
    """The format that `name` stands for; "-" is plain JSONL. Raises FileError on other names."""
    if name == STDIO:
        return FileFormat(FileKind.JSONL, Compression.NONE)
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    compression = Compression.NONE
    if suffixes and suffixes[-1] in _COMPRESSIONS:
        compression = _COMPRESSIONS[suffixes.pop()]
    kind = _KINDS.get(suffixes[-1]) if suffixes else None
    if kind is None:
        raise FileError(
            f"{name}: unknown file type; expected a name that ends in .jsonl, .ndjson, .json or "
            ".parquet (JSONL also with .gz, .bz2, .xz or .zst behind it)"
        )
    if kind is FileKind.PARQUET and compression is not Compression.NONE:
        raise FileError(f"{name}: Parquet is compressed inside the file; drop the last suffix")
    return FileFormat(kind, compression)


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
