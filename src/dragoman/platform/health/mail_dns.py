"""What the name system says of a domain that mail is sent from: MX, SPF, DKIM, DMARC.

Sources: RFC 7208 (SPF), RFC 6376 and 8301 (DKIM and its key lengths), RFC 7489 (DMARC). What can't be known from
outside is said to be so: the selector of DKIM is named by the mail's signature only.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.resolver
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dragoman.platform.health.findings import PATIENCE, Finding, Level
from dragoman.platform.i18n import gettext as _

SELECTORS = (
    "default", "dkim", "mail", "email", "smtp", "s1", "s2", "k1", "k2", "k3", "key1", "key2", "selector1",
    "selector2", "google", "fm1", "fm2", "fm3", "zoho", "mxvault", "protonmail", "protonmail2", "sig1", "mandrill",
    "mailjet", "pm", "resend", "20230601", "dkim1", "s1024", "s2048",
)  # fmt: skip
"""What mail services call their keys, most often."""
Resolver = dns.asyncresolver.Resolver


@dataclass(frozen=True, slots=True)
class Answer:
    """What the name system said: the records' texts; `exists` is False for a name that is not there at all."""

    texts: tuple[str, ...] = ()
    exists: bool = True


class Silent(Exception):
    """Nobody answered: nothing is known."""


def resolver() -> Resolver | None:
    """The machine's own way to ask; None where it has none."""
    try:
        return dns.asyncresolver.Resolver()
    except (dns.resolver.NoResolverConfiguration, OSError):
        return None


async def look(
    domain: str, *, server: str = "", selectors: Sequence[str] = (), asking: Resolver | None = None,
    seconds: float = PATIENCE,
) -> list[Finding]:  # fmt: skip
    """How a sending domain stands. `server` is the mail server it sends by, `selectors` were seen in signatures of
    its own mails. Never raises, never takes longer than `seconds`."""
    asking = asking or resolver()
    if asking is None:
        return [_unknown(domain)]
    try:
        async with asyncio.timeout(seconds):
            mx, *others = await asyncio.gather(
                _mx(asking, domain), _spf(asking, domain, server), _dkim(asking, domain, selectors),
                _dmarc(asking, domain), return_exceptions=True,
            )  # fmt: skip
    except TimeoutError:
        return [_unknown(domain)]
    if not isinstance(mx, BaseException) and mx[0].level == "wrong":
        return mx  # a domain that is not there has nothing else to be looked at
    known = [one for one in (mx, *others) if not isinstance(one, BaseException)]
    silent = [_unknown(domain)] if len(known) <= len(others) else []
    return [finding for one in known for finding in one] + silent


def _finding(level: Level, what: str, mend: str = "") -> list[Finding]:
    return [Finding(level, "domains", what, mend)]


def _unknown(domain: str) -> Finding:
    text = _("{domain}: not checked, the name system does not answer.", domain=domain)
    return Finding("unknown", "domains", text, _("Look again when this machine reaches a name server."))


async def _ask(asking: Resolver, name: str, kind: str) -> Answer:
    """Raises Silent when nobody answers."""
    try:
        found = await asking.resolve(name, kind, lifetime=PATIENCE, search=False)
    except dns.resolver.NXDOMAIN:
        return Answer(exists=False)
    except dns.resolver.NoAnswer:
        return Answer()
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise Silent from error
    if kind == "TXT":
        return Answer(tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found))
    return Answer(tuple(record.to_text() for record in found))


async def _mx(asking: Resolver, domain: str) -> list[Finding]:
    answer = await _ask(asking, domain, "MX")
    if not answer.exists:
        text = _("{domain}: this domain does not exist.", domain=domain)
        return _finding("wrong", text, _("Check the mailbox's address for a typing mistake, or renew the domain."))
    if not answer.texts or answer.texts == ("0 .",):
        text = _("{domain}: nothing takes mail for this domain (no MX): answers of customers get lost.", domain=domain)
        return _finding("warning", text, _("Add the MX records that your mail provider names."))
    return _finding("ok", _("{domain}: mail goes to {server}.", domain=domain, server=_host(answer.texts[0])))


def _host(mx: str) -> str:
    return mx.rpartition(" ")[2].rstrip(".")


