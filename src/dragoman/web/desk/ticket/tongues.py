"""The customer's words in the reader's language and the reader's in the customer's, as a ticket's page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData

from dragoman.accounts.access import Actor
from dragoman.flow import tongues
from dragoman.flow.tongues import LONGEST, Tongues
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import i18n
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.replies import library
from dragoman.tickets.models import Message, Ticket
from dragoman.translation import service as translation
from dragoman.translation.service import Result
from dragoman.understanding.language import known
from dragoman.web.deps import field
from dragoman.web.formats import language as language_name

NOT_YET = N_("The translation is not there yet: write what the customer is to receive, or switch translating off.")


def own_tongue() -> str:
    """The reader's language as BCP 47."""
    return i18n.current().replace("_", "-")


@dataclass(frozen=True, slots=True)
class Beside:
    """A message in the reader's language. `parts` are its sentences, each with the original's ('' for what stands
    between them); `state` is done, waiting, failed, or off where nobody has asked."""

    state: str
    language: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    text: str = ""
    by: str = ""
    problem: str = ""
    own: bool = False
    correct: str = ""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The composer's second language: what the customer reads. `ready` says whether anything can be put into it: by a
    translator that is switched on (`machine`), or out of the desk's own lines. `set_up` leads to where a translator is
    switched on, for those who may and where none is. `on` says whether it is in use from the start."""

    target: str
    theirs: str
    own: str
    ready: bool
    set_up: str = ""
    machine: bool = False
    on: bool = False


def beside(message: Message, found: Tongues, actor: Actor, author: str) -> Beside | None:
    """What stands beside one message, whose `author` is named; None where it needs nothing."""
    result = found.results.get(message.id)
    if result is None:
        return Beside("off") if message.id in found.wanted else None
    if result.state == "failed":
        return Beside("failed", problem=problem(result))
    if result.state != "done":
        return Beside("waiting") if result.state == "waiting" else None
    own = message.kind == "outbound" and result.corrected
    whose = _("in {name}’s own words", name=author) if own else by(result)
    return Beside(
        "done", own_tongue(), tuple(parts(result)), result.text, whose, own=own,
        correct=f"/messages/{message.id}/translation" if actor.may("ticket.reply") and not own else "",
    )  # fmt: skip


def parts(result: Result) -> Iterator[tuple[str, str]]:
    """A translation in its sentences, in order, each with the original's; what lies between them has none."""
    at = 0
    for pair in result.sentences:
        found = result.text.find(pair.target, at) if pair.target else -1
        if found < 0:
            continue
        if found > at:
            yield result.text[at:found], ""
        yield pair.target, pair.source
        at = found + len(pair.target)
    if at < len(result.text):
        yield result.text[at:], ""


def by(result: Result) -> str:
    """Whose words a translation is."""
    if result.corrected:
        return _("corrected by a colleague")
    return result.provider or _("from what is known here")


def problem(result: Result) -> str:
    """Why there is no translation, '' where nothing is known."""
    return _(result.problem.message, **result.problem.values) if result.problem else ""


def bilingual(ticket: Ticket, customer_language: str, ready: bool, actor: Actor, draft: str = "") -> Bilingual | None:
    """The composer's second language; None where customer and reader share one, or the customer's is not known. A kept
    draft in the reader's own language is not to be sent as it stands."""
    target = ticket.language or customer_language
    if not target or not tongues.foreign(target, own_tongue()):
        return None
    may = actor.may("translation.manage")
    return Bilingual(
        target, language_name(target), language_name(own_tongue()), ready or bool(library.known(target)),
        "/settings/translation" if may and not ready else "", ready,
        ready or (bool(draft) and not tongues.foreign(known(draft) or target, own_tongue())),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rendition:
    """What the customer is to receive in place of what was written; `edited` says that a person mended it."""

    language: str
    text: str
    edited: bool


def rendition_of(data: FormData) -> Rendition | None:
    """The composer's second text where it is switched on. Raises Invalid where it is empty."""
    language = field(data, "tongue", 20)
    if not language:
        return None
    text = field(data, "rendered", LONGEST * 2).strip()
    if not text and field(data, "text", LONGEST * 2).strip():
        raise Invalid(fields={"body": NOT_YET})
    return Rendition(language, text, field(data, "edited", 1) == "1")


async def keep(session: Session, actor: Actor, made: Rendition, *, sent: str, own: str, sign: str) -> None:
    """Keep both texts of an answer that is being sent."""
    signed = f"{own.rstrip()}\n\n{sign}" if sign else own
    here = own_tongue()
    await tongues.lay_beside(session, actor, sent=sent, own=signed, own_language=here, to=made.language)
    if made.edited:
        await tongues.learn(
            session, actor, own=own, own_language=here, rendered=made.text, to=made.language
        )  # fmt: skip


async def words_before(session: Session, message: Message) -> str:
    """What somebody wrote before it was put into the customer's language, '' where it was not."""
    if not message.language:
        return ""
    hashed = translation.text_hash(message.text[:LONGEST])
    found: Mapping[bytes, Result] = await translation.stored(session, {hashed: message.language}, own_tongue())
    return found[hashed].text if hashed in found and found[hashed].corrected else ""
