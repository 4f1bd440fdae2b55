"""What an address exposes: no open address without keys, and TLS when there is a certificate."""

from __future__ import annotations

import ipaddress
import ssl
from typing import TypedDict

from reward_service.settings import PREFIX, Settings
from reward_service.wire.errors import SettingsError


class TlsOptions(TypedDict, total=False):
    """The options of uvicorn that make it speak https."""

    ssl_certfile: str
    ssl_keyfile: str | None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address. Names other than localhost: no."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def require_safe_address(settings: Settings) -> None:
    """Raises SettingsError for an address that others can reach, without keys."""
    if is_loopback(settings.host) or settings.insecure:
        return
    if settings.keys_file is None and settings.key_hashes is None:
        raise SettingsError(
            f"{settings.host} can be reached from other machines, and no key is asked for. "
            f"Make keys (`clinical-reward keys new --file keys.txt`) and name them in "
            f"{PREFIX}KEYS_FILE, or listen on 127.0.0.1, or say {PREFIX}INSECURE=true (--insecure) "
            "where something else keeps strangers out"
        )


def tls_options(settings: Settings) -> TlsOptions:
    """For uvicorn; empty without a certificate. Raises SettingsError for one that cannot serve."""
    certificate, key = settings.ssl_certfile, settings.ssl_keyfile
    if certificate is None:
        if key is not None:
            raise SettingsError(f"{PREFIX}SSL_KEYFILE needs {PREFIX}SSL_CERTFILE beside it")
        return {}
    try:
        # Loaded once here, because uvicorn would end with a traceback. The empty passphrase keeps
        # OpenSSL from asking a terminal for one.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        reason = error.strerror
        if isinstance(error, ssl.SSLError):
            reason = "expected a certificate and its own private key in PEM, without a passphrase"
        raise SettingsError(f"{PREFIX}SSL_CERTFILE, {PREFIX}SSL_KEYFILE: {reason}") from None
    return {"ssl_certfile": str(certificate), "ssl_keyfile": None if key is None else str(key)}
