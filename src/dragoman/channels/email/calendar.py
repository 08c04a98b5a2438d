"""Calendar parts (RFC 5545) as a line a person can read."""

from __future__ import annotations

import re

from dragoman.channels.email.charset import printable

_UNFOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r"^(SUMMARY|DTSTART|DTEND|LOCATION|METHOD|STATUS)((?:;[^:\r\n]{0,200})?):([^\r\n]{0,500})", re.M)
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z?))?\Z")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_METHODS = {"REQUEST": "Invitation", "CANCEL": "Cancelled", "REPLY": "Answer to invitation", "PUBLISH": "Event"}


def summary_line(ics: str) -> str:
    """One line for the first event of `ics`: what, when, where; "" if it has none of them."""
    found: dict[str, tuple[str, str]] = {}
    for name, params, value in _PROPERTY.findall(_UNFOLD.sub("", ics[:100_000])):
        found.setdefault(name, (params, value.strip()))
    what = _plain(found.get("SUMMARY", ("", ""))[1])
    start = _when(*found.get("DTSTART", ("", "")))
    if not what and not start:
        return ""
    head = _METHODS.get(found.get("METHOD", ("", ""))[1].upper(), "Event")
    end = _when(*found.get("DTEND", ("", "")))
    where = _plain(found.get("LOCATION", ("", ""))[1])
    when = f"{start} – {end}" if start and end else start
    return printable(f"[{head}: {' · '.join(item for item in (what, when, where) if item)}]")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: " " if match.group(1) in "nN" else match.group(1), value).strip()


def _when(params: str, value: str) -> str:
    match = _STAMP.match(value)
    if not match:
        return ""
    year, month, day, hour, minute, utc = match.groups()
    zone = re.search(r"TZID=\"?([^\";:]{1,60})", params)
    suffix = " UTC" if utc else f" {zone.group(1)}" if zone and hour else ""
    return f"{year}-{month}-{day}" + (f" {hour}:{minute}{suffix}" if hour else "")
