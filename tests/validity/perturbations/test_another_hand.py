"""Another hand: wordings of its own, in several styles, kept for the report half."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from reward_service.text.tables import table_rows
from reward_service.validity.base import Context
from reward_service.validity.perturbations import (
    hand,
    omissions,
    rows,
    wording,
)
from reward_service.validity.perturbations.base import ChangePlan, Setting
from reward_service.validity.perturbations.lay import things
from reward_service.validity.perturbations.plan import Claim, Plan, make_plan
from reward_service.validity.run import Result, run

MANNERS = ("notes", "prose", "talk")
STYLES = range(5)


def table(name: str) -> list[list[str]]:
    return table_rows("reward_service.validity.perturbations", name)


FRAMES = [*table("hand_claims.tsv"), *table("hand_reasons.tsv")]


def of_style(setting: Setting, style: int, seed: int = 7) -> Plan:
    made = make_plan(setting.stated, setting.options, "A", random.Random(seed), register="hand")
    assert made is not None
    return made._replace(style=style)


def pieces(text: str) -> list[str]:
    """Sentences and lines without their numbers."""
    parts = re.split(r"(?<=[.?!])\s+|\n+|<[^>]+>", text)
    return [part for part in parts if part.strip() and not re.fullmatch(r"\d+\.", part)]


@pytest.mark.parametrize(
    ("kinds", "least"),
    [
        (("symptom", "sign", "illness", "habit", "drug"), 60),
        (("no-symptom", "no-sign", "no-illness", "no-habit"), 40),
        (("value",), 30),
        (("age", "duration"), 20),
        (("relative",), 15),
        (("past",), 15),
        (("for", "against"), 40),
    ],
)
def test_there_are_many_frames_and_each_once(kinds: tuple[str, ...], least: int) -> None:
    frames = [tuple(row) for row in FRAMES if row[0] in kinds]
    assert len(frames) == len(set(frames)) >= least


def test_the_wordings_are_of_its_own() -> None:
    def strings(module: ModuleType) -> set[str]:
        return set(re.findall(r'"([^"\n]+)"', Path(str(module.__file__)).read_text("utf-8")))

    shared = {frame for what, _, frame in FRAMES if what not in ("naming", "opener")}
    assert not shared & strings(wording)
    others = {thing.term: thing for thing in things()}
    nouns = table("hand_terms.tsv")
    assert {term for term, _, _ in nouns} == {t.term for t in things() if t.kind != "drug"}
    for term, noun, normal in nouns:
        assert noun not in (others[term].noun, term)
        assert not normal or normal != others[term].normal


@pytest.mark.parametrize("manner", MANNERS)
def test_every_claim_can_be_written_in_every_frame(manner: str, setting: Setting) -> None:
    plan = of_style(setting, 0)
    for thing in things():
        for claim in (
            Claim(thing=thing),
            Claim(thing=thing, there=thing.kind == "drug"),
            Claim(thing=thing, relative="aunt"),
            Claim(thing=thing, past=thing.kind != "drug"),
        ):
            for choice in range(20):
                said = hand.clause_of(plan, claim._replace(choice=choice), manner)
                assert re.fullmatch(r"[^{}\t]+", said) and "  " not in said
                assert said.endswith((".", "?")) is (manner != "prose"), said


@pytest.mark.parametrize("style", STYLES)
def test_every_style_reasons_about_every_option(style: int, setting: Setting) -> None:
    text = hand.write(of_style(setting, style))
    analysis, _, conclusion = text.partition("</dx>")
    assert conclusion.strip().endswith("A.</conclusion>")
    for option in setting.options.values():
        assert option in analysis
    for left_over in ("{", "  ", "..", ",.", ",?", ",:"):
        assert left_over not in analysis
    assert hand.write(of_style(setting, style)) == text


def test_styles_differ(setting: Setting) -> None:
    texts = [hand.write(of_style(setting, style)) for style in STYLES]
    assert len(set(texts)) == len(STYLES)
    assert "DDx:" in texts[0] and "\n\n" in texts[1] and "\n2. " in texts[2]
    assert "? " in texts[3] and "Option by option:" in texts[4]


@pytest.mark.parametrize("style", STYLES)
def test_only_what_speaks_of_the_claim_changes(
    change: ChangePlan, style: int, setting: Setting, rng: random.Random
) -> None:
    before = of_style(setting, style)
    after = change(before, setting, rng)
    assert after is not None
    pairs = zip(before.claims, after.claims, strict=True)
    [changed] = [n for n, (a, b) in enumerate(pairs) if a != b]
    argued = sum(reason.claim == changed for reason in before.reasons)
    new = [piece for piece in pieces(hand.write(after)) if piece not in pieces(hand.write(before))]
    # One place states it, and each reason that rests on it repeats it; a question has its answer.
    assert 1 <= len(new) <= 2 * (1 + argued)


@pytest.mark.parametrize("style", STYLES)
def test_a_dropped_option_is_gone_and_the_rest_stays(
    style: int, setting: Setting, rng: random.Random
) -> None:
    before = of_style(setting, style)
    after = omissions.drop_option_in_plan(before, setting, rng)
    assert after is not None
    [dropped] = set(before.reasons) - set(after.reasons)
    text = hand.write(after)
    assert dropped.option not in text
    assert set(pieces(text)) <= set(pieces(hand.write(before)))


def test_it_is_kept_for_the_report_half(setting: Setting, context: Context, tmp_path: Path) -> None:
    [test] = [test for test in rows.TESTS if test.held_out]
    row = {"question": setting.case, "options": setting.options, "answer_idx": "A"}
    (tmp_path / "medqa_dev.jsonl").write_text("".join(json.dumps(row) + "\n" for _ in range(4)))

    def result(half: str) -> Result:
        of_half = replace(context, data=tmp_path, half=half)
        return run([test], tmp_path, lambda _: of_half, {}, lambda _: None)

    for half in ("tune", "all"):
        assert not result(half).rows
        assert result(half).skipped == (
            "restated by another hand: skipped: kept for the report half, so that nothing is "
            "tuned on it",
        )
    reported = result("report")
    assert {row.half for row in reported.rows} == {"report"}
    assert "perturbed: flipped polarity" in {row.test for row in reported.rows}
