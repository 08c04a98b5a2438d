"""Other software hears what happened: signed, from an outbox, again until it has heard."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dragoman.kit import clock
from dragoman.kit.errors import Conflict, Forbidden, Invalid
from dragoman.main.wiring import Desk
from dragoman.platform import net
from dragoman.tickets import service as tickets
from dragoman.tickets.access import get_ticket
from dragoman.webhooks import queries, sender, service, signing
from dragoman.webhooks.models import Delivery, Webhook
from dragoman.webhooks.sender import Sender
from tests.cast import Company, found_company
from tests.desk_work import answer, receive, try_to_send, use_smtp_port
from tests.post import letter, sink
from tests.webhooks.receiver import Receiver, receiver

EVERY = ["ticket.created", "ticket.changed", "message.received", "message.written", "message.sent", "message.failed"]


async def hook(company: Company, there: Receiver, kinds: list[str] | None = None) -> tuple[Webhook, str]:
    async with company.desk.db.work(company.workspace_id) as session:
        return await service.add(
            session, company.admin, company.desk.keys, name="Stock", url=there.url, kinds=kinds or EVERY,
            allow_private=True,
        )  # fmt: skip


def sending(desk: Desk, *, allow_private: bool = True) -> Sender:
    return Sender(desk.db, desk.keys, allow_private=allow_private)


async def deliver(company: Company, *, after: timedelta = timedelta(0)) -> None:
    with clock.travel(clock.now() + after):
        while await sending(company.desk).batch(company.workspace_id):
            pass


async def log_of(company: Company, hook_id: object) -> list[Delivery]:
    async with company.desk.db.work(company.workspace_id) as session:
        page = await queries.list_deliveries(session, hook_id)  # type: ignore[arg-type]
    return list(page.rows)[::-1]


async def state(company: Company, hook_id: object) -> Webhook:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await queries.load(session, hook_id)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.req("R115")
async def test_a_mail_and_its_answer_are_told_in_order_and_signed(company: Company) -> None:
    async with receiver() as there, sink() as world:
        await use_smtp_port(company, world.port)
        made, secret = await hook(company, there)
        await receive(company, letter(to=company.address, text="Geheime Worte"))
        await try_to_send(company, await answer(company, 1))
        await deliver(company, after=timedelta(seconds=20))
    told = [json.loads(body) for _headers, body in there.got]
    assert sorted(one["type"] for one in told) == sorted(
        ["ticket.created", "message.received", "message.written", "message.sent"]
    )
    for headers, body in there.got:
        at = clock.now() + timedelta(seconds=20)
        assert signing.verify(secret, body, headers["dragoman-signature"], at)
        assert not signing.verify(secret, body + b" ", headers["dragoman-signature"], at)
        assert not signing.verify("whsec_other", body, headers["dragoman-signature"], at)
        assert not signing.verify(secret, body, headers["dragoman-signature"], at + timedelta(minutes=6))
        assert "Geheim" not in body.decode(), "facts and ids leave, customers' words do not"
    assert {one["data"]["ticket"]["number"] for one in told} == {1}
    assert [one.state for one in await log_of(company, made.id)] == ["done"] * 4


async def test_what_is_rolled_back_is_not_told(company: Company) -> None:
    await receive(company, letter(to=company.address))
    async with receiver() as there:
        made, _secret = await hook(company, there)

        async def fall_over() -> None:
            async with company.desk.db.work(company.workspace_id) as session:
                found = await get_ticket(session, company.agent, 1, lock=True)
                await tickets.set_priority(session, company.agent, ticket=found, priority=1)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fall_over()
        await deliver(company)
    assert there.got == []
    assert await log_of(company, made.id) == []


async def test_only_the_chosen_kinds_of_ones_own_workspace_are_told(company: Company) -> None:
    other = await found_company(company.desk)
    async with receiver() as there:
        await hook(company, there, ["ticket.changed"])
        await receive(company, letter(to=company.address))
        await receive(other, letter(to=other.address))
        await deliver(company)
        await deliver(other)
    assert there.got == []


async def test_old_mails_that_are_brought_in_are_no_news(company: Company) -> None:
    async with receiver() as there:
        await hook(company, there)
        with clock.travel(clock.now() - timedelta(days=30)):
            from dragoman.channels.email.fingerprint import fingerprint
            from dragoman.intake.mail.door import store
            from dragoman.intake.service import Arrival

            raw = letter(to=company.address)
            async with company.desk.db.work(company.workspace_id) as session:
                await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id)])
        while await company.desk.inbound.batch(company.workspace_id):
            pass
        await deliver(company)
    assert there.got == []


@pytest.mark.parametrize("status", [500, 404, 301, 429])
async def test_a_refusal_is_tried_again_later_and_arrives_once(company: Company, status: int) -> None:
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
        there.status, there.location = status, "http://127.0.0.1:1/elsewhere"
        await receive(company, letter(to=company.address))
        await deliver(company)
        await deliver(company)
        assert len(there.got) == 1, "not before its time, and redirects are not followed"
        there.status = 204
        await deliver(company, after=timedelta(seconds=11))
        await deliver(company, after=timedelta(hours=1))
    assert len(there.got) == 2
    assert there.got[0][1] == there.got[1][1], "the same payload with the same id"
    (delivery,) = await log_of(company, made.id)
    assert [one["status"] for one in delivery.attempts] == [status, 204]
    assert delivery.state == "done"


async def test_a_dead_receiver_costs_one_try_at_a_time(company: Company) -> None:
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
    await receive(company, *(letter(to=company.address, sender=f"b{n}@buyer.example") for n in range(30)))
    await deliver(company)
    tries = [len(one.attempts) for one in await log_of(company, made.id)]
    assert sum(tries) == 20, "the first batch went out side by side, the rest waits"
    await deliver(company, after=timedelta(hours=13))
    assert sum(len(one.attempts) for one in await log_of(company, made.id)) == 21


async def test_after_two_days_it_is_given_up_and_can_be_replayed(company: Company) -> None:
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
        there.status = 500
        await receive(company, letter(to=company.address))
        await deliver(company)
        await deliver(company, after=timedelta(days=3))
        (delivery,) = await log_of(company, made.id)
        assert delivery.state == "failed"
        assert (await state(company, made.id)).active, "a week of grace before it is switched off"
        there.status = 200
        async with company.desk.db.work(company.workspace_id) as session:
            await service.replay(session, company.admin, delivery.id)
        await deliver(company, after=timedelta(days=4))
    first, again = await log_of(company, made.id)
    assert (again.state, again.replay_of) == ("done", first.id)
    assert again.payload == first.payload
    assert (await state(company, made.id)).failures == 0


async def test_a_receiver_that_hangs_is_left_after_its_time(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "TIMEOUT", 0.3)
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
        there.hang = True
        await receive(company, letter(to=company.address))
        await deliver(company)
    (delivery,) = await log_of(company, made.id)
    assert [(one["status"], bool(one["detail"])) for one in delivery.attempts] == [(0, True)]


async def test_a_worker_that_died_while_sending_is_followed_by_another(company: Company) -> None:
    async with receiver() as there:
        await hook(company, there, ["ticket.created"])
        await receive(company, letter(to=company.address))
        async with company.desk.db.work(company.workspace_id) as session:
            assert len(await queries.claim(session, clock.now(), 10)) == 1
        await deliver(company)
        assert there.got == []
        await deliver(company, after=timedelta(seconds=61))
    assert len(there.got) == 1


async def test_two_workers_take_different_deliveries(company: Company) -> None:
    async with receiver() as there:
        await hook(company, there, ["ticket.created"])
        await receive(company, *(letter(to=company.address, sender=f"b{n}@buyer.example") for n in range(4)))
        db = company.desk.db
        async with db.work(company.workspace_id) as one, db.work(company.workspace_id) as two:
            first = await queries.claim(one, clock.now(), 3)
            second = await queries.claim(two, clock.now(), 3)
    taken = [delivery.id for delivery, _hook in (*first, *second)]
    assert len(taken) == len(set(taken)) == 4


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "https://localhost/x", "https://10.0.0.8/x", "https://[::1]/x", "https://169.254.169.254/",
        "https://user:word@example.com/", "ftp://example.com/", "https://", "nonsense", "http://example.com/",
        "https://example.com:99999/",
    ],
)  # fmt: skip
async def test_private_and_senseless_addresses_are_refused(company: Company, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        async with company.desk.db.work(company.workspace_id) as session:
            await service.add(
                session, company.admin, company.desk.keys, name="Stock", url=url, kinds=EVERY, allow_private=False
            )
    assert set(refused.value.fields) == {"url"}


async def test_a_name_that_turns_private_later_is_refused_when_sending(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what is dialled was checked at that moment."""
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
        await receive(company, letter(to=company.address))
        await sending(company.desk, allow_private=False).batch(company.workspace_id)
        (delivery,) = await log_of(company, made.id)
        assert there.got == []
        assert delivery.attempts[0]["status"] == 0
        assert not net.is_public("127.0.0.1")


