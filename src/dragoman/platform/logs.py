"""Structured logs. Customers' words, addresses and secrets never enter them: ids and counts do."""

from __future__ import annotations

import logging
import sys
import traceback
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


def trace(error: BaseException) -> str:
    """Where an error arose and of what kind, down its causes. Its own words stay out: they may quote a customer's
    (a database names the value that was not unique, a codec the bytes it could not read)."""
    out = []
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        frames = traceback.extract_tb(step.__traceback__)
        out.append(f"{type(step).__module__}.{type(step).__qualname__}")
        out += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\n".join(out)


def _exception(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    error = event.pop("exc_info", None)
    error = sys.exc_info() if error is True else error
    error = error[1] if isinstance(error, tuple) else error
    return {**event, "exception": trace(error)} if isinstance(error, BaseException) else event


def _drop_private(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: ("[kept out]" if key in PRIVATE else value) for key, value in event.items()}


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


def _one_line(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Values that come from outside can neither begin a line of their own nor speak to the terminal."""
    return {
        key: (value.rstrip("\r\n").translate(_CONTROLS) if isinstance(value, str) else value)
        for key, value in event.items()
    }


def configure(*, as_json: bool, level: int = logging.INFO) -> None:
    """Send structlog and the libraries' own loggers to stderr, one line an event."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else (
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )  # rich ones show local values
        )
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_private,
        _one_line,
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
                _exception,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("procrastinate", "mail.log", "uvicorn.access", "asyncio", "alembic", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
