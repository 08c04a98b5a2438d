"""The company's own sign-in: with a real provider, with one that lies, and with people who may not come in."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from joserfc.jwk import OctKey, RSAKey

from dragoman.accounts import outside
from dragoman.accounts.models import OutsideIdentity, Person, Role, SignIn, SignInProvider
from dragoman.accounts.outside import ProviderForm
from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from tests.cast import Company
from tests.post import free_port
from tests.web.conftest import Browser

from .desk import deeds, enter, rows, site, stranger
from .provider import KEYS, OTHER, Provider, provider


async def use(company: Company, issuer: str, **more: Any) -> None:
    """Let the company sign in there."""
    form = ProviderForm(issuer, "desk", **({"secret": "s3cret", "label": "Lantern ID", "active": True} | more))
    async with company.desk.db.work(company.workspace_id) as session:
        await outside.save_provider(session, company.admin, company.desk.keys, form, allow_private=True)


async def begin(browser: Browser, company: Company, to: str = "/desk") -> str:
    """Press the button; returns the provider's address that the browser is sent to."""
    page = await browser.get(f"/sign-in?site={site(company)}&next={to}")
    found = re.search(r'href="(/sign-in/outside\?[^"]+)"', page.text)
    assert found
    answer = await browser.http.get(found[1].replace("&amp;", "&"))
    assert answer.status_code == 303
    return answer.headers["location"]


async def come_back(browser: Browser, url: str) -> httpx2.Response:
    return await browser.http.get(url.removeprefix("http://desk.test"))


async def through(browser: Browser, company: Company, there: Provider, to: str = "/desk") -> httpx2.Response:
    """The whole way out and back."""
    return await come_back(browser, there.authorize(await begin(browser, company, to)))


async def counts(company: Company) -> list[int]:
    return [len(await rows(company.desk, company.workspace_id, one)) for one in (Person, SignIn, OutsideIdentity)]


