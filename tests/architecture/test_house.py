"""The habits of the house, held by tests (docs/architecture.md)."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

SRC = Path(__file__).parents[2] / "src" / "dragoman"
MODULE_LINES, FUNCTION_LINES = 400, 40


def modules() -> Iterator[Path]:
    yield from sorted(SRC.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def test_rooms_know_only_the_rooms_below_them() -> None:
    try:
        assert lint_imports(config_filename=str(SRC.parents[1] / "pyproject.toml")) == 0
    finally:  # it configures logging for itself, which switches off all loggers there are
        for logger in logging.Logger.manager.loggerDict.values():
            if isinstance(logger, logging.Logger):
                logger.disabled = False


def test_modules_and_functions_stay_small() -> None:
    too_long = []
    for path in modules():
        if name(path).startswith("migrations/versions/"):
            continue  # a schema is one list of tables
        text = path.read_text()
        if text.count("\n") > MODULE_LINES:
            too_long.append(f"{name(path)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                first = node.body[0]
                documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                start = (first.end_lineno or node.lineno) if documented else node.lineno
                if node.end_lineno - start > FUNCTION_LINES:
                    too_long.append(f"{name(path)}: {node.name} {node.end_lineno - start} lines")
    assert not too_long, "\n".join(too_long)


@pytest.mark.parametrize(
    ("pattern", "allowed", "why"),
    [
        (r"datetime\.(now|utcnow|today)\(|date\.today\(", {"kit/clock.py"}, "time is asked in kit/clock.py only"),
        (r"\.commit\(\)", set(), "only the unit of work commits"),
        (r"\bOFFSET\b|\.offset\(", set(), "pages go by key, never by OFFSET"),
        (r"time\.time\(\)", set(), "time is asked in kit/clock.py only"),
        (r"\beval\(|\bexec\(|shell=True|pickle", set(), "nothing is evaluated, no shell"),
    ],
)
def test_forbidden_words(pattern: str, allowed: set[str], why: str) -> None:
    found = [
        f"{name(path)}:{number}"
        for path in modules()
        if name(path) not in allowed and "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line) and not line.lstrip().startswith("#")
    ]
    assert not found, f"{why}: {found}"


def test_templates_mark_nothing_safe_but_sanitised_html() -> None:
    found = [name(path) for path in SRC.rglob("*.html") if re.search(r"\|\s*safe\b|autoescape false", path.read_text())]
    assert not found


def test_templates_hold_no_inline_styles_or_scripts() -> None:
    pattern = re.compile(r"\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"", re.IGNORECASE)
    found = [name(path) for path in SRC.rglob("*.html") if pattern.search(path.read_text())]
    assert not found


def test_sql_stands_in_query_modules_only() -> None:
    """A `select(` in a service or a page is a query that nobody reviews with the others."""
    allowed = {
        "queries.py", "lists.py", "threads.py", "folders.py", "filing.py", "finding.py", "clauses.py", "db.py",
        "limits.py", "files.py", "alarms.py",
    }  # fmt: skip
    pattern = re.compile(r"^from sqlalchemy import .*\b(select|update|delete)\b", re.MULTILINE)
    found = [name(path) for path in modules() if pattern.search(path.read_text()) and path.name not in allowed]
    assert not found


def test_public_things_are_documented() -> None:
    bare = []
    for path in modules():
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree):
            bare.append(name(path))
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                bare.append(f"{name(path)}: {node.name}")
    assert not [one for one in bare if "migrations" not in one]
