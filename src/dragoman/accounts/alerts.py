"""What a person should hear about their own sign-in: noted beside the deed, shown on the profile, mailed by `flow`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dragoman.accounts import lists, queries
from dragoman.accounts.access import Actor
from dragoman.accounts.models import SignInAlert, SignInPlace
from dragoman.accounts.places import browser_name, network
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, NotFound
from dragoman.platform.db import Session

REMEMBERED = timedelta(days=90)
"""How long a place stays known after the last sign-in from it, and an alert readable."""
KINDS = {
    "place": N_("A sign-in from a browser or network not seen before"),
    "password": N_("Your password was changed"),
    "reset": N_("An administrator reset your sign-in"),
    "second_factor_off": N_("Your second factor was switched off"),
    "recovery_code": N_("A recovery code was used to sign in"),
    "linked": N_("Your account was linked to the company’s own sign-in"),
}


async def raise_alert(
    session: Session, person_id: UUID, kind: str, *, address: str, browser: str, sign_in_id: UUID | None = None
) -> UUID:
    """Leave an alert (one of KINDS) for a person; returns its id, for the letter that tells of it."""
    alert = SignInAlert(
        id=ids.new(), person_id=person_id, kind=kind, sign_in_id=sign_in_id, address=address[:64],
        browser=browser_name(browser),
    )  # fmt: skip
    session.add(alert)
    await session.flush()
    return alert.id


async def note_place(session: Session, person_id: UUID, *, address: str, browser: str, sign_in_id: UUID) -> UUID | None:
    """Remember where somebody signed in; returns the id of an alert when the place is new to them.

    The very first place of a person is no news: whoever signs in there has just been let in by somebody.
    """
    now = clock.now()
    known = [place for place in await lists.list_places(session, person_id) if place.seen_at > now - REMEMBERED]
    here = (browser_name(browser), network(address))
    place = await queries.find_place(session, person_id, *here)
    fresh = place is None or place not in known
    if place is None:
        session.add(SignInPlace(person_id=person_id, browser=here[0], network=here[1], seen_at=now))
    else:
        place.seen_at = now
    if not known or not fresh:
        return None
    return await raise_alert(session, person_id, "place", address=address, browser=browser, sign_in_id=sign_in_id)


async def close(session: Session, actor: Actor, alert_id: UUID) -> None:
    """The person has seen one of their alerts. Raises NotFound."""
    alert = await session.get(SignInAlert, (session.workspace_id, alert_id))
    if alert is None or alert.person_id != actor.person_id:
        raise NotFound
    alert.closed_at = clock.now()
