"""Reading a request's body: bounded size, gzip, strict JSON, limits; then validation.

Strict means: UTF-8, no NaN or Infinity (spelt 1e999 or otherwise), no key twice in an object, no
unpaired surrogates, and no nesting deeper than a parser should follow. Each of these would
otherwise be read in one way here and in another way elsewhere.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

import orjson
from starlette.datastructures import Headers

from reward_service.server.errors import ApiError, invalid
from reward_service.server.validation import Loc, field_path, read_request
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import ErrorDetail
from reward_service.wire.request import ScoreRequest

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_DEEPEST_PATH = 8
_JSON_TYPE = re.compile(r"application/(?:[\w.-]{1,60}\+)?json", re.IGNORECASE)

_FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Limits:
    """What a request may hold at most; more is answered with 413."""

    body_bytes: int = 8_000_000
    items: int = 256
    completions: int = 4096


async def read_body(
    headers: Headers, chunks: AsyncIterator[bytes], limits: Limits, *, form: bool = False
) -> bytes:
    """The body of a JSON request, or of a form, decompressed.

    Raises ApiError: 413 too large, 422 wrong type or encoding.
    """
    if form:
        _check_form(headers.get("content-type", ""))
    else:
        _check_type(headers.get("content-type"))
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise invalid("unsupported Content-Encoding; send gzip or none")
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:19]) > limits.body_bytes:
        raise _too_large(limits)
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limits.body_bytes:
            raise _too_large(limits)
    return _inflate(body, limits) if encoding == "gzip" else bytes(body)


def parse_request(body: bytes, limits: Limits) -> ScoreRequest:
    """The validated request. Raises ApiError: 413 too many items, 422 anything wrong."""
    data = parse_json(body)
    _check_counts(data, limits)
    return read_request(data)


def parse_json(body: bytes) -> object:
    """Strict JSON. Raises ApiError (422) that says where it breaks, and quotes nothing."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid(f"the body is not UTF-8: wrong byte at offset {error.start}") from None
    try:
        data: object = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise invalid(f"the body is not JSON: syntax error at {where}") from None
    except RecursionError:
        raise invalid("the body is nested too deeply") from None
    except ValueError:
        raise invalid("the body holds a number with too many digits") from None
    if _SURROGATE_ESCAPE.search(body) and not _is_unicode(body):
        _refuse_surrogates(data)
    return data


def _check_type(content_type: str | None) -> None:
    if content_type is None:
        return
    media_type, _, parameters = content_type.partition(";")
    if not _JSON_TYPE.fullmatch(media_type.strip()):
        raise invalid("expected Content-Type: application/json")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset and charset not in ("utf-8", "utf8"):
        raise invalid("expected Content-Type: application/json in UTF-8")


def _check_form(content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != _FORM_TYPE:
        raise invalid(f"expected Content-Type: {_FORM_TYPE}")


def _inflate(body: bytes | bytearray, limits: Limits) -> bytes:
    """Gunzip, member after member, and stop where the limit is passed."""
    out, rest = bytearray(), bytes(body)
    try:
        while rest:
            member = zlib.decompressobj(wbits=31)
            out += member.decompress(rest, limits.body_bytes + 1 - len(out))
            if len(out) > limits.body_bytes:
                raise _too_large(limits)
            if not member.eof:
                raise invalid("the gzip body ends early")
            rest = member.unused_data
    except zlib.error:
        raise invalid("the body is not gzip, as Content-Encoding says") from None
    return bytes(out)


def _check_counts(data: object, limits: Limits) -> None:
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list):
        return  # validation says what is wrong
    if len(items) > limits.items:
        raise _too_many("items", f"{len(items)} items; the limit is {limits.items}")
    groups = [item.get("completions") for item in items if isinstance(item, dict)]
    total = sum(len(group) for group in groups if isinstance(group, list))
    if total > limits.completions:
        message = f"{total} completions in all items; the limit is {limits.completions}"
        raise _too_many("items", message)


def _too_large(limits: Limits) -> ApiError:
    return ApiError(
        ErrorCode.TOO_LARGE, f"the body is larger than the limit of {limits.body_bytes} bytes"
    )


def _too_many(path: str, message: str) -> ApiError:
    return ApiError(ErrorCode.TOO_LARGE, message, [ErrorDetail(path=path, message=message)])


def _unique_keys(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise invalid("the body is ambiguous: an object has the same key twice")
    return unique


def _refuse_constant(name: str) -> NoReturn:
    raise invalid(f"the body is not JSON: {name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise invalid("the body holds a number that is too large")
    return number


def _is_unicode(body: bytes) -> bool:
    """A quick check that lets whole surrogate pairs (emoji, as some clients write them) pass."""
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _refuse_surrogates(data: object) -> None:
    for loc, text in _strings(data):
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise invalid("holds half of a surrogate pair, which is not text", field_path(loc))


def _strings(data: object) -> Iterator[tuple[Loc, str]]:
    """Every string and key with its place. A stack, not recursion: depth is the client's choice."""
    stack: list[Iterator[tuple[Loc, object]]] = [iter([((), data)])]
    while stack:
        for loc, value in stack[-1]:
            if isinstance(value, str):
                yield loc, value
            elif isinstance(value, dict):
                yield from ((loc, key) for key in value)
                stack.append(_inside(loc, value.items()))
                break
            elif isinstance(value, list):
                stack.append(_inside(loc, enumerate(value)))
                break
        else:
            stack.pop()


def _inside(loc: Loc, children: Iterable[tuple[str | int, object]]) -> Iterator[tuple[Loc, object]]:
    for step, child in children:
        yield (*loc, step) if len(loc) < _DEEPEST_PATH else loc, child
