"""Registers: what a plan is put into words with. They differ in nothing but wording."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reward_service.validity.perturbations import hand, wording
from reward_service.validity.perturbations.plan import HAND, LAY, TERMS, Plan, Register

_WRITERS: Mapping[Register, Callable[[Plan], str]] = {
    TERMS: wording.write,
    LAY: wording.write,
    HAND: hand.write,
}


def write(plan: Plan) -> str:
    """The plan as a completion with its sections, in the plan's register."""
    return _WRITERS[plan.register](plan)
