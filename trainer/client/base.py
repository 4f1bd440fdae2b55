"""What both clients have in common: how they are built, shown and carried to other processes."""

from __future__ import annotations

import httpx

from trainer.client.config import MOST_CONNECTIONS, BearerKey, ClientConfig
from trainer.client.core import Core
from trainer.client.options import Batching, Expectation, Retries, Timeouts
from trainer.client.scores import ScorerIdentity

DEFAULT_URL = "http://127.0.0.1:8000"


class BaseClient:
    """Builds a client. Nothing is opened or sent before the first call.

    - `api_key` is sent as a bearer key; None takes that of the variable CRPO_REWARD_KEY, if it is
      set.
    - `max_connections` (1 to 64) bounds connections, and so requests under way.
    - `max_failed_share` (0 to 1) is the largest share of completions without scores among the
      latest `failure_window`; above it a call raises TooManyFailuresError.
    - `expect` says what the service must be; see Expectation. Without it the first scorer must
      stay.
    - `transport` replaces the network, for tests.

    Raises ValueError for values out of range. A client can be pickled (with its key) and used after
    a fork: each process opens connections of its own.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        batching: Batching | None = None,
        max_connections: int = MOST_CONNECTIONS,
        max_failed_share: float = 0.1,
        failure_window: int = 1024,
        expect: Expectation | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._setup(
            ClientConfig(
                url=url,
                key=BearerKey.choose(api_key),
                timeouts=timeouts or Timeouts(),
                retries=retries or Retries(),
                batching=batching or Batching(),
                max_connections=max_connections,
                max_failed_share=max_failed_share,
                failure_window=failure_window,
                expect=expect or Expectation(),
                transport=transport,
            )
        )

    def _setup(self, config: ClientConfig) -> None:
        self._core = Core(config)

    @property
    def url(self) -> str:
        """The service's address."""
        return self._core.config.url

    @property
    def scorers(self) -> tuple[ScorerIdentity, ...]:
        """The scorers that answered so far, each once, oldest first."""
        return self._core.watch.scorers

    def __repr__(self) -> str:
        key = "no key" if self._core.config.key is None else "with a key"
        state = ", closed" if self._core.closed else ""
        return f"<{type(self).__name__} {self.url}, {key}{state}>"

    def __getstate__(self) -> ClientConfig:
        return self._core.config

    def __setstate__(self, config: ClientConfig) -> None:
        self._setup(config)
