"""A company, a translator, and services to ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from dragoman.kit import ids
from dragoman.translation.models import ProviderSetting
from dragoman.translation.service import Translator
from tests.cast import Company
from tests.translation.services import Service, service


@pytest.fixture
async def there() -> AsyncIterator[Service]:
    """Somebody else's translation service."""
    async with service() as made:
        yield made


@pytest.fixture
def translator(company: Company) -> Translator:
    """The translator of the company's desk."""
    desk = company.desk
    return Translator(desk.db, desk.keys, desk.jobs, desk.settings.allow_private_hosts)


async def switch_on(company: Company, kind: str, url: str = "", **more: Any) -> UUID:
    """A provider of the company, switched on."""
    made = ProviderSetting(
        id=ids.new(), kind=kind, name=more.pop("name", kind), active=True, base_url=url, model=more.pop("model", "m"),
        **more,
    )  # fmt: skip
    made.secret = company.desk.keys.seal("k3y", context=f"translator:{made.id}")
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(made)
    return made.id
