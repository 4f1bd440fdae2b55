"""What a concept is a kind of: the compiler's rules, and the embedded table."""

from __future__ import annotations

from pathlib import Path

import pytest

from reward_service.vocabulary import load_vocabulary
from reward_service.vocabulary.compiler import kinds as compiler
from reward_service.vocabulary.kinds import KINDS_PATH, broader

TREES = [
    ("MESH:heart", ["C14"]),
    ("MESH:ischemia", ["C14.1", "C23.5"]),
    ("MESH:unknown", ["C14.1.2"]),
    ("MESH:infarction", ["C14.1.2.3", "C22.9.1"]),
    ("MESH:alcohol", ["D02"]),
    ("MESH:metoprolol", ["D02.1"]),
    ("MESH:symptom", ["C23.5.1"]),
]


def test_kinds_skip_what_is_not_known_and_leave_drugs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "read_trees", lambda wheels: TREES)
    known = {identifier for identifier, _ in TREES} - {"MESH:unknown"}
    kinds = compiler.read_kinds(Path(), known)
    assert kinds == {"MESH:infarction": ["MESH:ischemia"], "MESH:ischemia": ["MESH:heart"]}
    assert compiler.format_kinds(kinds) == (
        "concept\tbroader\nMESH:infarction\tMESH:ischemia\nMESH:ischemia\tMESH:heart\n"
    )


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("myocardial infarction", "heart disease"),
        ("multiple sclerosis", "demyelinating disease"),
        ("Escherichia coli", "gram-negative bacteria"),
        ("schizophrenia", "mental disorders"),
    ],
)
def test_the_embedded_table(kind: str, of: str) -> None:
    vocabulary = load_vocabulary()
    narrow, wide = vocabulary.lookup(kind), vocabulary.lookup(of)
    assert narrow is not None
    assert wide in broader(narrow)
    assert narrow not in broader(narrow)


def test_a_circle_of_the_table_ends() -> None:
    vocabulary = load_vocabulary()
    one, other = map(vocabulary.lookup, ("strabismus", "ocular motility disorders"))
    assert one is not None
    assert other is not None
    assert other in broader(one)
    assert one in broader(other)
    assert one not in broader(one)


def test_what_is_not_in_the_table_is_of_no_kind() -> None:
    assert broader("LOCAL:smoking") == frozenset()


def test_the_table_speaks_of_concepts_of_the_vocabulary_only() -> None:
    vocabulary = load_vocabulary()
    rows = KINDS_PATH.read_text("utf-8").splitlines()[1:]
    named = {concept for row in rows for concept in row.replace("\t", " ").split(" ")}
    assert named <= set(vocabulary.ids)
    assert rows == sorted(rows)
