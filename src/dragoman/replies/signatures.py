"""What stands under an answer: the writer's signature for the shop and the language, else the usual one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.commerce import queries as shops
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.replies import queries
from dragoman.replies.models import Signature

LONGEST = 2_000
AT_MOST = 60


def fitting(signatures: Sequence[Signature], *, shop_id: UUID | None, language: str, usual: str) -> str:
    """The signature for a ticket: one for its shop and language, else for its shop, else for its language (a whole
    tag before its first part), else the usual one. Pure."""
    short = language.partition("-")[0]

    def weight(one: Signature) -> int:
        if one.shop_id not in (None, shop_id) or (one.language and one.language not in (language, short)):
            return 0
        return 1 + 4 * (one.shop_id is not None) + (2 if one.language == language else 1) * bool(one.language)

    best = max(signatures, key=weight, default=None)
    return best.text if best is not None and weight(best) else usual


async def save(session: Session, actor: Actor, *, shop_id: UUID | None, language: str, text: str) -> None:
    """Keep the actor's signature for a shop, a language or both; an empty text removes it. Raises Invalid."""
    text, language = text.strip(), language.strip()[:20]
    if len(text) > LONGEST:
        raise Invalid(fields={"text": N_("This text is too long.")})
    if shop_id is None and not language:
        raise Invalid(fields={"shop": N_("Choose a shop, a language, or both.")})
    if shop_id is not None and await shops.load(session, shop_id) is None:
        raise Invalid(fields={"shop": N_("There is no such shop.")})
    known = await queries.signatures_of(session, actor.person_id)
    present = next((one for one in known if one.shop_id == shop_id and one.language == language), None)
    audit.record(session, actor, "person.signature", Subject("person", actor.person_id, actor.name))
    if not text:
        if present is not None:
            await session.delete(present)
        return
    if present is not None:
        present.text = text
        return
    if len(known) >= AT_MOST:
        raise Invalid(N_("There are 60 signatures already. Remove one first."))
    session.add(Signature(id=ids.new(), person_id=actor.person_id, shop_id=shop_id, language=language, text=text))
