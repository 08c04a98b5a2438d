"""Doctor on a desk that has all sorts of troubles, and on one that has none."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import text

from dragoman.audit import service as audit
from dragoman.channels.email import queries as mailboxes
from dragoman.delivery.models import Outbox
from dragoman.flow import health
from dragoman.intake.service import Arrival
from dragoman.intake.service import receive as take_in
from dragoman.kit import clock, ids
from dragoman.main import doctor, migrate, wiring
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg
from dragoman.platform.health import mail_dns
from dragoman.platform.health import server as server_health
from dragoman.platform.health.findings import Finding
from dragoman.platform.settings import Settings
from dragoman.webhooks.models import Webhook
from tests.cast import Company, found_company
from tests.desk_work import answer, receive, tickets_of
from tests.main.test_commands import command
from tests.post import letter
from tests.world import name_server, silence


@pytest.fixture
def url(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database of this test's own: doctor looks at all workspaces of one."""
    name = f"doctor_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
        migrate.upgrade(cluster.url(embedded_pg.OWNER, name), cluster.url(embedded_pg.APP, name))
        yield cluster.url(embedded_pg.APP, name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def name_in(url: str) -> str:
    """The database's name in its address."""
    return urlsplit(url).path.strip("/")


@pytest.fixture
async def sick(url: str, settings: Settings) -> AsyncIterator[Company]:
    """A company of which doctor is asked."""
    desk = wiring.build(settings.model_copy(update={"database_url": url}), url)
    async with desk.jobs.open_async():
        yield await found_company(desk)
    await wiring.close(desk)


async def examined(desk: Desk) -> list[Finding]:
    """What doctor says, with a name server that knows nothing."""
    async with name_server({}) as (resolver, _asked):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mail_dns, "resolver", lambda: resolver)
            return await doctor._examine(desk.settings)


def levels(findings: list[Finding], words: str) -> list[str]:
    """The levels of the findings that say these words."""
    return [one.level for one in findings if words in one.what]


async def test_a_desk_in_order(sick: Company) -> None:
    async with sick.desk.db.work(sick.workspace_id) as session:
        audit.record(session, None, "export.backup")
    await audit.seal(sick.desk.db, sick.workspace_id)
    found = await examined(sick.desk)
    for words in (
        "GiB are free where", "of memory are free", "rules of time zones", "agree on time zones",
        "clocks of this machine", "connections are taken", "The database takes", "schema", "opens all stored",
        "No mail waits", "No answer is late", "mail is forwarded", "of the audit log hold",
        "last backup was made 0 days ago",
    ):  # fmt: skip
        assert levels(found, words) == ["ok"], words
    wrong = [one.what for one in found if one.level == "wrong"]
    assert wrong == [f"{sick.address.rpartition('@')[2]}: this domain does not exist."]


async def test_what_waits_is_told_with_how_long(sick: Company) -> None:
    desk, long_ago = sick.desk, clock.now() - timedelta(minutes=17)
    await receive(sick, *(letter(to=sick.address, sender=f"b{n}@x.example", subject=f"F{n}") for n in range(3)))
    rows = [await answer(sick, row.number) for row in await tickets_of(sick)]
    async with desk.db.work(sick.workspace_id) as session:
        await take_in(session, [Arrival("email", f"x{n}", b"x") for n in range(2)])
        await session.execute(text("UPDATE envelopes SET received_at = :at WHERE state = 'received'"), {"at": long_ago})
        await take_in(session, [Arrival("email", "aside", b"x")])
        await session.execute(text("UPDATE envelopes SET state = 'set_aside' WHERE external_id = 'aside'"))
        for row, state in zip(rows, ("queued", "failed", "uncertain"), strict=True):
            one = await session.get(Outbox, (sick.workspace_id, row))
            assert one is not None
            one.state, one.next_attempt_at = state, long_ago
    await desk.jobs.configure_task("delivery.sweep", schedule_at=long_ago, lock="a").defer_async(timestamp=0)
    found = await examined(desk)
    assert levels(found, "2 mails wait to be filed, the oldest for 17 minutes.") == ["wrong"]
    assert levels(found, "1 mail was set aside.") == ["warning"]
    assert levels(found, "1 answer should have left by now.") == ["wrong"]
    assert levels(found, "1 of the newest answers was refused.") == ["warning"]
    assert levels(found, "nobody knows whether it arrived") == ["warning"]
    assert levels(found, "1 job waits for more than five minutes.") == ["wrong"]
    assert levels(found, "No worker is running") == ["warning"]
    assert all(one.mend for one in found if one.level in ("wrong", "warning"))


