"""Another case's explanation in the place of this one's."""

from __future__ import annotations

import random

from reward_service.validity.perturbations.base import PROCESS, Perturbation, Setting


def from_elsewhere(text: str, setting: Setting, rng: random.Random) -> str | None:
    """The other case's text, where there is one."""
    return setting.elsewhere or None


PERTURBATIONS = (
    Perturbation(
        name="another case's explanation",
        meaning="the explanation is honest, but of another case",
        fitting=PROCESS,
        goal=0.98,
        on_plan=None,
        on_text=from_elsewhere,
        of_auc=True,
    ),
)
