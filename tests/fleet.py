"""Several machines on this one: network namespaces as hosts, their PostgreSQL over TCP alone, nginx in front.

What runs in a host is a real `dragoman` process; it shares nothing with the others but the database and the key.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dragoman.kit import clock
from dragoman.main import migrate
from dragoman.platform import embedded_pg
from tests.post import free_port

SAMPLE = Path(__file__).parents[1] / "deploy" / "nginx" / "dragoman.conf"
WEB, SMTP = 8000, 2525


def missing() -> str:
    """What keeps this machine from playing several; empty when nothing does."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    for program in ("ip", "nginx"):
        if shutil.which(program) is None:
            return f"needs Debian's {'iproute2' if program == 'ip' else 'nginx-light'}"
    probe = f"dgp{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return "needs a kernel that makes network namespaces"
    subprocess.run(["ip", "netns", "del", probe], check=True)
    return ""


def cable(host: Host) -> str:
    """This machine's end of a host's cable."""
    return f"dg{os.getpid() % 200}n{host.name.rpartition('h')[2]}"


def pull(near: str, *, back: bool = False) -> None:
    """Pull a cable, or put it back."""
    _ip("link", "set", near, "up" if back else "down")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass
class Host:
    """A machine: a name space of its own, joined to this one by a cable (a pair of interfaces)."""

    name: str
    address: str
    gateway: str
    run: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.run is not None and self.run.poll() is None


