"""Cases: consistent, decidable, never twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from trainer.world import World, WorldConfig, build_world, sample_cases
from trainer.world import cases as cases_module
from trainer.world.cases import LETTERS, SPLITS, split_of
from trainer.world.vignette import item, listed, prompt


def test_cases_follow_from_seed_and_split(world: World) -> None:
    assert sample_cases(world, "train", 20) == sample_cases(world, "train", 40)[:20]
    assert sample_cases(world, "train", 20) != sample_cases(world, "test", 20)


def test_splits_never_share_a_case(world: World) -> None:
    ids = {split: {case.id for case in sample_cases(world, split, 300)} for split in SPLITS}
    assert all(len(cases) == 300 for cases in ids.values())
    assert len(set().union(*ids.values())) == 900


def test_the_content_alone_decides_the_split(world: World) -> None:
    for case in sample_cases(world, "train", 50):
        options = dict(zip(LETTERS, reversed(case.options.values()), strict=True))
        answer = LETTERS[3 - LETTERS.index(case.answer)]
        same = replace(
            case,
            age=case.age + 1,
            sex="patient",
            present=case.present[::-1],
            absent=case.absent[::-1],
            options=options,
            answer=answer,
        )
        assert (same.id, split_of(same)) == (case.id, "train")
        assert replace(case, absent=case.absent[1:]).id != case.id


def test_findings_belong_to_the_key_and_denials_do_not(world: World) -> None:
    for case in sample_cases(world, "train", 200):
        key = case.options[case.answer]
        assert set(case.found) <= key.profile.keys()
        assert not any(world.conflicts(id, (*key.profile, *case.found)) for id in case.absent)


def test_every_distractor_is_decided_against(world: World) -> None:
    for case in sample_cases(world, "train", 200):
        assert tuple(case.options) == LETTERS
        assert len({option.name for option in case.options.values()}) == 4
        for letter, option in case.options.items():
            if letter != case.answer:
                denied = set(case.absent) & option.profile.keys()
                unexplained = set(case.found) - option.profile.keys()
                assert denied or unexplained


def test_the_key_stands_at_every_letter(world: World) -> None:
    counts = Counter(case.answer for case in sample_cases(world, "train", 400))
    assert min(counts[letter] for letter in LETTERS) > 70


def test_vital_signs_show_the_findings_and_no_others(world: World) -> None:
    for case in sample_cases(world, "train", 200):
        signs = {world.findings[id].name for id in case.signs}
        vitals = case.vitals
        shown = {
            "fever": vitals.temperature >= 38.0,
            "tachycardia": vitals.pulse > 100,
            "bradycardia": vitals.pulse < 60,
            "hypertension": vitals.systolic >= 140 and vitals.diastolic >= 90,
            "hypotension": vitals.systolic < 90,
        }
        assert signs == {name for name, value in shown.items() if value}


def test_too_many_cases_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases_module, "_MAX_TRIES", 50)
    small = build_world(0, WorldConfig(diseases=5, max_profile=3, similar=3))
    with pytest.raises(ValueError, match=r"different cases of 5000"):
        sample_cases(small, "train", 5000)


def test_prompt_holds_question_and_options(world: World) -> None:
    case = sample_cases(world, "train", 1)[0]
    wire = item(world, case)
    options = wire["options"]
    assert isinstance(options, dict)
    text = prompt(world, case)
    assert text.startswith(f"{wire['question']}\nA) {options['A']}\n")
    assert text.endswith(f"D) {options['D']}\n")
    assert wire["answer"] == case.answer


def test_an_unknown_split_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="one of test, train, cold_start, and not 'dev'"):
        sample_cases(world, "dev", 1)


@pytest.mark.parametrize(
    ("names", "text"),
    [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b, and c")],
)
def test_lists_read_as_english(names: list[str], text: str) -> None:
    assert listed(names) == text
