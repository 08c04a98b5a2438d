"""Sealed secrets: brought along, sealed anew, or given up with a list of what to do. Never broken in silence."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from dragoman.accounts import outside
from dragoman.kit import clock
from dragoman.kit.errors import Conflict, Invalid
from dragoman.main import rotation
from dragoman.main.backup import sealing
from dragoman.main.tables import metadata
from dragoman.platform import secrets
from dragoman.platform.secrets import Keys
from dragoman.webhooks import service as webhooks
from dragoman.webhooks.sender import Sender
from tests.cast import Company
from tests.main.backup.conftest import Place
from tests.main.backup.test_backup import filled, same_key

Make = Callable[..., Place]
PHRASE = "one may read this in a test"
SRC = Path(__file__).parents[3] / "src" / "dragoman"


async def with_secrets(place: Place) -> Company:
    """A company with a mailbox's password and a second factor, and nothing else that is sealed."""
    company = await filled(place)
    async with place.desk() as desk, desk.db.work(company.workspace_id) as session:
        person = company.agent.person_id
        for table in {one.table for one in sealing.SEALED} - {"mailboxes", "people", "imports"}:
            await session.execute(text(f"DELETE FROM {table}"))
        mail = desk.keys.seal("mail secret", context=f"mailbox:{company.mailbox_id}")
        await session.execute(text("UPDATE mailboxes SET imap_password = :mail, smtp_password = :mail"), {"mail": mail})
        factor = desk.keys.seal("JBSWY3DPEHPK3PXP", context=str(person))
        statement = text("UPDATE people SET totp_secret = :factor, totp_confirmed_at = now() WHERE id = :id")
        await session.execute(statement, {"factor": factor, "id": person})
    return company


def opened(place: Place, company: Company, keys: Keys) -> tuple[str, str, str]:
    """What the mailbox's and the person's sealed values say."""
    ((imap, smtp),) = place.rows(company.workspace_id, "SELECT imap_password, smtp_password FROM mailboxes")
    factor = "SELECT totp_secret FROM people WHERE totp_confirmed_at IS NOT NULL"
    ((totp,),) = place.rows(company.workspace_id, factor)
    box = f"mailbox:{company.mailbox_id}"
    return (
        keys.open(imap, context=box),
        keys.open(smtp, context=box),
        keys.open(totp, context=str(company.agent.person_id)),
    )


