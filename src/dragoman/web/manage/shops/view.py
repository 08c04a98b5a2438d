"""What the shops page shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One shop; `platform` is already a name, `mailboxes` its addresses."""

    id: str
    name: str
    platform: str
    market: str
    href: str
    mailboxes: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class ShopsPage:
    """All shops, and the form that adds or (with `editing`) changes one."""

    shops: tuple[ShopRow, ...]
    platforms: tuple[Choice, ...]
    markets: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    editing: str = ""
    action: str = "/settings/shops"
