"""Which values say the same and which contradict each other; None where neither can be told."""

from __future__ import annotations

import pytest

from reward_service.analysis.agreement import agree
from reward_service.analysis.measurements import find_measurements
from reward_service.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer()

# a claim, the case, and whether the claim holds; None: the case does not tell
AGREE: list[tuple[str, str, bool | None]] = [
    ("temperature 38.9°C", "temperature 102°F", True),
    ("temperature 39°C", "temperature 38.9°C", True),
    ("temperature 36.8°C", "temperature 38.9°C", False),
    ("temperature above 38 °C", "temperature 38.9°C", True),
    ("temperature above 38 °C", "temperature 36.8°C", False),
    ("temperature > 38.9 °C", "temperature 38.9°C", False),
    ("hemoglobin 70 g/L", "hemoglobin 7 g/dL", True),
    ("glucose 5.5 mmol/L", "glucose 99 mg/dL", True),
    ("sodium 128 mEq/L", "sodium 129 mEq/L", False),
    ("sodium 128 mEq/L", "potassium 5 mEq/L", None),
    ("urine sodium 10 mEq/L", "urine sodium 10 mEq/L", True),
    ("urine sodium 10 mEq/L", "serum sodium 140 mEq/L", None),
    ("for 2 weeks", "for 14 days", True),
    ("for 2 weeks", "for 3 days", None),
    ("for 2-3 hours", "for 2 hours", True),
    ("for 2 hours", "for 2-3 hours", True),
    ("for more than 2 weeks", "for 2 months", True),
    ("54-year-old", "54-year-old", True),
    ("65-year-old", "54-year-old", False),
    ("older than 65 years", "54-year-old", None),
    ("aspirin 500 mg", "aspirin 100 mg", None),
    ("pulse 150/min", "pulse > 140/min", None),
    ("pulse 120/min", "pulse > 140/min", False),
    ("leukocytes 15,000/mm3", "WBC 15 x 10^9/L", True),
]


@pytest.mark.parametrize(("claim", "case", "expected"), AGREE)
def test_agreement(claim: str, case: str, expected: bool | None) -> None:
    (claimed,), (stated,) = (find_measurements(text, TOKENIZER(text)) for text in (claim, case))
    assert agree(claimed, stated) is expected