@asynccontextmanager
async def real_provider(*users: dict[str, Any]) -> AsyncIterator[str]:
    """`oidc-provider-mock`, in a process of its own; yields its issuer."""
    port = free_port()
    arguments = [part for user in users for part in ("--user-claims", json.dumps(user))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true", *arguments,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    issuer = f"http://127.0.0.1:{port}"
    try:
        async with httpx2.AsyncClient() as http:
            for _try in range(200):
                try:
                    await http.get(f"{issuer}/jwks")
                    break
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
        yield issuer
    finally:
        process.terminate()
        await process.wait()


async def test_a_real_provider_signs_in_links_and_adds(anybody: Browser, app: FastAPI, company: Company) -> None:
    known = {"sub": "li", "email": company.agent.email, "email_verified": True, "name": "Wei Li"}
    fresh = {"sub": "yu", "email": "Yu@Lantern.example", "email_verified": True, "name": "于洋", "groups": ["x", "cs"]}
    async with real_provider(known, fresh) as issuer, httpx2.AsyncClient() as http:
        await use(company, issuer, auto_create=True, claim="groups", mapping=[("cs", "aftersales")])
        for sub, browser in (("li", anybody), ("yu", stranger(app)), ("yu", stranger(app))):
            asked = await begin(browser, company, "/search")
            answer = await http.post(asked, data={"sub": sub})
            back = await come_back(browser, answer.headers["location"])
            assert (back.status_code, back.headers["location"]) == (303, "/search")
            name = {"li": "Li Wei", "yu": "于洋"}[sub]
            profile = (await browser.get("/settings/profile")).text
            assert name in profile
            assert ("have no password here" in profile) == (sub == "yu")
            if browser is not anybody:
                await browser.http.aclose()
        denied = await http.post(await begin(anybody, company), data={"action": "deny", "sub": "li"})
        refused = await come_back(anybody, denied.headers["location"])
        assert refused.status_code == 403
        assert "Start again from the sign-in." in refused.text, "this provider's refusal carries no state"
    roles = {one.id: one.key for one in await rows(company.desk, company.workspace_id, Role)}
    people = {one.email: roles[one.role_id] for one in await rows(company.desk, company.workspace_id, Person)}
    assert people["yu@lantern.example"] == "aftersales"
    assert people[company.agent.email] == "agent2"
    assert len(await rows(company.desk, company.workspace_id, OutsideIdentity)) == 2
    assert [one.verb for one in await deeds(company, "provider")] == [
        "provider.changed", "provider.linked", "provider.linked",
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # under that name (RFC 9864); providers still use it
@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"])
async def test_each_allowed_signature_is_understood(anybody: Browser, company: Company, alg: str) -> None:
    async with provider(alg=alg, claims={"email": company.agent.email}) as there:
        there.key = KEYS.get(alg, KEYS["EdDSA"] if alg == "Ed25519" else KEYS["RS256"])
        await use(company, there.issuer)
        assert (await through(anybody, company, there)).status_code == 303
    told = {path: headers for path, headers, _body in there.asked}
    pair = base64.b64decode(told["/token"]["authorization"].removeprefix("Basic ")).decode()
    assert pair == "desk:s3cret"


def forged_none(claims: dict[str, Any]) -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts) + "."


def forged_with_the_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the published key as the secret: the classic confusion of algorithms."""
    parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "one"}, claims)]
    text = ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts)
    digest = hmac.digest(KEYS["RS256"].as_pem(private=False), text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


HOSTILE: dict[str, dict[str, Any]] = {
    "wrong nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"without": ("nonce",)},
    "wrong audience": {"claims": {"aud": "another-desk"}},
    "two audiences without azp": {"claims": {"aud": ["desk", "another"]}},
    "another's azp": {"claims": {"azp": "another"}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": 1_000_000_000}},
    "no expiry": {"without": ("exp",)},
    "made long ago": {"claims": {"iat": 1_000_000_000}},
    "made in the future": {"claims": {"iat": 4_000_000_000, "exp": 4_000_000_300}},
    "no subject": {"without": ("sub",)},
    "an empty subject": {"claims": {"sub": ""}},
    "alg none": {"sign": forged_none},
    "a public key as secret": {"sign": forged_with_the_public_key},
    "another's key under the same id": {"key": OTHER},
    "an unknown key id": {"header": {"kid": "unknown"}},
    "a shared secret among the keys": {
        "alg": "HS256", "key": OctKey.import_key("x" * 32, {"kid": "oct"}),
        "published": [OctKey.import_key("x" * 32, {"kid": "oct"})],
    },
    "not a token": {"sign": lambda claims: "not.a.token"},
    "another issuer in discovery": {"discovery": {"issuer": "https://evil.example"}},
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
async def test_a_provider_that_lies_lets_nobody_in(anybody: Browser, company: Company, how: str) -> None:
    told = dict(HOSTILE[how])
    discovery = told.pop("discovery", {})
    async with provider(**told) as there:
        there.claims = {"email": company.agent.email} | there.claims
        await use(company, there.issuer)
        before = await counts(company)
        asked = await begin(anybody, company)
        there.discovery = discovery
        answer = await come_back(anybody, there.authorize(asked))
    assert answer.status_code == 403
    assert "Not signed in" in answer.text
    assert "could not be proved" in answer.text or "does not answer as it should" in answer.text
    assert "dragoman" not in anybody.http.cookies
    assert await counts(company) == before
    assert [one.data["step"] for one in await deeds(company, "signin") if one.verb == "signin.failed"] == ["outside"]


async def test_a_provider_may_change_its_keys(anybody: Browser, app: FastAPI, company: Company) -> None:
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        assert (await through(anybody, company, there)).status_code == 303
        there.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
        there.published = [there.key]
        async with stranger(app).http as http:
            assert (await through(Browser(http), company, there)).status_code == 303


async def test_state_is_bound_to_the_browser_and_holds_once(app: FastAPI, anybody: Browser, company: Company) -> None:
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        url = there.authorize(await begin(anybody, company))
        kept = anybody.http.cookies["outside"]
        async with stranger(app).http as http:
            assert (await come_back(Browser(http), url)).status_code == 403, "a victim's browser did not begin it"
        forged = await come_back(anybody, url.replace("state=", "state=x"))
        assert "Start again from the sign-in." in forged.text
        again = there.authorize(await begin(anybody, company))
        kept = anybody.http.cookies["outside"]
        assert (await come_back(anybody, again)).status_code == 303
        there.codes.add("code-again")
        anybody.http.cookies.set("outside", kept, domain="desk.test")
        replayed = await come_back(anybody, re.sub(r"code=[\w-]+", "code=code-again", again))
        assert replayed.status_code == 403
        late = there.authorize(await begin(anybody, company))
        with clock.travel(clock.now() + timedelta(minutes=11)):
            assert (await come_back(anybody, late)).status_code == 403


async def test_another_sites_page_begins_no_sign_in(anybody: Browser, company: Company) -> None:
    """A provider that asks nothing would sign its owner in without their wish (OWASP ASVS 5.0, V7.6.2)."""
    async with provider() as there:
        await use(company, there.issuer)
        host = (await begin(anybody, company)).partition("://")[2].partition("/")[0]
        for sent, led in (("cross-site", False), ("same-site", False), ("same-origin", True), ("none", True)):
            address = f"/sign-in/outside?site={site(company)}"
            answer = await anybody.http.get(address, headers={"Sec-Fetch-Site": sent})
            assert answer.status_code == 303
            assert (host in answer.headers["location"]) is led, sent
            assert led or answer.headers["location"].startswith("/sign-in?")


async def test_what_the_provider_refuses_is_told(anybody: Browser, company: Company) -> None:
    async with provider() as there:
        await use(company, there.issuer)
        back = re.sub(r"code=[\w-]+", "error=access_denied", there.authorize(await begin(anybody, company)))
        answer = await come_back(anybody, back)
    assert (answer.status_code, "access_denied" in answer.text) == (403, True)


async def test_another_issuers_answer_is_not_taken(anybody: Browser, company: Company) -> None:
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        url = there.authorize(await begin(anybody, company))
        assert (await come_back(anybody, f"{url}&iss=https://evil.example")).status_code == 403


@pytest.mark.parametrize(
    ("claims", "setting", "said"),
    [
        ({"email_verified": False}, {}, "did not confirm your e-mail address"),
        ({"email_verified": None}, {}, "did not confirm your e-mail address"),
        ({"email": "new@lantern.example"}, {}, "Nobody at this desk has the address new@lantern.example."),
        ({"email": "new@lantern.example"}, {"auto_create": True}, "No role is foreseen for you"),
        ({"email": "new@lantern.example", "groups": ["other"]},
         {"auto_create": True, "claim": "groups", "mapping": [("cs", "agent1")]}, "No role is foreseen for you"),
        ({"email": "<b>@"}, {"auto_create": True, "default_role": "agent1"}, "This is not an e-mail address."),
    ],
)  # fmt: skip
async def test_who_may_not_come_in_hears_why(
    anybody: Browser, company: Company, claims: dict[str, Any], setting: dict[str, Any], said: str
) -> None:
    async with provider(claims={"email": company.agent.email} | claims) as there:
        await use(company, there.issuer, **setting)
        before = await counts(company)
        answer = await through(anybody, company, there)
    assert answer.status_code == 403
    assert said in answer.text
    assert await counts(company) == before


async def test_a_link_holds_by_subject_whatever_address_is_told_later(
    app: FastAPI, anybody: Browser, company: Company
) -> None:
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        assert (await through(anybody, company, there)).status_code == 303
        there.claims = {"email": company.admin.email, "email_verified": False}
        async with stranger(app).http as http:
            other = Browser(http)
            assert (await through(other, company, there)).status_code == 303
            assert "Li Wei" in (await other.get("/settings/profile")).text, "not the admin"


async def test_somebody_switched_off_stays_out(anybody: Browser, company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        person = await session.get(Person, (company.workspace_id, company.agent.person_id))
        assert person is not None
        person.active = False
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        assert (await through(anybody, company, there)).status_code == 403
    assert await rows(company.desk, company.workspace_id, OutsideIdentity) == []


async def test_the_role_follows_the_directory_but_the_last_administrator_stays(
    app: FastAPI, anybody: Browser, company: Company
) -> None:
    mapping = [("boss", "supervisor"), ("cs", "agent1")]
    async with provider(claims={"email": company.agent.email, "groups": "boss"}) as there:
        await use(company, there.issuer, claim="groups", mapping=mapping)
        await through(anybody, company, there)
        there.claims = {"sub": "7", "email": company.admin.email, "groups": ["cs"]}
        async with stranger(app).http as http:
            assert (await through(Browser(http), company, there)).status_code == 303
    roles = {one.id: one.key for one in await rows(company.desk, company.workspace_id, Role)}
    people = {one.email: roles[one.role_id] for one in await rows(company.desk, company.workspace_id, Person)}
    assert (people[company.agent.email], people[company.admin.email]) == ("supervisor", "admin")


async def test_passwords_can_be_switched_off_for_all_but_those_who_manage_people(
    app: FastAPI, anybody: Browser, company: Company
) -> None:
    await use(company, "http://127.0.0.1:1", passwords=False)
    refused = await enter(anybody, company)
    assert refused.status_code == 422
    assert "Your desk does not take passwords any more." in refused.text
    assert "dragoman" not in anybody.http.cookies
    wrong = await enter(anybody, company, password="wrong")
    assert "Lantern ID”" not in wrong.text, "says nothing to whoever does not know the password"
    async with stranger(app).http as http:
        assert (await enter(Browser(http), company, email=company.admin.email)).status_code == 303


async def test_no_second_code_is_asked_after_it(anybody: Browser, company: Company) -> None:
    from .test_signing_in import with_codes

    await with_codes(company)
    async with provider(claims={"email": company.agent.email}) as there:
        await use(company, there.issuer)
        assert (await through(anybody, company, there)).headers["location"] == "/desk"


async def test_the_settings_page_saves_seals_and_tries(admin: Browser, company: Company) -> None:
    async with provider() as there:
        page = await admin.get("/settings/sign-in")
        assert "http://desk.test/sign-in/outside/return" in page.text
        form = {
            "issuer": there.issuer, "client_id": "desk", "secret": "very-secret", "label": "Lantern ID",
            "active": "yes", "claim": "groups", "value": ["cs", ""], "role": ["agent1", "agent1"],
            "default_role": "", "passwords": "yes",
        }  # fmt: skip
        bad = await admin.post("/settings/sign-in", form | {"issuer": "ftp://x", "client_id": "", "claim": ""})
        assert bad.status_code == 422
        for said in ("Give the issuer", "Give the client id", "Name the claim"):
            assert said in bad.text
        assert "very-secret" not in bad.text
        assert await rows(company.desk, company.workspace_id, SignInProvider) == []
        assert (await admin.post("/settings/sign-in", form)).status_code == 303
        (kept,) = await rows(company.desk, company.workspace_id, SignInProvider)
        assert "very-secret" not in kept.client_secret
        page = await admin.get("/settings/sign-in")
        assert "very-secret" not in page.text
        assert 'value="cs"' in page.text
        assert "The provider answers." in (await admin.post("/settings/sign-in/test")).text
        moved = await admin.post("/settings/sign-in", form | {"issuer": "http://127.0.0.1:2", "secret": ""})
        assert "This is another provider: enter its client secret." in moved.text
    assert "does not answer as it should" in (await admin.post("/settings/sign-in/test")).text
    assert "very-secret" not in json.dumps([one.data for one in await deeds(company, "provider")])


async def test_an_issuer_is_https_unless_private_hosts_are_allowed(company: Company) -> None:
    for issuer in ("http://login.example", "https://user@login.example", "https://login.example?x=1", "login"):
        form = ProviderForm(issuer, "desk", label="x")
        with pytest.raises(Invalid):
            async with company.desk.db.work(company.workspace_id) as session:
                await outside.save_provider(session, company.admin, company.desk.keys, form, allow_private=False)


async def test_a_private_address_is_not_asked(
    anybody: Browser, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with provider() as there:
        await use(company, there.issuer)
        monkeypatch.setattr(company.desk.settings, "allow_private_hosts", False)
        page = await anybody.get(f"/sign-in?site={site(company)}")
        found = re.search(r'href="(/sign-in/outside\?[^"]+)"', page.text)
        assert found
        assert (await anybody.http.get(found[1].replace("&amp;", "&"))).status_code == 403
        assert there.asked == []
