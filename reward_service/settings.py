"""Settings of the service: environment variables with the prefix `REWARD_`, read once at start.

    Settings.load()                    from the environment
    Settings.load(port=9000)           an option of the command line wins over the environment
    python -m reward_service.settings  prints the table of docs/settings.md

A wrong value or an unknown `REWARD_` variable raises SettingsError, which names the variable and
says what was expected.
"""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from reward_service.wire.errors import SettingsError

if TYPE_CHECKING:
    from reward_service.judge.config import JudgeConfig
    from reward_service.scoring.config import ScorerConfig

PREFIX = "REWARD_"

_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")


def _cores() -> int:
    """The cores that this process may use, which in a container are fewer than the machine's."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read_tags(value: object) -> object:
    """`"dx,conclusion"` → ("dx", "conclusion")."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or len(names) != 2:
        raise ValueError("expected two tag names as in dx,conclusion")
    stripped = tuple(str(name).strip() for name in names)
    if stripped[0] == stripped[1] or not all(_TAG_NAME.fullmatch(name) for name in stripped):
        raise ValueError("expected two different tag names of letters, digits, _ and -")
    return stripped


def _read_weights(value: object) -> object:
    """`"accuracy=10,coverage=1"` → {"accuracy": 10.0, "coverage": 1.0}."""
    if isinstance(value, str):
        pairs = [pair.split("=") for pair in value.split(",") if pair.strip()]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError("expected name=number pairs as in accuracy=10,coverage=1")
        try:
            value = {name.strip(): float(number) for name, number in pairs}
        except ValueError:
            raise ValueError("expected name=number pairs as in accuracy=10,coverage=1") from None
    if isinstance(value, dict):
        for name, weight in value.items():
            if not isinstance(weight, int | float) or not math.isfinite(weight) or weight < 0:
                raise ValueError(f"expected a finite number >= 0 for {name}")
    return value


