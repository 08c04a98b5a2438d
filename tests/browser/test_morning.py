"""A whole morning by keyboard alone, in Chinese: what came overnight is read, answered, handed on and put in order."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Locator, Mouse, Page, Touchscreen, expect
from sqlalchemy import select

from dragoman.accounts import queries as accounts
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import TeamMember
from dragoman.customers.models import Customer
from dragoman.kit import clock
from dragoman.platform.settings import Settings
from dragoman.replies.macros import service as macros
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Message
from dragoman.tickets.promises.models import Promise
from tests.cast import PASSWORD
from tests.desk_work import ticket, tickets_of
from tests.post import letter

from .conftest import OpenAs, Site
from .people import arrive, compose, composer, ready

SHANGHAI = ZoneInfo("Asia/Shanghai")
NAMES = ("bob", "cara", "anna", "dora", "emil")
GUARD = """
window.byHand = [];
for (const type of ["mousedown", "mouseup", "pointerdown", "touchstart", "wheel"])
  addEventListener(type, (event) => event.isTrusted && window.byHand.push(type), true);
"""
BY_HAND = (
    "click", "dblclick", "check", "uncheck", "set_checked", "hover", "tap", "drag_to", "fill", "focus", "select_option",
    "drag_and_drop", "type", "press", "clear", "dispatch_event",
)  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Here a reply waits long enough to be taken back."""
    return settings.model_copy(update={"undo_seconds": 20})


