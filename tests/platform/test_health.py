"""What doctor and the system page say of the machine, of certificates and of the name system."""

from __future__ import annotations

import asyncio
import base64
import shutil
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import NamedTuple

import dns.asyncresolver
import dns.resolver
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dragoman.platform.health import certificates, machine, mail_dns
from dragoman.platform.health.certificates import Place
from dragoman.platform.health.findings import Finding, aside
from dragoman.platform.settings import Settings
from tests.world import Authority, Zone, authority, name_server, silence


def said(findings: list[Finding], *words: str) -> Finding:
    """The one finding that says all these words."""
    (found,) = [one for one in findings if all(word in one.what for word in words)]
    return found


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_disk_that_runs_full_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.disk(tmp_path / "not" / "made").level == "ok"
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10 * machine.GIB, 9 * machine.GIB, machine.GIB))
    found = machine.disk(tmp_path)
    assert (found.level, "1.0 GiB" in found.what) == ("wrong", True)
    assert found.mend


@pytest.mark.parametrize(
    "files",
    [
        {"memory.max": str(600 * machine.MIB), "memory.current": str(500 * machine.MIB)},
        {
            "memory/memory.limit_in_bytes": str(600 * machine.MIB),
            "memory/memory.usage_in_bytes": str(500 * machine.MIB),
        },
    ],
    ids=["v2", "v1"],
)
def test_memory_is_that_of_the_container(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text + "\n")
    found = machine.memory(tmp_path)
    assert found.what == "100 MiB of 600 MiB of memory are free."
    assert found.level == "warning"


def test_memory_without_a_bound_is_the_machines(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.memory(tmp_path).what == machine.memory(tmp_path / "none").what


def test_a_key_that_others_can_read_is_wrong(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("x")
    key.chmod(0o600)
    tmp_path.chmod(0o755)
    settings = Settings(data=tmp_path)
    assert [one.level for one in machine.files(settings)] == ["ok", "ok"]
    key.chmod(0o644)
    tmp_path.chmod(0o777)
    found = list(machine.files(settings))
    assert [one.level for one in found] == ["wrong", "wrong"]
    assert f"chmod 600 {key}" in found[0].mend
    assert f"chmod go-w {tmp_path}" in found[1].mend


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        ({"public_url": "https://desk.example"}, ["ok"]),
        ({"public_url": "http://desk.example"}, ["wrong"]),
        ({}, ["warning"]),
        ({"public_url": "https://desk.example", "development": True}, ["ok", "wrong"]),
        ({"development": True}, ["warning", "warning"]),
        ({"public_url": "https://desk.example", "allow_private_hosts": True}, ["ok", "warning"]),
    ],
)
def test_settings_that_are_no_good_in_production(given: dict[str, object], levels: list[str]) -> None:
    found = list(machine.settings_of(Settings(**given)))  # type: ignore[arg-type]
    assert [one.level for one in found] == levels
    assert all(one.mend for one in found if one.level != "ok")


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """A certificate authority that the desk trusts."""
    made = authority(tmp_path)
    monkeypatch.setenv("DRAGOMAN_CA_FILE", str(made.file))
    return made


async def shown(context: ssl.SSLContext) -> Finding:
    """What is said of a server's certificate."""
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        (found,) = await certificates.look(Place("localhost", port), allow_private=True)
    return found


@pytest.mark.parametrize(("days", "level"), [(90.5, "ok"), (14.5, "warning"), (3.5, "wrong")])
async def test_a_certificate_is_told_by_the_days_it_has_left(trusted: Authority, days: float, level: str) -> None:
    found = await shown(trusted.context(days))
    assert found.what == f"The certificate of localhost holds for {int(days)} more days."
    assert (found.level, bool(found.mend)) == (level, level != "ok")


@pytest.mark.parametrize(("days", "name", "word"), [(-2, "localhost", "expired"), (90, "other.example", "localhost")])
async def test_a_certificate_that_does_not_hold_is_wrong(trusted: Authority, days: int, name: str, word: str) -> None:
    found = await shown(trusted.context(days, name))
    assert found.level == "wrong"
    assert "can't be trusted" in found.what
    assert word in found.what


async def test_a_certificate_of_nobody_known_is_wrong(tmp_path: Path) -> None:
    found = await shown(authority(tmp_path).context())
    assert found.level == "wrong"
    assert "can't be trusted" in found.what


