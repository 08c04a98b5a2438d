"""What the shipped departments are called."""

from __future__ import annotations

from dragoman.kit.errors import N_
from dragoman.platform.i18n import gettext as _

DEPARTMENT_NAMES: dict[str, str] = {
    "logistics": N_("Logistics"),
    "warehouse": N_("Warehouse"),
    "purchasing": N_("Purchasing"),
    "finance": N_("Finance"),
    "quality": N_("Quality"),
    "legal": N_("Legal"),
    "product": N_("Product"),
    "marketing": N_("Marketing"),
}
"""Every workspace starts with these."""


def department_label(key: str, name: str = "") -> str:
    """What a department is called, in the reader's language; a name of the workspace's own goes first."""
    return name or _(DEPARTMENT_NAMES.get(key, key))
