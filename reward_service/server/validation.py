"""From parsed JSON to a ScoreRequest, and from pydantic's errors to readable ones.

Pydantic reports every branch of a union (`str | list[Message]`) as an error of its own; here a
field gets one message. Messages never quote values. Names that the client made up appear in
messages only if they look like names, so that no clinical text comes back or into a log.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reward_service.server.errors import ApiError, invalid
from reward_service.wire.codes import ErrorCode
from reward_service.wire.errors import ErrorDetail
from reward_service.wire.request import ScoreRequest

MOST_DETAILS = 50
"""Wrong fields that an answer lists; a request of 256 items can hold thousands."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_SHORT_KEY = re.compile(r"[A-Za-z0-9]{1,3}")
_PATH_IN_MESSAGE = re.compile(r"([a-z_]+(?:\.[A-Za-z0-9_-]{1,40})?): (.+)", re.DOTALL)

_EXPECTED = {
    "string_type": "expected a string",
    "string_unicode": "expected Unicode text",
    "list_type": "expected a list",
    "dict_type": "expected an object",
    "model_type": "expected an object",
    "model_attributes_type": "expected an object",
    "missing": "is required",
    "too_short": "must not be empty",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
}
_UNION_FIELDS = frozenset({"completions", "prompt", "answer"})
_BRANCH_NAMES: dict[str | int, str] = {
    "str": "a string",
    "list[Message]": "a list of chat messages",
    "list[str]": "a list of strings",
}
_WITH_KIND = re.compile(r"expected (?:a|an|true)\b.*")

Loc = tuple[str | int, ...]


def read_request(data: object) -> ScoreRequest:
    """Validate a parsed body. Raises ApiError (422) that lists every wrong field."""
    if not isinstance(data, dict):
        raise invalid(f"the body must be an object with 'items', got {_kind(data)}")
    _refuse_odd_names(data)
    try:
        return ScoreRequest.model_validate(data)
    except ValidationError as error:
        details = list(_fold(error.errors(include_url=False, include_context=False)))
    first = details[0]
    message = f"{first.path}: {first.message}" if first.path else first.message
    if len(details) > 1:
        message += f" (and {len(details) - 1} more)"
    raise ApiError(ErrorCode.INVALID_REQUEST, message, details[:MOST_DETAILS])


def field_path(loc: Loc) -> str:
    """("items", 0, "completions", 2) → "items[0].completions[2]". Odd keys become `*`."""
    path = ""
    for before, step in zip((None, *loc), loc, strict=False):
        if isinstance(step, int):
            path += f"[{step}]"
            continue
        shown = _SHORT_KEY if before == "options" else _NAME
        name = step if shown.fullmatch(step) else "*"
        path += f".{name}" if path else name
    return path


def _refuse_odd_names(data: Mapping[str, Any]) -> None:
    """Objectives' names come back in messages, so they must look like names."""
    weights, objectives = data.get("weights"), data.get("objectives")
    if isinstance(weights, dict) and not all(map(_NAME.fullmatch, weights)):
        raise invalid("every key must be the name of an objective", "weights")
    for number, name in enumerate(objectives if isinstance(objectives, list) else ()):
        if isinstance(name, str) and not _NAME.fullmatch(name):
            raise invalid("expected the name of an objective", f"objectives[{number}]")


def _fold(errors: list[ErrorDetails]) -> Iterator[ErrorDetail]:
    """One detail per wrong field; the branches of a union become one."""
    branches: dict[Loc, list[ErrorDetails]] = {}
    for error in errors:
        union = _union_of(error["loc"])
        if union is not None:
            branches.setdefault(union, []).append(error)
    for error in errors:
        union = _union_of(error["loc"])
        if union is None:
            yield _plain(error)
        elif union in branches:
            yield from _fold_union(union, branches.pop(union))


def _fold_union(field: Loc, errors: list[ErrorDetails]) -> Iterator[ErrorDetail]:
    inside = [error for error in errors if len(error["loc"]) > len(field) + 1]
    if inside:  # a list was meant, and what is wrong lies inside it
        yield from map(_plain, inside)
        return
    wanted = " or ".join(_BRANCH_NAMES[error["loc"][-1]] for error in errors)
    got = _kind(errors[0]["input"])
    yield ErrorDetail(path=field_path(field), message=f"expected {wanted}, got {got}")


def _union_of(loc: Loc) -> Loc | None:
    """The field whose union's branch `loc` goes through. Keys of `options` are no branches."""
    for position in range(1, len(loc)):
        field = next((step for step in reversed(loc[:position]) if isinstance(step, str)), "")
        if field in _UNION_FIELDS and loc[position] in _BRANCH_NAMES:
            return loc[:position]
    return None


def _plain(error: ErrorDetails) -> ErrorDetail:
    loc = error["loc"]
    union = _union_of(loc)
    if union is not None:
        loc = (*union, *loc[len(union) + 1 :])
    path, message = field_path(loc), _message(error)
    if error["type"] == "extra_forbidden":
        message = "unknown field" + _did_you_mean(str(loc[-1]))
    elif error["type"] == "value_error" and (match := _PATH_IN_MESSAGE.fullmatch(message)):
        path, message = f"{path}.{match[1]}" if path else match[1], match[2]
    return ErrorDetail(path=path, message=message)


def _message(error: ErrorDetails) -> str:
    message = _EXPECTED.get(error["type"], error["msg"].removeprefix("Value error, "))
    if _WITH_KIND.fullmatch(message) and error["type"] != "value_error":
        message += f", got {_kind(error['input'])}"
    return message


def _did_you_mean(name: str) -> str:
    close = difflib.get_close_matches(name[:40], ScoreRequest.model_fields, n=1)
    return f": did you mean '{close[0]}'?" if close else ""


def _kind(value: object) -> str:
    kinds = {bool: "a boolean", str: "a string", dict: "an object", list: "a list"}
    if value is None:
        return "null"
    return kinds.get(type(value), "a number")
