"""Whether two measurements state the same."""

from __future__ import annotations

from math import inf

from reward_service.analysis.quantities import Quantity, load_table
from reward_service.text.document import Measurement

# A text states many of these, so a different one says nothing about the other.
UNRELATED = frozenset(
    {
        "duration",
        "interval",
        "dose",
        "dose_per_day",
        "dose_per_weight",
        "dose_units",
        "radiation_dose",
        "size",
        "angle",
        "refraction",
        "volume",
        "percentile",
    }
)
_FLUID_SEPARATOR = "_"


def quantity_of(measurement: Measurement) -> Quantity:
    """The table's row of a measurement, also of one in another fluid ("urine_sodium")."""
    quantities = load_table().quantities
    name = measurement.quantity
    return quantities.get(name) or quantities[name.partition(_FLUID_SEPARATOR)[2]]


def interval(measurement: Measurement) -> tuple[float, float]:
    """The values that a measurement allows, as a closed interval; "> 140" is (140, inf)."""
    if measurement.comparison in ("<", "<="):
        return -inf, measurement.high
    if measurement.comparison in (">", ">="):
        return measurement.value, inf
    return measurement.value, measurement.high


def agree(claim: Measurement, case: Measurement) -> bool | None:
    """Whether `case` bears `claim` out; None where the two cannot be compared.

    Values agree within the quantity's tolerance (`quantities.tsv`), which covers rounding and
    unit conversion. A claimed range or comparison agrees with every value inside it. A claimed
    value agrees with a stated range that contains it, and cannot be told against a comparison
    ("> 140") that leaves it open. Quantities of which a text has many (durations, doses, sizes)
    agree or cannot be compared.
    """
    if claim.quantity != case.quantity:
        return None
    quantity = quantity_of(case)
    claim_low, claim_high = interval(claim)
    case_low, case_high = interval(case)
    slack = quantity.tolerance
    if quantity.relative:
        slack *= max(abs(v) for v in (*_finite(case_low, case_high), 0.0))
    slack += 1e-6
    strict = claim.comparison in ("<", ">") and case_low == case_high
    if strict:
        inside = case_low < claim_high if claim.comparison == "<" else case_low > claim_low
        outside = not inside
    else:
        exact_claim = claim.comparison == "=" and case.comparison == "="
        inside = claim_low - slack <= case_low and case_high <= claim_high + slack
        if exact_claim:
            inside = inside or (case_low - slack <= claim_low and claim_high <= case_high + slack)
        outside = claim_high + slack < case_low or case_high + slack < claim_low
    if inside:
        return True
    if not outside or quantity.name in UNRELATED:
        return None
    if quantity.name == "age" and claim.comparison != "=":
        return None  # an age limit ("over 60") is rarely the patient's age
    return False


def _finite(*values: float) -> list[float]:
    return [value for value in values if abs(value) != inf]
