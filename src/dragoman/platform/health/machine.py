"""The machine and the settings: disk, memory, modes of files, time zones, and what should not be so in production."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

from dragoman.platform.health.findings import Finding
from dragoman.platform.i18n import gettext as _
from dragoman.platform.settings import Settings

GIB, MIB = 1024**3, 1024**2
LEAST_FREE = 2 * GIB
LEAST_MEMORY = 256 * MIB
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney")
"""Zones whose rules are compared: with and without summer time, on both halves of the globe."""
CGROUP = Path("/sys/fs/cgroup")


def disk(folder: Path) -> Finding:
    """How much room is left where the data is."""
    here = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(here).free
    text = _("{free} GiB are free where the data is.", free=f"{free / GIB:.1f}")
    if free < LEAST_FREE:
        return Finding("wrong", "machine", text, _("Make room: below 2 GiB a day's mail may not fit."))
    return Finding("ok", "machine", text)


def memory(cgroup: Path = CGROUP) -> Finding:
    """How much memory is left to this machine, or to the container it is."""
    seen = psutil.virtual_memory()
    total, free = seen.total, seen.available
    limit = _limit(cgroup)
    if limit is not None and limit[0] < total:
        total, free = limit[0], min(free, limit[0] - limit[1])
    text = _("{free} MiB of {total} MiB of memory are free.", free=free // MIB, total=total // MIB)
    if free < LEAST_MEMORY:
        return Finding("warning", "machine", text, _("Give the machine or the container more memory: 1 GiB or more."))
    return Finding("ok", "machine", text)


def _limit(cgroup: Path) -> tuple[int, int] | None:
    """A container's bound and what it uses, in bytes: version 2 of the interface, else version 1; None without one."""
    for bound, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            return int((cgroup / bound).read_text()), int((cgroup / used).read_text())
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return None


def zones() -> Finding:
    """Whether the rules of time zones are there."""
    missing = []
    for name in ZONES:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            missing.append(name)
    if missing:
        text = _("The rules of time zones are missing ({names}).", names=", ".join(missing))
        return Finding("wrong", "machine", text, _("Install Debian's tzdata, or the Python package tzdata."))
    return Finding("ok", "machine", _("The rules of time zones are there."))


def files(settings: Settings) -> Iterator[Finding]:
    """Who can read the secret key, and who can write beside it."""
    folder = settings.data.absolute()
    key = folder / "secret.key"
    if settings.secret_key:
        yield Finding("ok", "settings", _("The secret key comes from DRAGOMAN_SECRET_KEY."))
    elif key.exists():
        mode = stat.S_IMODE(key.stat().st_mode)
        text = _("The secret key lies in {file} (mode {mode}).", file=key, mode=f"{mode:04o}")
        if mode & 0o077:
            yield Finding("wrong", "settings", text, _("Others can read it. Run: chmod 600 {file}", file=key))
        else:
            yield Finding("ok", "settings", text)
    if folder.exists():
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & 0o022:
            text = _("Others can write in the data folder {folder} (mode {mode}).", folder=folder, mode=f"{mode:04o}")
            yield Finding("wrong", "settings", text, _("Run: chmod go-w {folder}", folder=folder))
        else:
            yield Finding("ok", "settings", _("Only its owner can write in the data folder {folder}.", folder=folder))


def settings_of(settings: Settings) -> Iterator[Finding]:
    """What should be set otherwise where customers are served. The demo on one's own machine is fine as it is."""
    public = settings.public_url or ""
    if not public:
        text = _("No public address is set: letters of the desk hold no links, and cookies are not bound to https.")
        yield Finding("warning", "settings", text, _("Set DRAGOMAN_PUBLIC_URL=https://… to how people reach the desk."))
    elif urlsplit(public).scheme != "https":
        text = _("People reach the desk without encryption ({address}).", address=public)
        tell = _("Put nginx or Caddy with a certificate in front, and set DRAGOMAN_PUBLIC_URL=https://….")
        yield Finding("wrong", "settings", text, tell)
    else:
        yield Finding("ok", "settings", _("People reach the desk at {address}.", address=public))
    if settings.development:
        text = _("DRAGOMAN_DEVELOPMENT is on: error details are shown to everybody.")
        yield Finding("wrong" if public else "warning", "settings", text, _("Take it out of the environment."))
    if settings.allow_private_hosts:
        text = _("DRAGOMAN_ALLOW_PRIVATE_HOSTS is on: whoever manages mailboxes or webhooks can reach machines inside.")
        tell = _("Leave it on only if a mail server of yours has a private address.")
        yield Finding("warning", "settings", text, tell)
