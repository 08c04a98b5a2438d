"""docs/asvs.yaml as a page: `make asvs` renders docs/asvs.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LIST, PAGE = ROOT / "docs" / "asvs.yaml", ROOT / "docs" / "asvs.md"
STATES = {"met": "✓", "not met": "✗", "not applicable": "–"}
CHAPTERS = (
    "Encoding and sanitising", "Validation and the rules of the work", "The browser", "API", "Files", "Who somebody is",
    "Sign-ins", "Rights", "Self-contained tokens", "OAuth and OpenID Connect", "Cryptography", "Connections",
    "Configuration", "Data", "Code and architecture", "Logs and errors", "WebRTC",
)  # fmt: skip


def load() -> list[dict[str, Any]]:
    """All requirements in their order."""
    found: list[dict[str, Any]] = yaml.safe_load(LIST.read_text("utf-8"))
    return found


def page() -> str:
    """docs/asvs.md."""
    rows = load()
    lines = [
        "# OWASP ASVS 5.0, levels 1 and 2", "",
        "Rendered by `make asvs` from `docs/asvs.yaml`; topics are in our own words, the ids lead to the standard.",
        "✓ met, ✗ not met, – not applicable. Every ✓ names the test or file that shows it; a test holds them to it.",
        "What depends on a setting holds for a desk that is run as `docs/security.md` says at its end.", "",
        _counts(rows), "",
    ]  # fmt: skip
    for number, title in enumerate(CHAPTERS, 1):
        lines += [
            f"## V{number} {title}",
            "",
            "| id | level | topic | | shown by | note |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(one) for one in rows if one["id"].startswith(f"V{number}.")]
        lines.append("")
    return "\n".join(lines)


def _counts(rows: list[dict[str, Any]]) -> str:
    parts = []
    for level in (1, 2):
        found = Counter(one["state"] for one in rows if one["level"] == level)
        parts.append(f"level {level}: " + ", ".join(f"{found[state]} {state}" for state in STATES))
    return "; ".join(parts).capitalize() + "."


def _row(one: dict[str, Any]) -> str:
    shown = "<br>".join(f"`{path.replace('::', ' › ')}`" for path in one.get("shown_by", ()))
    return (
        f"| {one['id']} | {one['level']} | {one['topic']} | {STATES[one['state']]} | {shown} | {one.get('note', '')} |"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
