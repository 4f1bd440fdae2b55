"""A tiny data folder in the formats of the real data sets; every text is made up."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from reward_service.scoring.scorer import Scorer
from reward_service.validity.base import Context
from reward_service.validity.scoring import MakeScorer, Scoring

# One case a list: the tag of all tokens of the sentence (P premise, C claim, O none), the sentence.
_CASES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("O", "QUESTION TYPE: CARDIOLOGY"),
        ("O", "CLINICAL CASE:"),
        ("P", "A 61-year-old man has crushing chest pain and sweating."),
        ("P", "He has no fever."),
        ("O", "What is the most likely diagnosis?"),
        ("C", "1- Myocardial infarction."),
        ("C", "2- Pericarditis."),
        ("C", "3- Costochondritis."),
        ("O", "4- nan"),
        ("O", "CORRECT ANSWER: 1"),
        ("P", "The man has chest pain and sweating."),
        ("C", "This points to myocardial infarction."),
        ("C", "Pericarditis is ruled out because the patient has no fever."),
        ("C", "The correct answer is 1."),
    ),
    (
        ("O", "QUESTION TYPE: NEUROLOGY"),
        ("O", "CLINICAL CASE:"),
        ("P", "A 25-year-old woman has headache, vomiting and neck stiffness."),
        ("O", "Which diagnosis fits?"),
        ("C", "1- Migraine."),
        ("C", "2- Meningitis."),
        ("O", "CORRECT ANSWER: 2"),
        ("P", "She has neck stiffness."),
        ("C", "Meningitis is likely because of the headache with neck stiffness."),
        ("C", "Migraine would not explain the neck stiffness."),
    ),
)
_TAGS = {"P": "Premise", "C": "Claim"}

_MEDMCQA: tuple[dict[str, Any], ...] = tuple(
    {
        "id": f"m{i}",
        "question": question,
        "opa": options[0],
        "opb": options[1],
        "opc": options[2],
        "opd": options[3],
        "cop": 1,
        "exp": explanation,
        "subject_name": "Medicine",
    }
    for i, (question, options, explanation) in enumerate(
        (
            (
                "Which drug is given first in anaphylaxis?",
                ("Adrenaline", "Cetirizine", "Ranitidine", "Salbutamol"),
                "Adrenaline is best because it reverses the shock. Cetirizine is too slow, since "
                "it blocks histamine only. The answer is A.",
            ),
            (
                "Which vitamin is lacking in scurvy?",
                ("Vitamin C", "Vitamin A", "Vitamin D", "Vitamin K"),
                "Vitamin C is needed because collagen cannot mature without it. Vitamin K is less "
                "likely, since the gums bleed from weak vessels. The answer is A.",
            ),
            ("Which bone is the longest?", ("Femur", "Tibia", "Ulna", "Radius"), None),
        )
    )
)

_MEDEC_COLUMNS = (
    "Text ID",
    "Text",
    "Sentences",
    "Error Flag",
    "Error Type",
    "Error Sentence ID",
    "Error Sentence",
    "Corrected Sentence",
    "Corrected Text",
)
_NOTES = (
    (
        "0 A 3-year-old boy has a barking cough and stridor.\n1 He has croup.",
        "1",
        "1",
        "He has asthma.",
    ),
    ("0 A woman has burning urine.\n1 She has cystitis.", "0", "", ""),
)


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """Every data set, each with a few rows."""
    folder = tmp_path / "data"
    (folder / "casimedicos").mkdir(parents=True)
    (folder / "casimedicos" / "train.tsv").write_text(casimedicos_text(_CASES))
    (folder / "casimedicos" / "dev.tsv").write_text(casimedicos_text(_CASES[:1]))
    write_lines(folder / "medmcqa_dev.jsonl", _MEDMCQA)
    write_lines(
        folder / "medqa_dev.jsonl",
        [
            {
                "question": "A 30-year-old woman has a sore throat. She denies cough. Which?",
                "options": {"A": "Tonsillitis", "B": "Croup"},
                "answer_idx": "A",
            }
        ],
    )
    write_lines(
        folder / "gpt_cots_medmcqa.jsonl",
        [
            {
                "id": f"validation:m{i}",
                "question": row["question"],
                "options": {letter: row[f"op{letter.lower()}"] for letter in "ABCD"},
                "answer": "A" if i < 2 else None,
                "completions": [
                    f"{row['opa']} is right because it fits. The answer is A.",
                    f"{row['opb']} it is, which is better than {row['opa']}. The answer is B.",
                ],
                "labelled_correct": [True, False],
                "prompt_style": ["plain", "steps"],
            }
            for i, row in enumerate(_MEDMCQA)
        ],
    )
    with (folder / "medec_validation.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_MEDEC_COLUMNS)
        for i, (sentences, flag, wrong, corrected) in enumerate(_NOTES):
            kind = "diagnosis" if flag == "1" else "NA"
            writer.writerow([f"n{i}", "", sentences, flag, kind, wrong, "", corrected, ""])
    return folder


def casimedicos_text(cases: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Cases as lines of token and BIO tag."""
    lines: list[str] = []
    for case in cases:
        for kind, sentence in case:
            tag = _TAGS.get(kind)
            for i, token in enumerate(sentence.split()):
                lines.append(f"{token} {'BI'[i > 0]}-{tag}" if tag else f"{token} O")
            lines.append("")
    return "\n".join(lines) + "\n"


def write_lines(path: Path, rows: Any) -> None:
    """Rows as JSONL."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> MakeScorer:
    """A scorer without text analysis that worker processes can import."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "files" / "support"))
    from counting_scorer import CountingScorer  # type: ignore[import-not-found]

    made: MakeScorer = CountingScorer
    return made


@pytest.fixture(scope="session")
def real_score(scorer: Scorer) -> Scoring:
    """The service's own scorer, in this process."""
    return Scoring(lambda: scorer, 1)


@pytest.fixture
def context(data_folder: Path, real_score: Scoring) -> Context:
    """All questions of the tiny data folder."""
    return Context(data=data_folder, half="all", limit=None, seed=0, score=real_score, resamples=40)
