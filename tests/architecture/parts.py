"""The parts of others that the desk is made of: their licences, and whether a weakness of theirs is known.

`make licences` renews docs/licences.md; `make check` fails for a licence that is not permissive, and asks the Python
package index's list of weaknesses (`python -m tests.architecture.parts audit`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.txt"
PAGE = ROOT / "docs" / "licences.md"

PERMISSIVE = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "CNRI-Python", "ISC", "MIT",
        "MIT-0", "PSF-2.0", "PostgreSQL", "Unlicense", "Zlib",
    }
)  # fmt: skip
"""Licences that ask for no more than their own text to be kept."""

NAMES = {
    "Apache Software License": "Apache-2.0", "MIT License": "MIT", "BSD License": "BSD", "ISC License (ISCL)": "ISC",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "3-Clause BSD License": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}  # fmt: skip
"""Older ways of naming a licence, as SPDX names."""

LENT = {
    "certifi": "MPL-2.0 binds changed files of its own only; we change none",
    "pathspec": "MPL-2.0, as above; used while the package is built, not while it runs",
    "psycopg": "LGPL-3.0: used as a library, unchanged, and replaceable by installing another release",
    "psycopg-binary": "LGPL-3.0, as above; its wheel carries libpq (PostgreSQL) and OpenSSL (Apache-2.0)",
    "psycopg-pool": "LGPL-3.0, as above",
    "python-stdnum": "LGPL-2.1: used as a library, unchanged, and replaceable by installing another release",
}
"""Parts whose licence asks for more, and why that is met."""

ELSEWHERE = {"colorama": "BSD-3-Clause", "httpx2-jsfetch": "BSD-3-Clause"}
"""Parts that are locked for other platforms and are not installed on Linux."""

_pin = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part, its locked version, and its licence as an SPDX expression."""

    name: str
    version: str
    licence: str

    @property
    def permissive(self) -> bool:
        """Whether one of the licences offered (OR) asks for nothing more, in each of its pieces (AND)."""
        return any(
            all(piece.strip("() ") in PERMISSIVE for piece in choice.split(" AND "))
            for choice in self.licence.split(" OR ")
        )


def licence_of(name: str) -> str:
    """The licence a part's own metadata names. Raises PackageNotFoundError where it is not installed."""
    facts = metadata.metadata(name)
    if expression := facts.get("License-Expression"):
        return str(expression)
    classes = [one.split(" :: ")[-1] for one in facts.get_all("Classifier") or () if one.startswith("License ::")]
    named = [NAMES.get(one, one) for one in classes if one != "OSI Approved"]
    return " AND ".join(sorted(named)) or NAMES.get(facts.get("License") or "", facts.get("License") or "unknown")


def parts() -> list[Part]:
    """All parts of requirements.txt, in its order."""
    found = []
    for name, version in _pin.findall(LOCK.read_text()):
        licence = ELSEWHERE.get(name) or licence_of(name)
        found.append(Part(name, version, licence))
    return found


def faults() -> list[str]:
    """The parts whose licence is neither permissive nor excused."""
    return [
        f"{one.name} {one.version}: {one.licence}" for one in parts() if not one.permissive and one.name not in LENT
    ]


def page() -> str:
    """docs/licences.md."""
    notes = LENT | dict.fromkeys(ELSEWHERE, "not on Linux")
    rows = [f"| {one.name} | {one.version} | {one.licence} | {notes.get(one.name, '')} |" for one in parts()]
    return "\n".join(
        [
            "# Licences of the parts", "",
            "Made by `make licences` from what requirements.txt locks and the parts' own metadata; a test holds it in",
            "step. Vendored browser parts keep their licences beside them in `src/dragoman/web/static/vendor`: htmx",
            "(0BSD), Lucide (ISC), Swagger UI (Apache-2.0, with the parts its bundle names). The embedded server is",
            "PostgreSQL, under its own permissive licence.", "",
            "| part | version | licence | note |", "|---|---|---|---|", *rows, "",
        ]
    )  # fmt: skip


def verdict(out: str, error: str) -> tuple[bool, str]:
    """Whether the check passes, and in which words: of what pip-audit printed as JSON."""
    try:
        asked = json.loads(out[out.index("{") :])["dependencies"]
    except (ValueError, KeyError):
        last = (error.strip().splitlines() or ["no answer"])[-1]
        return True, f"Known weaknesses of parts: not checked: {last[:200]}"
    bad = [
        f"{one['name']} {one['version']}: {weak['id']}, mended in {', '.join(weak['fix_versions']) or 'no release'}"
        for one in asked for weak in one.get("vulns", ())
    ]  # fmt: skip
    if bad:
        return False, "Known weaknesses of parts:\n  " + "\n  ".join(bad)
    skipped = sum("skip_reason" in one for one in asked)
    if skipped == len(asked):
        return True, "Known weaknesses of parts: not checked: this package index does not tell of any."
    left = f"; not checked: {skipped}" if skipped else ""
    return True, f"Known weaknesses of parts: none in {len(asked) - skipped}{left}."


def audit() -> int:
    """Ask for known weaknesses of everything that is locked; an index that does not answer is said, and passes."""
    order = [
        sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip",
        "--progress-spinner", "off", "-f", "json",
    ]  # fmt: skip
    try:
        ran = subprocess.run(order, capture_output=True, text=True, timeout=120, check=False)
        passed, said = verdict(ran.stdout, ran.stderr)
    except subprocess.TimeoutExpired:
        passed, said = True, "Known weaknesses of parts: not checked: no answer within two minutes."
    print(said)
    return 0 if passed else 1


def licences() -> int:
    """Renew the page; fail for what is neither permissive nor excused."""
    PAGE.write_text(page())
    if bad := faults():
        print("Licences that are not permissive (excuse them in tests/architecture/parts.py, with the reason):")
        print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit({"audit": audit, "licences": licences}[sys.argv[1]]())
