"""What the shipped teams are called."""

from __future__ import annotations

from dragoman.kit.errors import N_
from dragoman.platform.i18n import gettext as _

TEAM_NAMES: dict[str, str] = {
    "presales": N_("Pre-sales"),
    "aftersales": N_("After-sales"),
    "complaints": N_("Complaints"),
    "care": N_("Customer care"),
    "social": N_("Social media"),
    "wholesale": N_("Wholesale"),
    "technical": N_("Technical support"),
    "payment": N_("Payments"),
    "operations": N_("Operations"),
}


def team_label(key: str, name: str = "") -> str:
    """What a team is called, in the reader's language; a name of the workspace's own goes before the shipped one."""
    return name or _(TEAM_NAMES.get(key, key))
