"""The shipped rules with the workspace's words laid over them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from dragoman.markets import values
from dragoman.markets.models import MarketRule
from dragoman.markets.packs import OWN, Pack, Rule
from dragoman.markets.topics import TOPICS


def lay_over(pack: Pack, words: Iterable[MarketRule]) -> Pack:
    """The pack as the workspace knows it. A word that the shipped packs have outgrown has no effect: a confirmation of
    another value than the present one, a correction in a shape that its topic no longer has."""
    said = {word.topic: _rule(pack.rules.get(word.topic), word) for word in words if word.topic in TOPICS}
    rules = {**pack.rules, **{topic: rule for topic, rule in said.items() if rule is not None}}
    weekend = rules["weekend"].value if "weekend" in rules else pack.weekend
    return pack.model_copy(update={"rules": rules, "weekend": weekend})


def _rule(shipped: Rule | None, word: MarketRule) -> Rule | None:
    day = word.confirmed_at.date()
    if not word.corrected:
        same = shipped is not None and values.write(shipped.topic, shipped.value) == word.value
        return shipped.model_copy(update={"confirmed": True, "as_of": day}) if same and shipped else None
    try:
        return Rule(
            topic=word.topic, value=word.value, note=word.note, source=OWN, as_of=day, confidence=word.confidence,
            confirmed=True, corrected=True, url=word.source_url,
        )  # fmt: skip
    except ValidationError:
        return None
