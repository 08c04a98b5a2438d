"""How well the checks that depend on words find what they should: `python -m tests.replies.checks.report`.

The sentences of `sentences/<language>.yaml` name the group they try, the check that must be found (null: none of that
group may speak up), the market where that depends on it, and whether they were held back from tuning. Marketplace
rules are tried as if on Amazon, terms of withdrawal as if the law granted 14 days, and every sentence as if it were not
the first answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from dragoman.replies.checks import Context, law, phrases, tone

FOLDER = Path(__file__).parent / "sentences"


@dataclass(frozen=True)
class Sentence:
    """One labelled sentence; `found` are the checks of its group that speak up."""

    language: str
    market: str
    group: str
    find: str | None
    text: str
    held: bool
    found: frozenset[str]


@dataclass
class Score:
    """Counts of one group: rightly found, wrongly found, missed, rightly passed over."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    silent: int = 0

    @property
    def precision(self) -> float:
        """The share of what speaks up that should."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what should speak up that does."""
        return self.right / max(1, self.right + self.missed)


def sentences() -> tuple[Sentence, ...]:
    """All labelled sentences, looked over."""
    return tuple(
        _looked_over(path.stem, one)
        for path in sorted(FOLDER.glob("*.yaml"))
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))
    )


def _looked_over(language: str, data: dict[str, Any]) -> Sentence:
    context = Context(
        language=language, market=data.get("market", ""), channel="amazon" if data["group"] == "platform" else "email",
        earlier=("-",), withdrawal_days=14,
    )  # fmt: skip
    found = (one for look in (phrases.find, tone.find, law.find) for one in look(data["text"], context))
    seen = frozenset(one.check for one in found if one.group == data["group"])
    return Sentence(language, context.market, data["group"], data["find"], data["text"], data.get("held", False), seen)


def scores(these: Iterable[Sentence]) -> dict[str, Score]:
    """The counts by group; another check of the group than the labelled one counts as missed."""
    counted: dict[str, Score] = defaultdict(Score)
    for one in these:
        score = counted[one.group]
        if one.find is None:
            score.wrong += bool(one.found)
            score.silent += not one.found
        else:
            score.right += one.find in one.found
            score.missed += one.find not in one.found
    return dict(counted)


def main() -> None:
    """Print the table: all sentences, then the held ones."""
    everything = sentences()
    for name, these in (("all", everything), ("held", [one for one in everything if one.held])):
        print(f"{name}: {len(these)} sentences")
        for group, score in sorted(scores(these).items()):
            counts = f"{score.right:4} {score.wrong:4} {score.missed:4} {score.silent:4}"
            print(f"  {group:10} {counts}  precision {score.precision:.3f}  recall {score.recall:.3f}")
    for one in everything:
        if (one.find is None and one.found) or (one.find and one.find not in one.found):
            print(f"  {'held ' if one.held else ''}{one.language} {one.find} {sorted(one.found)}: {one.text}")


if __name__ == "__main__":
    main()