class Settings(BaseSettings):
    """All settings of the service. Build it with `Settings.load`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    workers: int = Field(
        default_factory=_cores,
        ge=0,
        le=256,
        description="Scoring processes. 0 scores in a thread of the front process.",
        json_schema_extra={"default_text": "one per core"},
    )
    insecure: bool = Field(
        False,
        description="Serve without keys on an address other than loopback; refused otherwise.",
    )
    keys_file: Path | None = Field(
        None,
        description="File with the hashes of the keys that clients must send, read again when it "
        "changes ([security](security.md#keys)).",
        json_schema_extra={"default_text": "none"},
    )
    key_hashes: str | None = Field(
        None,
        repr=False,
        description="The same lines as in the file, separated by `;`. Added to those of the file.",
        json_schema_extra={"default_text": "none"},
    )
    key_rate: float = Field(
        0.0,
        ge=0,
        le=1e9,
        description="Completions a second that each key may have scored on average; more get 429. "
        "0 is no limit.",
    )
    key_burst: int = Field(
        4096,
        ge=1,
        description="Completions that a key may have scored at once before `REWARD_KEY_RATE` "
        "holds it back.",
    )
    ssl_certfile: Path | None = Field(
        None,
        description="PEM file with the certificate chain; with it the service speaks https.",
        json_schema_extra={"default_text": "none"},
    )
    ssl_keyfile: Path | None = Field(
        None,
        description="PEM file with the certificate's private key, without a passphrase.",
        json_schema_extra={"default_text": "in `REWARD_SSL_CERTFILE`"},
    )
    pipeline: str = Field(
        "embedded",
        min_length=1,
        description="`embedded`, or the name or folder of an installed scispaCy model whose "
        "mentions join the embedded ones.",
    )
    similarity: str = Field(
        "off",
        min_length=1,
        description="`off`, or the folder or installed package of a sentence encoder that finds "
        "the case's findings in other words ([similarity](similarity.md)).",
    )
    judge_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Base URL of an OpenAI-compatible endpoint, as in `http://host:8000/v1`, that "
        "grades completions as the objective `judge` ([judge](judge.md)).",
        json_schema_extra={"default_text": "none, no such objective"},
    )
    judge_model: str | None = Field(
        None,
        min_length=1,
        description="Name of the model there; needed with `REWARD_JUDGE_URL`.",
        json_schema_extra={"default_text": "none"},
    )
    judge_key_env: str | None = Field(
        None,
        min_length=1,
        description="Name of the environment variable that holds the endpoint's key.",
        json_schema_extra={"default_text": "none"},
    )
    judge_key_file: Path | None = Field(
        None,
        description="File that holds the endpoint's key, instead of a variable.",
        json_schema_extra={"default_text": "none"},
    )
    judge_timeout: float = Field(
        6.0,
        gt=0,
        le=3_600,
        description="Seconds for one grade, with all attempts; then it abstains with "
        "`judge_failed`. Keep it below `REWARD_COMPLETION_TIMEOUT`.",
    )
    judge_concurrency: int = Field(
        4, ge=1, le=256, description="Grades that each scoring process asks for at a time."
    )
    judge_cache: int = Field(4096, ge=0, description="Grades that each scoring process keeps.")
    tags: Annotated[tuple[str, str], NoDecode, BeforeValidator(_read_tags)] = Field(
        ("dx", "conclusion"),
        description="Tags around a completion's analysis and its conclusion, as in `think,answer`.",
    )
    weights: Annotated[dict[str, float], NoDecode, BeforeValidator(_read_weights)] = Field(
        default_factory=dict,
        description="Weights of the reward over the objectives' defaults, as in "
        "`accuracy=10,coverage=1`.",
    )
    max_chars: int = Field(
        200_000,
        ge=1_000,
        description="Longest text that is analysed, in characters; longer ones abstain with "
        "`too_long`.",
    )
    case_cache: int = Field(
        256, ge=0, description="Analysed cases that each scoring process keeps."
    )
    max_body_bytes: int = Field(
        8_000_000,
        ge=1_000,
        description="Largest request body in bytes, after decompression; larger ones get 413.",
    )
    max_items: int = Field(256, ge=1, description="Most items in a request; more get 413.")
    max_completions: int = Field(
        4096, ge=1, description="Most completions in a request, over all items; more get 413."
    )
    max_queue: int = Field(
        1024,
        ge=1,
        description="Most items that wait or are being scored; requests beyond get 429.",
    )
    max_queue_chars: int = Field(
        64_000_000,
        ge=1_000,
        description="Most characters of these items, cases and completions; requests beyond get "
        "429.",
    )
    queue_low: float = Field(
        0.75,
        ge=0,
        le=1,
        description="Share of both to which the queue must drain, once a request was refused, "
        "before others are let in.",
    )
    max_intake_bytes: int = Field(
        256_000_000,
        ge=1_000,
        description="Most bytes of request bodies that are being read or parsed at a time; "
        "requests beyond get 429.",
    )
    max_connections: int = Field(
        4096, ge=1, description="Most open connections; requests on further ones get 429."
    )
    body_timeout: float = Field(
        30.0,
        gt=0,
        le=3_600,
        description="Seconds in which the head of a request, its body, and the next piece of an "
        "answer must get through; else the connection is closed.",
    )
    request_timeout: float = Field(
        120.0,
        gt=0,
        le=86_400,
        description="Seconds that a request may take before it gets 504; `X-Request-Timeout` may "
        "ask for less.",
    )
    job_timeout: float = Field(
        30.0,
        gt=0,
        le=86_400,
        description="Seconds that a scoring process may spend on up to 16 completions of up to "
        "200,000 characters together. Then it is replaced, and they are tried again one by one.",
    )
    completion_timeout: float = Field(
        10.0,
        gt=0,
        le=86_400,
        description="Seconds that a completion which is tried again may take; else it abstains "
        "with `scorer_error`.",
    )
    worker_memory_mb: int = Field(
        2048,
        ge=0,
        description="Megabytes that a scoring process may add to the loaded scorer's; what needs "
        "more abstains with `scorer_error`. 0: no limit.",
    )
    fingerprint: str | None = Field(
        None,
        description="Fingerprint that the scorer must have; any other stops the start. For "
        "replicas that must agree.",
        json_schema_extra={"default_text": "any"},
    )
    shutdown_delay: float = Field(
        0.0,
        ge=0,
        le=3_600,
        description="Seconds between SIGTERM, from which `/readyz` says 503, and the end of "
        "listening, for load balancers that notice late.",
    )
    shutdown_timeout: float = Field(
        30.0, gt=0, le=3_600, description="Seconds that running requests get at shutdown."
    )
    questions: Path | None = Field(
        None,
        description="JSONL file of questions with their answers, for stacks that send prompts "
        "without labels ([LLaMA-Factory](stacks/llama-factory.md)).",
        json_schema_extra={"default_text": "none"},
    )
    runs: Path | None = Field(
        None,
        description="Folder of scored Parquet files and training runs that the page shows "
        "([runs](page.md#runs)).",
        json_schema_extra={"default_text": "none"},
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe log line that is written."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="Form of a log line: a JSON object, or words for people."
    )
    traces: bool = Field(
        False,
        description="Send OpenTelemetry traces; needs the extra `otel`. Where to is said by the "
        "`OTEL_` variables of OpenTelemetry.",
    )

    @classmethod
    def load(cls, **options: Any) -> Settings:
        """Settings from the environment; `options` that are not None win over it.

        Raises SettingsError for a wrong value, an unknown option or an unknown `REWARD_` variable.
        """
        _refuse_unknown_variables(cls)
        given = {name: value for name, value in options.items() if value is not None}
        try:
            settings = cls(**given)
        except ValidationError as error:
            raise SettingsError("\n".join(_explain(error, given))) from None
        settings._judge_config()  # so that half a judge stops the start
        return settings

    def _judge_config(self) -> JudgeConfig | None:
        from reward_service.judge.config import configured

        return configured(
            url=self.judge_url,
            model=self.judge_model,
            key_env=self.judge_key_env,
            key_file=self.judge_key_file,
            timeout=self.judge_timeout,
            concurrency=self.judge_concurrency,
            cache=self.judge_cache,
        )

    def scorer_config(self) -> ScorerConfig:
        """The part of the settings that decides what scores come out."""
        # Here, because whoever only reads settings need not wait for text analysis to be imported.
        from reward_service.completions import Tags
        from reward_service.scoring.config import ScorerConfig

        return ScorerConfig(
            pipeline=self.pipeline,
            similarity=self.similarity,
            judge=self._judge_config(),
            tags=Tags(analysis=self.tags[0], conclusion=self.tags[1]),
            weights=self.weights,
            max_chars=self.max_chars,
            case_cache=self.case_cache,
        )


def variables() -> dict[str, str]:
    """Every environment variable of the service → the name of its field."""
    return {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}


def settings_table() -> str:
    """The Markdown table of docs/settings.md."""
    rows = ["| variable | default | meaning |", "| --- | --- | --- |"]
    for variable, name in variables().items():
        rows.append(
            f"| `{variable}` | {_default_text(name)} | {Settings.model_fields[name].description} |"
        )
    return "\n".join(rows) + "\n"


def _default_text(name: str) -> str:
    field = Settings.model_fields[name]
    if isinstance(field.json_schema_extra, dict) and "default_text" in field.json_schema_extra:
        return str(field.json_schema_extra["default_text"])
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    return f"`{default}`" if default != {} else "the objectives' own"


def _refuse_unknown_variables(cls: type[Settings]) -> None:
    known = variables()
    for variable in sorted(os.environ):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            raise SettingsError(f"{variable}: unknown setting{_did_you_mean(variable, known)}")


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    by_upper = {other.upper(): other for other in known}
    for close in difflib.get_close_matches(name.upper(), by_upper, n=1, cutoff=0.75):
        return f"; did you mean {by_upper[close]}?"
    return f"; known are {', '.join(by_upper.values())}"


def _explain(error: ValidationError, given: dict[str, Any]) -> list[str]:
    lines = []
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0])
        source = f"option {name}" if name in given else f"{PREFIX}{name.upper()}"
        if detail["type"] == "extra_forbidden":
            lines.append(f"option {name}: unknown{_did_you_mean(name, Settings.model_fields)}")
            continue
        message = detail["msg"].removeprefix("Value error, ")
        message = message.replace("Input should be", "expected").replace(
            "expected a valid integer, unable to parse string as an integer", "expected an integer"
        )
        lines.append(f"{source}: {message}, got {detail['input']!r}")
    return lines


if __name__ == "__main__":
    print(settings_table(), end="")
