"""docs/client.md says everything that can be set, fail or be raised."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

import pytest

from trainer import AsyncRewardClient, RewardClient, client
from trainer.client import Batching, Expectation, FailureCode, Retries, Timeouts, errors

PAGE = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")


def test_every_option_is_documented_with_its_default() -> None:
    parameters = inspect.signature(RewardClient).parameters
    for name, parameter in parameters.items():
        assert f"| `{name}` |" in PAGE or name == "url", name
        if isinstance(parameter.default, int | float):
            assert f"| `{name}` | {parameter.default} |" in PAGE
    for options in (Timeouts(), Retries(), Batching()):
        shown = ", ".join(
            f"{f.name}={value:g}"
            if isinstance(value := getattr(options, f.name), float)
            else f"{f.name}={value}"
            for f in fields(options)
        )
        assert f"`{type(options).__name__}({shown})`" in PAGE
    assert all(f.name in PAGE for f in fields(Expectation))


def test_the_tree_of_errors_and_the_failures_are_documented() -> None:
    tree = inspect.cleandoc(errors.__doc__ or "").split("\n\n")[1]
    assert inspect.cleandoc(tree) in PAGE
    for code in FailureCode:
        assert f"| `{code.value}` |" in PAGE


def test_the_public_names_exist_and_are_sorted() -> None:
    assert client.__all__ == sorted(client.__all__)
    assert all(hasattr(client, name) for name in client.__all__)


@pytest.mark.parametrize("name", ["describe", "score", "close"])
def test_both_clients_have_the_same_methods(name: str) -> None:
    one, other = (inspect.signature(getattr(c, name)) for c in (RewardClient, AsyncRewardClient))
    assert one == other
