"""What buyers want: the trade's intents, in two levels, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

OTHER = "other.other"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An intent. `kind` is the kind of ticket it makes ('' leaves it open), `severity` the colour it starts from.

    `means` says what belongs to it, `unlike` what belongs to its neighbours; both in English, for who labels.
    """

    key: str
    kind: str
    severity: str
    frequent: bool
    means: str
    unlike: str
    examples: tuple[str, ...]

    @property
    def group(self) -> str:
        """The upper level: delivery for delivery.lost."""
        return self.key.partition(".")[0]


@cache
def leaves() -> Mapping[str, Leaf]:
    """All intents by key, in the order in which people are shown them."""
    path = files("dragoman.understanding").joinpath("data/taxonomy.yaml")
    data: Mapping[str, Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        key: Leaf(
            key, one["kind"], one["severity"], one.get("frequent", False), one["means"], one["not"],
            tuple(one["examples"]),
        )
        for key, one in data.items()
    }  # fmt: skip


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """The keys of each upper level's intents."""
    out: dict[str, list[str]] = {}
    for key, leaf in leaves().items():
        out.setdefault(leaf.group, []).append(key)
    return {group: tuple(keys) for group, keys in out.items()}
