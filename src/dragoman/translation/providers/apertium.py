"""Apertium (apertium.org), rules and dictionaries on this machine: a separate program, one process a text.

Its output gives the gist between related languages and is not fit to be sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from dataclasses import dataclass

from dragoman.kit.errors import N_
from dragoman.translation import languages
from dragoman.translation.guard import WORDS
from dragoman.translation.providers import base

BREAK = "\n\n"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
_ESCAPED = str.maketrans({one: f" {one} " for one in "[]{}^$@\\"})
"""Signs that Apertium's stream format gives a meaning to; as words of their own they pass unchanged."""


def program() -> str | None:
    """Where the program is; None where it is not installed."""
    return shutil.which("apertium")


async def _run(*arguments: str, given: str = "", timeout: float) -> str:
    """Run it with a time limit; when that is over, or the caller is cancelled, its process group ends."""
    path = program()
    if path is None:
        raise base.Refused(N_("Apertium is not installed on the desk's machine."), permanent=True)
    process = await asyncio.create_subprocess_exec(
        path, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(timeout):
            out, _error = await process.communicate(given.encode())
    except TimeoutError as error:
        raise base.Refused(N_("Apertium took too long.")) from error
    finally:
        if process.returncode is None:
            _end(process.pid)
            await process.wait()
    if process.returncode:
        raise base.Refused(base.LANGUAGES, blamed=False)
    return out.decode("utf-8", "replace")


def _end(group: int) -> None:
    import os
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


async def pairs(timeout: float = 5.0) -> set[tuple[str, str]]:
    """The installed directions in BCP 47; variants (`spa-eng_US`) are left out where the plain one exists. Empty where
    nothing is installed."""
    if program() is None:
        return set()
    found = set()
    for line in (await _run("-l", timeout=timeout)).split():
        here, _dash, there = line.partition("-")
        if (one := _tag(here)) and (other := _tag(there)):
            found.add((one, other))
    return found


def _tag(code: str) -> str:
    by_three = {three: two for two, three in languages.ALPHA3.items()}
    return by_three.get(code) or (code if code in languages.ALPHA3 else "")


async def _mode(source: str, target: str, timeout: float) -> str | None:
    """The name of the direction as this installation has it."""
    here, there = languages.base(source), languages.base(target)
    names = {(_tag(one.partition("-")[0]), _tag(one.partition("-")[2])): one
             for one in (await _run("-l", timeout=timeout)).split()}  # fmt: skip
    return names.get((here, there))


@dataclass(frozen=True, slots=True)
class Apertium(base.Plain):
    """The local program."""

    marks: tuple[str, str] = WORDS

    async def supports(self, source: str, target: str) -> bool:
        """Whether the direction is installed."""
        known = await pairs()
        return (languages.base(source), languages.base(target)) in known

    async def translate(self, asked: base.Question) -> list[str]:
        """One process for each text, one after another."""
        mode = await _mode(asked.source, asked.target, self.access.timeout)
        if mode is None:
            raise base.Refused(base.LANGUAGES, blamed=False)
        return [await self._one(one, mode) for one in asked.texts]

    async def _one(self, text: str, mode: str) -> str:
        plain = " ".join(text.translate(_ESCAPED).split()) if set(text) & set("[]{}^$@\\") else text
        out = await _run("-u", mode, given=plain + "\n", timeout=self.access.timeout)
        return " ".join(out.split())
