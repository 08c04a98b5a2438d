"""The guard before every outgoing connection: names are resolved here, once, and only what was checked is dialled.

A host that resolves to a private, loopback, link-local or otherwise special address is refused unless the operator
allows private hosts; resolving once defeats DNS rebinding.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl

from dragoman.kit.errors import N_, DeskError


class Unreachable(DeskError):
    """An outgoing connection that is not made, with the reason."""

    status = 502


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet could reach."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


async def resolve(host: str, port: int, *, allow_private: bool) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses of a host that may be dialled, in the resolver's order. Raises Unreachable."""
    if not host or not 0 < port < 65536:
        raise Unreachable(N_("A host and a port are needed."))
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(N_("The name {host} is not known to the network."), host=host) from error
    addresses: list[tuple[socket.AddressFamily, str]] = [
        (family, str(where[0])) for family, _type, _proto, _name, where in found
    ]
    if not allow_private and not all(is_public(address) for _family, address in addresses):
        raise Unreachable(
            N_("{host} is a private address. An operator can allow it with DRAGOMAN_ALLOW_PRIVATE_HOSTS=true."),
            host=host,
        )
    return addresses


async def connect(host: str, port: int, *, timeout: float, allow_private: bool) -> socket.socket:
    """A connected, non-blocking socket to a checked address of the host. Raises Unreachable, OSError, TimeoutError."""
    loop = asyncio.get_running_loop()
    last: OSError | None = None
    for family, address in await resolve(host, port, allow_private=allow_private):
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        try:
            async with asyncio.timeout(timeout):
                await loop.sock_connect(sock, (address, port))
        except OSError as error:
            sock.close()
            last = error
            continue
        return sock
    raise last or OSError("no address")


def tls_context() -> ssl.SSLContext:
    """TLS as clients should speak it; `DRAGOMAN_CA_FILE` adds a certificate authority of one's own."""
    context = ssl.create_default_context()
    if extra := os.environ.get("DRAGOMAN_CA_FILE"):
        context.load_verify_locations(extra)
    return context
