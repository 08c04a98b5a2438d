"""Structured logs. Customers' words, addresses and secrets never enter them: ids and counts do."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

PRIVATE = frozenset(
    {
        "text",
        "html",
        "subject",
        "body",
        "raw",
        "email",
        "address",
        "password",
        "token",
        "secret",
        "name",
        "query",
    }
)


def _drop_private(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: ("[kept out]" if key in PRIVATE else value) for key, value in event.items()}


def configure(*, as_json: bool, level: int = logging.INFO) -> None:
    """Send structlog and the libraries' own loggers to stderr, one line an event."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else (
            structlog.dev.ConsoleRenderer(
                exception_formatter=structlog.dev.plain_traceback
            )  # rich ones show local values
        )
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_private,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("procrastinate", "mail.log", "uvicorn.access", "asyncio", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
