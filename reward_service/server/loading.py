"""Loading the scorer, in the process that will score. Only here is text analysis imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reward_service.server.catalogue import Loaded, catalogue

if TYPE_CHECKING:
    from reward_service.settings import Settings


def load(settings: Settings) -> Loaded:
    """The scorer that the settings describe. Raises PipelineError or SettingsError."""
    # Here, because the front process, which only names this function, has no use for either.
    from reward_service.objectives.registry import objectives
    from reward_service.scoring.scorer import Scorer

    scorer = Scorer(settings.scorer_config())
    return Loaded(scorer, catalogue(objectives(), settings.weights, scorer.identity))