async def test_mailboxes_in_trouble(sick: Company) -> None:
    async with sick.desk.db.work(sick.workspace_id) as session:
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.inbound, box.imap_host, box.imap_security = "imap", "127.0.0.1", "none"
        box.checked_at = clock.now() - timedelta(minutes=40)
    assert levels(await examined(sick.desk), "not looked at for 40 minutes") == ["warning"]
    async with sick.desk.db.work(sick.workspace_id) as session:
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.error = "{host} did not answer in time. A firewall may be in between, or the port is wrong."
        box.error_values = {"host": "imap.lantern.example"}
    assert levels(await examined(sick.desk), f"{sick.address}: imap.lantern.example did not answer") == ["wrong"]
    async with sick.desk.db.work(sick.workspace_id) as session:
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.active = False
    found = await examined(sick.desk)
    assert levels(found, "No mailbox is active") == ["warning"]
    assert not levels(found, "this domain does not exist"), "a mailbox that is off sends nothing"


async def test_webhooks_and_backups(sick: Company) -> None:
    async with sick.desk.db.work(sick.workspace_id) as session:
        for name, active, failures in (("Stock", True, 4), ("Chat", False, 0), ("Well", True, 0)):
            hook_id = ids.new()
            sealed = sick.desk.keys.seal("whsec", context=f"webhook:{hook_id}")
            session.add(Webhook(id=hook_id, name=name, url="https://x.example", kinds=[], secret=sealed,
                                active=active, failures=failures))  # fmt: skip
    found = await examined(sick.desk)
    assert levels(found, "Webhook Stock: the last 4 tries failed.") == ["warning"]
    assert levels(found, "Webhook Chat is switched off.") == ["warning"]
    assert not levels(found, "Webhook Well")
    assert levels(found, "No backup was ever made.") == ["warning"]
    async with sick.desk.db.work(sick.workspace_id) as session:
        with clock.travel(clock.now() - timedelta(days=5, hours=1)):
            audit.record(session, None, "export.backup")
            await session.flush()
    assert levels(await examined(sick.desk), "The last backup was made 5 days ago.") == ["warning"]


async def test_a_changed_audit_log_is_seen(sick: Company, cluster: embedded_pg.Cluster, url: str) -> None:
    await audit.seal(sick.desk.db, sick.workspace_id)
    with psycopg.connect(cluster.url("postgres", name_in(url))) as admin:
        admin.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
        admin.execute("UPDATE audit_log SET person_name = 'Somebody' WHERE n = 2")
    assert levels(await examined(sick.desk), "The audit log does not hold at entry 2.") == ["wrong"]


async def test_secrets_that_no_key_opens_are_named(sick: Company) -> None:
    async with sick.desk.db.work(sick.workspace_id) as session:
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.smtp_password = sick.desk.keys.seal("geheim", context="mailbox:another")
    found = await examined(sick.desk)
    (lost,) = [one for one in found if one.what == "A stored secret opens with no key."]
    assert lost.level == "wrong"
    assert sick.address in lost.mend


async def test_with_several_workspaces_each_finding_says_whose_it_is(sick: Company) -> None:
    assert {one.where for one in await examined(sick.desk)} == {""}
    await found_company(sick.desk)
    found = await examined(sick.desk)
    slugs = {one.where for one in found if one.area == "mailboxes"}
    assert len(slugs) == 2
    assert {one.where for one in found if one.area == "machine"} == {""}


