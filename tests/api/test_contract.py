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
EXAMPLES = 8


@pytest.fixture(scope="module")
def desk_on_a_port(
    cluster: embedded_pg.Cluster, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with served(cluster.url(embedded_pg.APP, database), tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.mark.req("R115")
@pytest.mark.timeout(170)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_keeps_its_contract(desk_on_a_port: Served, mode: GenerationMode) -> None:
    """Well-formed requests at what exists, and malformed ones anywhere: never a fault, never an undocumented answer."""
    here = desk_on_a_port
    schema = schemathesis.openapi.from_url(f"{here.url}/api/v1/openapi.json")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {here.token}"
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        names = {one.name for one in operation.path_parameters}
        known = {name: here.ids[name] for name in names & here.ids.keys()} if mode == GenerationMode.POSITIVE else None

        @seed(7)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=known))
        def attempt(case: Any) -> None:
            response = case.call_and_validate(base_url=f"{here.url}/api/v1", session=session, checks=CHECKS)
            seen.add((operation.label, response.status_code))

        attempt()
    labels = {label for label, _status in seen}
    print(sorted(seen))
    assert len(labels) > 25
