"""All SQL of taking out and bringing back. What there is to take is asked of the database, not of the code: a backup
and a restore also work at the schema of an older release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier, Literal

SKIPPED = frozenset({"rate_limits"})
"""Tables of ours that are left out: limits count the last minutes. (Jobs, procrastinate's tables, are left out, too:
the sweeps make them anew from the rows they are for.)"""

STAGE = Identifier("pg_temp", "backup_stage")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its stored columns (generated ones are left out) and the column that tells the workspace."""

    name: str
    columns: tuple[str, ...]
    key: str
    triggers: bool

    @property
    def named(self) -> Identifier:
        """The table in SQL."""
        return Identifier("public", self.name)

    @property
    def listed(self) -> Composed:
        """Its columns in SQL."""
        return SQL(", ").join(map(Identifier, self.columns))


def steady(connection: Connection[Any]) -> None:
    """Let values be written and read the same way everywhere, and nothing time out in between."""
    for setting in (
        "client_encoding = 'UTF8'", "DateStyle = 'ISO, YMD'", "IntervalStyle = 'postgres'", "TimeZone = 'UTC'",
        "bytea_output = 'hex'", "extra_float_digits = 1", "statement_timeout = 0", "lock_timeout = 0",
        "idle_in_transaction_session_timeout = 0",
    ):  # fmt: skip
        connection.execute(SQL("SET " + setting))


def tables(connection: Connection[Any]) -> list[Table]:
    """Every table that belongs to workspaces, in an order in which rows can be added."""
    rows = connection.execute(
        "SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), "
        "EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "AND a.attgenerated = '' WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "GROUP BY c.oid, c.relname"
    ).fetchall()
    found = {}
    for name, columns, triggers in rows:
        key = "id" if name == "workspaces" else "workspace_id"
        if key in columns and name not in SKIPPED:
            found[name] = Table(name, tuple(columns), key, triggers)
    links = connection.execute(
        "SELECT a.relname, b.relname FROM pg_constraint f JOIN pg_class a ON a.oid = f.conrelid "
        "JOIN pg_class b ON b.oid = f.confrelid WHERE f.contype = 'f'"
    ).fetchall()
    graph: dict[str, set[str]] = {name: set() for name in sorted(found)}
    for name, needed in links:
        if name in found and needed in found and name != needed:
            graph[name].add(needed)
    ordered = [found[name] for name in TopologicalSorter(graph).static_order()]
    return sorted(ordered, key=lambda table: (table.name != "workspaces", table.triggers))


def revision(connection: Connection[Any]) -> str | None:
    """The migration the database stands at; None where there is no desk yet."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return str(row[0]) if row else None


def server(connection: Connection[Any]) -> str:
    """The server's version."""
    row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else "?"


def workspaces(connection: Connection[Any]) -> list[tuple[UUID, str, str]]:
    """Id, slug and name of all workspaces."""
    return connection.execute("SELECT id, slug, name FROM public.workspaces ORDER BY id").fetchall()


def hold(connection: Connection[Any], all_tables: Iterable[Table]) -> None:
    """Keep migrations away from the tables until the transaction ends; everything else goes on."""
    names = SQL(", ").join(table.named for table in all_tables)
    connection.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))


def enter(connection: Connection[Any], workspace: UUID) -> None:
    """Make the transaction one of this workspace, as row-level security wants it of the owner, too."""
    connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace),))


