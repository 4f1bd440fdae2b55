"""Is the service still the one that the run was configured for?"""

from __future__ import annotations

import logging

from trainer.client.errors import ExpectationError, RequestContext, ScorerChangedError
from trainer.client.options import Expectation
from trainer.client.scores import ScorerIdentity
from trainer.client.wire import ServiceDescription

log = logging.getLogger("trainer.client")


class Watch:
    """Compares every answer with the expectation and remembers which scorers it met."""

    def __init__(self, expect: Expectation) -> None:
        self.expect = expect
        self._met: dict[str, ScorerIdentity] = {}

    @property
    def scorers(self) -> tuple[ScorerIdentity, ...]:
        """The scorers met so far, each once, oldest first."""
        return tuple(self._met.values())

    def check_description(self, description: ServiceDescription, context: RequestContext) -> None:
        """Raises ExpectationError for a missing objective, and what `check` raises."""
        missing = [name for name in self.expect.objectives if name not in description.names]
        if missing:
            raise ExpectationError(
                f"the service does not judge {', '.join(missing)}; "
                f"it judges {', '.join(description.names)}",
                context=context,
            )
        self.check(description.scorer, context)

    def check(self, scorer: ScorerIdentity, context: RequestContext) -> None:
        """Raises ExpectationError for a wrong scorer and ScorerChangedError for a changed one."""
        if scorer.fingerprint in self._met:
            return
        expected = self.expect.fingerprint
        if self._met:
            before = self.scorers[-1]
            change = f"the scorer changed from {before.fingerprint} to {scorer.fingerprint}"
            if not self.expect.allow_change:
                raise ScorerChangedError(
                    f"{change}; scores before and after are not comparable",
                    before=before,
                    after=scorer,
                    context=context,
                )
            log.warning("%s", change)
        elif expected not in (None, scorer.fingerprint):
            problem = f"the scorer's fingerprint is {scorer.fingerprint}, expected was {expected}"
            if not self.expect.allow_change:
                raise ExpectationError(problem, context=context)
            log.warning("%s", problem)
        self._met[scorer.fingerprint] = scorer
