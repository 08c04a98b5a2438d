"""The audit log's entries of what is done to whole workspaces, in the transaction that does it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session as SyncSession

from dragoman.accounts.models import SignInAlert
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.main.backup import queries
from dragoman.platform.db import Session


class _Entries(SyncSession):
    """As much of a unit of work as the audit log asks for, on a connection that is not asynchronous."""

    workspace_id: UUID


def note(connection: Connection, workspace: UUID, verb: str, subject: Subject, **data: Any) -> None:
    """Record a deed of the operator's in a workspace, which is entered for it."""
    queries.enter(driver(connection), workspace)
    with _Entries(bind=connection) as session:
        session.workspace_id = workspace
        audit.record(cast(Session, session), None, verb, subject, **data)
        session.flush()


def tell_person(connection: Connection, person: UUID) -> None:
    """Let somebody of the entered workspace read on their profile that their second factor is off."""
    with _Entries(bind=connection) as session:
        session.add(SignInAlert(id=ids.new(), person_id=person, kind="second_factor_off", address="", browser=""))
        session.flush()


def driver(connection: Connection) -> Any:
    """The psycopg connection beneath."""
    return connection.connection.driver_connection
