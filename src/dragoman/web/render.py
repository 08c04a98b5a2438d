"""Templates: one environment, pages, and fragments (a fragment is a page's block rendered alone)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from dragoman.kit import clock
from dragoman.platform import i18n
from dragoman.web import assets, formats, wants, words
from dragoman.web.manage.pages import GROUPS
from dragoman.web.sprite import ICONS

FOLDER = Path(__file__).parent
_FILTERS = (
    "band", "bounded", "day", "full", "hour", "initials", "language", "left", "mark", "minutes", "number",
    "prose", "rich", "size", "span", "stamp", "territory", "theirs", "wait", "when",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Toast:
    """A passing word after something was done; `undo` is the address that takes it back when `fields` are posted."""

    text: str
    undo: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Me:
    """The reader: the person of the desk who is signed in."""

    id: UUID
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page needs to know about its reader and its surroundings.

    `here` names the page's place in the navigation; `can` holds the permissions that decide which doors are
    shown (they are checked again behind the doors); `letters` is whether single-letter keys work; `start` whether
    first steps are still to be done.
    """

    csrf: str = ""
    me: Me | None = None
    workspace: str = "Dragoman"
    locale: str = i18n.SOURCE
    zone: tzinfo = UTC
    theme: str = "system"
    here: str = ""
    can: frozenset[str] = frozenset()
    unread: int = 0
    set_aside: int = 0
    failing: int = 0
    notices: int = 0
    letters: bool = True
    live: bool = False
    start: bool = False
    toasts: tuple[Toast, ...] = field(default=())


@lru_cache(maxsize=2048)
def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite; without a label it is decoration. Raises KeyError for one the sprite lacks."""
    if name not in ICONS:
        raise KeyError(name)
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    address = f"{assets.asset_url('icons.svg')}#{name}"
    return Markup('<svg class="icon" {}><use href="{}"/></svg>').format(said, address)


def iso(at: datetime) -> str:
    """The machine's form of a moment, for `datetime` attributes."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


@cache
def environment() -> Environment:
    """The one Jinja environment: escaping always on, unknown names are errors, components under `ui`."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update({name: getattr(formats, name) for name in _FILTERS}, iso=iso)
    ui = SimpleNamespace()
    env.globals.update(
        _=i18n.gettext,
        ngettext=i18n.ngettext,
        pgettext=i18n.pgettext,
        asset_url=assets.asset_url,
        scripts=assets.scripts,
        icon=icon,
        now=clock.now,
        words=words,
        wants=wants,
        locales=i18n.LOCALES,
        ui=ui,
        settings_pages=GROUPS,
    )
    for path in sorted((FOLDER / "components").glob("*.html")):
        module = env.get_template(f"components/{path.name}").module
        vars(ui).update({name: macro for name, macro in vars(module).items() if not name.startswith("_")})
    return env


def page(name: str, view: object, shell: Shell) -> str:
    """The whole page `name` for the shell's reader."""
    with i18n.use(shell.locale), formats.use(shell.zone):
        return environment().get_template(name).render(v=view, shell=shell)


def fragment(name: str, blocks: str | tuple[str, ...], view: object, shell: Shell) -> str:
    """The named blocks of a page alone, for htmx; raises KeyError for a block the page lacks."""
    template = environment().get_template(name)
    wanted = (blocks,) if isinstance(blocks, str) else blocks
    with i18n.use(shell.locale), formats.use(shell.zone):
        context: Any = template.new_context({"v": view, "shell": shell})
        return "".join("".join(template.blocks[block](context)) for block in wanted)
