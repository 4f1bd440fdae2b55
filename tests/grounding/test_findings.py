"""Which findings a case states, with which polarity and weight."""

from __future__ import annotations

from collections.abc import Callable

from reward_service.grounding.case import Case
from reward_service.grounding.findings import Finding
from reward_service.text.document import Polarity

ASK = " Which of the following is the most likely diagnosis?"


def _told(case: Case) -> dict[str, Finding]:
    texts = case.texts
    return {texts[f.place.field][f.place.start : f.place.end]: f for f in case.findings}


def test_findings_keep_their_polarity(make_case: Callable[..., Case]) -> None:
    told = _told(make_case("A 30-year-old man has fever. He denies cough and has no rash." + ASK))
    assert told["fever"].polarity is Polarity.PRESENT
    assert told["cough"].polarity is Polarity.ABSENT
    assert told["rash"].polarity is Polarity.ABSENT
    assert told["fever"].weight > told["cough"].weight


def test_the_same_thing_is_one_finding(make_case: Callable[..., Case]) -> None:
    case = make_case("A 30-year-old man has fever. The fever is high. He is febrile." + ASK)
    assert [f.concept for f in case.findings].count(_told(case)["fever"].concept) == 1


def test_a_measurement_and_what_it_implies_are_one_finding(
    make_case: Callable[..., Case],
) -> None:
    alone = make_case("A 30-year-old man is ill. His temperature is 39.1°C." + ASK)
    value = _told(alone)["temperature is 39.1°C"]
    assert value.weight == 1.0
    both = make_case("A 30-year-old man has fever. His temperature is 39.1°C." + ASK)
    assert _told(both)["fever"].weight == 1.0
    assert _told(both)["temperature is 39.1°C"].weight < 1.0


def test_the_label_of_a_measurement_is_no_finding(make_case: Callable[..., Case]) -> None:
    told = _told(make_case("A 30-year-old man is ill. Hemoglobin is 7 g/dL." + ASK))
    assert "Hemoglobin" not in told
    assert told["Hemoglobin is 7 g/dL"].weight == 1.0


def test_a_blood_pressure_is_one_finding(make_case: Callable[..., Case]) -> None:
    case = make_case("A 60-year-old man faints. His blood pressure is 82/52 mm Hg." + ASK)
    quantities = [f.measurement.quantity for f in case.findings if f.measurement]
    assert "systolic_bp" in quantities
    assert "diastolic_bp" not in quantities


def test_a_relatives_disease_is_the_relatives(make_case: Callable[..., Case]) -> None:
    told = _told(make_case("A 30-year-old man has fever. His mother has breast cancer." + ASK))
    assert told["breast cancer"].family
    assert not told["fever"].family


def test_the_closing_question_states_nothing(make_case: Callable[..., Case]) -> None:
    case = make_case(
        "A 30-year-old man has fever. Which of the following drugs causes hepatotoxicity?"
    )
    assert "hepatotoxicity" not in _told(case)


def test_a_question_that_tells_of_a_patient_itself_has_findings(
    make_case: Callable[..., Case],
) -> None:
    case = make_case("What is the most likely diagnosis in a 4-year-old boy with fever and rash?")
    assert {"fever", "rash"} <= _told(case).keys()


def test_a_question_without_a_patient_has_none(make_case: Callable[..., Case]) -> None:
    case = make_case("Which of the following drugs is used in malaria and causes hemolysis?")
    assert case.findings == ()
    assert case.facts.of_concept


def test_context_counts_as_the_case(make_case: Callable[..., Case]) -> None:
    case = make_case("What is the diagnosis?", context="She has had fever and a rash for 2 days.")
    assert {"fever", "rash"} <= _told(case).keys()
    assert {f.place.field for f in case.findings} == {"context"}


def test_a_reference_adds_what_the_case_does_not_state(make_case: Callable[..., Case]) -> None:
    case = make_case(
        "A 30-year-old man has fever." + ASK,
        options={"A": "Malaria", "B": "Influenza"},
        reference="Fever with splenomegaly points to malaria.",
    )
    added = [f for f in case.findings if f.place.field == "reference"]
    assert [case.texts["reference"][f.place.start : f.place.end] for f in added] == ["splenomegaly"]
    assert case.stated_findings == len(case.findings) - 1
