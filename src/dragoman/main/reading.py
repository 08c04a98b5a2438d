"""`dragoman read`: what texts say, line by line, without a database."""

from __future__ import annotations

import itertools
import json
import resource
import sys
from collections.abc import Iterable, Iterator
from time import perf_counter, process_time
from typing import Annotated, Any

import typer
from rich.console import Console

from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.platform.settings import Settings
from dragoman.understanding.entities import Context
from dragoman.understanding.reader import FULL, OFF, SETTINGS, Asked, Reader

BATCH = 64
PRINTED = (
    "language", "script", "language_confidence", "intent", "intent_confidence", "emotion", "emotion_intensity",
    "severity", "entities",
)  # fmt: skip
BENCH = (
    "Where is my parcel? It should have been here last week, order 302-5829104-1234567.",
    "Wann kommt mein Paket endlich an? Ich warte seit zwei Wochen!",
    "我要退款，东西坏了", "¿Cuándo llega mi pedido? Pagué 1.299,50 € el 4 de noviembre",
    "Le colis est arrivé ouvert et la vitre est cassée.", "荷物がまだ届きません。12月24日までに必要です。",
    "लेबल बना है पर पार्सल नहीं चला", "Η συσκευή δεν ανάβει καθόλου", "Посылка застряла на таможне, что делать?",
    "Kan jeg bytte til en større størrelse?",
)  # fmt: skip


def read(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, for machines.")] = False,
    setting: Annotated[str, typer.Option(help="full or light.")] = "",
    market: Annotated[str, typer.Option(help="The writers' country, ISO 3166.")] = "",
    bench: Annotated[bool, typer.Option("--bench", help="Measure how fast and in how much memory.")] = False,
) -> None:
    """Read texts from standard input, a line each: language, intent, mood, severity, what they name."""
    chosen = setting or Settings().reading
    if chosen == OFF:
        chosen = FULL
    if chosen not in SETTINGS:
        raise typer.BadParameter(_("Choose full or light."), param_hint="--setting")
    reader = Reader(chosen)
    if bench:
        sys.stdout.write(json.dumps(measured(reader)) + "\n")
        return
    out = Console(soft_wrap=True)
    for batch in batches(line.rstrip("\n") for line in sys.stdin):
        asked = [Asked(text, context=Context(market=market.upper(), today=clock.now().date())) for text in batch]
        for text, found in zip(batch, reader.read(asked), strict=True):
            facts = found.facts()
            if as_json:
                sys.stdout.write(json.dumps({name: facts[name] for name in PRINTED}, ensure_ascii=False) + "\n")
            else:
                out.print(_line(text, facts), highlight=False, markup=False)
        sys.stdout.flush()


def batches(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines in groups, so that they are read together; at a terminal each as it comes."""
    size = 1 if sys.stdin.isatty() else BATCH
    rest = iter(lines)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def _line(text: str, facts: dict[str, Any]) -> str:
    named = ", ".join(f"{one['kind']} {one['value']}" for one in facts["entities"])
    words = [
        facts["language"], f"{facts['intent'] or '–'} {facts['intent_confidence']:.0%}",
        f"{facts['emotion']} {facts['emotion_intensity']:.0%}", facts["severity"], named,
    ]  # fmt: skip
    return f"{text[:60]:<60}  {'  '.join(one for one in words if one)}"


def measured(reader: Reader, count: int = 600) -> dict[str, float | str]:
    """Messages a second and core in batches, milliseconds of single ones, and the memory that reading takes (MB). No
    two of them are the same: what was encoded once is not encoded again."""
    before = _memory()
    asked = [Asked(f"{text} {number}") for number, text in enumerate(itertools.islice(itertools.cycle(BENCH), count))]
    reader.read(asked[:BATCH])
    started = process_time()
    for at in range(0, count, BATCH):
        reader.read(asked[at : at + BATCH])
    batched = count / (process_time() - started)
    singles = []
    for one in asked[:100]:
        began = perf_counter()
        reader.read([one])
        singles.append((perf_counter() - began) * 1000)
    singles.sort()
    return {
        "setting": reader.setting, "per_second_and_core": round(batched, 1), "single_p50_ms": round(singles[50], 2),
        "single_p95_ms": round(singles[95], 2), "memory_mb": round(_memory() - before, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }  # fmt: skip


def _memory() -> float:
    """The resident memory of this process in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20
