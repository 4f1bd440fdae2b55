"""Log lines on stderr, one per event, without any text of a request: JSON objects or words.

Every line has time, level, logger and event; a request's line also has its id, route, status,
counts and times, and the name of the key that it came with.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

from reward_service.server.jobs import describe

FIELDS = "fields"
"""`log.info(event, extra={FIELDS: {…}})` adds members to the line."""

_LOGGERS = ("reward_service", "uvicorn", "opentelemetry")


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an exception only type and place: messages may quote texts."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(dict(_members(record)), ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """The same for people: time, level, event, then the other members as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        members = dict(_members(record))
        time, level, event = (members.pop(name) for name in ("time", "level", "event"))
        rest = "".join(f" {name}={_shown(value)}" for name, value in members.items())
        return f"{time} {str(level).upper():7} {_one_line(str(event))}{rest}"


FORMATTERS: dict[str, type[logging.Formatter]] = {"json": JsonFormatter, "text": TextFormatter}
"""Value of REWARD_LOG_FORMAT → formatter."""


def configure_logging(level: str, form: str = "json") -> None:
    """Send the lines of at least `level` of this package and its servers to stderr.

    `form` is one of FORMATTERS.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(FORMATTERS[form]())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        # Lines about the start are the runner's; below, uvicorn repeats what the middleware logs.
        logger.setLevel(level.upper() if name == "reward_service" else logging.WARNING)


def logging_options() -> tuple[str, str]:
    """Level and form as they are now, for `configure_logging` in another process."""
    logger = logging.getLogger("reward_service")
    level = logging.getLevelName(logger.getEffectiveLevel())
    formatters = [handler.formatter for handler in logger.handlers]
    is_text = any(isinstance(formatter, TextFormatter) for formatter in formatters)
    return level, "text" if is_text else "json"


def _members(record: logging.LogRecord) -> Iterator[tuple[str, object]]:
    yield "time", datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds")
    yield "level", record.levelname.lower()
    yield "logger", record.name
    yield "event", record.getMessage()
    yield from getattr(record, FIELDS, {}).items()
    if record.exc_info and record.exc_info[1] is not None:
        yield "exception", describe(record.exc_info[1])


def _shown(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text else _one_line(text)


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")
