"""The term base: how the house says its words in each language, each decided by two people (R85).

Whoever answers customers may propose; a second person with the right to approve puts a term into use, never whoever
proposed it. A proposal for a term in use stands beside it, and replaces it when it is approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.platform.i18n import gettext as _
from dragoman.translation import languages, queries
from dragoman.translation.models import TermEntry

APPROVED, PROPOSED = "approved", "proposed"
LONGEST, LONGEST_NOTE, MOST_FORBIDDEN = 200, 1_000, 20
MOST_AT_ONCE = 5_000
"""Terms of one file."""
OWN = N_("Whoever proposed a term can’t approve it: a second person decides.")


@dataclass(frozen=True, slots=True)
class TermForm:
    """A term as somebody gives it. `target` empty: in every language; `rendering` empty: only `forbidden` counts."""

    source: str = ""
    term: str = ""
    target: str = ""
    rendering: str = ""
    forbidden: tuple[str, ...] = ()
    domain: str = ""
    note: str = ""
    exact: bool = False


def folded(term: str) -> str:
    """A term as it is compared."""
    return " ".join(term.split()).casefold()


def check(form: TermForm) -> TermForm:
    """The form tidied. Raises Invalid beside the fields that are wrong."""
    faults: dict[str, str] = {}
    plain = {
        "term": " ".join(storable(form.term).split()), "rendering": " ".join(storable(form.rendering).split()),
        "domain": " ".join(storable(form.domain).split()), "note": storable(form.note).strip(),
    }  # fmt: skip
    source, target = languages.tidy(form.source), languages.tidy(form.target)
    if not source:
        faults["source"] = N_("Give the language as a code such as de, pt-BR or zh-Hans.")
    if form.target.strip() and not target:
        faults["target"] = N_("Give the language as a code such as de, pt-BR or zh-Hans.")
    if not plain["term"] or len(plain["term"]) > LONGEST:
        faults["term"] = N_("A term is needed, of at most 200 characters.")
    if len(plain["rendering"]) > LONGEST:
        faults["rendering"] = N_("At most 200 characters.")
    if len(plain["domain"]) > LONGEST:
        faults["domain"] = N_("At most 200 characters.")
    if len(plain["note"]) > LONGEST_NOTE:
        faults["note"] = N_("At most 1,000 characters.")
    words = tuple(dict.fromkeys(" ".join(storable(one).split()) for one in form.forbidden if one.strip()))
    if len(words) > MOST_FORBIDDEN or any(len(one) > LONGEST for one in words):
        faults["forbidden"] = N_("At most 20 words, of at most 200 characters each.")
    elif plain["rendering"] and folded(plain["rendering"]) in {folded(one) for one in words}:
        faults["forbidden"] = N_("The same words can’t be wanted and forbidden.")
    if not plain["rendering"] and not words and "rendering" not in faults:
        faults["rendering"] = N_("Give the words that are wanted, or those that are not.")
    if faults:
        raise Invalid(fields=faults)
    return TermForm(
        source, plain["term"], target, plain["rendering"], words, plain["domain"], plain["note"], form.exact
    )


async def propose(session: Session, actor: Permitted, form: TermForm) -> TermEntry:
    """Propose a term, or another rendering of one in use. Raises Invalid, Conflict, Forbidden."""
    actor.require("ticket.reply")
    form = check(form)
    key = (form.source, form.target, folded(form.term))
    if await queries.find_term(session, *key, PROPOSED) is not None:
        raise Conflict(N_("This term is proposed already. Decide on that proposal first."))
    used = await queries.find_term(session, *key, APPROVED)
    if used is not None and form_of(used) == form:
        raise Conflict(N_("This term stands in the term base just so."))
    entry = _entry(form, actor.person_id)
    session.add(entry)
    await session.flush()
    audit.record(session, actor, "term.proposed", subject(entry))
    return entry


async def get_term(session: Session, actor: Permitted, term_id: UUID, *, lock: bool = False) -> TermEntry:
    """A term, for whoever works with customers. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    entry = await queries.load_term(session, term_id, lock=lock)
    if entry is None:
        raise NotFound(N_("There is no such term."))
    return entry


async def approve(session: Session, actor: Permitted, term_id: UUID) -> TermEntry:
    """Put a proposed term into use, as a second person. Raises Forbidden, Conflict, NotFound."""
    actor.require("term.approve")
    entry = await get_term(session, actor, term_id, lock=True)
    if entry.status != PROPOSED:
        raise Conflict(N_("This term is in use already."))
    if entry.proposed_by_id == actor.person_id:
        raise Forbidden(OWN)
    await _into_use(session, actor, entry)
    return entry