SPOKEN = {
    "smtp": ("220 hello", {"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "220 go ahead"}),
    "imap": (
        "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello",
        {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\n{tag} OK done", "STARTTLS": "{tag} OK go"},
    ),
}


def speak(server: socket.socket, greeting: str, answers: dict[str, str], context: ssl.SSLContext) -> None:
    """One conversation."""
    line, _address = server.accept()
    line.sendall(f"{greeting}\r\n".encode())
    while said := line.recv(1000).decode().split():
        word = next(one for one in (one.upper() for one in said) if one in answers)
        line.sendall((answers[word].format(tag=said[0]) + "\r\n").encode())
        if word == "STARTTLS":
            line = context.wrap_socket(line, server_side=True)
    line.close()


@pytest.mark.parametrize("kind", SPOKEN)
async def test_mail_servers_show_theirs_after_starttls(trusted: Authority, kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        speaking = asyncio.create_task(asyncio.to_thread(speak, server, *SPOKEN[kind], trusted.context(30.5)))
        place = Place("localhost", server.getsockname()[1], kind)  # type: ignore[arg-type]
        (found,) = await certificates.look(place, allow_private=True)
        await speaking
    assert found.what == "The certificate of localhost holds for 30 more days."


async def test_what_does_not_answer_is_not_checked_and_not_waited_for() -> None:
    async with silence() as (_resolver, port):
        for place in (Place("localhost", port), Place("localhost", port, "smtp"), Place("localhost", 1)):
            started = time.monotonic()
            (found,) = await certificates.look(place, allow_private=True, seconds=0.5)
            assert found.level == "unknown"
            assert "could not be looked at" in found.what
            assert time.monotonic() - started < 1.5
    (found,) = await certificates.look(Place("localhost", 1), allow_private=False)
    assert "Unreachable" in found.what, "the guard holds here, too"


async def test_a_thread_that_hangs_holds_nobody_up() -> None:
    ending = threading.Event()
    with pytest.raises(TimeoutError):
        await aside(lambda: ending.wait(20), 0.05)
    assert all(one.daemon for one in threading.enumerate() if one.name == "a look aside")
    ending.set()
    assert await aside(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0)


def rsa_key(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def texts(value: str) -> list[str]:
    """A TXT record as a zone file has it, in strings of at most 255 octets."""
    return [" ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))]


DOMAIN = "lantern.example"
WELL: Zone = {
    (DOMAIN, "MX"): ["10 mx.lantern.example."],
    (DOMAIN, "TXT"): ['"google-site-verification=x"', '"v=spf1 include:mail.example -all"'],
    (f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=reject"'],
}


async def looked(zone: Zone, **more: object) -> list[Finding]:
    async with name_server(zone) as (resolver, _asked):
        return await mail_dns.look(DOMAIN, asking=resolver, **more)  # type: ignore[arg-type]


async def test_a_domain_that_is_well_set_up() -> None:
    key = {(f"s1._domainkey.{DOMAIN}", "TXT"): texts(f"v=DKIM1; k=rsa; p={rsa_key(2048)}")}
    found = await looked({**WELL, **key}, server="smtp.lantern.example")
    assert {one.level for one in found} == {"ok"}
    assert "mx.lantern.example" in said(found, "mail goes to").what
    assert "smtp.lantern.example" in said(found, "SPF").what, "what can't be known is said"
    assert "2048 bits" in said(found, "DKIM").what
    assert "p=reject" in said(found, "DMARC").what


@pytest.mark.parametrize(
    ("change", "words", "level"),
    [
        ({(DOMAIN, "MX"): []}, ("no MX",), "warning"),
        ({(DOMAIN, "MX"): ["0 ."]}, ("no MX",), "warning"),
        ({(DOMAIN, "TXT"): ['"hello"']}, ("no SPF",), "warning"),
        ({(DOMAIN, "TXT"): ['"v=spf1 a -all"', '"v=spf1 mx -all"']}, ("2 SPF records",), "wrong"),
        ({(DOMAIN, "TXT"): ['"v=spf1 mx +all"']}, ("SPF lets anybody send", "+all"), "warning"),
        ({(DOMAIN, "TXT"): ['"v=spf1 mx"']}, ("does not say what holds",), "warning"),
        ({(DOMAIN, "TXT"): ['"v=spf1 redirect=_spf.mail.example"']}, ("SPF is there",), "ok"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): []}, ("no DMARC",), "warning"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=none"']}, ("p=none",), "ok"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; rua=mailto:a@b.example"']}, ("names no policy",), "wrong"),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}, ("2 DMARC",), "wrong"),
        ({(f"k1._domainkey.{DOMAIN}", "TXT"): texts("v=DKIM1; p=")}, ("withdrawn",), "warning"),
        ({(f"k1._domainkey.{DOMAIN}", "TXT"): texts("v=DKIM1; p=AAAA")}, ("can't be read",), "wrong"),
        ({(f"k1._domainkey.{DOMAIN}", "TXT"): texts(f"p={rsa_key(1024)}")}, ("1024 bits",), "warning"),
        ({}, ("no DKIM key under the usual names",), "unknown"),
    ],
)  # fmt: skip
async def test_what_is_amiss_is_said_with_what_to_do(
    change: dict[tuple[str, str], list[str]], words: tuple[str, ...], level: str
) -> None:
    found = said(await looked({**WELL, **change}), *words)
    assert found.level == level
    assert found.mend or level == "ok"


async def test_a_selector_that_was_seen_is_asked_for() -> None:
    edwards = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={base64.b64encode(edwards).decode()}"
    zone = {**WELL, (f"odd2026._domainkey.{DOMAIN}", "TXT"): texts(record)}
    assert said(await looked(zone), "DKIM").level == "unknown"
    assert said(await looked(zone, selectors=["odd2026"]), "DKIM key odd2026").level == "ok"


async def test_the_domain_above_speaks_for_those_below() -> None:
    zone = {**WELL, ("shop.lantern.example", "MX"): ["5 mx.example."]}
    async with name_server(zone) as (resolver, _asked):
        found = await mail_dns.look("shop.lantern.example", asking=resolver)
    assert "p=reject" in said(found, "DMARC").what


async def test_a_domain_that_is_not_there_is_the_only_news() -> None:
    async with name_server(WELL) as (resolver, _asked):
        (found,) = await mail_dns.look("lanterm.example", asking=resolver)
    assert (found.level, "does not exist" in found.what) == ("wrong", True)


async def test_without_a_name_server_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with silence() as (resolver, _port):
        started = time.monotonic()
        (found,) = await mail_dns.look(DOMAIN, asking=resolver, seconds=0.4)
        assert time.monotonic() - started < 1.5
    assert (found.level, "not checked" in found.what) == ("unknown", True)

    def none() -> dns.asyncresolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", none)
    (found,) = await mail_dns.look(DOMAIN)
    assert found.level == "unknown"
