"""Licences are permissive and written down; a known weakness fails the check, an index that is away does not."""

from __future__ import annotations

import json

import pytest

from . import parts
from .parts import Part


def test_every_licence_is_permissive_or_excused_for_a_reason() -> None:
    assert parts.faults() == []
    asked = {one.name for one in parts.parts() if not one.permissive}
    assert asked == set(parts.LENT), "an excuse that nobody needs is removed"


def test_the_page_of_licences_is_in_step() -> None:
    assert parts.PAGE.read_text() == parts.page(), "run make licences"


@pytest.mark.parametrize(
    ("licence", "permissive"),
    [
        ("MIT", True), ("MIT AND PSF-2.0", True), ("Apache-2.0 OR GPL-3.0-only", True), ("MIT AND GPL-2.0-only", False),
        ("LGPL-3.0-only", False), ("unknown", False), ("", False),
    ],
)  # fmt: skip
def test_licences_are_read(licence: str, permissive: bool) -> None:
    assert Part("x", "1", licence).permissive is permissive


def answer(*dependencies: dict[str, object]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


WEAK = {"name": "x", "version": "1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}
SOUND = {"name": "y", "version": "1", "vulns": []}
UNKNOWN = {"name": "z", "skip_reason": "Dependency not found"}


def test_a_known_weakness_fails_and_an_index_that_is_away_is_said() -> None:
    passed, said = parts.verdict(answer(SOUND, WEAK, UNKNOWN), "")
    assert not passed
    assert "x 1: PYSEC-2026-1, mended in 1.1" in said
    assert parts.verdict(answer(SOUND), "") == (True, "Known weaknesses of parts: none in 1.")
    assert parts.verdict(answer(SOUND, UNKNOWN), "")[1].endswith("none in 1; not checked: 1.")
    assert "not checked:" in parts.verdict(answer(UNKNOWN), "")[1]
    passed, said = parts.verdict("", "Traceback\nConnectionError: no route")
    assert passed
    assert "not checked: ConnectionError: no route" in said
