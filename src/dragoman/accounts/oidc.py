"""OpenID Connect as a relying party: authorization code with PKCE, state and nonce, and an ID token that is proved.

Knows nothing of people: it turns a provider's answer into claims that hold, or says why they don't. Discovery and keys
are fetched anew at every sign-in, so a provider that changes its keys is followed at once. Sources: OpenID Connect Core
1.0 §3.1, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer), RFC 9700 (best current practice).
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dragoman.kit import clock
from dragoman.kit.errors import N_, DeskError, Invalid
from dragoman.platform import http
from dragoman.platform.net import Unreachable
from dragoman.platform.secrets import token

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""Signatures by a key that only the provider has. Never `none`, never a shared secret (HS…)."""
LEEWAY = 60
"""Seconds by which two clocks may differ."""
OLDEST = 600
"""Seconds after which a token was not made for this sign-in."""


class Refused(DeskError):
    """The company's own sign-in did not work, with what to do next; nobody is signed in and nothing was changed."""

    status = 403


AWAY = N_("The sign-in service does not answer as it should ({detail}). Try again, or sign in with your password.")
UNPROVED = N_("The answer of the sign-in service could not be proved genuine ({detail}). Start again from the sign-in.")


@dataclass(frozen=True, slots=True)
class Client:
    """This desk as the provider knows it. An empty secret: a public client, which PKCE alone protects."""

    issuer: str
    client_id: str
    secret: str
    allow_private: bool


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the provider says about itself."""

    authorization: str
    token: str
    keys: str
    secret_in_body: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in, which the browser keeps sealed until it comes back."""

    state: str
    nonce: str
    verifier: str


def fresh() -> Attempt:
    """Secrets for a sign-in that begins: 256 bits each."""
    return Attempt(token(), token(), token())


def check_issuer(issuer: str, *, allow_private: bool) -> str:
    """An issuer's address in its exact form. Raises Invalid beside `issuer`: https, or http on a private network."""
    issuer = issuer.strip()
    parts = urlsplit(issuer)
    schemes = ("https", "http") if allow_private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise Invalid(fields={"issuer": N_("Give the issuer's address, for example https://login.example.com.")})
    return issuer


async def discover(client: Client) -> Endpoints:
    """Where the provider's doors are. Raises Refused."""
    found = await _json("GET", client.issuer.rstrip("/") + "/.well-known/openid-configuration", client)
    if found.get("issuer") != client.issuer:
        raise Refused(AWAY, detail="issuer")
    try:
        doors = [str(found[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    except KeyError as error:
        raise Refused(AWAY, detail=str(error.args[0])) from error
    if any(urlsplit(one).scheme != urlsplit(client.issuer).scheme for one in doors):
        raise Refused(AWAY, detail="http")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(doors[0], doors[1], doors[2], secret_in_body="client_secret_basic" not in methods)


def authorization_url(endpoints: Endpoints, client: Client, attempt: Attempt, *, back: str) -> str:
    """Where to send the browser; `back` is where it shall return to."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).decode().rstrip("=")
    values = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": back, "scope": "openid email profile",
        "state": attempt.state, "nonce": attempt.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    return endpoints.authorization + ("&" if "?" in endpoints.authorization else "?") + urlencode(values)


async def redeem(client: Client, attempt: Attempt, *, code: str, back: str) -> dict[str, Any]:
    """The proved claims of whoever signed in, for the code the browser brought back. Raises Refused."""
    endpoints = await discover(client)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": attempt.verifier}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if client.secret and not endpoints.secret_in_body:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"  # RFC 6749 §2.3.1
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": client.client_id} | ({"client_secret": client.secret} if client.secret else {})
    answer = await _json("POST", endpoints.token, client, headers=headers, body=urlencode(form).encode())
    if not isinstance(answer.get("id_token"), str):
        raise Refused(UNPROVED, detail="id_token")
    keys = await _json("GET", endpoints.keys, client)
    return verify(answer["id_token"], keys, client, nonce=attempt.nonce)


def verify(id_token: str, keys: dict[str, Any], client: Client, *, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that is the provider's, for this desk, of this sign-in and of now. Raises Refused."""
    try:
        # Only public keys of asymmetric kinds: a key set can't smuggle in a shared secret.
        known = [
            key for key in keys.get("keys", ()) if key.get("kty") in ("RSA", "EC", "OKP") and key.get("use") != "enc"
        ]
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        proved = jwt.decode(id_token, KeySet.import_key_set({"keys": known}), algorithms=ALGORITHMS, registry=registry)
        now = int(clock.now().timestamp())
        jwt.JWTClaimsRegistry(
            now=now, leeway=LEEWAY, iss={"essential": True, "value": client.issuer},
            aud={"essential": True, "value": client.client_id}, sub={"essential": True}, exp={"essential": True},
            iat={"essential": True}, nonce={"essential": True, "value": nonce},
        ).validate(proved.claims)  # fmt: skip
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused(UNPROVED, detail=getattr(error, "claim", None) or type(error).__name__) from error
    claims = dict(proved.claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client.client_id:
        raise Refused(UNPROVED, detail="azp")
    if claims["iat"] < now - OLDEST or not claims["sub"] or len(claims["sub"]) > 255:
        raise Refused(UNPROVED, detail="iat" if claims["sub"] else "sub")
    return claims


async def _json(method: str, url: str, client: Client, **more: Any) -> dict[str, Any]:
    try:
        answer = await http.request(method, url, allow_private=client.allow_private, **more)
    except Unreachable as error:
        raise Refused(AWAY, detail=urlsplit(url).hostname or "") from error
    try:
        found = json.loads(answer.body)
    except ValueError:
        found = None
    if answer.status != 200 or not isinstance(found, dict):
        said = found.get("error") if isinstance(found, dict) else None
        raise Refused(AWAY, detail=str(said or answer.status)[:80])
    return found
