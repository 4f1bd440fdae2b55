"""Who may ask: the key of a request, what it opens, and how much it may have scored.

`/healthz` and `/readyz` are open, because orchestrators ask them. With keys in force everything
else needs one; without keys everything is open, and all clients share one rate limit.
"""

from __future__ import annotations

import base64
import math
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from reward_service.server.errors import ApiError
from reward_service.server.keyring import KeyRing
from reward_service.server.keys import Key, Role
from reward_service.server.rate import Limiter
from reward_service.settings import Settings
from reward_service.wire.codes import ErrorCode

OPEN_ROUTES = frozenset({"/healthz", "/readyz"})
FOR_ANY_KEY = frozenset({"/", "/openapi.json"})

_BEARER = 'Bearer realm="clinical-reward"'
_BASIC = 'Basic realm="the key as password"'
_client: ContextVar[str] = ContextVar("client", default="")


class Gate:
    """Keys and limits of one app."""

    def __init__(self, ring: KeyRing, limiter: Limiter) -> None:
        self.ring = ring
        self.limiter = limiter

    @classmethod
    def load(cls, settings: Settings) -> Gate:
        """What settings say. Raises SettingsError when the keys cannot be read."""
        return cls(KeyRing.load(settings), Limiter(settings.key_rate, settings.key_burst))

    def admit(self, path: str, headers: Headers) -> Key | None:
        """The key of a request; None where none is needed. Raises ApiError 401 or 403.

        What is scored for the request, in this context, then counts for that key.
        """
        if path in OPEN_ROUTES:
            return None
        key = self._known(headers) if self.ring.required else None
        role = Role.METRICS if path == "/metrics" else Role.SCORE
        if key is not None and path not in FOR_ANY_KEY and role not in key.roles:
            raise ApiError(ErrorCode.FORBIDDEN, f"this key lacks the role '{role}'")
        _client.set("" if key is None else key.name)
        return key

    def require_tokens(self) -> None:
        """Raises ApiError 429 while the client of this context has used up what it may."""
        wait = self.limiter.wait(_client.get())
        if wait:
            limit = f"{self.limiter.rate:g} completions a second"
            raise ApiError(
                ErrorCode.OVERLOADED,
                f"this key may have {limit} scored" if _client.get() else f"the limit is {limit}",
                headers={"Retry-After": str(math.ceil(wait))},
            )

    def take(self, completions: int) -> None:
        """Count completions that the client of this context has in the queue."""
        self.limiter.take(_client.get(), completions)

    def _known(self, headers: Headers) -> Key:
        secret = _secret(headers.get("authorization"))
        key = None if secret is None else self.ring.find(secret)
        if key is not None:
            return key
        if secret is None:
            message, challenge = "a key is needed: send Authorization: Bearer KEY", _BEARER
        else:
            message, challenge = "this key is not known", f'{_BEARER}, error="invalid_token"'
        if "text/html" in headers.get("accept", ""):  # a browser, which then asks for a password
            challenge += f", {_BASIC}"
        raise ApiError(ErrorCode.UNAUTHORIZED, message, headers={"WWW-Authenticate": challenge})


class Guard:
    """The ASGI layer that asks the gate before anything of a request's body is read."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            key = self._gate.admit(scope["path"], Headers(scope=scope))
            if key is not None:
                scope["state"]["log"]["key"] = key.name
            if scope["method"] == "POST":
                self._gate.require_tokens()
        await self._app(scope, receive, send)


def _secret(header: str | None) -> bytes | None:
    """The secret in `Bearer SECRET`, or in `Basic base64(user:SECRET)`.

    The second is what HTTP libraries make of https://user:SECRET@host, the only way to give a key
    to stacks that take nothing but a URL, and what browsers send.
    """
    scheme, _, credentials = (header or "").partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "bearer" and credentials:
        return credentials.encode("latin-1")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials, validate=True).partition(b":")[2] or None
        except ValueError:
            return None
    return None
