"""What measured values imply."""

from __future__ import annotations

import pytest

from reward_service.analysis.limits import load_limits, patient_age, with_implications
from reward_service.analysis.measurements import find_measurements
from reward_service.analysis.quantities import load_table
from reward_service.text.document import Polarity
from reward_service.text.tables import table_rows
from reward_service.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()

# text, findings that are there, findings that are not
MEANINGS: list[tuple[str, set[str], set[str]]] = [
    ("temperature 38.9 °C", {"fever"}, {"hypothermia"}),
    ("temperature 100.4 °F", {"fever"}, {"hypothermia"}),
    ("temperature 36.8 °C", set(), {"fever", "hypothermia"}),
    ("temperature 37.9 °C", set(), set()),
    ("temperature 33 °C", {"hypothermia"}, {"fever"}),
    ("temperature above 38 °C", {"fever"}, {"hypothermia"}),
    ("temperature below 39 °C", set(), set()),
    ("BP 82/52 mm Hg", {"hypotension"}, {"hypertension"}),
    ("BP 160/100 mm Hg", {"hypertension"}, {"hypotension"}),
    ("BP 120/80 mm Hg", set(), {"hypertension", "hypotension"}),
    ("BP 135/85 mm Hg", set(), set()),
    ("BP 125/95 mm Hg", {"hypertension"}, {"hypotension"}),
    ("pulse 110/min", {"tachycardia"}, {"bradycardia"}),
    ("pulse 50/min", {"bradycardia"}, {"tachycardia"}),
    ("pulse 80/min", set(), {"bradycardia", "tachycardia"}),
    ("pulse between 110 and 130/min", {"tachycardia"}, {"bradycardia"}),
    ("respirations 24/min", {"tachypnea"}, {"bradypnea"}),
    ("SpO2 88%", {"hypoxemia", "hypoxia"}, set()),
    ("SpO2 98%", set(), {"hypoxemia", "hypoxia"}),
    ("SpO2 92%", set(), set()),
    ("lost 6 kg", {"weight loss"}, set()),
    ("gained 5 kg", {"weight gain"}, set()),
    ("eosinophilia of 9%", {"eosinophilia"}, set()),
    ("eosinophils 3%", set(), {"eosinophilia"}),
    ("troponin I 2.3 ng/mL", {"elevated troponin"}, set()),
    ("troponin 5 ng/L", set(), {"elevated troponin"}),
    ("hyperkalemic at 5.9 mEq/L", {"hyperkalemia"}, {"hypokalemia"}),
    ("hypoglycemic at 58 mg/dL", {"hypoglycemia"}, {"hyperglycemia"}),
    ("anemic with 7 g/dL", {"anemia"}, {"polycythemia"}),
    ("fetal tachycardia of 180/min", {"fetal tachycardia"}, set()),
    ("Hb 7 g/dL", {"anemia"}, {"polycythemia"}),
    ("Hb 12.8 g/dL", set(), set()),
    ("Hb 15 g/dL", set(), {"anemia", "polycythemia"}),
    ("Hb 14 mg/dL", set(), set()),  # nobody has that
    ("leukocytes 15,000/mm3", {"leukocytosis"}, {"leukopenia"}),
    ("leukocytes 2,000/mm3", {"leukopenia"}, {"leukocytosis"}),
    ("leukocytes 7,000/mm3", set(), {"leukopenia", "leukocytosis"}),
    ("platelets 40,000/mm3", {"thrombocytopenia"}, {"thrombocytosis"}),
    ("Na+ 128 mEq/L", {"hyponatremia"}, {"hypernatremia"}),
    ("Na+ 140 mEq/L", set(), {"hyponatremia", "hypernatremia"}),
    ("Na+ > 150 mEq/L", {"hypernatremia"}, {"hyponatremia"}),
    ("K+ 5.9 mEq/L", {"hyperkalemia"}, {"hypokalemia"}),
    ("calcium 11.9 mg/dL", {"hypercalcemia"}, {"hypocalcemia"}),
    ("glucose 40 mg/dL", {"hypoglycemia"}, {"hyperglycemia"}),
    ("glucose 20 mmol/L", {"hyperglycemia"}, {"hypoglycemia"}),
    ("pH 7.2", {"acidosis"}, {"alkalosis"}),
    ("pH 7.4", set(), {"acidosis", "alkalosis"}),
    ("urine pH 5.5", set(), set()),
    ("urine sodium 10 mEq/L", set(), set()),
    ("BMI 32", {"obesity", "overweight"}, {"decreased body mass index"}),
    ("creatinine 2.1 mg/dL", {"elevated serum creatinine"}, set()),
    ("INR 3.8", {"prolonged prothrombin time"}, set()),
    ("TSH 12 mIU/L", {"elevated thyroid stimulating hormone"}, set()),
    ("for 3 days", set(), set()),
]


