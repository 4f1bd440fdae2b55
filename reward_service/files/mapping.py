"""From an input row to the fields of an item: by its source, and by what `--map` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reward_service.files.errors import FileError
from reward_service.files.paths import Missing, look_up
from reward_service.files.sources import COMPLETION_COLUMNS, SOURCES, source_of
from reward_service.files.sources.messages import read_messages
from reward_service.files.sources.options import read_options
from reward_service.wire import Item
from reward_service.wire.errors import RequestError

AUTO = "auto"
_OPTION = "options."
_COMPLETIONS = ("completions", *COMPLETION_COLUMNS)


def read_map(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    """`["question=doc.text"]` → (("question", "doc.text"),). Raises FileError for a wrong pair."""
    found: dict[str, str] = {}
    for pair in pairs:
        field, equals, path = (part.strip() for part in pair.partition("="))
        if not equals or not field or not path:
            raise FileError(f"--map {pair}: expected FIELD=COLUMN, as in question=prompt_text")
        known = (*Item.model_fields, *COMPLETION_COLUMNS)
        if field not in known and not (field.startswith(_OPTION) and len(field) > len(_OPTION)):
            raise FileError(
                f"--map {pair}: no field {field!r}; expected one of {', '.join(known)}, or an "
                "option as in options.A"
            )
        if field in found:
            raise FileError(f"--map {pair}: {field!r} is mapped twice")
        found[field] = path
    return tuple(found.items())


def check_source_name(name: str) -> None:
    """Raises FileError unless `name` is a source's, or "auto"."""
    if name not in (AUTO, *SOURCES):
        raise FileError(f"source {name!r}: expected one of {', '.join((AUTO, *SOURCES))}")


def item_fields(
    row: Mapping[str, Any], source_name: str = AUTO, mapping: tuple[tuple[str, str], ...] = ()
) -> dict[str, Any]:
    """The fields of the row's item. What `mapping` names wins over what the source says.

    Raises RequestError if the row has nothing at a mapped path, or no text to score.
    """
    mapped = _mapped(row, mapping)
    source = source_of(row) if source_name == AUTO else SOURCES[source_name]
    try:
        fields = source.fields(row)
    except RequestError:
        if mapped.keys().isdisjoint(_COMPLETIONS):
            raise
        fields = {}  # the source found no text, but the mapping does
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"not a row of {source.name}: {type(error).__name__}: {error}"
        raise RequestError(message) from error
    if not mapped.keys().isdisjoint(_COMPLETIONS):
        fields = {name: v for name, v in fields.items() if name not in _COMPLETIONS}
    if "prompt" in mapped and "question" not in mapped:
        fields.pop("question", None)  # or it would win over the prompt that was asked for
    return fields | mapped


def _mapped(row: Mapping[str, Any], mapping: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for field, path in mapping:
        try:
            value = look_up(row, path)
        except Missing as missing:
            where = f"; the path ends behind {str(missing)!r}" if str(missing) else ""
            raise RequestError(
                f"the row has no {path!r} (--map {field}={path}){where}", field
            ) from None
        if field.startswith(_OPTION):
            if value is not None:
                options[field.removeprefix(_OPTION)] = value
        elif field == "options":
            fields[field] = read_options(value)
        elif field == "prompt" or field in _COMPLETIONS:
            fields[field] = read_messages(value)
        else:
            fields[field] = value
    if options:
        fields["options"] = {**(fields.get("options") or {}), **options}
    return fields
