"""The names and types that the section `training` may hold, read without importing torch.

TRL's and our own config classes are dataclasses with annotated fields. Importing them imports torch
(seconds, and the wrong moment to learn of a typing error), so their source is parsed instead. A
test compares the result with `dataclasses.fields`.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Union

from trainer.config.errors import ConfigError

# Set by other sections of the configuration, or by the run's folder.
RESERVED: Mapping[str, str] = {
    "activation_checkpointing": "model.gradient_checkpointing",
    "advantage_method": "reward.method",
    "allow_scorer_change": "reward.allow_scorer_change",
    "data_seed": "seed",
    "expected_fingerprint": "reward.fingerprint",
    "gradient_checkpointing": "model.gradient_checkpointing",
    "max_failed_share": "reward.max_failed_share",
    "model_init_kwargs": "model",
    "objective_weights": "reward.weights",
    "objectives": "reward.objectives",
    "output_dir": "output",
    "resume_from_checkpoint": "the option --resume",
    "reward_key_env": "reward.key_env",
    "reward_url": "reward.url",
    "reward_weights": "reward.weights",
    "run_dir": "output",
    "run_name": "name",
    "seed": "seed",
}

_COMMON = (("transformers", "training_args.py"), ("trl", "trainer/base_config.py"))
_SOURCES = {
    "crpo": (*_COMMON, ("trl", "trainer/grpo_config.py"), ("trainer", "crpo/config.py")),
    "cold_start": (*_COMMON, ("trl", "trainer/sft_config.py")),
}
_TYPES: Mapping[str, Any] = {
    "bool": bool,
    "dict": dict,
    "float": float,
    "int": int,
    "list": list,
    "str": str,
    "tuple": tuple,
}


@functools.cache
def training_fields(stage: str) -> Mapping[str, Any]:
    """Field of the stage's config class → its type (Any where the annotation says more).

    Raises ConfigError when the packages for training are not installed.
    """
    fields: dict[str, Any] = {}
    for package, file in _SOURCES[stage]:
        fields |= _annotated_fields(_package_folder(package) / file)
    return fields


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(
            f"the package {package} is not installed: pip install 'clinical-crpo[trainer]'"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _annotated_fields(path: Path) -> dict[str, Any]:
    """The fields of every class of a file that is a config; hidden ones are left out."""
    fields: dict[str, Any] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef) or not node.name.endswith(("Config", "Arguments")):
            continue
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                name = statement.target.id
                if not name.startswith("_") and not _is_class_variable(statement.annotation):
                    fields[name] = _type_of(statement.annotation)
    return fields


def _is_class_variable(annotation: ast.expr) -> bool:
    return isinstance(annotation, ast.Subscript) and "ClassVar" in ast.unparse(annotation.value)


def _type_of(annotation: ast.expr) -> Any:
    """The type behind an annotation built of builtins, unions and Optional; else Any."""
    match annotation:
        case ast.Constant(value=None):
            return NoneType
        case ast.Constant(value=str(text)):
            return _type_of(ast.parse(text, mode="eval").body)
        case ast.Name(id=name):
            return _TYPES.get(name, Any)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([_type_of(left), _type_of(right)])
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _union([_type_of(inner), NoneType])
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=parts)):
            return _union([_type_of(part) for part in parts])
        case ast.Subscript(value=outer):
            return _type_of(outer)
    return Any


def _union(types: list[Any]) -> Any:
    return Any if Any in types else Union[tuple(types)]  # noqa: UP007
