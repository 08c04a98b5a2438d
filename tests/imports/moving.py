"""What tests of imports do, in a line each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from dragoman.imports import queries, service
from dragoman.imports.files import Blob
from dragoman.imports.models import Import, Item
from dragoman.imports.service import Upload
from dragoman.imports.sources import Wish
from tests.cast import Company


async def run(company: Company, import_id: UUID) -> Import:
    """Let the worker's job do an import; returns it as it is then."""
    await company.desk.imports.run(str(company.workspace_id), str(import_id))
    return await load(company, import_id)


async def load(company: Company, import_id: UUID) -> Import:
    """An import as it is now."""
    async with company.desk.db.work(company.workspace_id) as session:
        row = await queries.load(session, import_id)
    assert row is not None
    return row


async def trial(company: Company, wish: Wish, content: bytes | None = None, name: str = "export.csv",
                **given: Any) -> Import:  # fmt: skip
    """Begin an import and run its trial."""
    upload: Upload | None = None
    if content is not None:
        upload = service.inspect(wish.source, Blob.of(name, content), content=content)
    desk = company.desk
    async with desk.db.work(company.workspace_id) as session:
        row = await service.add(session, company.admin, desk.keys, wish, upload, allow_private=True)
    async with desk.db.work(company.workspace_id) as session:
        await service.try_out(session, company.admin, desk.jobs, row.id, given)
    return await run(company, row.id)


async def start(company: Company, import_id: UUID, **given: Any) -> None:
    """Queue the import itself."""
    async with company.desk.db.work(company.workspace_id) as session:
        await service.start(session, company.admin, company.desk.jobs, import_id, given)


async def bring_in(company: Company, wish: Wish, content: bytes | None = None, name: str = "export.csv",
                   **given: Any) -> Import:  # fmt: skip
    """Trial, start, run to the end."""
    row = await trial(company, wish, content, name, **given)
    assert (row.state, row.problem) == ("done", ""), row.problem_values
    await start(company, row.id)
    return await run(company, row.id)


async def items(company: Company, kind: str) -> list[Item]:
    """What is noted of one kind of object."""
    async with company.desk.db.work(company.workspace_id) as session:
        return list(await session.scalars(select(Item).where(Item.kind == kind).order_by(Item.external_id)))
