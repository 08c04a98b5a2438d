"""Other machines of the world outside: a name server, and servers with certificates."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.asyncresolver
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dragoman.kit import clock

Zone = Mapping[tuple[str, str], Sequence[str]]


class _Names(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self.zone, self.asked = zone, list[str]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        question = dns.message.from_wire(data)
        name = question.question[0].name.to_text().rstrip(".")
        kind = dns.rdatatype.to_text(question.question[0].rdtype)
        self.asked.append(f"{kind} {name}")
        answer = dns.message.make_response(question)
        records = self.zone.get((name, kind))
        if records:
            answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
        elif not any(known == name or known.endswith(f".{name}") for known, _kind in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), address)  # type: ignore[attr-defined]


@asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator[tuple[dns.asyncresolver.Resolver, list[str]]]:
    """A resolver that asks a name server with these records (texts as in a zone file), and what it was asked."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(lambda: _Names(zone), ("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield resolver, protocol.asked
    finally:
        transport.close()


@asynccontextmanager
async def silence() -> AsyncIterator[tuple[dns.asyncresolver.Resolver, int]]:
    """A resolver whose server never answers, and a TCP port that takes connections and never says a word."""
    loop = asyncio.get_running_loop()
    transport, _protocol = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", 0))
    server = socket.create_server(("127.0.0.1", 0))  # the kernel takes the call, nobody picks up
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield resolver, server.getsockname()[1]
    finally:
        transport.close()
        server.close()


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the tests' own; `file` is what DRAGOMAN_CA_FILE may name."""

    home: Path
    file: Path
    key: ec.EllipticCurvePrivateKey

    def context(self, days: float = 90, name: str = "localhost") -> ssl.SSLContext:
        """A server's context with a certificate for `name` (and 127.0.0.1) that holds for so long from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName(name)] + ([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))] * (name == "localhost"))
        made = (
            _builder(name, key, dt.timedelta(days=days))
            .issuer_name(_name("Test authority"))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(_key_id(self.key), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        file = self.home / f"{name}-{days}.pem"
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _key_id(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _builder(name: str, key: ec.EllipticCurvePrivateKey, holds: dt.timedelta) -> x509.CertificateBuilder:
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + holds)
    )


def authority(home: Path) -> Authority:
    """A new authority, its certificate in a file of the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    made = (
        _builder("Test authority", key, dt.timedelta(days=400))
        .issuer_name(_name("Test authority"))
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = home / "authority.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return Authority(home, file, key)
