"""Open addresses need keys, and certificates make the service speak https."""

from __future__ import annotations

from pathlib import Path

import pytest
from certificates import make_certificate
from live_service import refused_start

from reward_service.server.exposure import is_loopback, require_safe_address, tls_options
from reward_service.server.keys import Role, make_key
from reward_service.settings import Settings
from reward_service.wire.errors import SettingsError

HASHES = make_key("trainer", [Role.SCORE], "crk_secret").line()


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.7", False),
        ("localhost.example", False),
        ("reward", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
    settings = Settings(host=host)
    if loopback:
        require_safe_address(settings)
        return
    with pytest.raises(SettingsError, match="no key is asked for"):
        require_safe_address(settings)
    require_safe_address(Settings(host=host, key_hashes=HASHES))
    require_safe_address(Settings(host=host, insecure=True))


def test_serve_refuses_an_open_address_without_keys() -> None:
    error = refused_start("--host", "0.0.0.0")
    assert error.startswith("error: 0.0.0.0 can be reached from other machines")
    assert "REWARD_KEYS_FILE" in error and "--insecure" in error


def test_serve_refuses_keys_it_cannot_read(tmp_path: Path) -> None:
    assert "nowhere: No such file" in refused_start("--keys-file", str(tmp_path / "nowhere"))
    assert "holds no key" in refused_start(KEY_HASHES="")


def test_certificates_that_cannot_serve_end_the_start(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    (tmp_path / "locked").mkdir()
    locked = make_certificate(tmp_path / "locked", passphrase="secret")
    (tmp_path / "empty.pem").write_text("")
    for chosen, key, message in [
        (tmp_path / "nowhere.pem", None, "No such file"),
        (certificate, tmp_path / "nowhere.pem", "No such file"),
        (tmp_path / "empty.pem", None, "in PEM, without a passphrase"),
        (certificate, None, "in PEM, without a passphrase"),
        (certificate, locked[1], "in PEM, without a passphrase"),
        (*locked, "in PEM, without a passphrase"),
        (None, certificate, "REWARD_SSL_KEYFILE needs REWARD_SSL_CERTFILE"),
    ]:
        with pytest.raises(SettingsError, match=message):
            tls_options(Settings(ssl_certfile=chosen, ssl_keyfile=key))
