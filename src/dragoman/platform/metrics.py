"""Figures that a process keeps of itself, for Prometheus: counters since its start, nothing of customers.

Labels hold words of ours only (routes as templates, names of jobs, states): never an address, a name or an id. What
is the same for all processes (queues) is asked of the database when it is read: `main/figures.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from dragoman import __version__

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
SMALL = (0.0005, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30)

BUILD = Gauge("dragoman_build_info", "Always 1; the label tells the release.", ["version"], registry=REGISTRY)
BUILD.labels(__version__).set(1)
REQUESTS = Counter(
    "dragoman_requests", "HTTP requests answered, by the route's template.", ["method", "route", "status"],
    registry=REGISTRY,
)  # fmt: skip
REQUEST_SECONDS = Histogram(
    "dragoman_request_seconds", "From a request's first byte to its answer's last one.", ["method", "route"],
    buckets=QUICK, registry=REGISTRY,
)  # fmt: skip
IN_FLIGHT = Gauge("dragoman_requests_in_flight", "HTTP requests being answered.", registry=REGISTRY)
DATABASE_WAIT = Histogram(
    "dragoman_database_wait_seconds", "Until a transaction had a connection of the pool.", buckets=SMALL,
    registry=REGISTRY,
)  # fmt: skip
JOBS = Counter("dragoman_jobs", "Jobs that ended, by outcome (done, failed).", ["job", "outcome"], registry=REGISTRY)
JOB_SECONDS = Histogram("dragoman_job_seconds", "Running time of jobs.", ["job"], buckets=SLOW, registry=REGISTRY)
MAIL_TAKEN = Counter(
    "dragoman_mail_taken", "New mails stored, by the door they came in by (imap, smtp).", ["door"], registry=REGISTRY
)
MAIL_FILED = Counter(
    "dragoman_mail_filed", "Mails settled, by what became of them (filed, set_aside, dropped).", ["state"],
    registry=REGISTRY,
)  # fmt: skip
MAIL_SENT = Counter(
    "dragoman_mail_sent", "Tries to hand an answer over, by outcome (sent, later, failed).", ["outcome"],
    registry=REGISTRY,
)  # fmt: skip
FETCH_SECONDS = Histogram(
    "dragoman_mail_fetch_seconds", "Looking at one IMAP mailbox, new mails included.", buckets=SLOW, registry=REGISTRY
)
FILE_SECONDS = Histogram(
    "dragoman_mail_file_seconds", "Filing one batch of mails.", buckets=QUICK, registry=REGISTRY
)  # fmt: skip
SEND_SECONDS = Histogram(
    "dragoman_mail_send_seconds", "Handing one answer over to its mail server.", buckets=SLOW, registry=REGISTRY
)
WEBHOOKS = Counter(
    "dragoman_webhook_deliveries", "Tries to tell a webhook, by outcome (done, later, failed).", ["outcome"],
    registry=REGISTRY,
)  # fmt: skip
for _counter, _words in (
    (MAIL_TAKEN, ("imap", "smtp")), (MAIL_FILED, ("filed", "set_aside", "dropped")),
    (MAIL_SENT, ("sent", "later", "failed")), (WEBHOOKS, ("done", "later", "failed")),
):  # fmt: skip
    for _word in _words:
        _counter.labels(_word)  # told as 0 from the start, so that the first one is a step that can be seen


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Note how long the block took, in seconds, however it ended."""
    started = perf_counter()
    try:
        yield
    finally:
        histogram.observe(perf_counter() - started)
