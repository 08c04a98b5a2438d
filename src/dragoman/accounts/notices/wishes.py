"""How each kind of notice is to reach a person: in the desk, on the desktop, by mail. Pure; kept in their settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dragoman.accounts.notices.kinds import KINDS
from dragoman.kit.errors import N_

WAYS = {"desk": N_("In the desk"), "desktop": N_("On the desktop"), "mail": N_("By mail")}
SETTING = "notices"


def ways(settings: Mapping[str, Any], kind: str) -> frozenset[str]:
    """The ways a kind takes to somebody with these settings; without a word of theirs it is shown in the desk, and
    what asks for haste on the desktop too."""
    chosen = settings.get(SETTING)
    if isinstance(chosen, Mapping) and isinstance(chosen.get(kind), list):
        return frozenset(way for way in chosen[kind] if way in WAYS)
    return frozenset({"desk", "desktop"} if KINDS[kind].urgent else {"desk"})


def kept(chosen: Mapping[str, Any]) -> dict[str, list[str]]:
    """Choices as they are stored: known kinds and ways only. The desktop shows only what the desk shows."""
    out: dict[str, list[str]] = {}
    for kind in KINDS:
        picked = [way for way in WAYS if way in chosen.get(kind, ())]
        out[kind] = [way for way in picked if way != "desktop" or "desk" in picked]
    return out
