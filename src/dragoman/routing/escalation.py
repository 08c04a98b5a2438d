"""The three lines of service: routine, technical or payment, operations. Who hands a ticket on says what they found;
nobody hands one into a void; the customer's clocks run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import service as notices
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import Team
from dragoman.accounts.teams.names import team_label
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.routing import queries
from dragoman.routing.models import Escalation
from dragoman.tickets import service, told
from dragoman.tickets.models import Ticket
from dragoman.tickets.touched import Touched
from dragoman.webhooks import service as webhooks
from dragoman.webhooks.service import Happening

REASONS: dict[str, str] = {
    "technical": N_("Technical or system fault"),
    "payment": N_("Payment or refund"),
    "legal": N_("Legal or cross-border dispute"),
    "complaint": N_("Serious complaint"),
    "safety": N_("Safety or quality accident"),
    "authority": N_("Beyond what I may decide"),
    "other": N_("Something else"),
}
LINES: dict[int, str] = {1: N_("First line"), 2: N_("Second line"), 3: N_("Third line")}
SHORTEST, LONGEST = 20, 4_000
TAKING = ("assigned", "reply", "note", "status")
"""By doing one of these somebody of the next line takes a ticket over."""


@dataclass(frozen=True, slots=True)
class Receiving:
    """A team that a ticket can be handed to, and whether anybody is in it."""

    team: Team
    members: tuple[teams.Member, ...]


async def receivers(session: Session, ticket: Ticket) -> list[Receiving]:
    """The teams of the next line: where a ticket can be handed to."""
    above = [team for team in await teams.list_teams(session, active_only=True) if team.tier > ticket.tier]
    line = min((team.tier for team in above), default=0)
    chosen = [team for team in above if team.tier == line]
    members = await teams.list_members(session, [team.id for team in chosen]) if chosen else []
    return [Receiving(team, tuple(one for one in members if one.team_id == team.id)) for team in chosen]


async def escalate(
    session: Session, actor: Actor, *, ticket: Ticket, to: UUID, reason: str, analysis: str, callback: bool = False
) -> Escalation:
    """Hand a ticket to a team of the next line, with a first analysis, which becomes a note too.

    `callback`: a supervisor is to call the customer back. The ticket goes into the team's queue, without its present
    owner; the team's strategy finds the next one. Raises Invalid beside the fields, Conflict where nobody would
    receive it, Forbidden.
    """
    actor.require("ticket.change")
    actor.require("ticket.note")
    if not ticket.active_now:
        raise Conflict(N_("This ticket is done. Reopen it first."))
    receiving = next((one for one in await receivers(session, ticket) if one.team.id == to), None)
    analysis = analysis.strip()
    _check(receiving, reason, analysis)
    assert receiving is not None
    if not receiving.members:
        await _refuse(session, receiving.team)
    await _end_present(session, ticket)
    made = _made(ticket, receiving.team, reason, analysis, actor)
    session.add(made)
    await session.flush()
    await _hand(session, actor, ticket, receiving.team, tier=receiving.team.tier)
    await service.add_note(
        session, actor, ticket=ticket, html=_paragraphs(analysis), text=analysis, escalation=str(made.id)
    )
    label = [receiving.team.key, receiving.team.name]
    await service.record(session, ticket, actor, "escalated", tier=made.to_tier, team=label, reason=reason)
    await webhooks.tell(session, Happening("ticket.escalated", _facts(ticket, made)))
    if callback:
        await ask_callback(session, actor, ticket=ticket, escalation=made, members=receiving.members)
    who = [one.person_id for one in receiving.members if one.person_id != actor.person_id]
    await notices.tell(session, who, "escalated", ticket=ticket.number, who=actor.name)
    return made


def _check(receiving: Receiving | None, reason: str, analysis: str) -> None:
    faults = {}
    if receiving is None:
        faults["team"] = N_("Choose a team of the next line.")
    if reason not in REASONS:
        faults["reason"] = N_("Say what kind of matter it is.")
    if len(analysis) < SHORTEST:
        faults["analysis"] = N_("Say in at least 20 characters what you found and tried, so that nobody begins anew.")
    if len(analysis) > LONGEST:
        faults["analysis"] = N_("This text is too long.")
    if faults:
        raise Invalid(fields=faults)


async def _refuse(session: Session, team: Team) -> None:
    """Nobody would receive it: say so, and who can mend that."""
    able = [one.name for one in await people.list_holders(session, "team.manage", limit=3)]
    raise Conflict(
        N_("Nobody works in “{team}”, so nobody would see it. {who} can put people into that team."),
        team=team_label(team.key, team.name), who=", ".join(able) or _("Administrators"),
    )  # fmt: skip


def _made(ticket: Ticket, team: Team, reason: str, analysis: str, actor: Actor) -> Escalation:
    return Escalation(
        id=ids.new(), ticket_id=ticket.id, from_tier=ticket.tier, to_tier=team.tier, from_team_id=ticket.team_id,
        to_team_id=team.id, reason=reason, analysis=analysis, by_id=actor.person_id, at=clock.now(),
    )  # fmt: skip


async def _end_present(session: Session, ticket: Ticket) -> None:
    present = await queries.open_escalation(session, ticket.id)
    if present is not None:
        present.ended_at = clock.now()


async def _hand(session: Session, actor: Actor, ticket: Ticket, team: Team | None, *, tier: int) -> None:
    """Owner away, line and queue changed. Permission was asked for the whole: handing on includes its parts."""
    able = replace(actor, permissions=actor.permissions | {"ticket.assign"})
    await service.assign(session, able, ticket=ticket, to=None)
    await service.set_tier(session, able, ticket=ticket, tier=tier)
    await service.set_team(session, able, ticket=ticket, to=team.id if team else None)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())


def _facts(ticket: Ticket, one: Escalation) -> dict[str, object]:
    return told.changed(ticket, None, "escalated", {}).data | {
        "escalation": {
            "id": str(one.id), "from_tier": one.from_tier, "to_tier": one.to_tier, "team_id": str(one.to_team_id),
            "reason": one.reason, "by": str(one.by_id) if one.by_id else None,
        }
    }  # fmt: skip


async def take_over(session: Session, actor: Actor, *, ticket: Ticket) -> None:
    """Take an escalated ticket over as one's own. Raises Conflict where it waits for nobody, Forbidden."""
    actor.require("ticket.change")
    present = await queries.open_escalation(session, ticket.id)
    if present is None or present.taken_at is not None:
        raise Conflict(N_("Nobody is asked to take this ticket over, or somebody has just done it."))
    present.taken_at, present.taken_by_id = clock.now(), actor.person_id
    seconds = int((present.taken_at - present.at).total_seconds())
    await service.record(session, ticket, actor, "taken_over", seconds=seconds)
    able = replace(actor, permissions=actor.permissions | {"ticket.assign"})
    await service.assign(session, able, ticket=ticket, to=actor.person_id)


