"""A client's whole configuration: frozen, checked, picklable, and shown without its key."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from dataclasses import dataclass, field

import httpx

from trainer.client.options import Batching, Expectation, Retries, Timeouts

MOST_CONNECTIONS = 64
KEY_VARIABLE = "CRPO_REWARD_KEY"
"""Environment variable with the key that is sent when none is given."""

_KEY = re.compile(r"[!-~]+")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BearerKey(httpx.Auth):
    """Puts the key into requests and shows it nowhere else. `source` is where it came from."""

    def __init__(self, key: str, *, source: str = "api_key") -> None:
        if not _KEY.fullmatch(key):  # else the HTTP library would quote the whole header
            raise ValueError(f"{source}: expected printable ASCII without spaces")
        self._key = key

    @classmethod
    def choose(cls, key: str | None) -> BearerKey | None:
        """The key, else that of the environment, else None. Raises ValueError."""
        if key is not None:
            return cls(key)
        # Files of secrets often end with a line feed, which then stands in the variable.
        from_environment = os.environ.get(KEY_VARIABLE, "").strip()
        return cls(from_environment, source=KEY_VARIABLE) if from_environment else None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._key}"
        yield request

    def __repr__(self) -> str:
        return "BearerKey(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """What the clients are built from; see `BaseClient` for the meanings."""

    url: str
    key: BearerKey | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    batching: Batching = field(default_factory=Batching)
    max_connections: int = MOST_CONNECTIONS
    max_failed_share: float = 0.1
    failure_window: int = 1024
    expect: Expectation = field(default_factory=Expectation)
    transport: httpx.AsyncBaseTransport | None = None

    def __post_init__(self) -> None:
        _check_url(self.url)
        if not 1 <= self.max_connections <= MOST_CONNECTIONS:
            raise ValueError(
                f"max_connections: expected 1 to {MOST_CONNECTIONS}, got {self.max_connections}"
            )
        if not 0.0 <= self.max_failed_share <= 1.0:
            raise ValueError(f"max_failed_share: expected 0 to 1, got {self.max_failed_share}")
        if self.failure_window < 1:
            raise ValueError(f"failure_window: expected at least 1, got {self.failure_window}")

    def endpoint(self, path: str) -> str:
        """The address of a route ("/score")."""
        return self.url.rstrip("/") + path

    def connect(self) -> httpx.AsyncClient:
        """The one pool, with nothing opened yet."""
        timeouts = self.timeouts
        return httpx.AsyncClient(
            auth=self.key,
            timeout=httpx.Timeout(
                connect=timeouts.connect,
                read=timeouts.read,
                write=timeouts.write,
                pool=timeouts.pool,
            ),
            limits=httpx.Limits(
                max_connections=self.max_connections,
                max_keepalive_connections=self.max_connections,
            ),
            transport=self.transport,
            # A proxy that the environment names cannot reach this machine's own loopback.
            trust_env=httpx.URL(self.url).host not in _LOOPBACK,
        )


def _check_url(url: str) -> None:
    # Without quoting it where it may hold a secret.
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"url: {error}") from None
    if parts.userinfo or parts.query or parts.fragment:
        raise ValueError("url: expected no user, password, query or fragment; a key is `api_key`")
    if parts.scheme not in ("http", "https") or not parts.host:
        raise ValueError(f"url: expected http://… or https://…, got {url!r}")
