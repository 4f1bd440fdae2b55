from __future__ import annotations

from pathlib import Path

from reward_service.validity import findings
from reward_service.validity.base import Context
from reward_service.validity.data import casimedicos


def test_premises_are_cut_into_pieces(data_folder: Path) -> None:
    brain = casimedicos.read(data_folder)[1]
    texts = [brain.case.text[start:end].strip(" .,") for start, end in findings.pieces(brain.case)]
    assert texts == [
        "A 25-year-old woman has headache",
        "vomiting and",
        "neck stiffness",
    ]


def test_what_is_stated_comes_from_the_evidence(context: Context) -> None:
    heart = casimedicos.read(context.data)[0]
    ((scored,),) = context.score([heart.question.item([""])], explain=True)
    found = {heart.case.text[start:end]: weight for (start, end), weight in findings.stated(scored)}
    assert found["sweating"] == 1.0
    assert found["fever"] == 0.5


def test_rows(context: Context) -> None:
    (test,) = findings.TESTS
    rows = {row.test: row for row in test.run(context)}
    assert list(rows) == [
        "findings: premises seen",
        "findings: pieces seen",
        "findings: words seen",
        "findings: precision",
        "findings: weights",
    ]
    assert rows["findings: premises seen"].n == 5
    assert rows["findings: premises seen"].ours == 1.0
    assert rows["findings: precision"].ours == 1.0
    assert all("words by lot" in row.baselines for row in list(rows.values())[:4])
