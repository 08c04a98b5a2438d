"""What the packs say in free words, in the reader's language. Pure.

The words lie beside the packs: `words.zh.yaml` by the English text of a pack, `days.zh.yaml` by the English name of a
day off. What a workspace has typed stays as it is, and so does everything that code reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from pydantic import BaseModel

from dragoman.markets.packs import FOLDER, Pack, Rule, parse

FREE = frozenset({"conditions", "may_withhold_until", "name", "remedies", "what", "why", "words"})
"""The fields of values that hold free words; the others hold figures, choices, codes and the labels that a law sets."""
CODED = frozenset({"weekend", "withdrawal_exclusions"})
"""Topics whose values are keys."""
IN_LIEU = "in lieu"
MOVED = re.compile(r"(Alternative holiday for )?(.+?)( \((?:observed|in lieu|substituted)[^)]*\))?")
"""How the library says that a day was moved; the second part is the day itself."""


@cache
def words(locale: str) -> Mapping[str, str]:
    """All that is known in a locale's language, by the English; nothing for a language without files."""
    language = locale.partition("_")[0]
    files = [FOLDER / f"{name}.{language}.yaml" for name in ("days", "words")]
    return {key: said for path in files if path.exists() for key, said in parse(path.read_text("utf-8")).items()}


def told(text: str, locale: str) -> str:
    """The text in the reader's language where it is known, otherwise as it stands."""
    return words(locale).get(text.strip(), text)


def told_day(name: str, locale: str) -> str:
    """A day off as `days.public_holidays` names it; one that was moved says so."""
    known = words(locale)
    found = MOVED.fullmatch(name)
    if name in known or not found or found[2] not in known:
        return told(name, locale)
    moved = found[1] or found[3]
    return f"{known[found[2]]}（{known[IN_LIEU]}）" if moved else known[found[2]]


def told_pack(pack: Pack, locale: str) -> Pack:
    """The pack with its shipped rules in the reader's language, to be shown; corrections stay as they were typed."""
    if not words(locale):
        return pack
    say = partial(told, locale=locale)
    rules = {topic: rule if rule.corrected else reworded(rule, say) for topic, rule in pack.rules.items()}
    return pack.model_copy(update={"rules": rules})


def reworded(rule: Rule, say: Callable[[str], str]) -> Rule:
    """The rule with each of its free texts as `say` gives it."""
    value = rule.value if rule.topic in CODED else _reworded(rule.value, say)
    return rule.model_copy(update={"value": value, "note": rule.note and say(rule.note)})


def _reworded(value: Any, say: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return value and say(value)
    if isinstance(value, dict):
        return {say(key): _reworded(one, say) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_reworded(one, say) for one in value)
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _reworded(one, say) for name, one in value if name in FREE})
    return value
