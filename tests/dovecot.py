"""A real IMAP server for tests: Debian's Dovecot on a free port, with TLS by a certificate authority of its own."""

from __future__ import annotations

import datetime as dt
import grp
import ipaddress
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dragoman.kit import clock
from tests.post import free_port

PROGRAM = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/sbin:/bin")
WHY_NOT = "Dovecot is not installed (apt-get install dovecot-imapd)"
ACCOUNT = "nobody"

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
default_internal_user = {internal}
default_login_user = {login}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server. Every user name is an account; the password is `secret`."""

    home: Path
    port: int
    tls_port: int

    @property
    def ca(self) -> Path:
        """The authority's certificate."""
        return self.home / "ca.pem"

    def maildir(self, user: str, folder: str = "") -> Path:
        """A folder's place on the disk."""
        path = self.home / "mail" / user / (f".{folder}" if folder else "")
        for part in ("cur", "new", "tmp"):
            (path / part).mkdir(parents=True, exist_ok=True)
        _give(self.home / "mail" / user)
        return path

    def put(self, user: str, raw: bytes, *, name: str, folder: str = "", seen: bool = False) -> None:
        """Let a mail lie in an account, as its delivery agent would put it there."""
        path = self.maildir(user, folder) / ("cur" if seen else "new") / (name + (":2,S" if seen else ""))
        path.write_bytes(raw)
        _give(path)


def _give(path: Path) -> None:
    account = pwd.getpwnam(ACCOUNT)
    for one in (path, *path.rglob("*")) if path.is_dir() else (path,):
        os.chown(one, account.pw_uid, account.pw_gid)


def certificates(home: Path) -> None:
    """A certificate authority and a server's certificate for localhost."""
    key, ca_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])

    def builder(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(ca_name).public_key(public)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))

    key_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    authority = builder(ca_name, ca_key.public_key()).add_extension(x509.BasicConstraints(True, None), critical=True)
    authority = authority.add_extension(key_id, critical=False).add_extension(usage, critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    server = builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    server = server.add_extension(names, critical=False).add_extension(issuer, critical=False)
    pem = serialization.Encoding.PEM
    (home / "ca.pem").write_bytes(authority.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (home / "server.pem").write_bytes(server.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (home / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server for as long as the block lasts."""
    assert PROGRAM is not None, WHY_NOT
    home = Path(tempfile.mkdtemp(prefix="dragoman-dovecot-", dir="/tmp"))
    home.chmod(0o755)
    certificates(home)
    for name in ("mail", "run", "state"):
        (home / name).mkdir()
    account = pwd.getpwnam(ACCOUNT)
    made = Dovecot(home, free_port(), free_port())
    internal = "dovecot" if _exists("dovecot") else ACCOUNT
    login = "dovenull" if _exists("dovenull") else ACCOUNT
    (home / "dovecot.conf").write_text(
        CONFIG.format(
            home=home, plain=made.port, tls=made.tls_port, uid=account.pw_uid, gid=account.pw_gid, internal=internal,
            login=login,
        )
    )  # fmt: skip
    server = subprocess.Popen([PROGRAM, "-F", "-c", str(home / "dovecot.conf")], stderr=subprocess.PIPE)
    try:
        _wait(made, server)
        yield made
    finally:
        server.terminate()
        server.wait(10)
        assert server.stderr is not None
        server.stderr.close()
        shutil.rmtree(home, ignore_errors=True)


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
        grp.getgrnam(account)
    except KeyError:
        return False
    return True


def _wait(made: Dovecot, server: subprocess.Popen[bytes]) -> None:
    import socket

    for _ in range(100):
        if server.poll() is not None:
            assert server.stderr is not None
            raise RuntimeError(server.stderr.read().decode())
        try:
            with socket.create_connection(("127.0.0.1", made.port), timeout=1) as probe:
                if probe.recv(20).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.1)
    log = made.home / "dovecot.log"
    raise RuntimeError(log.read_text() if log.exists() else "no answer")
