"""Another secret key: what was sealed, signed and hashed with the old one is not lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dragoman.accounts import queries as people
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email import tokens
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.kit import ids
from dragoman.kit.errors import Conflict, Unavailable
from dragoman.main import rotation
from dragoman.main.cli import app
from dragoman.platform import secrets
from dragoman.platform.secrets import Keys
from tests.cast import found_company
from tests.main.backup.conftest import Place, place

__all__ = ["place"]
FORM = {
    "smtp_host": "127.0.0.1",
    "smtp_port": 2525,
    "smtp_security": "none",
    "smtp_user": "u",
    "smtp_password": "geheim",
}


async def filled(here: Place) -> tuple[str, object]:
    """A company with a mailbox password and somebody's second factor; returns the sealed password and its mailbox."""
    async with here.desk() as desk:
        company = await found_company(desk)
        async with desk.db.work(company.workspace_id) as session:
            form = MailboxForm(address=company.address, **FORM)  # type: ignore[arg-type]
            await save_mailbox(session, company.admin, desk.keys, company.mailbox_id, form)
            person = await people.load_person(session, company.agent.person_id)
            box = await mailboxes.load(session, company.mailbox_id)
            assert person is not None
            assert box is not None
            person.totp_secret = desk.keys.seal("JBSWY3DP", context=str(person.id))
            return box.smtp_password, company


async def test_everything_is_sealed_anew_and_the_old_key_proves_what_it_signed(place: Callable[..., Place]) -> None:
    here = place()
    before, company = await filled(here)
    old = secrets.load(here.settings.data)
    ticket = ids.new()
    address = tokens.reply_address(old.derive("mail-token"), "help@shop.example", ticket)
    signature = old.sign("csrf", "x")
    done = rotation.rotate(here.settings, here.owner)
    assert (done.anew, done.lost) == (2, 0)
    ring = secrets.load(here.settings.data)
    assert ring.secret != old.secret
    assert ring.former == (old.secret,)
    assert (here.settings.data / "secret.key").stat().st_mode & 0o777 == 0o600
    only_new = Keys(ring.secret)
    rows = here.rows(company.workspace_id, "SELECT id, smtp_password FROM mailboxes WHERE smtp_password <> ''")  # type: ignore[attr-defined]
    ((box_id, after),) = rows
    assert after != before
    assert only_new.open(after, context=f"mailbox:{box_id}") == "geheim"
    with pytest.raises(Unavailable):
        old.open(after, context=f"mailbox:{box_id}")
    assert tokens.read_reply_address(ring.derive_all("mail-token"), address) == ticket
    assert ring.verify("csrf", "x", signature)
    assert not only_new.verify("csrf", "x", signature)


async def test_rotating_twice_and_forgetting(place: Callable[..., Place]) -> None:
    here = place()
    _before, company = await filled(here)
    rotation.rotate(here.settings, here.owner)
    rotation.rotate(here.settings, here.owner)
    assert len(secrets.load(here.settings.data).former) == 2
    assert rotation.forget(here.settings, here.owner) == 2
    keys = secrets.load(here.settings.data)
    assert keys.former == ()
    ((box_id, sealed),) = here.rows(
        company.workspace_id, "SELECT id, smtp_password FROM mailboxes WHERE smtp_password <> ''"
    )  # type: ignore[attr-defined]
    assert keys.open(sealed, context=f"mailbox:{box_id}") == "geheim"


async def test_what_no_key_opens_is_left_and_keeps_the_old_keys(place: Callable[..., Place]) -> None:
    here = place()
    _before, company = await filled(here)
    async with here.desk() as desk, desk.db.work(company.workspace_id) as session:  # type: ignore[attr-defined]
        box = await mailboxes.load(session, company.mailbox_id)  # type: ignore[attr-defined]
        assert box is not None
        box.smtp_password = Keys(b"z" * 32).seal("elsewhere", context=f"mailbox:{box.id}")
    assert rotation.rotate(here.settings, here.owner).lost == 1
    with pytest.raises(Conflict):
        rotation.forget(here.settings, here.owner)
    assert len(secrets.load(here.settings.data).former) == 1


async def test_a_key_from_the_environment_is_the_operators_to_change(place: Callable[..., Place]) -> None:
    import base64

    here = place()
    _before, company = await filled(here)
    old = secrets.load(here.settings.data)
    new = b"n" * 32
    given = ",".join(base64.b64encode(one).decode() for one in (new, old.secret))
    settings = here.settings.model_copy(update={"secret_key": given})
    assert rotation.rotate(settings, here.owner).anew == 2
    ((box_id, sealed),) = here.rows(
        company.workspace_id, "SELECT id, smtp_password FROM mailboxes WHERE smtp_password <> ''"
    )  # type: ignore[attr-defined]
    assert Keys(new).open(sealed, context=f"mailbox:{box_id}") == "geheim"
    assert secrets.load(here.settings.data).secret == old.secret, "the file is not touched"


def test_the_commands(place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = place()
    for name, value in here.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DRAGOMAN_SECRET_KEY", raising=False)
    none = CliRunner().invoke(app, ["key", "rotate", "--data", str(tmp_path / "nothing")])
    assert none.exit_code == 1
    secrets.load(here.settings.data)
    done = CliRunner().invoke(app, ["key", "rotate", "--data", str(here.settings.data)])
    assert done.exit_code == 0, done.output
    gone = CliRunner().invoke(app, ["key", "forget", "--data", str(here.settings.data)])
    assert gone.exit_code == 0, gone.output
    assert "1 former key is gone" in gone.output