@pytest.fixture
def hands_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call that a mouse or finger could make, and none that puts the focus somewhere: only the keyboard is left."""

    def refused(name: str) -> Any:
        def refuse(*_given: Any, **_more: Any) -> None:
            raise AssertionError(f"{name}: this morning has no mouse")

        return refuse

    for kind in (Page, Locator, Mouse, Touchscreen):
        for name in (*BY_HAND, "down", "up", "move", "wheel"):
            if hasattr(kind, name):
                monkeypatch.setattr(kind, name, refused(f"{kind.__name__}.{name}"))


async def a_night(site: Site) -> None:
    """The agent, who reads Chinese, left ten hours ago; five mails came since, the third of them urgent."""
    company = site.company
    now = clock.now()
    with clock.travel(now - timedelta(hours=20)):
        await arrive(site, letter(to=company.address, sender="Alt <alt@buyer.example>", subject="Von gestern"))
    async with company.desk.db.work(company.workspace_id) as session:
        person = await accounts.load_person(session, company.agent.person_id)
        assert person is not None
        person.locale, person.timezone = "zh_Hans", "Asia/Shanghai"
        person.seen_at = now - timedelta(hours=10)
    for place, name in enumerate(NAMES):
        with clock.travel(now - timedelta(minutes=60 - place)):
            await arrive(
                site,
                letter(to=company.address, sender=f"{name.title()} <{name}@buyer.example>", subject=f"Frage {place}"),
            )
    async with company.desk.db.work(company.workspace_id) as session:
        for customer in await session.scalars(select(Customer)):
            customer.market = "DE"
        for team in await teams.list_teams(session):
            if team.tier == 2:
                session.add(TeamMember(team_id=team.id, person_id=company.lead.person_id))
        await service.set_priority(session, None, ticket=await get_ticket(session, company.lead, 4), priority=1)
        for name, shortcut, html, changes in (
            ("道歉", "daoqian", "<p>Es tut uns leid.</p>", []),
            ("退款说明", "tuikuan", "<p>Guten Tag {{customer.name}},</p><p>die Erstattung ist unterwegs.</p>",
             [{"kind": "tags_add", "value": "退款"}]),
        ):  # fmt: skip
            wanted = macros.Wanted(name, html, shortcut, changes=changes, audience="all")
            await macros.save(session, company.admin, wanted)


async def tab_to(page: Page, target: Locator, *, most: int = 60) -> None:
    """Press Tab until something has the focus."""
    for _press in range(most):
        if await target.count() and await target.first.evaluate("(one) => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{most} tabs do not reach {target}")


async def down_to(page: Page, target: Locator) -> None:
    """Press the arrow key until something has the focus."""
    for _press in range(20):
        if await target.evaluate("(one) => one === document.activeElement"):
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"arrows do not reach {target}")


async def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        await page.keyboard.press(key)


async def at_ticket(page: Page, number: int) -> None:
    """Until a ticket is open."""
    await expect(page.locator("#ticket")).to_have_attribute("data-number", str(number))
    await expect(composer(page)).to_be_attached()


async def find(page: Page, words: str, *, first: str) -> None:
    """Find something by the palette and take it."""
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette-field")).to_be_focused()
    await page.keyboard.type(words)
    await expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text(first)
    await page.keyboard.press("Enter")


async def sign_in(page: Page, site: Site) -> None:
    """By the form, which stands ready for the address."""
    await page.add_init_script(GUARD)
    await page.reload()
    await expect(page.locator("[name=email]")).to_be_focused()
    if await page.locator("[name=site]").count():  # where there are several desks
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.type(site.company.agent.email.partition("@")[2].removesuffix(".example"))
        await page.keyboard.press("Tab")
    await page.keyboard.type(site.company.agent.email)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk")


@pytest.mark.req("R16", "R51", "R56")
@pytest.mark.usefixtures("hands_off")
async def test_a_whole_morning(site: Site, open_as: OpenAs) -> None:
    await a_night(site)
    page = await open_as(None, "/sign-in", locale="zh-CN", timezone_id="Asia/Shanghai")
    await sign_in(page, site)
    await what_came(page)
    await a_first_look(site, page)
    await set_aside(site, page)
    await an_answer(site, page)
    await the_next(site, page)
    await a_note(site, page)
    await several_at_once(site, page)
    await by_palette(page)
    await others_are_asked(site, page)
    await two_become_one(site, page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="键盘")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    assert await page.evaluate("window.byHand") == []


async def what_came(page: Page) -> None:
    """One keystroke shows what came since the evening, urgent first, each with its clock."""
    await press(page, "g", "o")
    await page.wait_for_url("**/desk?view=overnight")
    await expect(page.locator(".list__sum")).to_contain_text("自 ")
    rows = page.locator("#rows > li[id]")
    assert await rows.evaluate_all("rows => rows.map((row) => row.id)") == [
        "row-4", "row-2", "row-3", "row-5", "row-6"
    ], "urgent first, then by when each is due; what came before the evening is not here"  # fmt: skip
    due = await page.locator("#rows .clock").evaluate_all("clocks => clocks.map((clock) => clock.dataset.due)")
    assert len(due) == 5
    assert due == sorted(due)


async def a_first_look(site: Site, page: Page) -> None:
    """The most urgent is opened and taken; its state and tags are set, and set back."""
    for key, number in (("j", 4), ("j", 2), ("k", 4)):
        await page.keyboard.press(key)
        await expect(page.locator(f"#row-{number} a.row")).to_be_focused()
    await page.keyboard.press("o")
    await at_ticket(page, 4)
    await expect(page.locator("#panel time[data-zone='Europe/Berlin']")).to_be_visible()  # the customer's own clock
    await page.keyboard.press("a")
    await page.keyboard.type("li wei")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("#4")
    assert (await ticket(site.company, 4)).assignee_id == site.company.agent.person_id
    await page.keyboard.press("s")
    await down_to(page, page.locator("#ticket-head [name=status][value=pending]"))
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head summary[data-key=s]")).to_contain_text("等待客户")
    await page.keyboard.press("Control+z")
    await expect(page.locator("#ticket-head summary[data-key=s]")).not_to_contain_text("等待客户")
    await page.keyboard.press("t")
    await page.keyboard.type("海关, 礼物")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head .tag")).to_have_text(["海关", "礼物"])


async def set_aside(site: Site, page: Page) -> None:
    """A snooze in words says what it means on both clocks, and is taken back by Ctrl+Z."""
    await page.keyboard.press("z")
    await expect(page.locator("#f-until")).to_be_focused()
    await page.keyboard.type("周五下午3点")
    hint = page.locator("#h-until")
    await expect(hint).to_contain_text(re.compile("周五.*15:00"))
    await expect(hint).to_contain_text(re.compile("当地 周五 (08|09):00"))  # summer or winter in Berlin
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("#4")
    until_ = (await ticket(site.company, 4)).snoozed_until
    assert until_ is not None
    assert (until_.astimezone(SHANGHAI).isoweekday(), until_.astimezone(SHANGHAI).hour) == (5, 15)
    await page.keyboard.press("Control+z")
    await expect(page.locator(".toast")).to_contain_text("已恢复")
    assert (await ticket(site.company, 4)).snoozed_until is None


async def an_answer(site: Site, page: Page) -> None:
    """Macro, variable and promise without leaving the keys; sent, taken back, sent and solved."""
    await page.keyboard.press("r")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("/")
    chosen = page.locator("#macros [aria-selected=true]")
    await expect(chosen).to_be_visible()
    if "退款说明" not in await chosen.inner_text():
        await page.keyboard.press("ArrowDown")
    await expect(chosen).to_contain_text("退款说明")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_contain_text("Guten Tag Anna,")
    await expect(page.locator("#composer-macros .chip")).to_contain_text("退款")
    await page.keyboard.type(" {{shop")
    await expect(page.locator("#variables [aria-selected=true]")).to_contain_text("shop.name")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_contain_text("Lantern DE")
    await page.keyboard.press("Enter")
    await compose(page, "我们会在明天中午12点前给您回复。")
    await expect(page.locator("#promise-offer [data-promise]")).to_be_visible()
    await page.keyboard.press("Control+Alt+p")
    await expect(page.locator("#promise-offer [data-promise]")).to_have_count(0)
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        (kept,) = await session.scalars(select(Promise))
    tomorrow = (datetime.now(SHANGHAI) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
    assert kept.due_at == tomorrow
    assert "给您回复" in kept.text
    await expect(composer(page)).to_contain_text("我们会在明天中午12点前给您回复。")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("die Erstattung ist unterwegs.")
    await expect(page.locator("#ticket-head .tag")).to_have_text(["海关", "礼物", "退款"])
    await page.keyboard.press("Control+z")
    await expect(page.locator(".msg--out")).to_have_count(0)
    await expect(composer(page)).to_contain_text("Guten Tag Anna,")
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Shift+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("我们会在明天中午12点前给您回复。")
    assert (await ticket(site.company, 4)).status == "solved"


async def the_next(site: Site, page: Page) -> None:
    """Send and open the next; taking it back afterwards leads to where it was written."""
    await press(page, "j", "o")
    await at_ticket(page, 2)
    await page.keyboard.press("r")
    await page.keyboard.type("Gern geschehen.")
    await page.keyboard.press("Alt+Enter")
    await at_ticket(page, 3)
    await expect(page).to_have_url(re.compile(r"/tickets/3\?view=overnight"))
    assert [one.text.strip() for one in await said(site, 2)] == ["Gern geschehen."]
    await page.keyboard.press("Control+z")
    await at_ticket(page, 2)
    await expect(page).to_have_url(re.compile(r"/tickets/2\b"))
    await expect(composer(page)).to_contain_text("Gern geschehen.")
    assert await said(site, 2) == []


async def said(site: Site, number: int) -> list[Message]:
    """The answers in a ticket."""
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        found = await get_ticket(session, site.company.agent, number)
        answers = select(Message).where(Message.ticket_id == found.id, Message.kind == "outbound")
        return list(await session.scalars(answers))


async def a_note(site: Site, page: Page) -> None:
    """A note calls a colleague, also where no space stands before the sign."""
    await page.keyboard.press("n")
    await expect(composer(page)).to_be_focused()
    await compose(page, "请看")
    await page.keyboard.type("@ana")
    await expect(page.locator("#mentions [aria-selected=true]")).to_contain_text("Ana Costa")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--note")).to_contain_text("请看@Ana Costa")
    theirs = (await tickets_of(site.company))[1]
    assert theirs.number == 2


async def several_at_once(site: Site, page: Page) -> None:
    """Rows are chosen by a letter, changed by another, and the change is taken back, with a ticket open beside them."""
    await press(page, "g", "a")
    await page.wait_for_url("**/desk?view=all")
    before = {number: (await ticket(site.company, number)).status for number in (2, 3, 5)}
    await press(page, "j", "o")
    await expect(page.locator("#ticket")).to_be_visible()
    await press(page, "j", "x", "j", "x")
    await expect(page.locator("#bulk-sum")).to_have_text("已选 2 个")
    numbers = await page.locator(".row__pick:checked").evaluate_all("all => all.map((one) => Number(one.value))")
    await expect(page.locator("#bulk-menus summary[data-key=s]")).to_be_visible()
    await page.keyboard.press("s")
    await down_to(page, page.locator("#bulk-menus [value='status:on_hold']"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("2")
    assert {(await ticket(site.company, number)).status for number in numbers} == {"on_hold"}
    await expect(page.locator("#ticket")).to_be_visible()
    await page.keyboard.press("Control+z")
    await expect(page.locator(".toast__undo")).to_have_count(0)
    await expect(page.locator(".toast")).to_be_visible()
    assert {number: (await ticket(site.company, number)).status for number in before} == before
    await expect(page.locator("#list")).to_have_count(1)
    await expect(page.locator("#ticket #rows")).to_have_count(0)


async def by_palette(page: Page) -> None:
    """A ticket by its number, a view by its name, an action by what it does."""
    await find(page, "#3", first="#3")
    await page.wait_for_url("**/tickets/3?view=all")
    await find(page, "未指派", first="未指派")
    await page.wait_for_url("**/desk?view=unassigned")
    await find(page, "#3", first="#3")
    await at_ticket(page, 3)
    await find(page, "升级", first="升级")
    await page.wait_for_url("**/tickets/3/escalate")


async def others_are_asked(site: Site, page: Page) -> None:
    """A department is asked by W, the second line by L."""
    await find(page, "#3", first="#3")
    await at_ticket(page, 3)
    await page.keyboard.press("w")
    await page.wait_for_url("**/tickets/3/tasks")
    await expect(page.locator("#f-to")).to_be_focused()
    await tab_to(page, page.locator("#f-title"))
    await page.keyboard.type("包裹在哪里？")
    await page.keyboard.press("Tab")
    await page.keyboard.type("请查一下仓库。")
    await tab_to(page, page.locator("main form .button--primary"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/tickets/3(\?|$)"))
    await expect(page.locator("#panel")).to_contain_text("包裹在哪里？")
    await ready(page)
    await page.keyboard.press("l")
    await page.wait_for_url("**/tickets/3/escalate")
    await expect(page.locator("[name=team]").first).to_be_focused()
    await page.keyboard.press("Space")
    await tab_to(page, page.locator("[name=analysis]"))
    await page.keyboard.type("客户的包裹在海关，已查过物流，请二线联系承运商并回复我们预计到达的时间。")
    await tab_to(page, page.locator("main form .button--primary"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/tickets/3(\?|$)"))
    assert (await ticket(site.company, 3)).tier == 2


async def two_become_one(site: Site, page: Page) -> None:
    """Two tickets of one customer are merged, and taken apart again."""
    await find(page, "#5", first="#5")
    await at_ticket(page, 5)
    await page.keyboard.press("m")
    await page.wait_for_url("**/tickets/5/merge")
    await expect(page.locator("#f-into")).to_be_focused()
    await page.keyboard.type("#6")
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=strangers]")).to_be_visible()  # two customers: that is asked about
    await tab_to(page, page.locator("[name=strangers]"))
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/tickets/6(\?|$)"))
    assert (await ticket(site.company, 5)).status == "closed"
    await ready(page)
    await page.keyboard.press("Control+z")
    await page.wait_for_url(re.compile(r"/tickets/5(\?|$)"))
    assert (await ticket(site.company, 5)).status != "closed"