async def _spf(asking: Resolver, domain: str, server: str) -> list[Finding]:
    answer = await _ask(asking, domain, "TXT")
    records = [text for text in answer.texts if re.match(r"v=spf1(?:\s|$)", text, re.I)]
    add = _("Add one TXT record at {domain} that names who may send: v=spf1 include:… ~all (your mail provider "
            "gives the words).", domain=domain)  # fmt: skip
    if not records:
        text = _("{domain}: no SPF. Other servers can't tell your mail from forged one.", domain=domain)
        return _finding("warning", text, add)
    if len(records) > 1:
        text = _("{domain}: {n} SPF records; with more than one none counts.", domain=domain, n=len(records))
        return _finding("wrong", text, _("Join them into one record."))
    words = records[0].lower().split()
    if words[-1] in ("+all", "all", "?all"):
        text = _("{domain}: SPF lets anybody send ({word}).", domain=domain, word=words[-1])
        return _finding("warning", text, _("End the record with ~all or -all."))
    if words[-1] not in ("~all", "-all") and not any(word.startswith("redirect=") for word in words):
        text = _("{domain}: SPF does not say what holds for everybody else.", domain=domain)
        return _finding("warning", text, _("End the record with ~all or -all."))
    text = _("{domain}: SPF is there ({record}).", domain=domain, record=records[0][:200])
    if server:
        text += " " + _("Whether it covers {server}, only a mail that has arrived can show.", server=server)
    return _finding("ok", text)


async def _dkim(asking: Resolver, domain: str, seen: Sequence[str]) -> list[Finding]:
    """Keys under the selectors that were seen or are usual."""
    names = list(dict.fromkeys([*seen, *SELECTORS]))
    answers = await asyncio.gather(*(_key(asking, domain, name) for name in names))
    found = {name: key for name, key in zip(names, answers, strict=True) if key}
    if not found:
        text = _(
            "{domain}: no DKIM key under the usual names. Whether mail is signed can't be seen from outside.",
            domain=domain,
        )
        tell = _("Send a mail from this address to a mailbox elsewhere: its source should say dkim=pass. If not, "
                 "switch signing on at your mail provider.")  # fmt: skip
        return _finding("unknown", text, tell)
    out = []
    for name, key in found.items():
        out += _judged(domain, name, key)
    return out


async def _key(asking: Resolver, domain: str, selector: str) -> str:
    """The record of a selector, empty where there is none."""
    answer = await _ask(asking, f"{selector}._domainkey.{domain}", "TXT")
    return next((text for text in answer.texts if re.search(r"(?:^|;)\s*p\s*=", text)), "")


def _judged(domain: str, selector: str, record: str) -> list[Finding]:
    pairs = (part.partition("=") for part in record.split(";"))
    tags = {name.strip(): value.strip() for name, _equals, value in pairs}
    given = tags.get("p", "").replace(" ", "")
    if not given:
        text = _("{domain}: the DKIM key {selector} has been withdrawn.", domain=domain, selector=selector)
        return _finding("warning", text, _("Make sure that your provider signs with another one."))
    bits = _bits(given) if tags.get("k", "rsa") == "rsa" else 2048
    if bits == 0:
        text = _("{domain}: the DKIM key {selector} can't be read.", domain=domain, selector=selector)
        return _finding("wrong", text, _("Copy the record from your mail provider again, all of it."))
    text = _("{domain}: DKIM key {selector}, {bits} bits.", domain=domain, selector=selector, bits=bits)
    if bits < 1024:
        return _finding("wrong", text, _("It is too short to count: let your provider make one of 2,048 bits."))
    if bits < 2048:
        return _finding("warning", text, _("Let your provider make one of 2,048 bits."))
    return _finding("ok", text if tags.get("k", "rsa") == "rsa"
                    else _("{domain}: DKIM key {selector}.", domain=domain, selector=selector))  # fmt: skip


def _bits(given: str) -> int:
    try:
        key = load_der_public_key(base64.b64decode(given, validate=True))
    except (ValueError, binascii.Error):
        return 0
    return key.key_size if isinstance(key, rsa.RSAPublicKey) else 0


async def _dmarc(asking: Resolver, domain: str) -> list[Finding]:
    """The domain's own policy, or the one of the domain above it."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        above = ".".join(labels[at:])
        answer = await _ask(asking, f"_dmarc.{above}", "TXT")
        records = [text for text in answer.texts if re.match(r"v=DMARC1\s*(?:;|$)", text, re.I)]
        if len(records) > 1:
            text = _("{domain}: {n} DMARC records; with more than one none counts.", domain=domain, n=len(records))
            return _finding("wrong", text, _("Join them into one record."))
        if records:
            return _policy(domain, records[0])
    text = _("{domain}: no DMARC. Large mail services refuse mail of senders without it.", domain=domain)
    tell = _("Add a TXT record at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:… and make it stricter once the "
             "reports look well.", domain=domain)  # fmt: skip
    return _finding("warning", text, tell)


def _policy(domain: str, record: str) -> list[Finding]:
    found = re.search(r"(?:^|;)\s*p\s*=\s*(none|quarantine|reject)\s*(?:;|$)", record, re.I)
    if found is None:
        text = _("{domain}: the DMARC record names no policy.", domain=domain)
        return _finding("wrong", text, _("It needs p=none, p=quarantine or p=reject."))
    if found[1].lower() == "none":
        return _finding(
            "ok", _("{domain}: DMARC is there; it watches and refuses nothing yet (p=none).", domain=domain)
        )
    return _finding("ok", _("{domain}: DMARC is there (p={policy}).", domain=domain, policy=found[1].lower()))
