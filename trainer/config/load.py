"""A configuration from a YAML file and `key=value` overrides, checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from trainer.config.errors import ConfigError, did_you_mean
from trainer.config.schema import RunConfig
from trainer.config.training_fields import RESERVED, training_fields
from trainer.config.yaml_file import parse_yaml, read_yaml, write_yaml

_COMMAND_LINE = "command line"
_MODEL, _DEEPSPEED = ("model", "path"), ("training", "deepspeed")
_PATHS = (("output",), ("data", "train"), ("data", "test"), _MODEL, _DEEPSPEED)
_WORDS = {
    "Input should be a valid ": "expected a ",
    "Input should be ": "expected ",
    "expected a integer": "expected an integer",
    "Field required": "missing",
    "String should have": "expected text with",
    "Tuple should have": "expected",
}


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> RunConfig:
    """The checked configuration.

    `overrides` are `dotted.field=value` with the value in YAML. Relative paths of the file are
    resolved against the file's folder, those of the overrides against the current one.

    Raises ConfigError: one line for every mistake, which names the file (or the command line), the
    field, what was expected and the nearest known name. Nothing of torch is imported.
    """
    path = Path(path)
    data = _with_absolute_paths(read_yaml(path), path.parent)
    overridden: set[tuple[str, ...]] = set()
    for override in overrides:
        keys, value = _parse_override(override)
        _put(data, keys, _absolute(keys, value, Path()), override)
        overridden.add(keys)
    problems: list[str] = []
    config = _validate(data, path, overridden, problems)
    training = data.get("training", {})
    stage = data.get("stage", "crpo")
    if isinstance(training, dict) and stage in ("crpo", "cold_start"):
        for name, message in _training_problems(stage, training):
            source = _COMMAND_LINE if ("training", name) in overridden else str(path)
            problems.append(f"{source}: training.{name}: {message}")
    if problems or config is None:
        raise ConfigError("\n".join(problems))
    return config


def dump_config(config: RunConfig) -> str:
    """The configuration as YAML, complete and with absolute paths; `load_config` reads it back."""
    return write_yaml(config.model_dump(mode="json"))


def _parse_override(override: str) -> tuple[tuple[str, ...], Any]:
    name, equals, text = override.partition("=")
    keys = tuple(key.strip() for key in name.split("."))
    if not equals or not all(keys):
        raise ConfigError(
            f"{_COMMAND_LINE}: {override!r}: expected key=value as in training.max_steps=2"
        )
    return keys, parse_yaml(text, source=f"{_COMMAND_LINE}: {name}")


def _put(data: dict[str, Any], keys: Sequence[str], value: Any, override: str) -> None:
    for key in keys[:-1]:
        inner = data.setdefault(key, {})
        if inner is None:  # `lora: null` in the file, model.lora.r=8 on the command line
            inner = data[key] = {}
        if not isinstance(inner, dict):
            raise ConfigError(f"{_COMMAND_LINE}: {override!r}: {key} has no fields")
        data = inner
    data[keys[-1]] = value


def _with_absolute_paths(data: dict[str, Any], base: Path) -> dict[str, Any]:
    for keys in _PATHS:
        section: Any = data
        for key in keys[:-1]:
            section = section.get(key)
            if not isinstance(section, dict):
                break
        else:
            if keys[-1] in section:
                section[keys[-1]] = _absolute(keys, section[keys[-1]], base)
    return data


def _absolute(keys: tuple[str, ...], value: Any, base: Path) -> Any:
    """`value` as an absolute path where the field is one; a model may be a name on the hub."""
    if keys not in _PATHS or not isinstance(value, str) or not value:
        return value
    path = (base / Path(value).expanduser()).resolve()
    if keys == _MODEL and not value.startswith((".", "~", "/")) and not path.is_dir():
        return value
    return str(path)


def _validate(
    data: dict[str, Any], path: Path, overridden: set[tuple[str, ...]], problems: list[str]
) -> RunConfig | None:
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            keys = _field_path(detail["loc"])
            # One of the two is the other, or lies inside it.
            touched = any(
                all(a == b for a, b in zip(keys, other, strict=False)) for other in overridden
            )
            source = _COMMAND_LINE if touched else str(path)
            problems.append(f"{source}: {'.'.join(keys)}: {_message(detail, keys)}")
    return None


def _field_path(loc: tuple[str | int, ...]) -> tuple[str, ...]:
    """Where it is, without pydantic's names for the branches of a union."""
    keys = [str(part) for part in loc if str(part) != "str" and "[" not in str(part)]
    return tuple(keys)


def _message(detail: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    if detail["type"] == "extra_forbidden":
        return f"unknown field{did_you_mean(keys[-1], _known_fields(keys[:-1]))}"
    message = str(detail["msg"]).removeprefix("Value error, ")
    for theirs, ours in _WORDS.items():
        message = message.replace(theirs, ours)
    if detail["type"] in ("missing", "value_error"):
        return message
    return f"{message}, got {detail['input']!r}"


def _known_fields(keys: Iterable[str]) -> list[str]:
    model: type[BaseModel] = RunConfig
    for key in keys:
        annotation = model.model_fields[key].annotation
        candidates = get_args(annotation) if get_origin(annotation) else (annotation,)
        model = next(kind for kind in candidates if issubclass(kind, BaseModel))
    return list(model.model_fields)


def _training_problems(stage: str, training: Mapping[str, Any]) -> list[tuple[str, str]]:
    fields = training_fields(stage)
    other = "cold_start" if stage == "crpo" else "crpo"
    problems = []
    for name, value in training.items():
        if name in RESERVED:
            problems.append((name, f"is set by {RESERVED[name]}"))
        elif name not in fields and name in training_fields(other):
            problems.append((name, f"unknown field: it belongs to the stage {other}"))
        elif name not in fields:
            problems.append((name, f"unknown field{did_you_mean(str(name), fields)}"))
        else:
            problems += [(name, text) for text in _type_problem(fields[name], value)]
    return problems


def _type_problem(kind: Any, value: Any) -> list[str]:
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return [f"expected {_type_name(kind)}, got {value!r}"]
    return []


def _type_name(kind: Any) -> str:
    names = {"NoneType": "null", "int": "an integer", "float": "a number", "str": "text"}
    names |= {"bool": "true or false", "dict": "fields", "list": "a list", "tuple": "a list"}
    parts = get_args(kind) or (kind,)
    return " or ".join(names.get(part.__name__, part.__name__) for part in parts)
