"""Noting what people are good for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.skills import queries
from dragoman.accounts.skills.models import Skill
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session

KINDS = ("language", "shop", "line", "tier")
LEVELS = {"basic": N_("basic"), "fluent": N_("fluent"), "native": N_("native")}
MOST = 40
TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")


@dataclass(frozen=True, slots=True)
class Skills:
    """Everything somebody is good for: languages with their level, ids of shops, product lines, customer tiers."""

    languages: Mapping[str, str] = field(default_factory=dict)
    shops: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


def gathered(rows: Sequence[Skill]) -> dict[UUID, Skills]:
    """Stored skills by person."""
    kinds: dict[UUID, dict[str, dict[str, str]]] = {}
    for row in rows:
        kinds.setdefault(row.person_id, {}).setdefault(row.kind, {})[row.value] = row.level
    return {
        person: Skills(
            found.get("language", {}), tuple(found.get("shop", ())), tuple(found.get("line", ())),
            tuple(found.get("tier", ())),
        )
        for person, found in kinds.items()
    }  # fmt: skip


def _words(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(" ".join(value.split()).casefold() for value in values if value.strip()))


def cleaned(skills: Skills, shops: Sequence[str]) -> list[tuple[str, str, str]]:
    """Skills as they are stored: (kind, value, level). Raises Invalid beside the fields at fault."""
    faults = {}
    if any(not TAG.match(tag) or level not in LEVELS for tag, level in skills.languages.items()):
        faults["languages"] = N_("Choose a language and how well it is spoken.")
    if set(skills.shops) - set(shops):
        faults["shops"] = N_("There is no such shop.")
    lines, tiers = _words(skills.lines), _words(skills.tiers)
    for name, words in (("lines", lines), ("tiers", tiers)):
        if any(len(word) > 60 for word in words):
            faults[name] = N_("At most 60 characters each.")
    rows = [("language", tag, level) for tag, level in skills.languages.items()]
    rows += [("shop", shop, "") for shop in dict.fromkeys(skills.shops)]
    rows += [("line", word, "") for word in lines] + [("tier", word, "") for word in tiers]
    if not faults and len(rows) > MOST:
        faults["lines"] = N_("At most 40 skills for a person.")
    if faults:
        raise Invalid(fields=faults)
    return rows


async def get(session: Session, actor: Actor, person_id: UUID) -> Skills:
    """What somebody is good for. Raises Forbidden for others than oneself, without the permission."""
    if person_id != actor.person_id:
        actor.require("team.manage")
    return gathered(await queries.list_skills(session, [person_id])).get(person_id, Skills())


async def set_skills(
    session: Session, actor: Actor, person_id: UUID, skills: Skills, *, shops: Sequence[str]
) -> Skills:
    """Write somebody's skills anew; `shops` are the ids of those that exist. Raises Invalid, NotFound, Forbidden."""
    actor.require("team.manage")
    person = await people.load_person(session, person_id, lock=True)
    if person is None:
        raise NotFound(N_("There is no such person."))
    rows = cleaned(skills, shops)
    before = sorted((one.kind, one.value, one.level) for one in await queries.list_skills(session, [person_id]))
    if before == sorted(rows):
        return skills
    await queries.forget(session, person_id)
    session.add_all(Skill(person_id=person_id, kind=kind, value=value, level=level) for kind, value, level in rows)
    await session.flush()
    audit.record(
        session, actor, "person.skills", Subject("person", person.id, person.name),
        before=[list(one) for one in before], after=[list(one) for one in sorted(rows)],
    )  # fmt: skip
    return gathered(await queries.list_skills(session, [person_id])).get(person_id, Skills())
