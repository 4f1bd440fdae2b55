from __future__ import annotations

from pathlib import Path

import pytest

from reward_service.validity.data import casimedicos, chains, medec, medmcqa, medqa
from reward_service.validity.errors import ValidityError


def test_medqa(data_folder: Path) -> None:
    (question,) = medqa.read(data_folder)
    assert (question.key, question.answer, question.row) == ("medqa:0", "A", 0)
    assert question.item(["x"])["options"] == {"A": "Tonsillitis", "B": "Croup"}


def test_medmcqa(data_folder: Path) -> None:
    first, _, last = medmcqa.read(data_folder)
    assert first.options == {
        "A": "Adrenaline",
        "B": "Cetirizine",
        "C": "Ranitidine",
        "D": "Salbutamol",
    }
    assert (first.key, first.answer, first.subject) == ("medmcqa:m0", "A", "Medicine")
    assert first.explanation is not None and first.explanation.startswith("Adrenaline")
    assert last.explanation is None


def test_chains_share_their_questions_key(data_folder: Path) -> None:
    found = chains.read(data_folder)
    # The third question has no key.
    assert [c.key for c in found] == ["medmcqa:m0", "medmcqa:m1"]
    assert found[0].correct == (True, False)
    assert found[0].styles == ("plain", "steps")


def test_medec(data_folder: Path) -> None:
    wrong, right = medec.read(data_folder)
    assert (wrong.sentences[1], wrong.wrong, wrong.corrected) == (
        "He has croup.",
        1,
        "He has asthma.",
    )
    assert (right.wrong, right.corrected, right.error_type) == (None, None, "")


def test_casimedicos(data_folder: Path) -> None:
    heart, brain, dev = casimedicos.read(data_folder)
    assert [c.key for c in (heart, brain, dev)] == [
        "casimedicos:train:0",
        "casimedicos:train:1",
        "casimedicos:dev:0",
    ]
    question = heart.question
    assert question.options == {
        "1": "Myocardial infarction.",
        "2": "Pericarditis.",
        "3": "Costochondritis.",
    }
    assert (question.answer, question.subject) == ("1", "CARDIOLOGY")
    assert question.question.splitlines() == [
        "A 61-year-old man has crushing chest pain and sweating.",
        "He has no fever.",
        "What is the most likely diagnosis?",
    ]
    texts = [(kind, heart.case.text[start:end]) for kind, start, end in heart.case.parts]
    assert texts == [
        ("Premise", "A 61-year-old man has crushing chest pain and sweating."),
        ("Premise", "He has no fever."),
    ]
    assert [part.kind for part in heart.explanation.parts] == ["Premise", "Claim", "Claim", "Claim"]
    assert heart.explanation.sentences[0] == (0, 36)
    assert heart.case.kinds(0, 3) == {"Premise"}
    assert heart.case.kinds(len(heart.case.text) - 3, len(heart.case.text)) == frozenset()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("medqa_dev.jsonl", '{"question": "x"}\n', "line 1: expected an object with question"),
        ("medqa_dev.jsonl", "{", "line 1: not JSON"),
        ("medec_validation.csv", "a,b\n1,2\n", "expected the columns of MEDEC"),
        ("casimedicos/train.tsv", "word\n", "line 1: expected a token and its BIO tag"),
        ("casimedicos/train.tsv", "QUESTION O\nTYPE: O\n", "case 1 has no option"),
        (
            "gpt_cots_medmcqa.jsonl",
            '{"id": "a", "question": "q", "options": {}, "answer": "A", "completions": ["x"],'
            ' "labelled_correct": []}\n',
            "line 1: expected one label",
        ),
    ],
)
def test_other_shapes_are_refused(data_folder: Path, name: str, content: str, message: str) -> None:
    (data_folder / name).write_text(content)
    adapters = {
        "medqa_dev.jsonl": medqa.read,
        "medec_validation.csv": medec.read,
        "casimedicos/train.tsv": casimedicos.read,
        "gpt_cots_medmcqa.jsonl": chains.read,
    }
    with pytest.raises(ValidityError, match=message):
        adapters[name](data_folder)
