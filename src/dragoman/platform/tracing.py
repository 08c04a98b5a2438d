"""Traces for OpenTelemetry, when `DRAGOMAN_OTLP_ENDPOINT` names a collector; otherwise nothing of it is even loaded.

Spans carry words of ours (route templates, names of jobs, SQL with placeholders), never values, addresses or an
error's own words: these may be a customer's.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from dragoman import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PATH = "/v1/traces"
LONGEST = 4000  # characters of a statement
_provider: TracerProvider | None = None
_tracer: Any = None


class Span:
    """A span under way, or nothing at all."""

    def __init__(self, real: Any = None) -> None:
        self._real = real

    def note(self, name: str, value: str | int) -> None:
        """Add an attribute."""
        if self._real is not None:
            self._real.set_attribute(name, value)

    def name(self, name: str) -> None:
        """Call it by a name that was not known at first."""
        if self._real is not None:
            self._real.update_name(name)

    def fail(self) -> None:
        """Mark it as failed."""
        if self._real is not None:
            from opentelemetry.trace import StatusCode

            self._real.set_status(StatusCode.ERROR)


NOTHING = Span()


def start(endpoint: str, role: str) -> None:
    """Send spans of this process to a collector (OTLP over HTTP, in batches). `role` is serve, web or worker."""
    global _provider, _tracer
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    address = endpoint.rstrip("/")
    exporter = OTLPSpanExporter(endpoint=address if address.endswith(PATH) else address + PATH, timeout=5)
    resource = Resource.create({
        "service.name": "dragoman", "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}", "dragoman.role": role,
    })  # fmt: skip
    _provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = _provider.get_tracer("dragoman", __version__)


def stop() -> None:
    """Send what is left, and send no more. Takes some seconds when the collector does not answer."""
    global _provider, _tracer
    ending, _provider, _tracer = _provider, None, None
    if ending is not None:
        ending.shutdown()


@contextmanager
def span(
    name: str, facts: Mapping[str, str | int] | None = None, *, kind: str = "internal",
    parent: Mapping[str, str] | None = None,
) -> Iterator[Span]:  # fmt: skip
    """A span around the block. `kind`: internal, server, client, consumer; `parent`: headers that may name the trace
    it belongs to (W3C Trace Context)."""
    if _tracer is None:
        yield NOTHING
        return
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(parent) if parent is not None else None
    with _tracer.start_as_current_span(
        name, context=context, kind=trace.SpanKind[kind.upper()], attributes=facts,
        record_exception=False, set_status_on_exception=False,
    ) as real:  # fmt: skip
        made = Span(real)
        try:
            yield made
        except BaseException as error:
            made.note("error.type", type(error).__name__)
            made.fail()
            raise


def hand_on(headers: MutableMapping[str, str]) -> None:
    """Let the receiver of these headers go on with the present trace."""
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(headers)


def watch(engine: AsyncEngine) -> None:
    """Make a span of every statement, without its values."""
    if _tracer is not None:
        event.listen(engine.sync_engine, "before_cursor_execute", _before)
        event.listen(engine.sync_engine, "after_cursor_execute", _after)
        event.listen(engine.sync_engine, "handle_error", _broken)


def _before(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    if _tracer is None or context is None:
        return
    from opentelemetry.trace import SpanKind

    verb = statement.split(None, 1)[0].upper() if statement.strip() else "SQL"
    context.dragoman_span = _tracer.start_span(
        verb, kind=SpanKind.CLIENT,
        attributes={
            "db.system.name": "postgresql", "db.operation.name": verb, "db.query.text": statement[:LONGEST],
        },
    )  # fmt: skip


def _after(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
    running = getattr(context, "dragoman_span", None)
    if running is not None:
        running.end()


def _broken(failure: Any) -> None:
    running = getattr(failure.execution_context, "dragoman_span", None)
    if running is not None:
        made = Span(running)
        made.note("error.type", type(failure.original_exception).__name__)
        made.fail()
        running.end()
