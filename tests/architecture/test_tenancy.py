"""Every tenant table can be sharded by workspace, and shows no row to another one."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dragoman.main.migrate import drift
from dragoman.main.tables import DIRECTORY, NOT_FORCED, metadata
from dragoman.platform import embedded_pg
from tests.cast import Company, found_company
from tests.fill import fill_every_table

TENANT = sorted(set(metadata.tables) - DIRECTORY)


@pytest.mark.parametrize("name", TENANT)
def test_keys_start_with_the_workspace(name: str) -> None:
    table = metadata.tables[name]
    assert next(iter(table.primary_key.columns)).name == "workspace_id"
    for constraint in table.constraints:
        columns = [column.name for column in getattr(constraint, "columns", [])]
        if type(constraint).__name__ in ("UniqueConstraint", "ForeignKeyConstraint"):
            assert columns[0] == "workspace_id", constraint.name
    for index in table.indexes:
        first = next(iter(index.columns)).name
        assert first == "workspace_id" or index.dialect_options["postgresql"]["using"] == "gin", index.name


def test_row_level_security_is_on_and_forced(cluster: embedded_pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.url(embedded_pg.OWNER, database)) as connection:
        rows = connection.execute(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    state = {name: (enabled, forced) for name, enabled, forced in rows if name in TENANT}
    assert state == {name: (True, name not in NOT_FORCED) for name in TENANT}


def test_the_code_and_the_migrations_agree(cluster: embedded_pg.Cluster, database: str) -> None:
    assert drift(cluster.url(embedded_pg.OWNER, database)) == []


async def test_another_workspace_sees_and_changes_nothing(company: Company) -> None:
    """Walk every tenant table, filled, as another workspace and as none."""
    desk = company.desk
    async with desk.db.work(company.workspace_id) as session:
        await fill_every_table(session, company)
    async with desk.db.work(company.workspace_id) as session:
        for name in TENANT:
            assert await session.scalar(text(f"SELECT count(*) FROM {name}")), f"{name} is not filled"
    stranger = await found_company(desk)
    for workspace in (stranger.workspace_id, None):
        async with desk.db.work(workspace) as session:
            for name in TENANT:
                where = "WHERE workspace_id = :theirs"
                theirs = {"theirs": company.workspace_id}
                assert await session.scalar(text(f"SELECT count(*) FROM {name} {where}"), theirs) == 0, name
                if name == "audit_log":
                    continue  # nobody may remove from it: tests/audit
                changed = await session.execute(text(f"DELETE FROM {name} {where}"), theirs)
                assert changed.rowcount == 0, name  # type: ignore[attr-defined]


async def test_nothing_can_be_written_into_another_workspace(company: Company) -> None:
    stranger = await found_company(company.desk)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with company.desk.db.work(stranger.workspace_id) as session:
            await session.execute(
                text("INSERT INTO files (workspace_id, id, sha256, size, content, created_at) "
                     "VALUES (:theirs, gen_random_uuid(), 'x', 1, 'x', now())"),
                {"theirs": company.workspace_id},
            )  # fmt: skip


async def test_search_finds_nothing_of_another_workspace(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await fill_every_table(session, company)
    statement = text("SELECT count(*) FROM search_messages(cast('''lampe''' AS tsquery), now() + interval '1 day', 10)")
    stranger = await found_company(company.desk)
    for workspace, found in ((company.workspace_id, 1), (stranger.workspace_id, 0), (None, 0)):
        async with company.desk.db.work(workspace) as session:
            assert await session.scalar(statement) == found