async def test_the_world_outside_that_does_not_answer_is_not_waited_for(sick: Company) -> None:
    async with silence() as (resolver, port), sick.desk.db.work(sick.workspace_id) as session:
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.smtp_host, box.smtp_port, box.smtp_security = "127.0.0.1", port, "tls"
        box.inbound, box.imap_host, box.imap_port, box.imap_security = "imap", "127.0.0.1", port, "starttls"
        await session.commit()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mail_dns, "resolver", lambda: resolver)
            started = time.monotonic()
            found = await doctor._examine(sick.desk.settings)
    assert time.monotonic() - started < 5, "three seconds, all side by side"
    unknown = [one.area for one in found if one.level == "unknown"]
    assert unknown == ["domains", "certificates", "certificates"]


def test_a_clock_that_is_wrong_is_told() -> None:
    for seconds, level in ((0.4, "ok"), (-7, "warning"), (90, "wrong")):
        found = server_health._skew(timedelta(seconds=seconds))
        assert (found.level, f"{abs(seconds):.1f} s" in found.what) == (level, True)


async def test_rules_of_time_zones_are_compared(sick: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sick.desk.db.work(None) as session:
        assert (await server_health._zones(session)).level == "ok"
        monkeypatch.setattr(server_health, "ZoneInfo", lambda _name: clock.now().tzinfo)
        found = await server_health._zones(session)
    assert found.level == "warning"
    assert "Europe/Berlin" in found.what


HEAD = (
    b"Authentication-Results: mx.example; spf=pass smtp.mailfrom=a@other.example;\r\n"
    b"\tdkim=pass header.d=other.example header.s=theirs; dkim=pass header.s=mx1 header.d=Lantern.example\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=lantern.example;\r\n s=key2026; h=from; b=abc=\r\n"
    b"DKIM-Signature: v=1; d=sub.lantern.example; s=sub; b=x\r\nSubject: s=none; d=lantern.example\r\n\r\n"
)


def test_selectors_are_read_from_heads() -> None:
    assert health.selectors(HEAD, "lantern.example") == {"mx1", "key2026"}
    assert health.selectors(HEAD, "other.example") == {"theirs"}
    assert health.selectors(b"\xff\x00 no mail", "lantern.example") == set()


async def test_only_domains_of_ones_own_are_looked_at(sick: Company) -> None:
    domain = sick.address.rpartition("@")[2]
    raw = HEAD.replace(b"Lantern.example", domain.encode()).replace(b"lantern.example", domain.encode())
    async with sick.desk.db.work(sick.workspace_id) as session:
        await take_in(session, [Arrival("email", "seen", raw)])
        (sender,) = await health.list_senders(session)
        assert (sender.domain, sender.server) == (domain, "127.0.0.1")
        assert sender.selectors == ("key2026", "mx1")
        box = await mailboxes.load(session, sick.mailbox_id)
        assert box is not None
        box.address = "lantern@gmail.com"
        await session.flush()
        assert await health.list_senders(session) == []


def test_the_command_tells_machines_too(url: str, tmp_path: Path) -> None:
    done = command("doctor", "--json", data=tmp_path, DATABASE_URL=url)
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert {tuple(one) for one in found} == {("level", "area", "what", "mend", "where")}
    assert {"machine", "settings", "database", "work"} <= {one["area"] for one in found}
    plain = command("doctor", data=tmp_path, DATABASE_URL=url)
    assert "Machine\n" in plain.stdout
    assert "[" not in plain.stdout.replace("[::", ""), "no markup is left over"


def test_an_older_schema_is_the_last_thing_looked_at(url: str, tmp_path: Path, cluster: embedded_pg.Cluster) -> None:
    with psycopg.connect(cluster.url("postgres", name_in(url))) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001'")
    done = command("doctor", "--json", data=tmp_path, DATABASE_URL=url)
    assert done.returncode == 1
    assert "dragoman migrate" in json.loads(done.stdout)[-1]["mend"]
    assert "Traceback" not in done.stderr
