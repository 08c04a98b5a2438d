"""How the demo's desk is arranged before the first mail: hours, teams, skills, rules, views, macros, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.departments import service as departments
from dragoman.accounts.skills import service as skills
from dragoman.accounts.teams import queries as team_queries
from dragoman.accounts.teams import service as teams
from dragoman.main.demo.model import Demo
from dragoman.main.demo.script import to_html
from dragoman.main.demo.stage import Names, names
from dragoman.platform.db import Session
from dragoman.replies import signatures
from dragoman.replies.macros import service as macros
from dragoman.routing.rules import service as rules
from dragoman.sla import queries as clocks
from dragoman.sla import service as sla
from dragoman.sla.checks import Given
from dragoman.tickets.views import service as views

Facts = Mapping[str, Any]
GROUPS = ("all", "any")


async def arrange(session: Session, demo: Demo, people: dict[str, Actor]) -> Names:
    """Set the desk up as its people want it; returns the ids behind the content's keys."""
    admin = next(people[one.key] for one in demo.people.values() if one.role == "admin")
    known = await names(session, demo, people)
    await _hours(session, admin, demo.desk)
    await _teams(session, admin, demo.desk, known)
    for key, facts in demo.desk["skills"].items():
        given = skills.Skills(
            dict(facts.get("languages", {})), tuple(str(known.shops[one]) for one in facts.get("shops", ())),
            tuple(facts.get("lines", ())), tuple(facts.get("tiers", ())),
        )  # fmt: skip
        every = [str(one) for one in known.shops.values()]
        await skills.set_skills(session, admin, known.people[key], given, shops=every)
    for one in demo.desk["departments"]:
        await departments.save(
            session, admin, known.departments[one["key"]], name="", address=one.get("address", ""),
            lead_id=known.people.get(one.get("lead", "")), hours=one.get("hours", 48),
            members=[known.people[key] for key in one.get("members", ())],
        )  # fmt: skip
    for one in demo.desk["rules"]:
        draft = rules.Draft(
            name=one["name"], event=one["event"], conditions=_conditions(one, known), changes=_changes(one, known),
            active=one.get("active", True),
        )  # fmt: skip
        await rules.save(session, admin, None, draft)
    await _words(session, demo.desk, people, known)
    return known


async def _hours(session: Session, admin: Actor, content: Facts) -> None:
    business = next(one.id for one in await clocks.list_calendars(session) if one.key == "business")
    for one in content["calendars"]:
        day = [[_minutes(end) for end in span.split("-")] for span in one["open"]]
        week = [day if place < one["weekdays"] else [] for place in range(7)]
        await sla.save_calendar(
            session, admin, business if one.get("business") else None, name=one["name"], zone=one["zone"], week=week,
            market=one["market"], days=[],
        )  # fmt: skip
    for policy in await clocks.list_policies(session):
        if policy.key in content["policies"]:
            changed = dict(content["policies"][policy.key])
            hours = changed.pop("hours")
            kept = {name: getattr(policy, name) for name in Given.__dataclass_fields__}
            given = replace(Given(**kept), hours=hours, targets={**policy.targets, **changed})
            await sla.save_policy(session, admin, policy.id, given)


def _minutes(text: str) -> int:
    hour, _colon, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


async def _teams(session: Session, admin: Actor, content: Facts, known: Names) -> None:
    calendars = {one.name: one.id for one in await clocks.list_calendars(session)}
    called = {one["key"]: calendars[one["name"]] for one in content["calendars"]}
    for one in content["teams"]:
        team = await team_queries.load(session, known.teams[one["key"]])
        assert team is not None
        form = replace(
            await teams.form_of(session, team), strategy=one.get("strategy", "manual"), usual=one.get("usual", False),
            calendar_id=called.get(one.get("calendar", "")),
        )  # fmt: skip
        await teams.save(session, admin, team.id, form)
        places = [teams.Place(known.people[one["lead"]], lead=True)]
        places += [teams.Place(known.people[key]) for key in one["members"]]
        await teams.set_members(session, admin, team.id, places)


def _conditions(one: Facts, known: Names) -> dict[str, Any]:
    return {
        group: [
            {**each, "value": [known.value(str(value)) for value in each.get("value", ())]}
            for each in one.get(group, ())
        ]
        for group in GROUPS
    }


def _changes(one: Facts, known: Names) -> list[dict[str, str]]:
    return [{**each, "value": known.value(each["value"])} for each in one.get("changes", ())]


async def _words(session: Session, content: Facts, people: Mapping[str, Actor], known: Names) -> None:
    """Views, macros and signatures, each by whoever made it; shared ones take somebody who may share."""
    for one in content["views"]:
        wanted = views.Wanted(
            name=one["name"], conditions=_conditions(one, known), sort=one.get("sort", "urgent"),
            columns=one.get("columns", ()), audience=_audience(one, known),
        )  # fmt: skip
        await views.save(session, _able(people[one["by"]]), wanted)
    for one in content["macros"]:
        macro = macros.Wanted(
            name=one["name"], html=to_html(one["text"]), shortcut=one["key"], note=one.get("note", False),
            language=one.get("language", ""), changes=_changes(one, known), audience=_audience(one, known),
        )  # fmt: skip
        await macros.save(session, _able(people[one["by"]]), macro)
    for one in content["signatures"]:
        shop: UUID | None = known.shops.get(one.get("shop", ""))
        await signatures.save(
            session, people[one["who"]], shop_id=shop, language=one.get("language", ""), text=one["text"]
        )


def _audience(one: Facts, known: Names) -> str:
    return known.value(one["to"])


def _able(actor: Actor) -> Actor:
    """Somebody whom an administrator asked to share views and macros."""
    return replace(actor, permissions=actor.permissions | {"view.share"})
