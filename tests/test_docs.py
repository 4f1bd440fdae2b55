"""Whatever a user can set, call or get is in the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reward_service.cli.picture import picture
from reward_service.objectives.registry import Objective, objectives
from reward_service.scoring.scorer import Scorer
from reward_service.server.app import create_app
from reward_service.server.reference import reference
from reward_service.settings import Settings
from reward_service.wire.codes import Abstention

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HTTP = (DOCS / "http.md").read_text("utf-8")
OBJECTIVES = tuple(objectives().values())


class _Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose `!!python/name:` tags a safe loader would refuse."""


_Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda *_: None)


def _pages(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [
        page for entry in (nav.values() if isinstance(nav, dict) else nav) for page in _pages(entry)
    ]


def test_every_page_is_in_the_navigation_once() -> None:
    listed = _pages(yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), _Loader)["nav"])
    there = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert sorted(listed) == sorted(there)


def test_the_openapi_document_is_up_to_date() -> None:
    current = (DOCS / "reference" / "openapi.json").read_text("utf-8")
    assert current == reference(), "stale: run `make docs`"


def test_the_picture_of_an_explanation_is_up_to_date(scorer: Scorer) -> None:
    current = (DOCS / "images" / "explain.svg").read_text("utf-8")
    assert current == picture(scorer), "stale: run `make docs`"


def test_every_route_is_documented() -> None:
    for path, operations in create_app(Settings(workers=0)).openapi()["paths"].items():
        for method in operations:
            named = f"`{method.upper()} {path}`" in HTTP or f"`{path}`" in HTTP
            assert named, f"docs/http.md does not name {method.upper()} {path}"


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda o: o.name)
def test_every_objective_has_a_page_with_its_metrics_and_abstentions(objective: Objective) -> None:
    page = (DOCS / "objectives" / f"{objective.name}.md").read_text("utf-8")
    for name in objective.metrics:
        assert f"`{name}`" in page, f"metric {name} is not explained"
    for code in objective.abstentions:
        assert f"`{code.value}`" in page, f"abstention {code.value} is not explained"


def test_every_abstention_is_explained_somewhere() -> None:
    texts = "".join(path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md")))
    for code in Abstention:
        assert f"`{code.value}`" in texts, code.value


def test_pages_name_only_commands_that_exist() -> None:
    commands = set(re.findall(r"^## clinical-reward (\S+)", (DOCS / "cli.md").read_text(), re.M))
    for path in sorted(DOCS.rglob("*.md")):
        for name in re.findall(r"`clinical-reward ([a-z]+)", path.read_text("utf-8")):
            assert name in commands, f"{path.name} names clinical-reward {name}"