def copy_out(connection: Connection[Any], table: Table, workspace: UUID) -> Iterator[Any]:
    """The workspace's rows of a table in COPY's text format, which every version of PostgreSQL reads."""
    statement = SQL("COPY (SELECT {} FROM {} WHERE {} = {}) TO STDOUT").format(
        table.listed, table.named, Identifier(table.key), Literal(str(workspace))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from copy


def count_filled(connection: Connection[Any], table: str, column: str, workspace: UUID) -> int:
    """Rows of a workspace in which a text column is not empty."""
    statement = SQL("SELECT count(*) FROM {} WHERE workspace_id = %s AND {} <> ''")
    row = connection.execute(statement.format(Identifier("public", table), Identifier(column)), (workspace,)).fetchone()
    return int(row[0]) if row else 0


def stage(connection: Connection[Any], table: Table, chunks: Iterable[bytes]) -> None:
    """Copy rows beside the table: row-level security takes no COPY, and what came can be looked at first."""
    connection.execute("DROP TABLE IF EXISTS pg_temp.backup_stage")
    connection.execute(
        SQL("CREATE TEMPORARY TABLE backup_stage ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            table.listed, table.named
        )
    )
    copying = SQL("COPY {} ({}) FROM STDIN").format(STAGE, table.listed)
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for chunk in chunks:
            copy.write(chunk)


def strangers(connection: Connection[Any], table: Table, workspace: UUID) -> bool:
    """Whether a staged row belongs to another workspace than the part it came in."""
    statement = SQL("SELECT EXISTS (SELECT FROM {} WHERE {} IS DISTINCT FROM %s)")
    row = connection.execute(statement.format(STAGE, Identifier(table.key)), (workspace,)).fetchone()
    return bool(row and row[0])


def add_staged(connection: Connection[Any], table: Table) -> int:
    """Add the staged rows as they are: the audit log's trigger, which gives new entries no place yet, stands aside."""
    able = SQL("ALTER TABLE {} {} TRIGGER USER")
    if table.triggers:
        connection.execute(able.format(table.named, SQL("DISABLE")))
    adding = SQL("INSERT INTO {} ({}) SELECT {} FROM {}")
    added = connection.execute(adding.format(table.named, table.listed, table.listed, STAGE)).rowcount
    if table.triggers:
        connection.execute(able.format(table.named, SQL("ENABLE")))
    return added


def rename_staged(connection: Connection[Any], slug: str) -> None:
    """Give the staged workspace another slug."""
    connection.execute(SQL("UPDATE {} SET slug = %s").format(STAGE), (slug,))


def staged_slug(connection: Connection[Any]) -> str:
    """The staged workspace's slug."""
    row = connection.execute(SQL("SELECT slug FROM {}").format(STAGE)).fetchone()
    return str(row[0]) if row else ""


def taken_addresses(connection: Connection[Any]) -> list[str]:
    """Staged mail addresses that another workspace here answers for."""
    statement = SQL("SELECT address FROM public.mail_addresses JOIN {} USING (address) ORDER BY address LIMIT 20")
    return [row[0] for row in connection.execute(statement.format(STAGE))]


def alone(connection: Connection[Any]) -> None:
    """Let nobody make a workspace until the transaction ends."""
    connection.execute("LOCK TABLE public.workspaces IN SHARE ROW EXCLUSIVE MODE")


def analyze(connection: Connection[Any], all_tables: Iterable[Table]) -> None:
    """Tell the planner what has come, so that the first page is as quick as any."""
    connection.execute(SQL("ANALYZE {}").format(SQL(", ").join(table.named for table in all_tables)))


def sealed_values(connection: Connection[Any], table: str, column: str) -> list[tuple[UUID, str]]:
    """Id and sealed value of every row of the entered workspace that has one."""
    statement = SQL("SELECT id, {} FROM {} WHERE {} <> ''").format(
        Identifier(column), Identifier("public", table), Identifier(column)
    )
    return connection.execute(statement).fetchall()


def put(connection: Connection[Any], table: str, row: UUID, **values: Any) -> None:
    """Change columns of one row of the entered workspace."""
    setting = SQL(", ").join(SQL("{} = %s").format(Identifier(column)) for column in values)
    statement = SQL("UPDATE {} SET {} WHERE id = %s").format(Identifier("public", table), setting)
    connection.execute(statement, (*values.values(), row))


def name_of(connection: Connection[Any], table: str, column: str, row: UUID) -> str:
    """What people call a row."""
    statement = SQL("SELECT {} FROM {} WHERE id = %s").format(Identifier(column), Identifier("public", table))
    found = connection.execute(statement, (row,)).fetchone()
    return str(found[0]) if found else ""


def drop_answers(connection: Connection[Any]) -> None:
    """Forget the entered workspace's answers to repeated API requests."""
    connection.execute("DELETE FROM public.api_answers")


def drop_recovery_codes(connection: Connection[Any]) -> int:
    """Remove the entered workspace's recovery codes: another key's hashes fit nothing any more."""
    return connection.execute("DELETE FROM public.recovery_codes").rowcount
