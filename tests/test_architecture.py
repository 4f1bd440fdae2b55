"""Imports go one way, and no scoring rule lives in a face."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Lowest first: a package may import those before it, never one behind it.
TRAINER_LAYERS = (
    "client",
    "advantages",
    "data",
    "world",
    "policies",
    "config",
    "crpo",
    "stacks",
    "training",
    "evaluation",
    "report",
    "experiment",
    "cli",
    "demo",
    "bench",
)
LAYERS = (
    "wire",
    "bundled",
    "text",
    "vocabulary",
    "analysis",
    "completions",
    "similarity",
    "grounding",
    "judge",
    "objectives",
    "scoring",
    "settings",
    "files",
    "compare",
    "engines",
    "validity",
    "attacks",
    "runs",
    "web",
    "server",
    "cli",
    "demo",
)
FACES = (
    "server",
    "cli",
    "demo",
    "files",
    "compare",
    "engines",
    "validity",
    "attacks",
    "runs",
    "web",
)


def _imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, at any level of the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def _layer(path: Path) -> str:
    return path.relative_to(ROOT / "reward_service").parts[0].removesuffix(".py")


FILES = sorted((ROOT / "reward_service").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    layer = _layer(path)
    if layer == "__init__":
        return
    assert layer in LAYERS, f"{layer} is not in the list of layers"
    for name in sorted(_imports(path)):
        parts = name.split(".")
        if parts[0] == "reward_service" and len(parts) > 1 and parts[1] in LAYERS:
            assert LAYERS.index(parts[1]) <= LAYERS.index(layer), f"{layer} imports {name}"
        assert parts[0] != "trainer", "the service knows nothing of the trainer"


def test_the_trainer_knows_the_service_only_by_its_wire_format() -> None:
    for path in sorted((ROOT / "trainer").rglob("*.py")):
        assert not any(name.split(".")[0] == "reward_service" for name in _imports(path))


TRAINER_FILES = sorted((ROOT / "trainer").rglob("*.py"))


@pytest.mark.parametrize("path", TRAINER_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_of_the_trainer_go_one_way(path: Path) -> None:
    layer = path.relative_to(ROOT / "trainer").parts[0].removesuffix(".py")
    if layer == "__init__":
        return
    assert layer in TRAINER_LAYERS, f"{layer} is not in the list of layers"
    for name in sorted(_imports(path)):
        parts = name.split(".")
        if parts[0] == "trainer" and len(parts) > 1 and parts[1] in TRAINER_LAYERS:
            allowed = TRAINER_LAYERS.index(parts[1]) <= TRAINER_LAYERS.index(layer)
            assert allowed, f"{layer} imports {name}"


@pytest.mark.parametrize("face", FACES)
def test_faces_do_not_reach_into_the_rules(face: str) -> None:
    """A face sees requests, responses, the scorer and the list of objectives; nothing below."""
    hidden = ("reward_service.grounding", "reward_service.objectives.base")
    for path in sorted((ROOT / "reward_service" / face).rglob("*.py")):
        for name in sorted(_imports(path)):
            assert not name.startswith(hidden), f"{path.name} imports {name}"


def test_no_circular_imports_between_modules() -> None:
    files = [*FILES, *TRAINER_FILES]
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): _imports(
            path
        )
        for path in files
    }
    edges = {name: sorted(imports & graph.keys() - {name}) for name, imports in graph.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join([*trail[trail.index(name) :], name])
        if name in done:
            return
        for imported in edges[name]:
            # A package's __init__ stands above its modules: reaching it from below is no cycle
            # when the import names the module itself.
            if not name.startswith(imported + "."):
                visit(imported, (*trail, name))
        done.add(name)

    for name in sorted(edges):
        visit(name, ())
