"""A sign-in service that can be told to lie: enough of OpenID Connect to be believed, and every way to cheat."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from dragoman.kit import clock

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
}
OTHER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


@dataclass
class Provider:
    """`claims` and `header` change what the next token says; `sign` makes the token in another way altogether."""

    port: int = 0
    alg: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    key: Any = None
    published: list[Any] = field(default_factory=lambda: list(KEYS.values()))
    discovery: dict[str, Any] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its own address."""
        return f"http://127.0.0.1:{self.port}"

    def authorize(self, url: str) -> str:
        """What the browser does there: signs in, and is sent back to this address."""
        values = {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}
        assert values["response_type"] == "code"
        assert values["code_challenge_method"] == "S256"
        self.begun = values
        code = f"code-{len(self.asked)}"
        self.codes.add(code)
        return f"{values['redirect_uri']}?code={code}&state={values['state']}"

    def id_token(self) -> str:
        """The token as it was told to be."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": self.begun["client_id"], "sub": "42", "exp": now + 300, "iat": now,
            "nonce": self.begun["nonce"], "email_verified": True,
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.without}
        if self.sign:
            return self.sign(claims)
        key = self.key or KEYS[self.alg]
        return jwt.encode({"alg": self.alg, "kid": key.kid} | self.header, claims, key, algorithms=[self.alg])

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if form.get("code") not in self.codes or challenge != self.begun["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        self.codes.discard(form["code"])
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token()}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")
        headers = {name.lower(): value for name, _colon, value in (one.partition(": ") for one in lines[1:])}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        path = lines[0].split()[1]
        self.asked.append((path, headers, body))
        status, answer = 200, self._answer(path)
        if path == "/token":
            status, answer = self._token({name: one[0] for name, one in parse_qs(body).items()})
        content = json.dumps(answer).encode()
        writer.write(
            b"HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(content)) + content
        )
        await writer.drain()
        writer.close()

    def _answer(self, path: str) -> dict[str, Any]:
        if path == "/keys":
            return {"keys": [key.as_dict(private=isinstance(key, OctKey)) for key in self.published]}
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
        } | self.discovery  # fmt: skip


@asynccontextmanager
async def provider(**told: Any) -> AsyncIterator[Provider]:
    """A running provider."""
    made = Provider(**told)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
