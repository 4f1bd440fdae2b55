"""Loading the scorer, in the process that will score. Only here is text analysis imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reward_service.server.catalogue import Loaded, catalogue
from reward_service.wire.errors import PipelineError

if TYPE_CHECKING:
    from reward_service.settings import Settings


def load(settings: Settings) -> Loaded:
    """The scorer that the settings describe. Raises PipelineError or SettingsError.

    PipelineError also when its fingerprint is not the one that the settings ask for.
    """
    # Here, because the front process, which only names this function, has no use for either.
    from reward_service.scoring.scorer import Scorer

    scorer = Scorer(settings.scorer_config())
    found = scorer.identity.fingerprint
    if settings.fingerprint not in (None, found):
        raise PipelineError(
            f"the scorer has the fingerprint {found}, not {settings.fingerprint} as "
            "REWARD_FINGERPRINT asks: another version, vocabulary, pipeline or setting is in use"
        )
    return Loaded(scorer, catalogue(scorer.objectives, settings.weights, scorer.identity))
