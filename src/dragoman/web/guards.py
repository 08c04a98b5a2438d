"""What stands before every route: headers that browsers enforce, a bound on what is read, the reader's language."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.platform import i18n, origin
from dragoman.platform.bounds import SMALL, TooLarge, bounded, too_long
from dragoman.platform.origin import Origin

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; "
    "frame-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
API = "/api/v1/"
"""The API stands behind an edge of its own (api/edge.py), which refuses in problem+json."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


class Guards:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, largest: int, secure: bool) -> None:
        self.app, self.largest, self.secure = app, largest, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it before anything of it is read."""
        if scope["type"] != "http" or scope["path"].startswith(API):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(headers)
        if too_long(scope):
            await self._refuse(send, 414)
            return
        if int(headers.get("content-length") or 0) > limit:
            await self._refuse(send, 413)
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._dress(MutableHeaders(scope=message))
            await send(message)

        try:
            with i18n.use(language(headers)), origin.use(_origin(scope, headers)):
                await self.app(scope, bounded(receive, limit), answer)
        except TooLarge:
            if not started:
                await self._refuse(send, 413)

    def _limit(self, headers: Headers) -> int:
        return self.largest if headers.get("content-type", "").startswith("multipart/form-data") else SMALL

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

    async def _refuse(self, send: Send, status: int) -> None:
        headers = MutableHeaders({"content-type": "text/plain; charset=utf-8", "connection": "close"})
        self._dress(headers)
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        text = {413: b"This is larger than the desk takes.\n", 414: b"This address is too long.\n"}[status]
        await send({"type": "http.response.body", "body": text})


def _origin(scope: Scope, headers: Headers) -> Origin:
    client = scope.get("client")
    via = "api" if scope["path"].startswith("/api/") else "web"
    return Origin(via, client[0] if client else "", headers.get("user-agent", "")[:200])


def language(headers: Headers) -> str:
    """The locale to speak before anybody is known: what was chosen on the sign-in page, else what the browser asks."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
        chosen = cookies.get("__Host-lang") or cookies.get("lang")
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in i18n.LOCALES:
        return chosen.value
    return i18n.negotiate(headers.get("accept-language", ""))
