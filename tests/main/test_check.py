"""`dragoman check`: findings line by line, and an exit code for scripts."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from dragoman.main.cli import app

CLEAN = "山田様\n\nお荷物は昨日発送いたしました。\n\nよろしくお願いいたします。"


def run(text: str, *words: str) -> Result:
    """`dragoman check …` with a text on its standard input."""
    return CliRunner().invoke(app, ["check", *words], input=text)


def test_what_blocks_ends_with_one_and_stands_first() -> None:
    done = run("See https://shop.example/x. You must send it.", "--market", "us", "--channel", "amazon", "--lang", "en")
    assert done.exit_code == 1
    first, *rest = done.output.splitlines()
    assert first.split()[:3] == ["block", "platform.link", "https://shop.example/x"]
    assert any("tone.command" in line and "→ Please" in line for line in rest)


def test_what_does_not_block_ends_with_nought() -> None:
    done = run("Der Koffer kostet 1,299.50 €.", "--market", "DE", "--lang", "de")
    assert (done.exit_code, "locale.number" in done.output, "1.299,50" in done.output) == (0, True, True)
    done = run(CLEAN, "--market", "JP", "--channel", "amazon", "--lang", "ja")
    assert (done.exit_code, done.output) == (0, "")
    assert run("").exit_code == 0


def test_machines_read_an_object_a_line() -> None:
    done = run("Hallo Peter,\nwir garantieren Freitag.", "--market", "DE", "--lang", "de", "--name", "Anna", "--json")
    rows = {row["check"]: row for row in map(json.loads, done.output.splitlines())}
    assert done.exit_code == 0
    assert rows["language.name"]["mend"] == "Anna"
    assert rows["promises.guarantee"]["words"] == "wir garantieren"
    assert rows["promises.guarantee"]["source"]["confidence"] == "high"
    assert "{" not in rows["language.name"]["why"]


@pytest.mark.parametrize("market", ["Germany", "D", "4"])
def test_a_market_that_is_none_is_named(market: str) -> None:
    done = run("Guten Tag", "--market", market)
    assert done.exit_code == 2
    assert "--market" in done.output


def test_a_text_of_any_length_and_kind_is_taken() -> None:
    assert run("Wort " * 20_000, "--lang", "de").exit_code == 0
    assert run("\x00\ud7ff[bold]", "--lang", "xx", "--channel", "nowhere").exit_code == 0