def implied(text: str, age: float | None = None) -> tuple[set[str], set[str]]:
    """Findings present and absent by the text's numbers, each by its own name."""
    found = with_implications(
        find_measurements(text, TOKENIZER(text)), text, lambda term: term, age
    )
    pairs = [pair for measurement in found for pair in measurement.implies]
    return (
        {term for term, polarity in pairs if polarity is Polarity.PRESENT},
        {term for term, polarity in pairs if polarity is Polarity.ABSENT},
    )


@pytest.mark.parametrize(("text", "present", "absent"), MEANINGS, ids=[m[0] for m in MEANINGS])
def test_meaning_in_adults(text: str, present: set[str], absent: set[str]) -> None:
    assert implied(text) == (present, absent)


@pytest.mark.parametrize(
    ("age", "text", "present", "absent"),
    [
        (0.1, "pulse 172/min", {"tachycardia"}, {"bradycardia"}),
        (0.1, "pulse 130/min", set(), {"bradycardia", "tachycardia"}),
        (0.1, "pulse 80/min", {"bradycardia"}, {"tachycardia"}),
        (2, "pulse 130/min", set(), {"bradycardia", "tachycardia"}),
        (3, "pulse 150/min", {"tachycardia"}, {"bradycardia"}),
        (8, "pulse 100/min", set(), {"bradycardia", "tachycardia"}),
        (0.1, "respirations 66/min", {"tachypnea"}, set()),
        (0.1, "respirations 44/min", set(), {"tachypnea"}),
        (3, "respirations 44/min", {"tachypnea"}, set()),
        (2, "BP 68/40 mm Hg", {"hypotension"}, set()),
        (3, "Hb 10.5 g/dL", {"anemia"}, set()),
        (0.05, "potassium 2.9 mEq/L", {"hypokalemia"}, {"hyperkalemia"}),
        (0.05, "potassium 5.8 mEq/L", set(), set()),
        (0.05, "chloride 84 mEq/L", {"hypochloremia"}, {"hyperchloremia"}),
        (0.05, "bicarbonate 35 mEq/L", {"high bicarbonate"}, set()),
    ],
)
def test_children_are_judged_by_their_age(
    age: float, text: str, present: set[str], absent: set[str]
) -> None:
    assert implied(text, age=age) == (present, absent)


def test_adult_limits_say_nothing_of_children() -> None:
    text = "pulse 155/min, respirations 45/min, BP 70/40 mm Hg, temperature 39 °C"
    for told in ("a 2-month-old girl", "a newborn boy"):
        assert implied(f"{told}: {text}") == ({"fever"}, {"hypothermia"})
    assert implied(text, age=0.2) == ({"fever"}, {"hypothermia"})
    assert implied(f"a 30-year-old: {text}")[0] == {
        "fever",
        "tachycardia",
        "tachypnea",
        "hypotension",
    }


def test_age_given_outranks_the_text() -> None:
    assert implied("a 2-month-old: pulse 150/min", age=40.0)[0] == {"tachycardia"}


def test_age_of_the_patient() -> None:
    def age(text: str) -> float:
        return patient_age(find_measurements(text, TOKENIZER(text)), text)

    assert age("a 54-year-old man whose son is 20 years old") == 54
    assert age("older than 60 years") == 30
    assert age("the neonate was fed") < 1
    assert age("") == 30


def test_terms_that_the_vocabulary_lacks_are_left_out() -> None:
    text = "temperature 39 °C"
    (found,) = with_implications(find_measurements(text, TOKENIZER(text)), text, lambda term: None)
    assert found.implies == ()


def test_tables_are_sound() -> None:
    quantities = load_table().quantities
    assert set(load_limits()) <= set(quantities)
    for row in table_rows("reward_service.analysis", "limits.tsv"):
        assert len(row) == 6, row
        assert all(row), row
    for limits in load_limits().values():
        for limit in limits:
            assert limit.low < limit.high
            assert limit.min_age < limit.max_age
    for quantity in quantities.values():
        assert quantity.low < quantity.high
        assert all(unit in quantity.units for unit, _ in quantity.bare)
        assert all(unit in quantity.units for unit in quantity.alone)
