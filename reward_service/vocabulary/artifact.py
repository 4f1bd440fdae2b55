"""The vocabulary's file: one line "CRPO-VOCABULARY <format> <sha256>", then the packed content.

The sha256 is of the unpacked content, so it identifies the vocabulary whatever library packed it.
"""

from __future__ import annotations

import hashlib
import lzma
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from reward_service.wire.errors import PipelineError

MAGIC = b"CRPO-VOCABULARY"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Content:
    """What the file holds. Concepts are parallel lists, sorted by id; terms are normalised.

    `term_concepts[i]` is the concept's position that `terms[i]` names. `absent_terms` says of its
    concept that it is not there ("afebrile"). `cased` maps a surface that matches in its own case
    only to its normalised term and concept. `words` are common English words, normalised.
    """

    ids: list[str]
    names: list[str]
    types: list[str]
    sources: list[str]
    terms: list[str]
    term_concepts: list[int]
    absent_terms: dict[str, int]
    cased: dict[str, tuple[str, int]]
    words: list[str]


def encode(content: Content) -> bytes:
    """The file's bytes; equal contents give equal bytes."""
    payload = orjson.dumps(asdict(content))
    digest = hashlib.sha256(payload).hexdigest().encode()
    packed = lzma.compress(payload, format=lzma.FORMAT_XZ, check=lzma.CHECK_NONE, preset=6)
    return b"%s %d %s\n" % (MAGIC, FORMAT, digest) + packed


def decode(path: Path) -> tuple[Content, str]:
    """Content and sha256 of the file at `path`.

    Raises PipelineError if it is missing, of another format, cut off or changed.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PipelineError(f"vocabulary {path} cannot be read: {error.strerror}") from error
    header, _, packed = data.partition(b"\n")
    fields = header.split(b" ")
    if len(fields) != 3 or fields[0] != MAGIC:
        raise PipelineError(f"{path} is not a vocabulary file")
    if fields[1] != b"%d" % FORMAT:
        found = fields[1].decode("ascii", "replace")
        raise PipelineError(f"{path} has vocabulary format {found}, expected {FORMAT}")
    try:
        payload = lzma.decompress(packed)
    except (lzma.LZMAError, EOFError) as error:
        raise PipelineError(f"vocabulary {path} is damaged: {error}") from error
    digest = hashlib.sha256(payload).hexdigest()
    if digest.encode() != fields[2]:
        raise PipelineError(f"vocabulary {path} is damaged: its checksum does not fit")
    return Content(**orjson.loads(payload)), digest
