"""The API keeps what its OpenAPI document promises, whatever it is sent (schemathesis, on a real server)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dragoman.platform import embedded_pg
from tests.api.serving import Served, served

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
EXAMPLES = 15
COMBINED = {
    "POST /tickets", "POST /tickets/{number}/messages", "POST /tickets/{number}/attachments", "POST /webhooks",
    "PATCH /webhooks/{webhook_id}", "POST /rules", "PATCH /rules/{rule_id}", "POST /rules/try",
    "POST /calendars", "PATCH /calendars/{calendar_id}", "POST /policies", "PATCH /policies/{policy_id}",
    "POST /tickets/{number}/escalations", "POST /tickets/{number}/promises", "POST /promises/{promise_id}/renew",
    "POST /tickets/{number}/tasks", "POST /promises/{promise_id}/keep", "POST /promises/{promise_id}/break",
    "POST /tasks/{task_id}/answer", "POST /tasks/{task_id}/done", "POST /tasks/{task_id}/cancel",
    "POST /departments", "PATCH /departments/{department_id}",
    "POST /views", "PATCH /views/{view_id}", "POST /macros", "PATCH /macros/{macro_id}", "POST /bulk",
    "POST /terms", "POST /terms/{term_id}/reject",
    "POST /tickets/{number}/merge", "POST /tickets/{number}/split", "POST /tickets/{number}/planned",
}  # fmt: skip
"""They want what a schema can't say (fields that only go together, addresses that exist, files that are what their
names say): other tests reach them."""


@pytest.fixture(scope="module")
def desk_on_a_port(
    cluster: embedded_pg.Cluster, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with served(cluster.url(embedded_pg.APP, database), tmp_path_factory.mktemp("served")) as found:
        yield found


def attempt_all(here: Served, session: requests.Session, operation: Any, mode: GenerationMode) -> set[int]:
    """Send an operation what the mode makes up; returns the statuses it answered with."""
    names = {one.name for one in operation.path_parameters}
    known = {name: here.ids[name] for name in names & here.ids.keys()} if mode == GenerationMode.POSITIVE else None
    seen: set[int] = set()

    @seed(7)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
    def attempt(case: Any) -> None:
        seen.add(case.call_and_validate(base_url=f"{here.url}/api/v1", session=session, checks=CHECKS).status_code)

    attempt()
    return seen


@pytest.mark.req("R115")
@pytest.mark.timeout(170)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_its_contract(desk_on_a_port: Served, mode: GenerationMode) -> None:
    """Well-formed requests at what exists, and malformed ones anywhere: never a fault, never an undocumented answer."""
    schema = schemathesis.openapi.from_url(f"{desk_on_a_port.url}/api/v1/openapi.json")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {desk_on_a_port.token}"
    operations = [found.ok() for found in schema.get_all_operations()]
    operations.sort(key=lambda one: one.label.endswith("/remove"))
    seen = {one.label: attempt_all(desk_on_a_port, session, one, mode) for one in operations}
    assert len(seen) > 25
    if mode == GenerationMode.POSITIVE:
        silent = {label for label, statuses in seen.items() if not statuses & {200, 201}}
        assert silent <= COMBINED, "each was reached"
