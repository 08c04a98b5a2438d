"""Two tongues in one thread: what customers write in the reader's language, and what readers write in the customers'.

Nothing here calls a provider inside a transaction: what is missing is asked for by a job, which tells the open pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.platform.db import Session
from dragoman.replies import library
from dragoman.tickets.models import Message, Ticket
from dragoman.translation import service
from dragoman.translation.sentences import split
from dragoman.translation.service import Ask, Result, Translator
from dragoman.translation.values import DONE, REPLY
from dragoman.understanding import entities, language
from dragoman.understanding.entities import Context

Spans = tuple[tuple[int, int, str], ...]
POLITE = "formal"
"""How answers address customers, where a translator can choose."""
LONGEST = 12_000
"""Characters of a message that are translated."""


def primary(tag: str) -> str:
    """The language of a BCP 47 tag, without its variant; Chinese keeps its script, for it is read or it isn't."""
    return tag if tag.startswith("zh-Han") else tag.partition("-")[0].lower()


def foreign(tag: str, reader: str) -> bool:
    """Whether a text needs to be put into the reader's language. An unknown language does."""
    return primary(tag) != primary(reader)


def spans(text: str, market: str = "") -> Spans:
    """What must come through a translation as it stands: numbers of orders and parcels, sums, dates, addresses."""
    return tuple((one.start, one.end, one.kind) for one in entities.find(text, Context(market=market)))


@dataclass(frozen=True, slots=True)
class Tongues:
    """What is known of a thread in the reader's language, by message, and whether a translator is switched on."""

    ready: bool
    results: Mapping[UUID, Result]
    wanted: tuple[UUID, ...] = ()
    """Messages that nobody has asked for yet."""


def languages(ticket: Ticket, messages: Sequence[Message]) -> dict[UUID, str]:
    """The language of each message that has words: its own, else (of a customer's) the ticket's."""
    return {
        one.id: one.language or (ticket.language if one.kind == "inbound" else "")
        for one in messages
        if one.text.strip() and one.kind != "note" and (one.kind == "inbound" or one.language)
    }


async def of_thread(session: Session, ticket: Ticket, messages: Sequence[Message], reader: str) -> Tongues:
    """What is stored of a thread in a language: two statements, none where nothing in it is foreign."""
    codes = {key: tag for key, tag in languages(ticket, messages).items() if foreign(tag, reader)}
    if not codes:
        return Tongues(False, {})
    hashes = {one.id: service.text_hash(one.text[:LONGEST]) for one in messages if one.id in codes}
    found = await service.stored(session, {hashes[key]: tag for key, tag in codes.items()}, reader)
    results = {key: found[hashed] for key, hashed in hashes.items() if hashed in found}
    ready = await service.set_up(session)
    return Tongues(ready, results, tuple(key for key in hashes if key not in results) if ready else ())


async def ask_for(
    session: Session, translator: Translator, ticket: Ticket, messages: Sequence[Message], reader: str, *,
    again: bool = False,
) -> None:  # fmt: skip
    """Have a thread put into a language by a job; what is there already is not asked for again."""
    codes = languages(ticket, messages)
    asks = [
        Ask(one.text[:LONGEST], codes[one.id], reader, spans(one.text[:LONGEST], ticket.market), one.id)
        for one in messages
        if one.id in codes and foreign(codes[one.id], reader)
    ]
    if asks:
        await translator.request(session, number=ticket.number, asks=asks, target=reader, again=again)


async def render(
    translator: Translator, workspace_id: UUID, *, text: str, source: str, target: str, market: str = ""
) -> Result:
    """An answer in the customer's language: the desk's own lines as they are written there, the rest by a translator.

    What is in their language already stays. Where there is no translator, or it fails, what could be put over is, and
    the problem says that the rest stands as written.
    """
    pieces = [part for line in text.splitlines(keepends=True) for part in split(line)]
    known = [_known(one, source, target) for one in pieces]
    if all(one is not None for one in known):
        return Result(DONE, _joined(pieces, known), memory=True, source=source, target=target)
    found = await translator.now(
        workspace_id, text=text, source=source, target=target, spans=spans(text, market), purpose=REPLY,
        formality=POLITE,
    )  # fmt: skip
    return found if found.shown else replace(found, text=_joined(pieces, known))


def _known(piece: str, source: str, target: str) -> str | None:
    """A sentence in the customer's language without a translator; None where it takes one."""
    if not any(char.isalpha() for char in piece):
        return piece.strip()
    ours = library.render(piece, source, target)  # first: a greeting's name may look like the customer's language
    if ours is not None:
        return ours
    told = language.known(piece)
    return piece.strip() if told and not foreign(told, target) else None


def _joined(pieces: Sequence[str], rendered: Sequence[str | None]) -> str:
    """Renditions with the white space that stood around the originals."""
    out = []
    for piece, new in zip(pieces, rendered, strict=True):
        words = (new or "").strip()
        lead, tail = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
        spaced = tail or (" " if words[-1:] in ".!?" else "")
        out.append(f"{lead}{words}{spaced}" if words else piece)
    return "".join(out).rstrip()


async def lay_beside(session: Session, actor: Actor, *, sent: str, own: str, own_language: str, to: str) -> None:
    """Keep what somebody wrote beside what is sent of it, so that the thread shows both."""
    if own.strip():
        ask = Ask(sent[:LONGEST], to, own_language, spans(sent[:LONGEST]))
        await service.correct(session, actor, ask=ask, text=own.strip(), noted=False)


async def learn(session: Session, actor: Actor, *, own: str, own_language: str, rendered: str, to: str) -> None:
    """Somebody mended the machine's rendition before it was sent: the memory takes it over."""
    mended = Ask(own, own_language, to, spans(own), formality=POLITE)
    await service.correct(session, actor, ask=mended, text=rendered, noted=False)
