"""Log lines in both forms: the same members, one line each."""

from __future__ import annotations

import json
import logging

import pytest

from reward_service.server.logs import (
    FIELDS,
    FORMATTERS,
    JsonFormatter,
    TextFormatter,
    configure_logging,
    logging_options,
)


def record(event: str, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("reward_service.x", logging.INFO, __file__, 1, event, (), None)
    made.created = 0.0
    setattr(made, FIELDS, fields)
    return made


def test_json_and_text() -> None:
    line = record("request", id="q 1", status=200, ms=1.5)
    assert json.loads(JsonFormatter().format(line)) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "info",
        "logger": "reward_service.x",
        "event": "request",
        "id": "q 1",
        "status": 200,
        "ms": 1.5,
    }
    assert TextFormatter().format(line) == (
        "1970-01-01T00:00:00.000+00:00 INFO    request logger=reward_service.x "
        'id="q 1" status=200 ms=1.5'
    )


@pytest.mark.parametrize("form", FORMATTERS)
def test_nothing_makes_a_second_line_or_a_false_member(form: str) -> None:
    text = FORMATTERS[form]().format(record("a\nb\r\nc", id='x" status="500\nlevel=error'))
    assert len(text.splitlines()) == 1
    assert ' status="500' not in text


def test_an_exception_is_only_its_type_and_place() -> None:
    try:
        raise ValueError("Vorbeck has a fever")
    except ValueError as error:
        line = record("failed")
        line.exc_info = (ValueError, error, error.__traceback__)
    for formatter in (JsonFormatter(), TextFormatter()):
        text = formatter.format(line)
        assert "ValueError in test_an_exception" in text and "Vorbeck" not in text


@pytest.mark.parametrize(("level", "form"), [("debug", "json"), ("warning", "text")])
def test_options_reach_other_processes(level: str, form: str) -> None:
    names = ("reward_service", "uvicorn", "opentelemetry")
    loggers = [logging.getLogger(name) for name in names]
    before = [(one.handlers, one.level, one.propagate) for one in loggers]
    try:
        configure_logging(level, form)
        assert logging_options() == (level.upper(), form)
    finally:
        for one, (handlers, number, propagate) in zip(loggers, before, strict=True):
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(number)
