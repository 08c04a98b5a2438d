"""The API's outer edge: bounds on what is read, headers on what is sent, the caller's language, and no fault that
escapes without words."""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dragoman.api.problems import problem
from dragoman.platform import i18n, logs, origin
from dragoman.platform.bounds import SMALL, TooLarge, bounded, too_long
from dragoman.platform.origin import Origin

log = logs.get(__name__)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Edge:
    """ASGI middleware around the whole API."""

    def __init__(self, app: ASGIApp, *, largest: int, secure: bool) -> None:
        self.app, self.largest, self.secure = app, largest, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        client = scope.get("client")
        here = Origin("api", client[0] if client else "", headers.get("user-agent", "")[:200])
        started = False
        scope["api.headers"] = {}

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._dress(MutableHeaders(scope=message), scope["api.headers"])
            await send(message)

        with i18n.use(i18n.negotiate(headers.get("accept-language", ""))), origin.use(here):
            try:
                await self._serve(scope, headers, receive, answer)
            except TooLarge:
                await problem(413, headers={"Connection": "close"})(scope, receive, answer)
            except Exception as error:
                reference = secrets.token_hex(4)
                log.error("fault", reference=reference, error=type(error).__name__, exc_info=error)
                if started:
                    raise
                await problem(500, reference=reference)(scope, receive, answer)

    async def _serve(self, scope: Scope, headers: Headers, receive: Receive, answer: Send) -> None:
        if too_long(scope):
            await problem(414)(scope, receive, answer)
            return
        limit = self.largest if scope["path"].endswith("/attachments") else SMALL
        said = headers.get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            raise TooLarge
        await self.app(scope, bounded(receive, limit), answer)

    def _dress(self, headers: MutableHeaders, more: dict[str, str]) -> None:
        for name, value in (*HEADERS.items(), *more.items()):
            headers.setdefault(name, value)
        if self.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
