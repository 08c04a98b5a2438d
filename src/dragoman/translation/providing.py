"""Who translates for a workspace: setting providers up, their order, and trying one out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.kit.text import storable
from dragoman.platform import net
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.platform.secrets import Keys
from dragoman.translation import chain, guard, languages, memory, providers, queries
from dragoman.translation.chain import Outcome, Work
from dragoman.translation.models import Chain, ProviderSetting
from dragoman.translation.providers import KINDS
from dragoman.translation.service import Translator, note

MOST = 20
SAMPLES = {
    "en": "Hello, where is my order 112-1234567-7654321? I paid 1,299.90 and the lamp is broken.",
    "de": "Hallo, wo ist meine Bestellung 112-1234567-7654321? Ich habe 1.299,90 bezahlt und die Lampe ist kaputt.",
    "es": "Hola, ¿dónde está mi pedido 112-1234567-7654321? Pagué 1299,90 y la lámpara está rota.",
    "fr": "Bonjour, où est ma commande 112-1234567-7654321 ? J’ai payé 1299,90 et la lampe est cassée.",
    "zh": "您好，我的订单 112-1234567-7654321 在哪里？我付了 1,299.90，灯坏了。",
}
"""What a provider is tried with: nobody's words."""


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """A provider as somebody sets it up; all as typed. `key` empty keeps the one there is."""

    name: str = ""
    active: bool = False
    base_url: str = ""
    model: str = ""
    key: str = ""
    note: str = ""
    price: str = ""
    currency: str = ""
    monthly_limit: str = ""
    time_limit: str = "20"


async def get_provider(session: Session, actor: Permitted, provider_id: UUID, *, lock: bool = False) -> ProviderSetting:
    """A provider, for whoever manages translation. Raises NotFound, Forbidden."""
    actor.require("translation.manage")
    found = await queries.load_provider(session, provider_id, lock=lock)
    if found is None:
        raise NotFound(N_("There is no such provider."))
    return found


async def check(kind: str, form: ProviderForm, *, has_key: bool, allow_private: bool) -> dict[str, Any]:
    """The columns that a form gives. Raises Invalid beside the fields that are wrong."""
    if kind not in KINDS:
        raise Invalid(fields={"kind": N_("Choose who is to translate.")})
    about, faults = KINDS[kind], dict[str, str]()
    values: dict[str, Any] = {
        "name": " ".join(storable(form.name).split()), "active": form.active, "model": form.model.strip(),
        "note": storable(form.note).strip(), "base_url": form.base_url.strip().rstrip("/"),
        "price": _price(form.price, faults), "currency": form.currency.strip().upper() or "USD",
        "monthly_limit": _whole(form.monthly_limit, "monthly_limit", 1, 10**12, faults),
        "time_limit": _whole(form.time_limit, "time_limit", 1, 120, faults) or 20,
    }  # fmt: skip
    if not values["name"] or len(values["name"]) > 80:
        faults["name"] = N_("A name is needed, of at most 80 characters.")
    if len(values["note"]) > 400:
        faults["note"] = N_("At most 400 characters.")
    if len(values["currency"]) != 3 or not (values["currency"].isascii() and values["currency"].isalpha()):
        faults["currency"] = N_("Three letters such as EUR, USD or CNY.")
    if about.model and not 0 < len(values["model"]) <= 120:
        faults["model"] = N_("Name the model, as its provider calls it.")
    if len(form.key) > 500 or not form.key.isascii() or any(one.isspace() for one in form.key.strip()):
        faults["key"] = N_("A key has letters, digits and signs, without spaces.")
    elif about.key == "needed" and not form.key.strip() and not has_key:
        faults["key"] = N_("This provider needs a key.")
    if fault := await _address(about.url, values["base_url"], allow_private=allow_private):
        faults["base_url"] = fault
    if form.active and (absent := providers.missing(kind)):
        faults["active"] = absent
    if faults:
        raise Invalid(fields=faults)
    return values


async def _address(needed: str, url: str, *, allow_private: bool) -> str:
    """What is wrong with an address; empty where nothing is."""
    if not url:
        return N_("Give the whole address, for example https://translate.example.com.") if needed == "needed" else ""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    if not needed or len(url) > 500 or parts.scheme not in ("http", "https") or not parts.hostname or not port:
        return N_("Give the whole address, for example https://translate.example.com.")
    if parts.username or parts.query or parts.fragment:
        return N_("Give the address alone; the key has a field of its own.")
    if parts.scheme == "http" and not allow_private:
        return N_("Customers’ words leave over https only: use an https address.")
    try:
        await net.resolve(parts.hostname, port, allow_private=allow_private)
    except net.Unreachable:
        return N_(
            "This address is private, or not known to the network. An operator can allow private ones with "
            "DRAGOMAN_ALLOW_PRIVATE_HOSTS=true."
        )
    return ""


def _price(text: str, faults: dict[str, str]) -> Decimal:
    try:
        value = Decimal(text.strip().replace(",", ".") or "0")
        if not (value.is_finite() and 0 <= value < 10**7):
            raise InvalidOperation
    except InvalidOperation:
        faults["price"] = N_("A price for a million characters, such as 20 or 0.50.")
        return Decimal(0)
    return round(value, 4)


def _whole(text: str, name: str, least: int, most: int, faults: dict[str, str]) -> int | None:
    plain = text.strip().replace(" ", "").replace(",", "").replace(".", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit() and least <= int(plain[:20]) <= most):
        faults[name] = N_("A whole number is needed here.")
        return None
    return int(plain)


