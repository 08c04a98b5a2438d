"""When a clock asks for something: the warning before it runs out, and what is done when it has.

Rung by the alarm `clock` (one a ticket) in a transaction that takes the alarm away, so that each warning and each
breach is acted upon once, whatever dies in between. The rows are the truth: what is outdated does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as accounts
from dragoman.accounts.notices import service as notices
from dragoman.accounts.teams import queries as teams
from dragoman.kit import clock as time
from dragoman.kit.errors import DeskError
from dragoman.platform import logs
from dragoman.platform.db import Database, Session
from dragoman.sla import queries
from dragoman.sla.clocks import ALARM, RENEW, set_alarms
from dragoman.sla.metrics import PAUSED
from dragoman.sla.models import Clock, SlaPolicy
from dragoman.tickets import filing, service
from dragoman.tickets.batches import Deed, record_all
from dragoman.tickets.changes import kinds as changes
from dragoman.tickets.changes.service import apply
from dragoman.tickets.models import TIERS, Ticket

log = logs.get(__name__)
WARNED, BREACHED = "sla.warned", "sla.breached"
NOTICES = {WARNED: "clock_warned", BREACHED: "clock_breached"}

Due = tuple[Ticket, Clock, SlaPolicy | None]


async def ring(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: warn of clocks that run out soon, act on those that have, ask to be woken for what comes next."""
    tickets = await filing.lock(session, set(keys))
    live = await queries.list_live(session, tickets)
    policies = {policy.id: policy for policy in await queries.list_policies(session)}
    now = time.now()
    found: dict[str, list[Due]] = {WARNED: [], BREACHED: []}
    for ticket_id, clocks in live.items():
        for clock in clocks.values():
            if clock.ended_at is not None or clock.state == PAUSED or clock.due_at is None:
                continue
            due = (tickets[ticket_id], clock, policies.get(clock.policy_id) if clock.policy_id else None)
            if clock.due_at <= now and clock.breached_at is None:
                clock.breached_at = now
                found[BREACHED].append(due)
            elif clock.due_at > now and clock.warned_at is None and clock.warn_at is not None and clock.warn_at <= now:
                clock.warned_at = now
                found[WARNED].append(due)
    for verb, dues in found.items():
        if dues:
            await _tell(session, verb, dues)
            await _act(session, verb, dues)
    await set_alarms(session, live)


async def sweep(db: Database) -> None:
    """The job: find clocks that run without an alarm, which is how a restored backup leaves them."""
    async with db.work(None) as session:
        workspaces = [one.id for one in await accounts.list_workspaces(session)]
    for workspace_id in workspaces:
        async with db.work(workspace_id) as session:
            await queries.renew_missing(session, RENEW, ALARM, time.now())


def _facts(clock: Clock, policy: SlaPolicy | None) -> dict[str, Any]:
    return {
        "metric": clock.metric, "due": clock.due_at.isoformat() if clock.due_at else None,
        "policy": [policy.key, policy.name] if policy else ["", ""],
    }  # fmt: skip


def _actions(verb: str, policy: SlaPolicy | None) -> Mapping[str, Any]:
    if policy is None:
        return {}
    return policy.on_warning if verb == WARNED else policy.on_breach


async def _tell(session: Session, verb: str, dues: Sequence[Due]) -> None:
    """The event of each ticket, what webhooks hear, and the notices of people."""
    await record_all(session, [Deed(ticket, verb, _facts(clock, policy)) for ticket, clock, policy in dues])
    wanted = [(ticket, set(_actions(verb, policy).get("notify", ()))) for ticket, _clock, policy in dues]
    leads = await _leads(session, [ticket for ticket, whom in wanted if _for_leads(ticket, whom)])
    told: list[tuple[UUID, str, int]] = []
    for ticket, whom in wanted:
        people = set(leads[ticket.team_id]) if _for_leads(ticket, whom) else set()
        if ticket.assignee_id is not None and "owner" in whom:
            people.add(ticket.assignee_id)
        told += [(person, NOTICES[verb], ticket.number) for person in sorted(people)]
    await notices.tell_each(session, told)


def _for_leads(ticket: Ticket, whom: set[str]) -> bool:
    """Leads hear what they ask to hear, and what would reach nobody else."""
    return "leads" in whom or ("owner" in whom and ticket.assignee_id is None)


async def _leads(session: Session, tickets: Sequence[Ticket]) -> dict[UUID | None, list[UUID]]:
    """Whom to tell for each team: its leads; without any, and for tickets of no team, whoever leads by their role."""
    if not tickets:
        return {}
    team_ids = {ticket.team_id for ticket in tickets}
    out: dict[UUID | None, list[UUID]] = {team_id: [] for team_id in team_ids}
    for member in await teams.list_members(session, [one for one in team_ids if one is not None]):
        if member.lead:
            out[member.team_id].append(member.person_id)
    if not all(out.values()):
        usual = await queries.list_supervisors(session)
        out = {team_id: people or usual for team_id, people in out.items()}
    return out


async def _act(session: Session, verb: str, dues: Sequence[Due]) -> None:
    """What the policy wants done to the ticket. What can't be done any more (a person has left) is passed over."""
    for ticket, clock, policy in dues:
        wanted = _actions(verb, policy)
        why = {"policy": [policy.key, policy.name] if policy else ["", ""], "metric": clock.metric}
        if wanted.get("raise") and ticket.priority > 1:
            await service.set_priority(session, None, ticket=ticket, priority=ticket.priority - 1, **why)
        if wanted.get("escalate") and ticket.tier < max(TIERS):
            await service.set_tier(session, None, ticket=ticket, tier=ticket.tier + 1, **why)
        for change in changes.read(wanted.get("changes", ()))[0]:
            try:
                await apply(session, ticket, [change], by=None, **why)
            except DeskError as error:
                log.warning("breach action passed over", kind=change.kind, reason=error.message)
