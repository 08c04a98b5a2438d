"""Providers: set up, ordered, tried; orders of single pairs of languages; what was used."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit import clock
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.translation import providing, queries
from dragoman.translation.providers import KINDS
from dragoman.translation.providing import SAMPLES, ProviderForm
from dragoman.translation.service import month_of
from dragoman.web import formats, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.translation import build
from dragoman.web.manage.translation.build import BASE
from dragoman.web.manage.translation.view import TranslationPage, Tried

router = APIRouter(prefix=BASE)
HERE = "manage.translation"
MONTHS = timedelta(days=180)
STEPS = 4


async def _show(reader: Reader, form: Form | None = None) -> Response:
    reader.actor.require("translation.manage")
    now = clock.now()
    async with reader.work() as session:
        rows = await queries.list_providers(session)
        chains = await queries.list_chains(session)
        usage = await queries.list_usage(session, month_of(now - MONTHS))
        around = await respond.shell(reader, session, HERE)
    month = {one.provider_id: one for one in usage if one.month == month_of(now)}
    names = {str(one.id): one.name for one in rows}
    known = {one.id: one for one in rows}
    view = TranslationPage(
        build.provider_rows(rows, month, now), build.ways(), tuple(build.chain_row(one, names) for one in chains),
        tuple(build.usage_row(one, known) for one in usage), form or Form(),
        (Choice("", "—"), *(Choice(key, name) for key, name in names.items())), form is not None,
    )  # fmt: skip
    status = 422 if form else 200
    return respond.page(reader.request, "manage/translation/translation.html", view, around, status=status)


async def _show_one(
    reader: Reader, kind: str, provider_id: UUID | None = None, form: Form | None = None, tried: Tried | None = None
) -> Response:
    reader.actor.require("translation.manage")
    async with reader.work() as session:
        row = await providing.get_provider(session, reader.actor, provider_id) if provider_id else None
        around = await respond.shell(reader, session, HERE)
    key = row.kind if row else kind
    if key not in KINDS:
        raise NotFound
    sources = tuple(Choice(one, formats.language(one)) for one in SAMPLES)
    view = build.provider_page(key, row, form, sources=sources, targets=build.targets(), tried=tried)
    status = 422 if form and (form.errors or form.problem) else 200
    return respond.page(reader.request, "manage/translation/provider.html", view, around, status=status)


def _typed(data: Posted) -> dict[str, str]:
    names = ("name", "base_url", "model", "note", "price", "currency", "monthly_limit", "time_limit")
    return {name: field(data, name, 600) for name in names} | {"active": field(data, "active", 3)}


def _form(data: Posted) -> ProviderForm:
    plain = _typed(data)
    return ProviderForm(**plain | {"active": plain["active"] == "yes"}, key=field(data, "key", 600))  # type: ignore[arg-type]


def _faulty(data: Posted, error: Invalid) -> Form:
    faults = said_fields(error)
    return Form(_typed(data), faults, "" if faults else said(error))


@router.get("")
async def page(reader: SignedIn) -> Response:
    """Who translates, and what it costs."""
    return await _show(reader)


@router.get("/new")
async def new_page(reader: SignedIn, kind: str = "") -> Response:
    """A form for a provider of a kind."""
    return await _show_one(reader, kind)


@router.post("/new")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Set a provider up."""
    kind = field(data, "kind", 40)
    try:
        async with reader.work() as session:
            row = await providing.add(
                session, reader.actor, reader.desk.keys, kind, _form(data),
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
    except Invalid as error:
        return await _show_one(reader, kind, form=_faulty(data, error))
    return respond.redirect(reader.request, f"{BASE}/{row.id}", Flash(_("Added. Try it out below.")))


@router.post("/chain")
async def set_chain(reader: SignedIn, data: Posted) -> Response:
    """Give a pair of languages an order of its own, or take it back."""
    typed = {name: field(data, name, 40) for name in ("source", "target")}
    steps = [one for one in fields(data, "step")[:STEPS] if one]
    try:
        async with reader.work() as session:
            await providing.set_chain(session, reader.actor, **typed, steps=steps)
    except Invalid as error:
        return await _show(reader, Form(typed, said_fields(error)))
    return respond.redirect(reader.request, f"{BASE}#pairs", Flash(_("Saved")))


@router.get("/{provider_id}")
async def provider_page(reader: SignedIn, provider_id: str) -> Response:
    """One provider."""
    return await _show_one(reader, "", known_id(provider_id))


@router.post("/{provider_id}")
async def change(reader: SignedIn, provider_id: str, data: Posted) -> Response:
    """Change a provider, or switch it on and off."""
    found = known_id(provider_id)
    try:
        async with reader.work() as session:
            await providing.change(
                session, reader.actor, reader.desk.keys, found, _form(data),
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
    except Invalid as error:
        return await _show_one(reader, "", found, _faulty(data, error))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/{provider_id}/move")
async def move(reader: SignedIn, provider_id: str, data: Posted) -> Response:
    """Have it asked earlier, or later."""
    async with reader.work() as session:
        await providing.move(session, reader.actor, known_id(provider_id), up=field(data, "to", 5) == "up")
    return respond.redirect(reader.request, BASE)


@router.post("/{provider_id}/try")
async def try_out(reader: SignedIn, provider_id: str, data: Posted) -> Response:
    """Have it translate a sample now."""
    reader.actor.require("translation.manage")
    found = known_id(provider_id)
    source, target = field(data, "source", 20), field(data, "target", 20)
    began = clock.now()
    try:
        sample, outcome = await providing.try_out(
            reader.desk.translator, reader.actor, found, source=source, target=target
        )
    except Invalid as error:
        tried = Tried("", "", "".join(said_fields(error).values()) or said(error), "", source, target)
        return await _show_one(reader, "", found, tried=tried)
    seconds = f"{(clock.now() - began).total_seconds():.1f}"
    tried = Tried(sample, "\n".join(outcome.lines), build.said(outcome.problem), seconds, source, target)
    return await _show_one(reader, "", found, tried=tried)


@router.post("/{provider_id}/remove")
async def remove(reader: SignedIn, provider_id: str, data: Posted) -> Response:
    """Remove it with its usage."""
    del data
    async with reader.work() as session:
        await providing.remove(session, reader.actor, known_id(provider_id))
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))
