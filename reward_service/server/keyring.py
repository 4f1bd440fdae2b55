"""The keys that are in force: from the settings, and from a file that is read again as it changes.

A file that was changed into something that cannot be read leaves the keys as they were and is
logged, so that a half-written file does not lock out a training job. At the start it is an error.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable
from pathlib import Path

from reward_service.server.keys import (
    Key,
    digest_of,
    parse_keys,
    read_key_file,
    require_distinct,
)
from reward_service.settings import PREFIX, Settings
from reward_service.wire.errors import SettingsError

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""The file is read at most this often, and only when requests come."""


class KeyRing:
    """The keys in force. Used from one event loop."""

    def __init__(
        self,
        fixed: tuple[Key, ...] = (),
        file: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed = fixed
        self._file = file
        self._clock = clock
        self._text = None if file is None else read_key_file(file)
        self._complaint = ""
        self._checked = clock()
        self._keys = fixed if self._text is None else self._with_file(self._text)

    @classmethod
    def load(cls, settings: Settings) -> KeyRing:
        """The keys that settings name; none at all when they name none. Raises SettingsError."""
        hashes = settings.key_hashes
        fixed = () if hashes is None else parse_keys(hashes, source=f"{PREFIX}KEY_HASHES")
        return cls(fixed, settings.keys_file)

    @property
    def required(self) -> bool:
        """Whether clients must send a key."""
        return bool(self._keys)

    def find(self, secret: bytes) -> Key | None:
        """The key with this secret. Takes the same time whichever key it is, or none."""
        self._refresh()
        presented = digest_of(secret)
        found = None
        for key in self._keys:
            if hmac.compare_digest(key.digest, presented):
                found = key
        return found

    def _with_file(self, text: str) -> tuple[Key, ...]:
        keys = (*self._fixed, *parse_keys(text, source=f"{PREFIX}KEYS_FILE: {self._file}"))
        require_distinct(keys, source=f"{PREFIX}KEYS_FILE: {self._file}")
        return keys

    def _refresh(self) -> None:
        if self._file is None or self._clock() - self._checked < CHECK_SECONDS:
            return
        self._checked = self._clock()
        try:
            text = read_key_file(self._file)
            if text == self._text:
                self._complaint = ""
                return
            self._keys = self._with_file(text)
        except SettingsError as error:
            if self._complaint != str(error):  # once, not every second
                self._complaint = str(error)
                log.error("the keys stay as they were: %s", error)
            return
        self._text, self._complaint = text, ""
        log.info("keys read again; now in force: %s", ", ".join(key.name for key in self._keys))
