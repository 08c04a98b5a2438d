"""How the installation stands: this workspace's own affairs, and of the machine what concerns everybody on it.

The operator's `dragoman doctor` says the same and more: what names folders, keys or roles is for its eyes alone.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman import __version__
from dragoman.flow import health
from dragoman.platform import limits
from dragoman.platform.db import Session
from dragoman.platform.health import certificates, mail_dns, queries, server
from dragoman.platform.health.findings import AREAS, Finding, Look, together
from dragoman.platform.health.machine import GIB, disk, memory, settings_of, zones
from dragoman.platform.i18n import gettext as _
from dragoman.web import formats, respond
from dragoman.web.deps import Posted, Reader, SignedIn
from dragoman.web.manage.system.view import Group, Line, ProcessRow, SystemPage
from dragoman.web.render import Shell

router = APIRouter(prefix="/settings/system")
ORDER = ("wrong", "warning", "unknown", "ok")
LOOKS = 6
"""Slow looks that a person may order in a minute: each asks other machines some dozens of things."""


@router.get("")
async def system_page(reader: SignedIn) -> Response:
    """How it stands, as far as it can be said at once."""
    reader.actor.require("system.read")
    async with reader.work() as session:
        return await _show(reader, session, [])


@router.post("/check")
async def check(reader: SignedIn, data: Posted) -> Response:
    """Look beyond the network, too: at the name system and at certificates."""
    del data
    reader.actor.require("system.read")
    await limits.hit(reader.desk.db, f"system {reader.actor.person_id}", limit=LOOKS, window=timedelta(minutes=1))
    settings = reader.desk.settings
    async with reader.work() as session:
        senders = await health.list_senders(session)
        places = await health.list_places(session)
    asking = mail_dns.resolver()
    looks: list[Look] = [
        mail_dns.look(one.domain, server=one.server, selectors=one.selectors, asking=asking) for one in senders
    ]
    looks += [certificates.look(place, allow_private=True) for place in certificates.own(settings.public_url)]
    looks += [certificates.look(place, allow_private=settings.allow_private_hosts) for place in places]
    beyond = await together(*looks)
    async with reader.work() as session:
        return await _show(reader, session, beyond, looked=True)


async def _show(reader: Reader, session: Session, beyond: list[Finding], *, looked: bool = False) -> Response:
    settings = reader.desk.settings
    findings = [
        disk(settings.data), memory(), zones(), *settings_of(settings), *await server.look(session),
        *await health.look(session, poll_seconds=settings.poll_seconds), *beyond,
    ]  # fmt: skip
    view = SystemPage(
        version=__version__,
        wrong=sum(one.level == "wrong" for one in findings),
        warnings=sum(one.level == "warning" for one in findings),
        groups=tuple(_groups(findings)),
        tally=await _tally(session),
        processes=tuple(await _processes(session)),
        looked=looked,
    )
    around: Shell = await respond.shell(reader, session, "manage.system")
    return respond.page(reader.request, "manage/system/system.html", view, around)


def _groups(findings: list[Finding]) -> list[Group]:
    found = []
    for area, label in AREAS.items():
        here = sorted((one for one in findings if one.area == area), key=lambda one: ORDER.index(one.level))
        if here:
            found.append(Group(_(label), tuple(Line(one.level, one.what, one.mend) for one in here)))
    return found


async def _tally(session: Session) -> tuple[tuple[str, str], ...]:
    depths = await health.depths(session)
    size = (await queries.load_server(session)).size
    return (
        (_("Mails to file"), formats.bounded(depths.mail.received, 10_000)),
        (_("Set aside"), formats.bounded(depths.mail.set_aside, 10_000)),
        (_("Answers on their way"), formats.bounded(depths.outbox.open, 10_000)),
        (_("Webhook deliveries"), formats.bounded(depths.webhooks, 10_000)),
        (_("Database"), f"{size / GIB:.2f} GiB"),
    )


async def _processes(session: Session) -> list[ProcessRow]:
    """The desk's processes by their listening lines; whose name a process of an older release did not say has none."""
    me = f"{os.getpid()}@{socket.gethostname()}"
    return [
        ProcessRow(one.name or "–", one.since, here=one.name.endswith(me))
        for one in await queries.list_processes(session)
    ]
