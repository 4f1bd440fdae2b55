"""Reasoning: perfect without faults, and each fault does what its name says."""

from __future__ import annotations

import random
import re

import pytest

from trainer.world import COLD_START, Case, Imperfection, World, sample_cases, write_reasoning

TEXT = re.compile(r"<dx>(.*)</dx><conclusion>(.*) \\boxed\{([A-D])\}</conclusion>")


def _all(world: World, faults: Imperfection = Imperfection()) -> list[tuple[Case, re.Match[str]]]:  # noqa: B008
    rng = random.Random(5)
    written = []
    for case in sample_cases(world, "train", 120):
        match = TEXT.fullmatch(write_reasoning(world, case, rng, faults))
        assert match
        written.append((case, match))
    return written


def test_perfect_reasoning_weighs_every_option_and_answers_the_key(world: World) -> None:
    for case, match in _all(world):
        assert match[3] == case.answer
        for letter, disease in case.options.items():
            assert f"option {letter}, {disease.name}" in match[1].replace("Option", "option")


def test_perfect_reasoning_names_every_finding_of_the_case(world: World) -> None:
    for case, match in _all(world):
        for id in case.found:
            assert world.findings[id].name in match[1]
        denied = [id for id in case.absent if world.findings[id].name in match[1]]
        assert len(denied) >= len(case.absent) - 1


def test_perfect_reasoning_invents_nothing(world: World) -> None:
    names = {finding.name: id for id, finding in world.findings.items()}
    for case, match in _all(world):
        known = {*case.found, *case.absent}
        for name, id in names.items():
            finding = world.findings[id]
            if id in known or finding.vital:
                continue
            parts = any(name in world.findings[other].name for other in known)
            assert parts or not re.search(rf"\b{name}\b", match[1])


def test_a_wrong_letter_is_never_the_key(world: World) -> None:
    assert all(match[3] != case.answer for case, match in _all(world, Imperfection(wrong_letter=1)))


def test_skipped_options_are_not_mentioned(world: World) -> None:
    for case, match in _all(world, Imperfection(skip_option=1)):
        assert re.findall(r"Option ([A-D])", match[1]) == [case.answer]


def test_bare_verdicts_name_no_finding(world: World) -> None:
    for case, match in _all(world, Imperfection(bare=1)):
        names = [world.findings[id].name for id in case.present]
        assert not any(re.search(rf"\b{name}\b", match[1]) for name in names)


def test_invented_findings_are_not_the_cases(world: World) -> None:
    for case, match in _all(world, Imperfection(invent=1)):
        known = {*case.found, *case.absent}
        names = [f.name for id, f in world.findings.items() if id not in known and not f.vital]
        key = case.options[case.answer]
        if any(not world.conflicts(id, known) for id in key.profile):
            assert any(name in match[1] for name in names) or "at" in match[1]


def test_flipped_findings_are_denied(world: World) -> None:
    for case, match in _all(world, Imperfection(flip=1)):
        assert f"no {world.findings[case.present[0]].name}" in match[1]


def test_wrong_numbers_differ_from_the_vital_signs(world: World) -> None:
    cases = _all(world, Imperfection(wrong_number=1))
    assert any(case.signs for case, _ in cases)
    for case, match in cases:
        assert f"{case.vitals.temperature:.1f} °C" not in match[1]
        assert f"{case.vitals.systolic}/{case.vitals.diastolic}" not in match[1]


def test_the_cold_start_varies_between_completions_of_one_case(world: World) -> None:
    case = sample_cases(world, "train", 1)[0]
    rng = random.Random(0)
    texts = {write_reasoning(world, case, rng, COLD_START) for _ in range(20)}
    assert len(texts) > 15


def test_reasoning_follows_from_the_random_state(world: World) -> None:
    case = sample_cases(world, "train", 1)[0]
    one, two = (write_reasoning(world, case, random.Random(8), COLD_START) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("factor", [0.0, 1.0, 9.0])
def test_scaling_keeps_probabilities(factor: float) -> None:
    scaled = COLD_START.scaled(factor)
    assert scaled.wrong_letter == COLD_START.wrong_letter
    assert 0 <= scaled.invent <= 0.9