def sealed_in_models() -> set[tuple[str, str]]:
    """Columns that are sealed, as the words beneath them in their models say first."""
    told = set()
    for path in SRC.rglob("models.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            table = ""
            for column, words in zip(node.body, node.body[1:], strict=False) if isinstance(node, ast.ClassDef) else ():
                if isinstance(column, ast.Assign) and ast.unparse(column.targets[0]) == "__tablename__":
                    table = ast.literal_eval(column.value)
                elif isinstance(column, ast.AnnAssign) and ast.unparse(words).strip("'\"").startswith("Sealed"):
                    told.add((table, ast.unparse(column.target)))
    return told


def test_every_sealed_column_is_known() -> None:
    told = sealed_in_models()
    known = {(one.table, column) for one in sealing.SEALED for column in one.columns}
    assert len(told) >= 5
    assert told <= known | {sealing.PASSING}
    assert all(column in metadata.tables[table].c for table, column in known)


async def test_without_the_key_nothing_is_lost_unasked(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "all.dragoman"
    await with_secrets(here)
    here.take(path)
    with pytest.raises(Conflict, match=r"Secrets in the backup .* secret.key .* --with-key; or add --without-key"):
        there.restore(path)
    assert not there.settings.data.exists()


async def test_lost_secrets_are_listed_and_told_to_those_they_concern(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "all.dragoman"
    company = await with_secrets(here)
    here.take(path)
    loaded = there.restore(path, without_key=True)
    losses = {(loss.kind, loss.name) for _slug, loss in loaded.losses if loss.kind != "second_factor"}
    assert losses == {("mailbox", company.address), ("person", company.agent.email)}
    assert there.rows(company.workspace_id, "SELECT count(*) FROM people WHERE totp_secret IS NOT NULL") == [(0,)]
    assert there.rows(company.workspace_id, "SELECT count(*) FROM recovery_codes") == [(0,)]
    ((error, at),) = there.rows(company.workspace_id, "SELECT error, error_at FROM mailboxes")
    assert "Enter it anew" in error
    assert at is not None
    alerts = "SELECT kind FROM sign_in_alerts WHERE person_id = '{}' AND kind = 'second_factor_off'"
    assert there.rows(company.workspace_id, alerts.format(company.agent.person_id)) != []
    noted = there.rows(company.workspace_id, "SELECT verb FROM audit_log WHERE verb LIKE '%secret_lost' ORDER BY 1")
    assert ("mailbox.secret_lost",) in noted
    assert ("person.secret_lost",) in noted


async def test_the_key_comes_along_under_its_passphrase(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(schema=None), tmp_path / "all.dragoman"
    company = await with_secrets(here)
    keys = secrets.load(here.settings.data)
    here.take(path, passphrase=PHRASE)
    assert keys.secret not in path.read_bytes()
    assert (here.settings.data / "secret.key").read_bytes() not in path.read_bytes()
    with pytest.raises(Invalid, match="not the passphrase"):
        there.restore(path, passphrase="another one entirely")
    with pytest.raises(Invalid, match="DRAGOMAN_BACKUP_PASSPHRASE"):
        there.restore(path)
    assert there.restore(path, passphrase=PHRASE).losses == []
    assert secrets.load(there.settings.data).secret == keys.secret
    assert (there.settings.data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert opened(there, company, keys) == ("mail secret", "mail secret", "JBSWY3DPEHPK3PXP")


async def test_where_there_is_another_key_secrets_are_sealed_anew(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    company = await with_secrets(here)
    here.take(path, passphrase=PHRASE)
    own = secrets.load(there.settings.data)
    loaded = there.restore(path, passphrase=PHRASE)
    assert {loss.kind for _slug, loss in loaded.losses} <= {"second_factor"}
    assert secrets.load(there.settings.data).secret == own.secret
    assert opened(there, company, own) == ("mail secret", "mail secret", "JBSWY3DPEHPK3PXP")


async def test_the_desk_opens_what_was_sealed_anew(place: Make, tmp_path: Path) -> None:
    """Through the services that sealed them: a wrong context here would lose them in silence."""
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    company = await with_secrets(here)
    async with here.desk() as desk, desk.db.work(company.workspace_id) as session:
        form = outside.ProviderForm(
            issuer="https://login.example", client_id="desk", secret="client secret", label="Us", active=True
        )
        await outside.save_provider(session, company.admin, desk.keys, form, allow_private=True)
        hook, old = await webhooks.add(
            session, company.admin, desk.keys, name="Stock", url="http://127.0.0.1:9/", kinds=["ticket.created"],
            allow_private=True,
        )  # fmt: skip
        new = await webhooks.new_secret(session, company.admin, desk.keys, hook.id)
    here.take(path, passphrase=PHRASE)
    there.restore(path, passphrase=PHRASE)
    for _again in range(2):
        async with there.desk() as desk, desk.db.work(company.workspace_id) as session:
            provider = await outside.get_provider(session, company.admin)
            assert provider is not None
            assert outside.client_of(session, provider, desk.keys, allow_private=True).secret == "client secret"
            found = await webhooks.get_webhook(session, company.admin, hook.id)
            assert Sender(desk.db, desk.keys, allow_private=True)._secrets(found, clock.now()) == [new, old]
        assert rotation.rotate(there.settings, there.owner).lost == 0


async def test_a_backup_from_before_the_key_was_changed(place: Make, tmp_path: Path) -> None:
    """The former key is still kept beside the present one, at home and in a backup that holds the keys."""
    here, there, third = place(), place(), place(schema=None)
    company = await with_secrets(here)
    here.take(tmp_path / "before.dragoman")
    rotation.rotate(here.settings, here.owner)
    same_key(here, there)
    assert there.restore(tmp_path / "before.dragoman").losses == []
    words = ("mail secret", "mail secret", "JBSWY3DPEHPK3PXP")
    assert opened(there, company, secrets.load(there.settings.data)) == words
    there.take(tmp_path / "after.dragoman", passphrase=PHRASE)
    assert third.restore(tmp_path / "after.dragoman", passphrase=PHRASE).losses == []
    assert secrets.load(third.settings.data).former == secrets.load(here.settings.data).former
    assert opened(third, company, secrets.load(third.settings.data)) == words


async def test_the_key_put_in_place_by_hand_opens_everything(place: Make, tmp_path: Path) -> None:
    here, there, path = place(), place(), tmp_path / "all.dragoman"
    company = await with_secrets(here)
    here.take(path)
    same_key(here, there)
    assert there.restore(path).losses == []
    assert opened(there, company, secrets.load(there.settings.data))[0] == "mail secret"


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(Invalid, match="at least 12 characters"):
        sealing.check_passphrase("short")
