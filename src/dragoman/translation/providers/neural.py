"""Firefox Translations' models on this machine, by the package `fxtranslate` (MPL-2.0) where an administrator has
installed it with models (`fxtranslate models add en es`). Nothing is downloaded from here: only what lies in its cache
is used, so no text and no request leaves the machine."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dragoman.kit.errors import N_
from dragoman.translation import languages
from dragoman.translation.guard import WORDS
from dragoman.translation.providers import base

PACKAGE = "fxtranslate"


def installed() -> bool:
    """Whether the package is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def pairs() -> set[tuple[str, str]]:
    """The directions whose models lie in the cache, in BCP 47."""
    if not installed():
        return set()
    cache = importlib.import_module(PACKAGE).Cache()
    split = (str(one["name"]).split("-", 1) for one in cache.list_cached())
    return {(languages.base(one[0]), languages.base(one[1])) for one in split if len(one) == 2}


@lru_cache(maxsize=4)
def _engine(source: str, target: str) -> Any:
    """An engine out of the cached files of a direction; some 60 MB each."""
    package = importlib.import_module(PACKAGE)
    files = {name: Path(path) for name, _size, path in package.Cache().pair_files(f"{source}-{target}")}

    def content(beginning: str) -> bytes | None:
        return next((path.read_bytes() for name, path in files.items() if name.startswith(beginning)), None)

    both = content("vocab.")
    return package.Translator(content("model."), content("srcvocab.") or both, content("trgvocab.") or both,
                              content("lex."))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Neural(base.Plain):
    """The models of this machine; without a direct one, by way of English."""

    marks: tuple[str, str] = WORDS

    async def supports(self, source: str, target: str) -> bool:
        """Whether there is a direct model, or two that meet in English."""
        return bool(_route(source, target))

    async def translate(self, asked: base.Question) -> list[str]:
        """Translate in a thread; the time limit holds for all texts together."""
        route = _route(asked.source, asked.target)
        if not route:
            raise base.Refused(base.LANGUAGES, blamed=False)
        try:
            async with asyncio.timeout(self.access.timeout):
                return await asyncio.to_thread(_translate, list(asked.texts), route)
        except TimeoutError as error:
            raise base.Refused(N_("The models on the desk's machine took too long.")) from error
        except (ValueError, OSError, TypeError) as error:
            raise base.Refused(N_("A model on the desk's machine can't be used: install it anew.")) from error


def _route(source: str, target: str) -> tuple[tuple[str, str], ...]:
    known = pairs()
    here, there = languages.base(source), languages.base(target)
    if (here, there) in known:
        return ((here, there),)
    over = ((here, "en"), ("en", there))
    return over if set(over) <= known else ()


def _translate(texts: list[str], route: Sequence[tuple[str, str]]) -> list[str]:
    for one in route:
        engine = _engine(*one)
        texts = [engine.translate_long(text) for text in texts]
    return texts
