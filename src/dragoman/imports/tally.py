"""Counting what an import does, for its page and its report. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dragoman.imports.records import Person, Problem

PROBLEMS = 500
AGENTS = 300


@dataclass(slots=True)
class Tally:
    """What was met so far. `counts` are by `kind.outcome`: tickets.new, messages.new, files.missing …"""

    counts: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """Words nobody here knows, as `status:waiting`, with the number of their tickets."""
    agents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Assignees of the other desk by address or name: how many tickets, and who they are here, if anybody."""
    problems: list[dict[str, Any]] = field(default_factory=list)

    def problem(self, one: Problem) -> None:
        """Something that was left out; of very many the first stand in the report, all are counted."""
        self.counts["problems"] += 1
        if len(self.problems) < PROBLEMS:
            self.problems.append({"where": one.where, "what": one.what, "values": dict(one.values)})

    def assigned(self, person: Person, here: str) -> None:
        """A ticket's assignee, and who that is here (empty: nobody)."""
        key = person.email or person.name
        if key in self.agents or len(self.agents) < AGENTS:
            known = self.agents.setdefault(key, {"name": person.name, "here": here, "tickets": 0})
            known["tickets"] += 1

    def add(self, other: Tally) -> Tally:
        """Both together, as a new tally."""
        out = Tally(self.counts + other.counts, self.words + other.words)
        out.agents = {key: dict(one) for key, one in self.agents.items()}
        for key, one in other.agents.items():
            known = out.agents.setdefault(key, dict(one, tickets=0))
            known["tickets"] += one["tickets"]
        out.problems = (self.problems + other.problems)[:PROBLEMS]
        return out

    def counters(self) -> dict[str, int]:
        """The counts as they are stored."""
        return dict(self.counts)

    def report(self) -> dict[str, Any]:
        """Everything else as it is stored."""
        return {"words": dict(self.words), "agents": self.agents, "problems": self.problems}

    @classmethod
    def of(cls, counters: Mapping[str, Any], report: Mapping[str, Any]) -> Tally:
        """What was stored."""
        return cls(
            Counter(counters), Counter(report.get("words", {})), dict(report.get("agents", {})),
            list(report.get("problems", [])),
        )  # fmt: skip
