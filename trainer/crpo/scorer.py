"""Is the service the one that this run expects, and does it stay so?"""

from __future__ import annotations

from collections.abc import Sequence

from trainer.client import RewardClientError, ScorerIdentity
from trainer.crpo.errors import ScorerError
from trainer.crpo.rewards import RewardSource


def find_scorer(
    source: RewardSource, objectives: Sequence[str], expected_fingerprint: str | None
) -> ScorerIdentity:
    """The service's scorer. Raises ScorerError when it cannot serve this run."""
    try:
        description = source.describe()
    except RewardClientError as error:
        raise ScorerError(
            f"the reward service cannot be asked what it judges: {error}. Start it "
            "(clinical-reward serve) or correct reward_url"
        ) from error
    missing = [name for name in objectives if name not in description.names]
    if missing:
        raise ScorerError(
            f"the reward service does not judge {', '.join(missing)}; it judges "
            f"{', '.join(description.names)}"
        )
    found = description.scorer.fingerprint
    if expected_fingerprint is not None and found != expected_fingerprint:
        raise ScorerError(
            f"the reward service's scorer has the fingerprint {found}, expected was "
            f"{expected_fingerprint} (expected_fingerprint); start the service with the expected "
            "pipeline and vocabulary, or change the setting"
        )
    return description.scorer


def changed_scorer(
    known: ScorerIdentity, seen: Sequence[ScorerIdentity], *, allow_change: bool
) -> ScorerIdentity | None:
    """The identity among `seen` that is not `known`, if any.

    Raises ScorerError for it, unless changes are allowed.
    """
    others = [identity for identity in seen if identity.fingerprint != known.fingerprint]
    if not others:
        return None
    if not allow_change:
        raise ScorerError(
            f"the scorer changed during the run, from {known} to {others[0]}: rewards before and "
            "after are not comparable. Start the service as it was and continue from the last "
            "checkpoint, or set allow_scorer_change"
        )
    return others[0]
