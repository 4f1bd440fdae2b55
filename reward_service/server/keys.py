"""Bearer keys: what a key may do, and the lines that describe keys without holding them.

    # name    roles          hash
    trainer   score          sha256:9b1f…
    dashboard metrics        sha256:04ce…
    admin     score,metrics  sha256:77aa…

A key is 256 random bits. That is why one round of SHA-256 is enough to store it: nobody can try so
many keys, however fast the hash is. Slow, salted hashes are for passwords, which people choose,
and would cost every request the time that they are meant to cost an attacker.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from reward_service.wire.errors import SettingsError

PREFIX = "crk_"
"""How a key begins, so that tools which look for leaked secrets can find one."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_FORM = "expected NAME ROLES sha256:HASH"


class Role(StrEnum):
    """What a key opens."""

    SCORE = "score"
    """POST /score, the routes of other stacks, GET /objectives."""
    METRICS = "metrics"
    """GET /metrics."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name (for logs and limits), its roles, and the SHA-256 of the secret."""

    name: str
    roles: frozenset[Role]
    digest: bytes = field(repr=False)

    def line(self) -> str:
        """The key as a line that `parse_keys` reads."""
        return f"{self.name} {','.join(sorted(self.roles))} sha256:{self.digest.hex()}"


def new_secret() -> str:
    """A new key: 256 bits from the system's source of randomness."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: bytes) -> bytes:
    """What is stored of a key, and compared."""
    return hashlib.sha256(secret).digest()


def make_key(name: str, roles: Iterable[Role], secret: str) -> Key:
    """The description of a secret. Raises SettingsError for a name that cannot stand in a line."""
    if not _NAME.fullmatch(name):
        raise SettingsError(
            "the name of a key: expected up to 64 letters, digits, dots, _ and -, "
            "beginning with a letter or a digit"
        )
    return Key(name, frozenset(roles), digest_of(secret.encode()))


def read_key_file(path: Path) -> str:
    """The text of a file of keys. Raises SettingsError, which names the file."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or 'cannot be read'}") from None


def parse_keys(text: str, *, source: str) -> tuple[Key, ...]:
    """The keys of a text: one a line (or between `;`), `#` begins a comment.

    Raises SettingsError with `source` and the line's number. No message quotes a line, because
    somebody may have put the key itself there.
    """
    keys: list[Key] = []
    for number, line in enumerate(text.replace(";", "\n").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            keys.append(_read_line(words, where=f"{source}, line {number}"))
    if not keys:
        raise SettingsError(f"{source}: holds no key; {_FORM} on each line")
    require_distinct(keys, source=source)
    return tuple(keys)


def require_distinct(keys: Iterable[Key], *, source: str) -> None:
    """Raises SettingsError when a name or a hash stands twice: one of them would be misread."""
    names: set[str] = set()
    digests: set[bytes] = set()
    for key in keys:
        if key.name in names:
            raise SettingsError(f"{source}: the name {key.name} stands twice")
        if key.digest in digests:
            raise SettingsError(f"{source}: {key.name} has the same hash as another key")
        names.add(key.name)
        digests.add(key.digest)


def _read_line(words: list[str], *, where: str) -> Key:
    if len(words) != 3:
        raise SettingsError(f"{where}: {_FORM}, got {len(words)} words")
    name, roles, hashed = words
    match = _HASH.fullmatch(hashed.lower())
    if match is None:
        raise SettingsError(
            f"{where}: the third word is not sha256: with 64 hexadecimal digits; "
            "`clinical-reward keys new` prints such lines"
        )
    if not _NAME.fullmatch(name):
        raise SettingsError(f"{where}: the first word is not a name of letters, digits, ., _ and -")
    try:
        read = frozenset(map(Role, roles.split(",")))
    except ValueError:
        known = " or ".join([*Role, ",".join(Role)])
        raise SettingsError(f"{where}: the second word is not {known}") from None
    return Key(name, read, bytes.fromhex(match[1]))
