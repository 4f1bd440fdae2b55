"""The columns of the results' table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One score: its name here, its column in evaluation files, and which way is better.

    `higher` is True, False, or None where neither way is better. `percent` shows shares in
    percent, as the paper's table does.
    """

    name: str
    source: str
    title: str
    higher: bool | None
    percent: bool = False


COLUMNS = (
    Column("accuracy", "accuracy", "accuracy %", True, percent=True),
    Column("faithfulness", "faithfulness", "faithfulness", True),
    Column("coverage", "coverage", "coverage", True),
    Column("structure", "structure", "structure", True),
    Column("hallucination_rate", "metric_hallucination_rate", "hallucination rate", False),
    Column("contradiction_rate", "metric_contradiction_rate", "contradiction rate", False),
    Column("cecd", "metric_cecd", "CECD", True),
    Column("drc", "metric_drc", "DRC", True),
    Column("words", "metric_words", "words", None),
)
