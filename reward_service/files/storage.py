"""Files by name: on this machine, or in an object store.

A name with a scheme (`s3://bucket/key`, `gs://…`, `abfs://…`, `hdfs://…`, `file:///…`) is opened by
pyarrow's file systems, which look for credentials where the store's own tools do. Every other name
is a path. A query behind a name (`?endpoint_override=host:9000`) is for the file system.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote

import pyarrow as pa
from pyarrow import fs

from reward_service.files.errors import FileError

_BLOCK = 1 << 20
_UNREACHABLE = (OSError, ValueError, pa.ArrowException)


def is_remote(name: str) -> bool:
    """Whether a name has a scheme."""
    return "://" in name


def path_of(name: str) -> str:
    """The name without scheme and query: what its ending stands in."""
    return name.partition("://")[2].partition("?")[0] if is_remote(name) else name


def sibling(name: str, ending: str) -> str:
    """The name with `ending` behind its path."""
    if not is_remote(name):
        return name + ending
    base, mark, query = name.partition("?")
    return base + ending + mark + query


def is_file(name: str) -> bool:
    """Whether there is such a file. Raises FileError if the store does not answer."""
    return _kind(name) == fs.FileType.File if is_remote(name) else Path(name).is_file()


def is_folder(name: str) -> bool:
    """Whether there is such a folder, or in an object store anything below that prefix."""
    return _kind(name) == fs.FileType.Directory if is_remote(name) else Path(name).is_dir()


def below(folder: str) -> list[str]:
    """The names of all files below a folder, without the folder's own name, in any order."""
    if not is_remote(folder):
        root = Path(folder)
        return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    system, path = _located(folder)
    root_path = path.rstrip("/")
    found = system.get_file_info(fs.FileSelector(root_path, recursive=True))
    files = (info.path for info in found if info.type == fs.FileType.File)
    return [file.removeprefix(root_path).lstrip("/") for file in files]


def inside(folder: str, name: str) -> str:
    """The name of the file that `below` calls `name`."""
    if not is_remote(folder):
        return str(Path(folder) / name)
    base, mark, query = folder.partition("?")
    return f"{base.rstrip('/')}/{quote(name)}{mark}{query}"


def size(name: str) -> int:
    """Bytes of a file."""
    return int(_info(name).size) if is_remote(name) else os.path.getsize(name)


def identity(name: str) -> dict[str, Any]:
    """What tells a file's content from another's: size and SHA-256.

    In an object store, where reading costs, size and the time of the last change.
    """
    if is_remote(name):
        info = _info(name)
        modified = info.mtime.astimezone(UTC).isoformat() if info.mtime else None
        return {"bytes": info.size, "modified": modified}
    sha = hashlib.sha256()
    read = 0
    with open_binary(name) as stream:
        while block := stream.read(_BLOCK):
            sha.update(block)
            read += len(block)
    return {"bytes": read, "sha256": sha.hexdigest()}


def open_binary(name: str) -> BinaryIO:
    """Open a file to be read, at any place. Raises FileError if that is not possible."""
    if is_remote(name):
        return cast(BinaryIO, io.BufferedReader(_open_remote(name), _BLOCK))
    try:
        return open(name, "rb")
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {error.strerror}") from error


def arrow_source(name: str) -> Any:
    """What pyarrow's own readers open: a path, or an open file of the store."""
    return _open_remote(name) if is_remote(name) else name


def send(path: Path, name: str) -> None:
    """Copy a local file into the store, where it appears in one step."""
    system, target = _located(name)
    try:
        with path.open("rb") as source, system.open_output_stream(target) as sink:
            shutil.copyfileobj(source, sink, _BLOCK)
    except _UNREACHABLE as error:
        raise FileError(
            f"{name}: cannot be written: {error}; --resume sends {path} again"
        ) from error


def remove(name: str) -> None:
    """Delete a file of the store."""
    system, path = _located(name)
    system.delete_file(path)


def _open_remote(name: str) -> Any:
    system, path = _located(name)
    try:
        return system.open_input_file(path)
    except _UNREACHABLE as error:
        raise FileError(f"{name}: cannot be read: {error}") from error


def _kind(name: str) -> Any:
    return _info(name).type


def _info(name: str) -> Any:
    system, path = _located(name)
    try:
        return system.get_file_info(path.rstrip("/"))
    except _UNREACHABLE as error:
        raise FileError(f"{name}: cannot be reached: {error}") from error


@lru_cache(maxsize=4096)
def _located(name: str) -> tuple[Any, str]:
    try:
        system, path = fs.FileSystem.from_uri(name)
    except _UNREACHABLE as error:
        raise FileError(f"{name}: cannot be reached: {error}") from error
    return system, path
