"""What every workspace starts with, and what migrations brought to those that were there before."""

from __future__ import annotations

from pathlib import Path

from dragoman import migrations
from dragoman.kit import ids
from dragoman.sla import defaults
from dragoman.sla.checks import Given, check
from dragoman.sla.defaults import policy_fields, shipped
from dragoman.sla.models import SlaPolicy
from dragoman.sla.policies import POLICY_NAMES


def test_shipped_policies_contradict_neither_themselves_nor_each_other() -> None:
    """Each would be taken by the form as it is, and has a name in the reader's language."""
    rows = [SlaPolicy(id=ids.new(), **policy_fields(one)) for one in shipped()["policies"]]
    assert {row.key for row in rows} == set(POLICY_NAMES)
    for place, row in enumerate(rows):
        names = ("name", "conditions", "targets", "languages", "hours", "warn", "on_warning", "on_breach", "source")
        others = rows[:place] + rows[place + 1 :]
        check(
            Given(**{name: getattr(row, name) for name in names}),
            key=row.key,
            own_id=row.id,
            others=others,
            calendars=(),
        )


def test_the_migration_brought_them_too() -> None:
    """Until the release the copy follows the file; afterwards it stays as it was."""
    copy = Path(next(iter(migrations.__path__))) / "versions" / "0009_clocks.yaml"
    original = Path(defaults.__file__).with_name("defaults.yaml")
    assert copy.read_text("utf-8") == original.read_text("utf-8")
