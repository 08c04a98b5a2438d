"""Why a check that depends on words speaks up, by its key."""

from __future__ import annotations

from dragoman.kit.errors import N_

WHY: dict[str, str] = {
    "promises.guarantee": N_("Nobody can promise this for certain: the law or the carrier may hold you to it."),
}
