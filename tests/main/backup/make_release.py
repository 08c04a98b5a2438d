"""Fills a data folder with a release's own code, for the fixture of that release: docs/backup.md tells how.

Run with that release's `src` and root on PYTHONPATH; it uses nothing that the first release did not have.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sqlalchemy import text

from dragoman.kit import clock
from dragoman.main import wiring
from dragoman.main.wiring import Desk
from dragoman.platform import logs
from dragoman.platform.settings import Settings
from tests.cast import found_company
from tests.desk_work import answer, receive
from tests.fill import fill_every_table
from tests.post import letter

MAIL_PASSWORD, TOTP = "a mailbox's password", "JBSWY3DPEHPK3PXP"


async def fill(desk: Desk) -> None:
    """A company with letters in and out, one row at least in every table, and sealed secrets."""
    async with desk.jobs.open_async():
        company = await found_company(desk)
        await receive(
            company,
            letter(to=company.address, sender="Bea <bea@buyer.example>", subject="Wo ist mein Paket?"),
            letter(to=company.address, sender="王芳 <wang@buyer.example>", subject="灯坏了", text="我的包裹还没有收到"),
            letter(
                to=company.address, sender="eve@buyer.example", subject="Tab\tand \\backslash", text="a\\b\n\\.\n\tc"
            ),
        )
        await answer(company, 1, "<p>Es ist <b>unterwegs</b>.</p>")
    async with desk.db.work(company.workspace_id) as session:
        await fill_every_table(session, company)
        sealed = desk.keys.seal(MAIL_PASSWORD, context=f"mailbox:{company.mailbox_id}")
        await session.execute(text("UPDATE mailboxes SET smtp_password = :sealed"), {"sealed": sealed})
        person = company.agent.person_id
        await session.execute(
            text("UPDATE people SET totp_secret = :sealed, totp_confirmed_at = :now WHERE id = :id"),
            {"sealed": desk.keys.seal(TOTP, context=str(person)), "now": clock.now(), "id": person},
        )


async def main(settings: Settings, url: str) -> None:
    """Fill and close."""
    desk = wiring.build(settings, url)
    try:
        await fill(desk)
    finally:
        await wiring.close(desk)


if __name__ == "__main__":
    logs.configure(as_json=False, level=30)
    chosen = Settings(data=Path(sys.argv[1]), development=True)
    with wiring.database(chosen) as addresses:
        wiring.ready(addresses)
        asyncio.run(main(chosen, addresses.app))
