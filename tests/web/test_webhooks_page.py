"""The webhook pages: add, try, read the log, replay, change the secret, remove."""

from __future__ import annotations

import html
import re

from dragoman.webhooks.sender import Sender
from tests.cast import Company
from tests.web.conftest import Browser
from tests.webhooks.receiver import receiver

KINDS = {"kinds": ["ticket.created", "message.received"]}


async def deliver(company: Company) -> None:
    desk = company.desk
    while await Sender(desk.db, desk.keys, allow_private=True).batch(company.workspace_id):
        pass


async def test_a_webhook_from_its_adding_to_its_end(company: Company, admin: Browser) -> None:
    async with receiver() as there:
        await admin.get("/settings/webhooks")
        made = await admin.post("/settings/webhooks", {"name": "Stock", "url": there.url} | KINDS)
        assert made.status_code == 303
        where = made.headers["location"]
        page = await admin.get(where)
        (secret,) = re.findall(r"<code>(whsec_[^<]+)</code>", page.text)
        assert secret not in (await admin.get(where)).text, "shown once"
        await admin.post(f"{where}/test")
        await deliver(company)
        log = await admin.get(where)
        assert "webhook.test" in log.text
        assert "Delivered" in log.text
        (replay,) = re.findall(r'action="([^"]+/replay/[^"]+)"', log.text)
        await admin.post(html.unescape(replay))
        await deliver(company)
        assert len(there.got) == 2
        assert there.got[0][1] == there.got[1][1]
        new = await admin.post(f"{where}/secret")
        assert re.findall(r"<code>(whsec_[^<]+)</code>", (await admin.get(new.headers["location"])).text) != [secret]
        off = await admin.post(where, {"name": "Stock 2", "url": there.url} | KINDS)
        assert off.status_code == 303
        listed = await admin.get("/settings/webhooks")
        assert "Stock 2" in listed.text
        assert "Switched off" in listed.text
        await admin.post(f"{where}/remove")
    assert (await admin.get(where)).status_code == 404
    assert "No webhook yet" in (await admin.get("/settings/webhooks")).text


async def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(admin: Browser) -> None:
    await admin.get("/settings/webhooks")
    answer = await admin.post("/settings/webhooks", {"name": "Stock", "url": "nonsense", "kinds": ["ticket.changed"]})
    assert answer.status_code == 422
    assert 'value="nonsense"' in answer.text
    assert "Give the whole address" in answer.text
    assert re.search(r'value="ticket.changed" checked', answer.text)
    none = await admin.post("/settings/webhooks", {"name": "", "url": "https://example.com"})
    assert none.status_code == 422
    assert "Choose at least one kind" in none.text
    assert "A name is needed" in none.text
    forged = await admin.post("/settings/webhooks", {"name": "x", "url": "https://example.com", "kinds": ["x.y"]})
    assert forged.status_code == 422