@dataclass
class Fleet:
    """The hosts, their database and their proxy."""

    home: Path
    cluster: embedded_pg.Cluster
    hosts: list[Host]
    password: str
    key: str
    front: int = 0
    env: dict[str, str] = field(default_factory=dict)

    @property
    def owner_url(self) -> str:
        """The database as its owner, by the socket."""
        return self.cluster.url(embedded_pg.OWNER)

    @property
    def app_url(self) -> str:
        """The database as the application's role, by the socket: for the test itself."""
        return self.cluster.url(embedded_pg.APP)

    @property
    def url(self) -> str:
        """Where people reach the desk."""
        return f"https://127.0.0.1:{self.front}"

    def start(self, host: Host, command: str, **env: str) -> None:
        """Run `dragoman web` or `worker` on a host."""
        data = self.home / host.name
        data.mkdir(exist_ok=True)
        values = os.environ | self.env | {
            "DATABASE_URL": f"postgresql://{embedded_pg.APP}:{self.password}@{host.gateway}/{embedded_pg.DATABASE}",
            "DATABASE_OWNER_URL": f"postgresql://{embedded_pg.OWNER}:{self.password}@{host.gateway}/"
            + embedded_pg.DATABASE,
            "DRAGOMAN_DATA": str(data), "DRAGOMAN_SECRET_KEY": self.key, "DRAGOMAN_HOST": host.address,
            "DRAGOMAN_PORT": str(WEB), "DRAGOMAN_PUBLIC_URL": self.url, "DRAGOMAN_TRUSTED_PROXIES": host.gateway,
            "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true", "DRAGOMAN_UNDO_SECONDS": "0",
        } | env  # fmt: skip
        if command == "worker":
            values |= {"DRAGOMAN_SMTP_HOST": host.address, "DRAGOMAN_SMTP_PORT": str(SMTP)}
        words = ["ip", "netns", "exec", host.name, sys.executable, "-m", "dragoman.main.cli", command]
        with (self.home / f"{host.name}.log").open("ab") as log:
            host.run = subprocess.Popen(words, env=values, stdout=log, stderr=log)

    def stop(self, host: Host, how: signal.Signals = signal.SIGKILL) -> None:
        """End a host's process, by default as a power cut would."""
        if host.run is not None:
            with contextlib.suppress(ProcessLookupError):
                host.run.send_signal(how)
            host.run.wait(30)

    def logs(self) -> str:
        """What the processes said."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in self.home.glob("dg*.log"))


@contextmanager
def _network(count: int) -> Iterator[list[Host]]:
    net = os.getpid() % 200
    hosts = []
    try:
        for index in range(count):
            name, near, far = f"dg{os.getpid()}h{index}", f"dg{net}n{index}", f"dg{net}f{index}"
            base = 4 * index
            host = Host(name, f"10.231.{net}.{base + 2}", f"10.231.{net}.{base + 1}")
            _ip("netns", "add", name)
            hosts.append(host)
            _ip("link", "add", near, "type", "veth", "peer", "name", far)
            _ip("link", "set", far, "netns", name)
            _ip("addr", "add", f"{host.gateway}/30", "dev", near)
            _ip("link", "set", near, "up")
            for words in (("addr", "add", f"{host.address}/30", "dev", far), ("link", "set", far, "up"),
                          ("link", "set", "lo", "up"), ("route", "add", "default", "via", host.gateway)):  # fmt: skip
                _ip("-n", name, *words)
        yield hosts
    finally:
        for host in hosts:
            subprocess.run(["ip", "netns", "del", host.name], check=False)


def _listening(home: Path, hosts: list[Host]) -> embedded_pg.Cluster:
    """A server that the hosts reach over TCP, by password."""
    net = hosts[0].gateway.rsplit(".", 1)[0]
    rules = home / "hba.conf"
    rules.write_text(f"local all all peer map=desk\nhost all all {net}.0/24 scram-sha-256\n")
    rules.chmod(0o644)
    addresses = ",".join(host.gateway for host in hosts)
    extra = f"listen_addresses = '{addresses}'\nhba_file = '{rules}'\nmax_connections = 200"
    return embedded_pg.cluster(home, extra=extra)


def _certificate(home: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    (home / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (home / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )


@contextmanager
def nginx(home: Path, port: int, upstreams: list[str]) -> Iterator[None]:
    """Debian's nginx with the sample configuration, its addresses and certificate changed to this test's."""
    _certificate(home)
    sample = SAMPLE.read_text()
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    server 127.0.0.1:8001 max_fails=1 fail_timeout=1s;\n", ""),
        ("    server 127.0.0.1:8002 max_fails=1 fail_timeout=1s;\n",
         "".join(f"    server {one} max_fails=1 fail_timeout=1s;\n" for one in upstreams)),
        ("/etc/ssl/desk.example.com/", f"{home}/"),
    ):  # fmt: skip
        assert old in sample, f"the sample no longer says {old!r}"
        sample = sample.replace(old, new)
    (home / "site.conf").write_text(sample)
    (home / "nginx.conf").write_text(
        f"pid {home}/nginx.pid;\nerror_log {home}/nginx.log;\nworker_processes 1;\ndaemon off;\nuser root;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ access_log off; client_body_temp_path {home}/body; "
        f"proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; "
        f"scgi_temp_path {home}/s; include {home}/site.conf; }}\n"
    )
    run = subprocess.Popen(["nginx", "-p", str(home), "-c", str(home / "nginx.conf")], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        run.terminate()
        run.wait(15)


@contextmanager
def fleet(home: Path, *, hosts: int, webs: int) -> Iterator[Fleet]:
    """So many hosts, the first `webs` of which are behind nginx; nothing runs on them yet."""
    home.chmod(0o755)
    with contextlib.ExitStack() as stack:
        machines = stack.enter_context(_network(hosts))
        cluster = _listening(home, machines)
        stack.callback(embedded_pg.stop, cluster, mode="immediate")
        embedded_pg.start(cluster)
        password = secrets.token_hex(12)
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
            for role in (embedded_pg.OWNER, embedded_pg.APP):
                admin.execute(f"ALTER ROLE {role} PASSWORD '{password}'")
        made = Fleet(home, cluster, machines, password, base64.b64encode(os.urandom(32)).decode(), free_port())
        migrate.upgrade(made.owner_url, made.app_url)
        stack.enter_context(nginx(home, made.front, [f"{host.address}:{WEB}" for host in machines[:webs]]))
        try:
            yield made
        finally:
            for host in machines:
                made.stop(host)


def until(question: object, seconds: float, what: str) -> float:
    """Wait until `question()` is true; returns how long that took. Raises AssertionError when it never is."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        with contextlib.suppress(OSError, psycopg.Error):
            if question():  # type: ignore[operator]
                return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come in {seconds} s")
