"""The cast: a small seller and the people around it, made anew for every test."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from dragoman.accounts import queries, service
from dragoman.accounts.access import Actor
from dragoman.accounts.passwords import hash_password
from dragoman.accounts.permissions import ROLES
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.commerce.service import save_shop
from dragoman.flow import founding
from dragoman.kit import ids
from dragoman.main.wiring import Desk

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@dataclass(slots=True)
class Company:
    """A workspace under test. `address` is its support mailbox."""

    desk: Desk
    workspace_id: UUID
    address: str
    mailbox_id: UUID
    shop_id: UUID
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def admin(self) -> Actor:
        """Wang Fang, who runs the desk."""
        return self.people["admin"]

    @property
    def agent(self) -> Actor:
        """Li Wei, who answers."""
        return self.people["agent2"]

    @property
    def lead(self) -> Actor:
        """Ana Costa, who leads the team."""
        return self.people["lead"]


NAMES = {"admin": "Wang Fang", "agent2": "Li Wei", "agent1": "Chen Jie", "lead": "Ana Costa", "trainer": "Tom Baker"}


def actor_of(workspace_id: UUID, person: queries.PersonRow) -> Actor:
    """A person as the doors see them, without a browser."""
    return Actor(
        workspace_id=workspace_id, person_id=person.id, sign_in_id=ids.new(), name=person.name, email=person.email,
        role=person.role, permissions=frozenset(ROLES[person.role]), locale=person.locale, timezone=person.timezone,
        theme=person.theme, settings=person.settings,
    )  # fmt: skip


async def found_company(desk: Desk, *, smtp_port: int = 2525) -> Company:
    """A workspace with five people, one shop and one mailbox that answers by 127.0.0.1:`smtp_port`."""
    slug = uuid4().hex[:12]
    domain = f"{slug}.example"
    async with desk.db.work(None) as session:
        workspace_id, person_id = await founding.found(
            session, workspace="Lantern Trading", slug=slug, name=NAMES["admin"], email=f"admin@{domain}",
            password=PASSWORD, locale="en", timezone="Asia/Shanghai",
        )  # fmt: skip
    async with desk.db.work(workspace_id) as session:
        row = await queries.find_person(session, person_id)
        assert row is not None
        admin = actor_of(workspace_id, row)
        people = {"admin": admin}
        for role in ("agent2", "agent1", "lead", "trainer"):
            added, _password = await service.add_person(
                session, admin, name=NAMES[role], email=f"{role}@{domain}", role=role, locale="en",
                timezone="Asia/Shanghai",
            )  # fmt: skip
            person = await queries.load_person(session, added)
            assert person is not None
            person.password_hash, person.must_change_password = HASH, False
            await session.flush()
            found = await queries.find_person(session, added)
            assert found is not None
            people[role] = actor_of(workspace_id, found)
        shop_id = await save_shop(session, admin, None, name="Lantern DE", platform="own", market="DE", active=True)
        form = MailboxForm(
            address=f"support@{domain}", from_name="Lantern Support", shop_id=shop_id, smtp_host="127.0.0.1",
            smtp_port=smtp_port, smtp_security="none",
        )  # fmt: skip
        mailbox_id = await save_mailbox(session, admin, desk.keys, None, form)
    return Company(desk, workspace_id, form.address, mailbox_id, shop_id, people)