async def test_while_a_secret_is_changed_both_sign(company: Company) -> None:
    async with receiver() as there:
        made, old = await hook(company, there, ["ticket.created"])
        async with company.desk.db.work(company.workspace_id) as session:
            new = await service.new_secret(session, company.admin, company.desk.keys, made.id)
        await receive(company, letter(to=company.address))
        await deliver(company)
        later = timedelta(hours=25)
        with clock.travel(clock.now() + later):
            await receive(company, letter(to=company.address, sender="other@buyer.example"))
        await deliver(company, after=later)
    (headers, body), (after, body_after) = there.got
    for secret in (old, new):
        assert signing.verify(secret, body, headers["dragoman-signature"], clock.now())
    at = clock.now() + later
    assert signing.verify(new, body_after, after["dragoman-signature"], at)
    assert not signing.verify(old, body_after, after["dragoman-signature"], at)


async def test_the_secret_is_not_stored_in_the_clear(company: Company) -> None:
    async with receiver() as there:
        made, secret = await hook(company, there)
    assert secret not in str(vars(await state(company, made.id)))


async def test_switched_off_it_hears_nothing(company: Company) -> None:
    async with receiver() as there:
        made, _secret = await hook(company, there, ["ticket.created"])
        async with company.desk.db.work(company.workspace_id) as session:
            await service.change(
                session, company.admin, made.id, name="Stock", url=there.url, kinds=EVERY, active=False,
                allow_private=True,
            )  # fmt: skip
        await receive(company, letter(to=company.address))
        await deliver(company)
        with pytest.raises(Conflict):
            async with company.desk.db.work(company.workspace_id) as session:
                await service.try_out(session, company.admin, made.id)
    assert there.got == []


async def test_without_the_permission_nothing_can_be_done(company: Company) -> None:
    async with receiver() as there:
        made, _secret = await hook(company, there)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await service.get_webhook(session, company.agent, made.id)
        with pytest.raises(Forbidden):
            await service.remove(session, company.agent, made.id)
