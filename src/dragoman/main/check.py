"""`dragoman check`: what should be looked at in an answer before it is sent, without a database."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console

from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.replies.checks import BLOCK, Context, Finding
from dragoman.replies.checks import check as look_over
from dragoman.replies.checks.run import LONGEST

AROUND = 60


def check(
    market: Annotated[str, typer.Option(help="The customer's country, ISO 3166.")] = "",
    channel: Annotated[str, typer.Option(help="email, amazon, ebay, aliexpress, whatsapp, …")] = "email",
    lang: Annotated[str, typer.Option("--lang", help="The customer's language, such as de or zh-Hant.")] = "",
    name: Annotated[str, typer.Option(help="The customer's name.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, for machines.")] = False,
) -> None:
    """Look over an answer from standard input. Ends with 1 when something must not be sent so, else with 0."""
    if market and not (len(market) == 2 and market.isalpha() and market.isascii()):
        raise typer.BadParameter(_("Give two letters, such as DE."), param_hint="--market")
    text = sys.stdin.read(LONGEST)
    context = Context(
        language=lang, market=market.upper(), channel=channel.lower(), customer=name, today=clock.now().date(),
        signature="",
    )  # fmt: skip
    found = look_over(text, context)
    out = Console(soft_wrap=True)
    for one in found:
        if as_json:
            sys.stdout.write(json.dumps(facts(text, one), ensure_ascii=False) + "\n")
        else:
            out.print(line(text, one), highlight=False, markup=False)
    if any(one.severity == BLOCK for one in found):
        raise typer.Exit(1)


def facts(text: str, finding: Finding) -> dict[str, object]:
    """A finding for machines, with the words it speaks of."""
    kept = asdict(finding) | {"values": dict(finding.values), "words": text[finding.start : finding.end]}
    return kept | {"why": _(finding.why, **finding.values)}


def line(text: str, finding: Finding) -> str:
    """A finding for people: how bad, which check, the words, why, and what could stand there instead."""
    words = " ".join(text[finding.start : finding.end].split())
    shown = words if len(words) <= AROUND else f"{words[:AROUND]}…"
    mend = f" → {finding.mend}" if finding.mend else ""
    said = [f"{shown}{mend}", _(finding.why, **finding.values)]
    return f"{finding.severity:<5} {finding.check:<20} {'  '.join(one for one in said if one)}"
