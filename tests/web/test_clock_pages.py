"""The pages of clocks, working hours and automatic answers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dragoman.sla import queries
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter
from tests.sla.desk import only, ring
from tests.web.conftest import Browser

POLICY = {
    "name": "Lamps", "all-0-field": "tag", "all-0-op": "has", "all-0-value": "lamp, lantern",
    "target-first_response": "90", "unit-first_response": "m", "hours": "team", "warn": "percent", "warn_number": "20",
    "warn_notify": ["owner"], "breach_notify": ["owner", "leads"], "raise": "yes",
    "change-0-kind": "tags_add", "change-0-value": "late",
}  # fmt: skip


def hrefs(text: str, name: str) -> list[str]:
    return re.findall(rf'href="(/settings/policies/[0-9a-f-]+)"><b><bdi>{name}', text)


@pytest.mark.req("R30")
async def test_a_policy_from_its_adding_to_its_end(company: Company, admin: Browser) -> None:
    """Added with conditions and what is done at a breach, shown in words, changed, moved, removed."""
    page = await admin.get("/settings/policies")
    assert "Red: at once" in page.text
    assert "First reply within 15 minutes" in page.text
    await admin.get("/settings/policies/new")
    made = await admin.post("/settings/policies/new", POLICY)
    assert made.status_code == 303
    page = await admin.get("/settings/policies")
    (href,) = hrefs(page.text, "Lamps")
    assert "First reply within 90 minutes" in page.text
    assert "lamp, lantern" in page.text
    shown = await admin.get(href)
    assert 'value="90"' in shown.text
    assert 'value="late"' in shown.text
    await admin.post(href, POLICY | {"target-first_response": "2", "unit-first_response": "h"})
    async with company.desk.db.work(company.workspace_id) as session:
        stored = next(one for one in await queries.list_policies(session) if one.name == "Lamps")
    assert stored.targets == {"first_response": 7200}
    assert stored.on_breach["changes"] == [{"kind": "tags_add", "value": "late"}]
    assert not stored.active  # the switch was not ticked
    await admin.post(f"{href}/move", {"up": "yes"})
    names = re.findall(r"<b><bdi>([^<]+)</bdi>", (await admin.get("/settings/policies")).text)
    assert names[-2] == "Lamps"
    await admin.post(f"{href}/remove")
    assert hrefs((await admin.get("/settings/policies")).text, "Lamps") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target-first_response": "0"}, "A time from 10 seconds to a year is needed"),
        ({"target-first_response": "soon"}, "A whole number is needed."),
        ({"target-first_response": ""}, "a policy that owes nothing does nothing"),
        ({"warn": "minutes", "warn_number": "90"}, "The warning would come before the clock starts"),
        ({"all-0-field": "severity", "all-0-op": "is", "all-0-value": "red"}, "already speaks of the same tickets"),
        ({"all-0-field": "colour"}, "This field no longer exists"),
        ({"change-0-kind": "tags_add", "change-0-value": ""}, "Say to what."),
    ],
)
async def test_a_contradiction_is_told_where_it_stands(admin: Browser, change: dict[str, str], said: str) -> None:
    """And what was typed is kept."""
    await admin.get("/settings/policies/new")
    answer = await admin.post("/settings/policies/new", POLICY | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Lamps"' in answer.text


async def test_without_a_script_a_row_is_added_by_the_form(admin: Browser) -> None:
    """Nothing is stored; the rows stay."""
    await admin.get("/settings/policies/new")
    answer = await admin.post("/settings/policies/new", POLICY | {"again": "all"})
    assert answer.status_code == 200
    assert 'data-row="all-2"' in answer.text
    assert hrefs((await admin.get("/settings/policies")).text, "Lamps") == []


async def test_trying_a_ticket(company: Company, admin: Browser) -> None:
    """Which policies mean it, which holds, and by when."""
    await receive(company, letter(to=company.address))
    page = await admin.get("/settings/policies?ticket=1")
    assert "is meant by:" in page.text
    assert "E-mail inquiries: First reply 4 hours" in page.text
    assert "asks for 4 hours (Working hours)" in page.text
    assert "There is no ticket with this number" in (await admin.get("/settings/policies?ticket=999")).text
    assert (await admin.get("/settings/policies?ticket=nonsense")).status_code == 200


@pytest.mark.req("R45", "R49")
async def test_working_hours_are_edited(company: Company, admin: Browser) -> None:
    """Hours of each day, a country's holidays, own days; the closures to come are listed."""
    page = await admin.get("/settings/calendars")
    (href,) = re.findall(r'href="(/settings/calendars/[0-9a-f-]+)"', page.text)
    form = {f"hours-{day}": "9-12, 13:00-18:00" for day in range(5)} | {
        "hours-5": "", "hours-6": "", "name": "", "zone": "Asia/Shanghai", "market": "CN",
        "day": ["2027-03-08", ""], "day_kind": ["closed", "closed"], "day_name": ["Women’s Day", ""],
    }  # fmt: skip
    await admin.get(href)
    assert (await admin.post(href, form)).status_code == 303
    page = await admin.get(href)
    assert 'value="09:00-12:00, 13:00-18:00"' in page.text
    assert "Spring Festival" in page.text
    assert "Women’s Day" in page.text
    for change, said in (
        ({"hours-0": "nine to five"}, "Hours are written like"),
        ({"hours-0": "18-9"}, "a night is two spans"),
        ({f"hours-{day}": "" for day in range(7)}, "at least one day of the week"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone."),
        ({"day": ["2027-03-08", "2027-03-08"]}, "A day stands there twice."),
    ):
        wrong = await admin.post(href, form | change)
        assert wrong.status_code == 422
        assert said in wrong.text
    assert (await admin.post(f"{href}/remove")).status_code == 422
    await admin.post("/settings/calendars/new", form | {"name": "Berlin", "zone": "Europe/Berlin", "market": "DE"})
    assert "Berlin" in (await admin.get("/settings/calendars")).text


@pytest.mark.req("R48")
async def test_automatic_answers_are_switched_on_and_reworded(company: Company, admin: Browser) -> None:
    """All off at first; a text needs the time; the shipped one can be brought back."""
    page = await admin.get("/settings/auto-replies")
    assert not re.search(r'name="on" value="[a-z_]+" checked', page.text)
    saved = await admin.post("/settings/auto-replies", {"on": ["off_hours"], "holiday_days": "4", "common": "en, de"})
    assert saved.status_code == 303
    page = await admin.get("/settings/auto-replies")
    assert re.search(r'name="on" value="off_hours" checked', page.text)
    assert "no native reader has confirmed these" in page.text
    wrong = await admin.post("/settings/auto-replies/de/off_hours", {"text": "Bald."})
    assert wrong.status_code == 422
    assert "the text needs {time}" in wrong.text
    await admin.post("/settings/auto-replies/de/off_hours", {"text": "Bis {time}."})
    assert "changed here" in (await admin.get("/settings/auto-replies")).text
    await admin.post("/settings/auto-replies/de/off_hours", {"again": "yes"})
    assert "changed here" not in (await admin.get("/settings/auto-replies")).text
    bad = await admin.post("/settings/auto-replies", {"holiday_days": "x", "common": "klingon"})
    assert bad.status_code == 422


async def test_the_events_of_a_ticket_tell_of_its_clocks(company: Company, admin: Browser) -> None:
    """In words."""
    await only(company, {"name": "All", "targets": {"first_response": 3600}})
    await receive(company, letter(to=company.address))
    await ring(company, timedelta(hours=2))
    assert "“First reply” has run out (All)" in (await admin.get("/tickets/1")).text