async def add(
    session: Session, actor: Permitted, keys: Keys, kind: str, form: ProviderForm, *, allow_private: bool
) -> ProviderSetting:
    """Set a provider up, behind those there are. Raises Invalid, Forbidden."""
    actor.require("translation.manage")
    values = await check(kind, form, has_key=False, allow_private=allow_private)
    present = await queries.list_providers(session)
    if len(present) >= MOST:
        raise Invalid(N_("A workspace can have at most 20 providers. Remove one that is no longer needed."))
    row = ProviderSetting(
        id=ids.new(), kind=kind, position=1 + max((one.position for one in present), default=0), **values
    )
    if form.key.strip():
        row.secret = keys.seal(form.key.strip(), context=f"translator:{row.id}")
    session.add(row)
    await session.flush()
    await queries.forget_failed(session)
    audit.record(session, actor, "translator.added", subject(row), **_told(row))
    return row


async def change(
    session: Session, actor: Permitted, keys: Keys, provider_id: UUID, form: ProviderForm, *, allow_private: bool
) -> ProviderSetting:
    """Change a provider; changed, it starts without a past. Raises Invalid, NotFound, Forbidden."""
    row = await get_provider(session, actor, provider_id, lock=True)
    moved = form.base_url.strip().rstrip("/") != row.base_url
    if moved and row.secret and not form.key.strip() and KINDS[row.kind].url:
        raise Invalid(
            fields={"key": N_("The address is another one: enter the key anew, so that it goes nowhere else.")}
        )
    values = await check(row.kind, form, has_key=bool(row.secret), allow_private=allow_private)
    before = _told(row)
    for name, value in values.items():
        setattr(row, name, value)
    if form.key.strip():
        row.secret = keys.seal(form.key.strip(), context=f"translator:{row.id}")
    row.failures, row.paused_until, row.problem, row.problem_at = 0, None, {}, None
    await session.flush()
    await queries.forget_failed(session)
    audit.record(session, actor, "translator.changed", subject(row), **audit.changes(before, _told(row)))
    return row


async def remove(session: Session, actor: Permitted, provider_id: UUID) -> None:
    """Remove a provider with its usage; orders that name it go on without it. Raises NotFound, Forbidden."""
    row = await get_provider(session, actor, provider_id, lock=True)
    for one in await queries.list_chains(session):
        one.steps = [step for step in one.steps if step != str(row.id)]
        if not one.steps:
            await session.delete(one)
    await session.delete(row)
    await session.flush()
    audit.record(session, actor, "translator.removed", subject(row))


async def move(session: Session, actor: Permitted, provider_id: UUID, *, up: bool) -> None:
    """Have a provider asked one place earlier, or later. Raises NotFound, Forbidden."""
    row = await get_provider(session, actor, provider_id)
    rows = await queries.list_providers(session)
    at = next(place for place, one in enumerate(rows) if one.id == row.id)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for place, one in enumerate(rows):
        one.position = place
    audit.record(session, actor, "translator.chain", subject(row), order=[one.name for one in rows])


async def set_chain(session: Session, actor: Permitted, *, source: str, target: str, steps: Sequence[str]) -> None:
    """Give a pair of languages an order of its own; without steps it follows the usual one again.

    Raises Invalid, Forbidden.
    """
    actor.require("translation.manage")
    here, there = languages.tidy(source), languages.tidy(target)
    wrong = N_("Give the language as a code such as de, pt-BR or zh-Hans.")
    faults = {name: wrong for name, typed, tidy in (("source", source, here), ("target", target, there))
              if typed.strip() and not tidy}  # fmt: skip
    if not faults and not here and not there:
        faults["target"] = N_("Name at least one of the languages.")
    known = {str(one.id): one for one in await queries.list_providers(session)}
    chosen = [one for one in dict.fromkeys(steps) if one]
    if any(one not in known for one in chosen):
        faults["steps"] = N_("There is no such provider.")
    if faults:
        raise Invalid(fields=faults)
    await queries.put_chain(session, here, there, [known[one].id for one in chosen])
    names = [known[one].name for one in chosen]
    audit.record(
        session, actor, "translator.chain", Subject("translator", None, f"{here or '*'} → {there}"), order=names
    )


async def list_chains(session: Session, actor: Permitted) -> list[Chain]:
    """The pairs of languages with an order of their own. Raises Forbidden."""
    actor.require("translation.manage")
    return await queries.list_chains(session)


async def try_out(
    translator: Translator, actor: Permitted, provider_id: UUID, *, source: str, target: str
) -> tuple[str, Outcome]:
    """Have a provider translate a sample, whether it is switched on or not; what comes back stays with whoever asks.

    Returns the sample and what came of it. Raises NotFound, Forbidden, Invalid.
    """
    here, there = languages.tidy(source), languages.tidy(target)
    if languages.base(here) not in SAMPLES or not there or languages.same(here, there):
        raise Invalid(fields={"target": N_("Choose two different languages.")})
    sample = SAMPLES[languages.base(here)]
    async with translator.db.work(actor.workspace_id) as session:
        step = translator.step(await get_provider(session, actor, provider_id))
    lines = tuple(memory.paragraphs(sample, guard.find_facts(sample, (), (), here, there)))
    outcome = await chain.ask(Work(lines, here, there, steps=(step,)))
    async with translator.db.work(actor.workspace_id) as session:
        await note(session, outcome)
    return sample, outcome


def subject(row: ProviderSetting) -> Subject:
    """A provider as the audit log names it."""
    return Subject("translator", row.id, row.name)


def _told(row: ProviderSetting) -> dict[str, Any]:
    """What the audit log tells of a provider: everything but its key."""
    return {
        "kind": row.kind, "active": row.active, "url": row.base_url, "model": row.model, "price": str(row.price),
        "monthly_limit": row.monthly_limit, "time_limit": row.time_limit,
    }  # fmt: skip
