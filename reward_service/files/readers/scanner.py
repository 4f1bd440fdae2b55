"""Taking a JSON text apart without parsing it: values as bytes, one after the other.

Only brackets and strings are looked at, so a document of any size is cut into rows with little
memory, and each row is parsed, in parallel and with its own error, by whoever scores it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

CHUNK_BYTES = 1 << 18
_BRACKETS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}"]', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*")
_SCALAR = re.compile(rb"[^ \t\r\n,:\[\]{}\"]+")
_UNCLOSED = b'"'


class MalformedJson(Exception):
    """The brackets, commas or quotes of the text do not fit together."""


class Scanner:
    """A place in a JSON text. `most` is the length in bytes beyond which a value is not held."""

    def __init__(self, stream: BinaryIO, most: int) -> None:
        self._stream = stream
        self._most = most
        self._buffer = b""
        self._at = 0
        self._fill()
        self._buffer = self._buffer.removeprefix(b"\xef\xbb\xbf")  # a byte order mark

    def peek(self) -> bytes:
        """The next byte that is not space; b"" at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            assert space is not None
            self._at = space.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._fill():
                return b""

    def take(self, wanted: bytes) -> None:
        """Step over the byte `wanted`."""
        found = self.peek()
        if found != wanted:
            raise MalformedJson(f"expected {wanted.decode()!r}, found {_shown(found)}")
        self._at += 1

    def value(self, keep: bool = True) -> bytes | None:
        """Step over one value and return its text; None if it is too long or not to be kept."""
        first = self.peek()
        if first not in (b'"', b"[", b"{"):
            return self._scalar(first)
        depth = length = 0
        lost = not keep
        while True:
            token = _BRACKETS.search(self._buffer, self._at + length)
            if token is None or token[0] == _UNCLOSED:
                length = (len(self._buffer) if token is None else token.start()) - self._at
                if lost or length > self._most:
                    self._at += length
                    length, lost = 0, True
                if len(self._buffer) - self._at > 4 * self._most:
                    raise MalformedJson("a text that does not end")
                if not self._fill():
                    raise MalformedJson("the text ends within a value")
                continue
            length = token.end() - self._at
            kind = token[0][:1]
            depth += (kind in (b"[", b"{")) - (kind in (b"]", b"}"))
            if depth == 0:
                break
        start, self._at = self._at, self._at + length
        return None if lost or length > self._most else self._buffer[start : self._at]

    def elements(self, after: int = 0) -> Iterator[bytes | None]:
        """The elements of the array that begins here, behind the first `after` of them."""
        self.take(b"[")
        number = 0
        while self.peek() != b"]":
            if number:
                self.take(b",")
            number += 1
            element = self.value(keep=number > after)
            if number > after:
                yield element
        self.take(b"]")

    def members(self) -> Iterator[str]:
        """The keys of the object that begins here. Step over each value before the next key."""
        self.take(b"{")
        first = True
        while self.peek() != b"}":
            if not first:
                self.take(b",")
            first = False
            if self.peek() != b'"':
                raise MalformedJson(f"expected a key, found {_shown(self.peek())}")
            key = self.value()
            self.take(b":")
            yield "" if key is None else orjson.loads(key)
        self.take(b"}")

    def _scalar(self, first: bytes) -> bytes:
        while True:
            token = _SCALAR.match(self._buffer, self._at)
            if token is None:
                raise MalformedJson(f"expected a value, found {_shown(first)}")
            if token.end() < len(self._buffer) or not self._fill():
                self._at += len(token[0])
                return token[0]

    def _fill(self) -> bool:
        # As much again as is held: a long value is searched a few times, not once a chunk.
        held = len(self._buffer) - self._at
        chunk = self._stream.read(max(CHUNK_BYTES, held))
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return bool(chunk)


def _shown(found: bytes) -> str:
    return repr(found.decode("utf-8", "replace")) if found else "the end"
