"""Rows and pages out of what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dragoman.platform.i18n import N_, current
from dragoman.platform.i18n import gettext as _
from dragoman.translation import providers
from dragoman.translation.models import Chain, MemoryUnit, ProviderSetting, TermEntry, Usage
from dragoman.translation.providers import KINDS, Kind, deepl, google, messages
from dragoman.translation.values import Problem, problem_of
from dragoman.web import formats
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.translation.view import ChainRow, ProviderPage, ProviderRow, TermRow, UnitRow, UsageRow, Way
from dragoman.web.words import Word

BASE, TERMS, MEMORY = "/settings/translation", "/terms", "/settings/memory"
USUAL = {"deepl": f"{deepl.PRO} / {deepl.FREE}", "google": google.HOST, "messages": messages.HOST}
"""The address that is asked where none is given."""
STATES = {
    "on": Word(N_("In use"), "circle-check", "green"), "off": Word(N_("Switched off"), "pause"),
    "resting": Word(N_("Failing, left alone for a while"), "circle-alert", "red"),
    "failed": Word(N_("Failed last time"), "triangle-alert", "amber"),
    "used": Word(N_("Used up for this month"), "coins", "amber"),
    "missing": Word(N_("Not installed"), "circle-dashed"),
}  # fmt: skip
TARGETS = ("zh-Hans", "en", "de", "es", "fr", "it", "pt-BR", "ja", "ko", "ru", "ar")


def privacy(kind: Kind, url: str = "") -> str:
    """Where texts go, in words."""
    if kind.privacy == "here":
        return _("Texts stay on this machine.")
    if kind.privacy == "there":
        return _("Texts leave this machine, to {company}.", company=kind.company)
    return _("Texts go to {address}.", address=url) if url else _("Texts go to the address that you give.")


def ways() -> tuple[Way, ...]:
    """The kinds of providers that can be set up."""
    return tuple(
        Way(key, _(kind.name), privacy(kind), kind.privacy == "here", _missing(key), f"{BASE}/new?kind={key}")
        for key, kind in KINDS.items()
    )


def _missing(kind: str) -> str:
    """What must be installed for a kind, in words; empty where nothing is missing."""
    absent = providers.missing(kind)
    return _(absent) if absent else ""


def money(amount: Decimal, currency: str) -> str:
    """A sum for the page; empty for none."""
    return f"{amount.quantize(Decimal('0.01'))} {currency}" if amount else ""


def said(problem: Problem | None) -> str:
    """A problem in the reader's language."""
    if problem is None:
        return ""
    return _(problem.message, **{name: str(value) for name, value in problem.values.items()})


def _state(row: ProviderSetting, used: int, now: datetime) -> Word:
    if providers.missing(row.kind):
        return STATES["missing"]
    if not row.active:
        return STATES["off"]
    if row.paused_until and row.paused_until > now:
        return STATES["resting"]
    if row.monthly_limit is not None and used >= row.monthly_limit:
        return STATES["used"]
    return STATES["failed"] if row.problem_at else STATES["on"]


def provider_rows(
    rows: Sequence[ProviderSetting], usage: Mapping[UUID, Usage], now: datetime
) -> tuple[ProviderRow, ...]:
    """Providers in their order, with this month's usage."""
    found = []
    for place, row in enumerate(rows):
        kind, month = KINDS[row.kind], usage.get(row.id)
        used = month.characters if month else 0
        found.append(ProviderRow(
            row.name, f"{BASE}/{row.id}", _(kind.name), _state(row, used, now), privacy(kind, row.base_url),
            kind.privacy == "here", row.note, money(row.price, row.currency), used, row.monthly_limit,
            round(100 * used / row.monthly_limit) if row.monthly_limit else 0,
            money(month.cost, row.currency) if month else "", said(problem_of(row.problem)), place == 0,
            place == len(rows) - 1,
        ))  # fmt: skip
    return tuple(found)


def pair(source: str, target: str) -> str:
    """A pair of languages in words."""
    anything = _("any language")
    return f"{formats.language(source) if source else anything} → {formats.language(target) if target else anything}"


def chain_row(row: Chain, names: Mapping[str, str]) -> ChainRow:
    """An order with its providers' names."""
    return ChainRow(
        pair(row.source, row.target), tuple(names[one] for one in row.steps if one in names), row.source, row.target
    )


def usage_row(row: Usage, known: Mapping[UUID, ProviderSetting]) -> UsageRow:
    """A month's usage of a provider."""
    setting = known[row.provider_id]
    return UsageRow(
        f"{row.month:%Y-%m}", setting.name, row.characters, row.calls, row.failures, money(row.cost, setting.currency)
    )


def provider_page(kind_key: str, row: ProviderSetting | None, form: Form | None = None, **more: object) -> ProviderPage:
    """One provider, or the form for another."""
    kind = KINDS[kind_key]
    usual = {"name": _(kind.name), "time_limit": "20", "currency": "USD", "active": "yes"}
    problem = problem_of(row.problem) if row else None
    return ProviderPage(
        title=row.name if row else _(kind.name), href=f"{BASE}/{row.id}" if row else f"{BASE}/new", kind=kind_key,
        privacy=privacy(kind, row.base_url if row else ""), here=kind.privacy == "here",
        missing=_missing(kind_key), form=form or Form(values_of(row) if row else usual), key=kind.key,
        url=kind.url, usual_url=USUAL.get(kind_key, ""), model=kind.model, has_key=bool(row and row.secret),
        remove=f"{BASE}/{row.id}/remove" if row else "", problem=said(problem),
        problem_at=row.problem_at if row else None, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def values_of(row: ProviderSetting) -> dict[str, str]:
    """A provider as its form shows it; never its key."""
    return {
        "name": row.name, "active": "yes" if row.active else "no", "base_url": row.base_url, "model": row.model,
        "note": row.note, "price": f"{row.price.normalize():f}" if row.price else "", "currency": row.currency,
        "monthly_limit": str(row.monthly_limit or ""), "time_limit": str(row.time_limit),
    }  # fmt: skip


def targets() -> tuple[Choice, ...]:
    """Languages that a trial can go into."""
    return tuple(Choice(one, formats.language(one)) for one in TARGETS)


def own_target() -> str:
    """The reader's own language, as a trial takes it first."""
    return "zh-Hans" if current().startswith("zh") else "en"


def term_row(row: TermEntry, names: Mapping[UUID, str], reader: UUID) -> TermRow:
    """A term with who decided on it."""

    def name_of(one: UUID | None) -> str:
        return names.get(one, "") if one else ""

    return TermRow(
        f"{TERMS}/{row.id}", row.term, row.source, row.target, row.rendering, tuple(row.forbidden), row.domain,
        row.note, row.status == "proposed", name_of(row.proposed_by_id), name_of(row.approved_by_id),
        row.proposed_by_id == reader,
    )  # fmt: skip


def unit_row(row: MemoryUnit, names: Mapping[UUID, str]) -> UnitRow:
    """A unit with who wrote it."""
    origin = _("corrected here") if row.origin == "correction" else _("from a file")
    by = names.get(row.person_id, "") if row.person_id else ""
    return UnitRow(f"{MEMORY}/{row.id}", row.source, row.target, row.original, row.text, origin, by, row.at)
