from __future__ import annotations

import random
import re

from reward_service.validity.perturbations.base import Setting
from reward_service.validity.perturbations.lay import things
from reward_service.validity.perturbations.phrases import spoken
from reward_service.validity.perturbations.plan import Claim, Plan, make_plan
from reward_service.validity.perturbations.registers import write
from reward_service.validity.perturbations.values import Value
from reward_service.validity.perturbations.wording import clause_of


def test_the_text_has_a_reason_for_every_option(plan: Plan) -> None:
    text = write(plan)
    assert text.startswith("<dx>") and text.endswith(" A.</conclusion>")
    analysis = text.partition("</dx>")[0]
    for option in ("Endocarditis", "Asthma", "Influenza"):
        assert option in analysis
    assert "{" not in text and "  " not in text and ".." not in text


def test_equal_seeds_give_equal_texts(setting: Setting) -> None:
    made = [
        make_plan(setting.stated, setting.options, "A", random.Random(3), register="terms")
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_every_wording_of_every_thing_can_be_written(plan: Plan) -> None:
    for thing in things():
        for there in (True, False):
            if thing.kind == "drug" and not there:
                continue
            for choice in range(12):
                for claim in (
                    Claim(thing=thing, there=there, choice=choice),
                    Claim(thing=thing, relative="aunt", choice=choice),
                    Claim(thing=thing, past=True, choice=choice),
                ):
                    clause = clause_of(plan, claim)
                    assert re.fullmatch(r"[^{}]+", clause) and not clause.endswith(".")


def test_values_are_spoken_with_their_unit() -> None:
    assert spoken(Value("temperature", "38.9", "°C")) == "38.9 °C"
    assert spoken(Value("pulse", "110", "/min")) == "110/min"
    assert spoken(Value("duration", "1", "week")) == "1 week"
    assert spoken(Value("age", "45", "year")) == "45 years"


def test_who_and_when_are_said(plan: Plan) -> None:
    cough = next(thing for thing in things() if thing.term == "a cough")
    assert "sister" in clause_of(plan, Claim(thing=cough, relative="sister"))
    long_ago = {clause_of(plan, Claim(thing=cough, past=True, choice=n)) for n in range(3)}
    assert len(long_ago) == 3
