"""The list of OWASP ASVS 5.0 is complete, and what it claims can be looked up."""

from __future__ import annotations

import re

import pytest

from . import asvs

LEVELS = {
    "V1.1": "22", "V1.2": "111112222", "V1.3": "11222222222", "V1.4": "222", "V1.5": "12", "V2.1": "122",
    "V2.2": "112", "V2.3": "1222", "V2.4": "2", "V3.2": "11", "V3.3": "1222", "V3.4": "112222", "V3.5": "11122",
    "V3.7": "22", "V4.1": "122", "V4.2": "2", "V4.3": "22", "V4.4": "1222", "V5.1": "2", "V5.2": "112", "V5.3": "11",
    "V5.4": "222", "V6.1": "122", "V6.2": "111111112222", "V6.3": "1122", "V6.4": "1122", "V6.5": "22222",
    "V6.6": "222", "V6.8": "2222", "V7.1": "222", "V7.2": "1111", "V7.3": "22", "V7.4": "11222", "V7.5": "22",
    "V7.6": "22", "V8.1": "12", "V8.2": "112", "V8.3": "1", "V8.4": "2", "V9.1": "111", "V9.2": "1222",
    "V10.1": "22", "V10.2": "22", "V10.3": "2222", "V10.4": "11111222222", "V10.5": "22222", "V10.6": "22",
    "V10.7": "222", "V11.1": "22", "V11.2": "222", "V11.3": "112", "V11.4": "1222", "V11.5": "2", "V11.6": "2",
    "V12.1": "122", "V12.2": "11", "V12.3": "2222", "V13.1": "2", "V13.2": "22222", "V13.3": "22", "V13.4": "12222",
    "V14.1": "22", "V14.2": "1222", "V14.3": "122", "V15.1": "122", "V15.2": "122", "V15.3": "1222222", "V16.1": "2",
    "V16.2": "22222", "V16.3": "2222", "V16.4": "222", "V16.5": "222", "V17.1": "2", "V17.2": "2222", "V17.3": "22",
}  # fmt: skip
"""The level of each requirement, a digit each, section by section (OWASP ASVS 5.0.0); later ones of a section are 3."""

ROWS = asvs.load()


def test_no_requirement_of_level_one_or_two_is_missing() -> None:
    wanted = {f"{section}.{n}": int(level) for section, levels in LEVELS.items() for n, level in enumerate(levels, 1)}
    wanted = {one: level for one, level in wanted.items() if level < 3}
    assert len(wanted) == 253
    assert {one["id"]: one["level"] for one in ROWS} == wanted
    assert len(ROWS) == len(wanted), "each stands there once"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_what_is_met_can_be_looked_up(row: dict[str, object]) -> None:
    assert row["state"] in asvs.STATES
    assert set(row) <= {"id", "level", "topic", "state", "shown_by", "note"}
    shown = row.get("shown_by", [])
    assert isinstance(shown, list)
    assert bool(shown) == (row["state"] == "met"), "what is met is shown, and nothing else is"
    assert row["state"] == "met" or row.get("note"), "what is not met says what is missing"
    for one in shown:
        path, _sign, test = one.partition("::")
        found = asvs.ROOT / path
        assert found.exists(), one
        assert not test or re.search(rf"^(async )?def {test}\(", found.read_text("utf-8"), re.MULTILINE), one


def test_the_page_is_in_step() -> None:
    assert asvs.PAGE.read_text("utf-8") == asvs.page(), "run make asvs"
