"""Log lines as JSON objects on stderr, one per event, without any text of a request.

Every line has time, level, logger and event; a request's line also has its id, route, status,
counts and times.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from reward_service.server.jobs import describe

FIELDS = "fields"
"""`log.info(event, extra={FIELDS: {…}})` adds members to the line."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Of an exception only type and place: messages may quote texts."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def configure_logging(level: str) -> None:
    """Send this package's and uvicorn's log lines of at least `level` to stderr as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    for name in ("reward_service", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())
    # Lines about the start are the runner's; below, uvicorn repeats what the middleware logs.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
