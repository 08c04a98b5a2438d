"""Secrets that a page shows once: they travel over the redirect encrypted, so that a reload makes no second one."""

from __future__ import annotations

import json

from fastapi.responses import Response

from dragoman.kit import clock
from dragoman.kit.errors import Unavailable
from dragoman.platform.secrets import fingerprint
from dragoman.web import respond
from dragoman.web.deps import FLASH_LASTS, Reader, cookie_name

COOKIE = "once"


def carry(reader: Reader, to: str, *values: str) -> Response:
    """Go on to the page that shows them. They are in a cookie of a minute, which only this sign-in at that page can
    open."""
    facts = json.dumps([clock.now().timestamp(), *values])
    sealed = reader.desk.keys.seal(facts, context=_context(reader, to))
    response = respond.redirect(reader.request, to)
    respond.set_cookie(response, reader.desk, COOKIE, sealed, seconds=int(FLASH_LASTS.total_seconds()))
    return response


def carried(reader: Reader, at: str) -> tuple[str, ...]:
    """What the page at this address is to show; empty when there is nothing, or it is no longer fresh."""
    sealed = reader.request.cookies.get(cookie_name(reader.desk, COOKIE), "")
    try:
        made, *values = json.loads(reader.desk.keys.open(sealed, context=_context(reader, at)))
    except Unavailable:
        return ()
    return tuple(values) if clock.now().timestamp() - made < FLASH_LASTS.total_seconds() else ()


def shown(reader: Reader, response: Response) -> Response:
    """Forget it once a page had the chance to show it."""
    if cookie_name(reader.desk, COOKIE) in reader.request.cookies:
        respond.drop_cookie(response, reader.desk, COOKIE)
    return response


def _context(reader: Reader, at: str) -> str:
    return f"once {at} {fingerprint(reader.secret).hex()}"
