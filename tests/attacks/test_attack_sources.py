from __future__ import annotations

import json
from pathlib import Path

import pytest

from reward_service.attacks.errors import AttackError
from reward_service.attacks.sources import load_subjects
from reward_service.attacks.sources.bundled import bundled
from reward_service.attacks.sources.casimedicos import casimedicos
from reward_service.attacks.sources.chains import chains
from reward_service.attacks.sources.fitness import is_fit
from reward_service.attacks.sources.medmcqa import medmcqa
from reward_service.attacks.subjects import Subject

CASE = (
    "A 47-year-old gardener noticed a painless ulcer on a finger, then several nodules along the "
    "forearm. He has no fever."
)
REASONING = (
    "The gardener pricked himself on a thorn, and the nodules follow the lymphatics of the arm, "
    "so this patient has sporotrichosis. The painless ulcer fits, and without fever a bacterial "
    "infection is less likely. Squamous carcinoma would grow in one place, and it would not climb "
    "along the arm within such a short time as it did here."
)


def tsv(case: str, reasoning: list[tuple[str, str]]) -> str:
    lines = ["QUESTION O", "TYPE: O", "SKIN O", "", "CLINICAL O", "CASE: O", ""]
    lines += [f"{word} O" for word in case.split()]
    for number, option in enumerate(("Sporotrichosis.", "Squamous carcinoma.", "nan"), start=1):
        lines += ["", f"{number}- O", *(f"{word} B-Claim" for word in option.split())]
    lines += ["", "CORRECT O", "ANSWER: O", "1 O", ""]
    return "\n".join([*lines, *(f"{word} {label}" for word, label in reasoning), "", ""])


def labelled(text: str, label: str = "O") -> list[tuple[str, str]]:
    first, *rest = text.split()
    return [(first, label), *((word, "O") for word in rest)]


def test_casimedicos_reads_cases_whose_explanation_has_a_premise(tmp_path: Path) -> None:
    path = tmp_path / "train.tsv"
    lecture = tsv(CASE, labelled(REASONING))
    spoken = tsv(CASE, labelled(f"Option 2 is wrong. {REASONING}", "B-Premise"))
    path.write_text(lecture + "\n" + spoken)
    (subject,) = casimedicos(path)
    assert subject.id == "train-2"
    assert subject.question == CASE
    assert subject.options == {"A": "Sporotrichosis", "B": "Squamous carcinoma"}
    assert subject.answer == "A"
    assert subject.reasoning.startswith("Option B is wrong. The gardener")
    assert is_fit(subject)


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.tsv").write_text("hello O\n")
    with pytest.raises(AttackError, match=r"train\.tsv: no case found"):
        casimedicos(tmp_path / "train.tsv")


def row(**changes: object) -> dict[str, object]:
    return {
        "id": "q1",
        "question": f"{CASE} Diagnosis?",
        "opa": "Sporotrichosis",
        "opb": "Leprosy",
        "opc": "Anthrax",
        "opd": "Carcinoma",
        "cop": 1,
        "exp": f"Ans. is 'a' i.e., {REASONING}",
    } | changes


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in rows))
    return path


def test_medmcqa_takes_explanations_and_entries_of_options(tmp_path: Path) -> None:
    about = "Leprosy thickens nerves."
    path = write(
        tmp_path / "m.jsonl", row(), row(id="q2", opa="leprosy", exp=about), row(id="q3", exp=None)
    )
    first, second = medmcqa(path)
    assert first.reasoning == f"i.e., {REASONING}"
    assert (first.answer, first.options["D"]) == ("A", "Carcinoma")
    assert first.entries == (about,)
    assert not is_fit(second)


def test_a_row_without_a_field_is_named(tmp_path: Path) -> None:
    lacking = row()
    del lacking["cop"]
    with pytest.raises(AttackError, match=r"m\.jsonl, line 2: lacks cop"):
        medmcqa(write(tmp_path / "m.jsonl", row(), lacking))
    (tmp_path / "m.jsonl").write_text("{")
    with pytest.raises(AttackError, match=r"line 1: no JSON"):
        medmcqa(tmp_path / "m.jsonl")


def test_chains_take_the_longest_right_one_without_its_last_sentence(tmp_path: Path) -> None:
    item = {
        "id": "q1",
        "question": CASE,
        "options": {"A": "Sporotrichosis", "B": "Leprosy"},
        "answer": "A",
        "completions": ["The answer is A.", f"{REASONING} So it is A.", "Much longer. " * 90],
        "labelled_correct": [True, True, False],
    }
    (subject,) = chains(write(tmp_path / "c.jsonl", item, item | {"answer": None}))
    assert subject.reasoning == REASONING


def test_chains_keep_their_steps_and_paragraphs(tmp_path: Path) -> None:
    steps = REASONING.replace(". ", ".\n\n")
    item = {
        "id": "q1",
        "question": CASE,
        "options": {"A": "Sporotrichosis", "B": "Leprosy"},
        "answer": "A",
        "completions": [f"{steps}\n\nSo it is A."],
        "labelled_correct": [True],
    }
    (subject,) = chains(write(tmp_path / "c.jsonl", item))
    assert subject.reasoning == steps


def test_fit_is_what_reasons_about_a_patient() -> None:
    def subject(case: str, reasoning: str) -> Subject:
        return Subject("x", "tests", case, {"A": "a", "B": "b"}, "A", reasoning)

    assert is_fit(subject(CASE, REASONING))
    assert not is_fit(subject(CASE, "The gardener has nodules."))
    assert not is_fit(subject("What is a nodule?", REASONING))
    lecture = "Sporothrix is a fungus of plants and soil. " * 12
    assert not is_fit(subject(CASE, lecture))


def test_the_bundled_cases_have_two_honest_completions_each() -> None:
    subjects = bundled()
    assert len(subjects) >= 40
    assert len({s.id for s in subjects}) == len(subjects)
    for mark in ("\\boxed", "<dx>", "role="):
        assert not any(mark in s.reasoning for s in subjects)
    assert not any("the answer is" in s.reasoning for s in subjects)


def test_loading_says_what_is_missing_and_draws_by_seed(tmp_path: Path) -> None:
    write(tmp_path / "medmcqa_dev.jsonl", *(row(id=f"q{i}") for i in range(9)))
    loaded = load_subjects(tmp_path, limit=4)
    assert [s.source for s in loaded.subjects] == ["bundled"] * 4 + ["medmcqa"] * 4
    assert "gpt_cots_medmcqa.jsonl" in loaded.missing
    assert loaded == load_subjects(tmp_path, limit=4)
    assert loaded != load_subjects(tmp_path, limit=4, seed=1)
    assert load_subjects().missing == ()


def test_a_folder_that_is_not_there_or_empty_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AttackError, match="no such folder"):
        load_subjects(tmp_path / "nowhere")
    with pytest.raises(AttackError, match="holds none of casimedicos/train"):
        load_subjects(tmp_path)