async def approve_all(session: Session, actor: Permitted) -> int:
    """Put every proposed term into use that somebody else proposed; returns how many."""
    actor.require("term.approve")
    done = 0
    for entry in await queries.list_proposed(session, but=actor.person_id, limit=MOST_AT_ONCE):
        await _into_use(session, actor, entry)
        done += 1
    return done


async def _into_use(session: Session, actor: Permitted, entry: TermEntry) -> None:
    former = await queries.find_term(session, entry.source, entry.target, entry.folded, APPROVED)
    if former is not None:
        await session.delete(former)
        await session.flush()
    entry.status, entry.approved_by_id, entry.approved_at = APPROVED, actor.person_id, clock.now()
    await session.flush()
    await queries.forget_with(session, entry.term, entry.target)
    audit.record(session, actor, "term.approved", subject(entry), rendering=entry.rendering)


async def reject(session: Session, actor: Permitted, term_id: UUID) -> TermEntry:
    """Turn a proposal down; whoever made it may take it back. Raises Forbidden, Conflict, NotFound."""
    entry = await get_term(session, actor, term_id, lock=True)
    if entry.proposed_by_id != actor.person_id:
        actor.require("term.approve")
    if entry.status != PROPOSED:
        raise Conflict(N_("This term is in use already."))
    await session.delete(entry)
    await session.flush()
    audit.record(session, actor, "term.rejected", subject(entry))
    return entry


async def remove(session: Session, actor: Permitted, term_id: UUID) -> TermEntry:
    """Take a term out of the term base. Raises Forbidden, NotFound."""
    actor.require("term.approve")
    entry = await get_term(session, actor, term_id, lock=True)
    await session.delete(entry)
    await session.flush()
    audit.record(session, actor, "term.removed", subject(entry))
    return entry


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file: terms proposed, and those that were there already or proposed twice."""

    added: int
    left: int


async def bring(session: Session, actor: Permitted, forms: Sequence[TermForm], *, file: str) -> Brought:
    """Propose the terms of a file, all or none: whatever it says of them, a second person approves them here.

    Raises Invalid, naming the row, and Forbidden.
    """
    actor.require("ticket.reply")
    if len(forms) > MOST_AT_ONCE:
        raise Invalid(fields={"file": N_("At most 5,000 terms at once. Bring them in several files.")})
    tidy: dict[tuple[str, str, str], TermForm] = {}
    for row, form in enumerate(forms, 1):
        try:
            good = check(form)
        except Invalid as error:
            name, fault = next(iter(error.fields.items()))
            said = {"file": N_("Term {row}, {name}: {fault}")}
            raise Invalid(fields=said, row=row, name=name, fault=_(fault)) from error
        tidy.setdefault((good.source, good.target, folded(good.term)), good)
    known = await queries.find_all_terms(session, list(tidy))
    fresh = [
        form
        for key, form in tidy.items()
        if (*key, PROPOSED) not in known
        and not ((*key, APPROVED) in known and form_of(known[(*key, APPROVED)]) == form)
    ]
    session.add_all([_entry(form, actor.person_id) for form in fresh])
    await session.flush()
    audit.record(session, actor, "term.imported", file=file[:200], added=len(fresh))
    return Brought(len(fresh), len(forms) - len(fresh))


def note_export(session: Session, actor: Permitted, kind: str) -> None:
    """Note that the term base left as a file. Raises Forbidden."""
    actor.require("ticket.reply")
    audit.record(session, actor, "term.exported", kind=kind)


def form_of(entry: TermEntry) -> TermForm:
    """A term as a form."""
    plain = {one.name: getattr(entry, one.name) for one in fields(TermForm)}
    return TermForm(**plain | {"forbidden": tuple(entry.forbidden)})


def forbidden_of(text: str) -> tuple[str, ...]:
    """Forbidden words as typed, separated by commas or lines."""
    return tuple(one.strip() for part in text.splitlines() for one in _split(part) if one.strip())


def _split(line: str) -> Iterable[str]:
    return line.replace("，", ",").replace("、", ",").split(",")


def _entry(form: TermForm, person_id: UUID) -> TermEntry:
    return TermEntry(
        source=form.source, target=form.target, term=form.term, folded=folded(form.term), rendering=form.rendering,
        forbidden=list(form.forbidden), domain=form.domain, note=form.note, exact=form.exact, status=PROPOSED,
        proposed_by_id=person_id,
    )  # fmt: skip


def subject(entry: TermEntry) -> Subject:
    """A term as the audit log names it."""
    return Subject("term", entry.id, f"{entry.term} → {entry.rendering or '–'}")
