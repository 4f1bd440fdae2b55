"""Which endpoint judges, and how patiently it is asked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from reward_service.wire.errors import SettingsError


def configured(
    *,
    url: str | None,
    model: str | None,
    key_env: str | None,
    key_file: Path | None,
    timeout: float,
    concurrency: int,
    cache: int,
) -> JudgeConfig | None:
    """The judge that settings describe; None for no judge. Raises SettingsError for half a one."""
    if (url is None) != (model is None):
        raise SettingsError("REWARD_JUDGE_URL, REWARD_JUDGE_MODEL: set both, or neither")
    if key_env is not None and key_file is not None:
        raise SettingsError("REWARD_JUDGE_KEY_ENV, REWARD_JUDGE_KEY_FILE: set only one")
    if url is None or model is None:
        return None
    return JudgeConfig(
        url, model, key_env, key_file, timeout=timeout, concurrency=concurrency, cache=cache
    )


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """An OpenAI-compatible endpoint.

    url: its base, to which `/chat/completions` is added ("http://host:8000/v1").
    model: the name of the model there.
    key_env, key_file: environment variable or file that holds the key; the key itself is in no
        config, so that it is in no log and no pickle.
    timeout: seconds for one grade, with all attempts.
    attempts: times that the endpoint is asked for one grade.
    concurrency: grades that one scoring process asks for at a time.
    cache: grades that each scoring process keeps.
    """

    url: str
    model: str
    key_env: str | None = None
    key_file: Path | None = None
    timeout: float = 6.0
    attempts: int = 3
    concurrency: int = 4
    cache: int = 4096

    def key(self) -> str | None:
        """The key; None where none is configured.

        Raises SettingsError when the variable is not set, or the file cannot be read or is empty.
        """
        if self.key_env is not None:
            key = os.environ.get(self.key_env, "").strip()
            if not key:
                raise SettingsError(
                    f"REWARD_JUDGE_KEY_ENV: the environment variable {self.key_env} is not set"
                )
            return key
        if self.key_file is None:
            return None
        try:
            key = self.key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"REWARD_JUDGE_KEY_FILE: {self.key_file} cannot be read: {error}"
            ) from error
        if not key:
            raise SettingsError(f"REWARD_JUDGE_KEY_FILE: {self.key_file} is empty")
        return key