async def hand_back(session: Session, actor: Actor, *, ticket: Ticket, word: str) -> None:
    """Give an escalated ticket back to the line it came from, with a word. Raises Invalid, Conflict, Forbidden."""
    actor.require("ticket.change")
    actor.require("ticket.note")
    word = word.strip()
    if not word or len(word) > LONGEST:
        raise Invalid(fields={"word": N_("Say what was found or decided, for whoever goes on.")})
    present = await queries.open_escalation(session, ticket.id)
    if present is None:
        raise Conflict(N_("This ticket is with the first line already."))
    present.ended_at = clock.now()
    team = await teams.load(session, present.from_team_id) if present.from_team_id else None
    await _hand(session, actor, ticket, team if team and team.active else None, tier=present.from_tier)
    await service.add_note(session, actor, ticket=ticket, html=_paragraphs(word), text=word)
    await service.record(session, ticket, actor, "handed_back", tier=present.from_tier)
    if present.by_id and present.by_id != actor.person_id:
        await notices.tell(session, [present.by_id], "handed_back", ticket=ticket.number, who=actor.name)


async def ask_callback(
    session: Session, actor: Actor, *, ticket: Ticket, escalation: Escalation, members: Sequence[teams.Member]
) -> None:
    """A supervisor is to call the customer back: their clock begins (row R35: 30 minutes)."""
    escalation.callback_asked_at = clock.now()
    await service.record(session, ticket, actor, "callback_asked")
    leads = [one.person_id for one in members if one.lead]
    who = leads or await people.list_of_role(session, "supervisor") or [one.person_id for one in members]
    await notices.tell(session, who, "callback", ticket=ticket.number, who=actor.name)


async def call_back(session: Session, actor: Actor, *, ticket: Ticket) -> None:
    """The customer has been called. Raises Conflict where no call is owed, Forbidden."""
    actor.require("ticket.change")
    present = await queries.open_escalation(session, ticket.id)
    if present is None or present.callback_asked_at is None or present.called_at is not None:
        raise Conflict(N_("No call is owed to this customer."))
    present.called_at, present.called_by_id = clock.now(), actor.person_id
    seconds = int((present.called_at - present.callback_asked_at).total_seconds())
    await service.record(session, ticket, actor, "callback_done", seconds=seconds)


async def follow(session: Session, touched: Sequence[Touched]) -> None:
    """Note who takes over what was escalated, by working on it; costs nothing where nothing was."""
    takers = {}
    for one in touched:
        if one.ticket.tier == 1 or one.person_id is None or one.verb not in TAKING or one.data.get("escalation"):
            continue
        if one.verb == "assigned" and one.data.get("to") != str(one.person_id):
            continue
        takers[one.ticket.id] = one.person_id
    await queries.take_over(session, sorted(takers.items()), clock.now())
