"""Term bases as TBX-Basic files (ISO 30042:2019, DCA style; tbxinfo.net), and as tables (CSV). Pure.

Of a concept the first language is the one that is translated from. Forbidden renderings are terms with the
administrative status `deprecatedTerm-admn-sts`. What holds in every language has the language `mul`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from dragoman.kit.errors import N_, Invalid
from dragoman.translation import languages, markup
from dragoman.translation.termbase import TermForm

EVERY = "mul"
_BAD = frozenset(("deprecatedTerm-admn-sts", "supersededTerm-admn-sts"))
COLUMNS = ("source", "term", "target", "rendering", "forbidden", "domain", "note", "exact", "status")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def read(content: bytes) -> list[TermForm]:
    """The terms of a TBX file, older ones (TBX 2, `martif`) as well. Raises Invalid beside `file`."""
    root = markup.root_of(content)
    if markup.local(root) not in ("tbx", "martif"):
        raise Invalid(fields={"file": N_("This is no TBX file.")})
    return [form for one in root.iter() if markup.local(one) in ("conceptEntry", "termEntry") for form in _concept(one)]


def _concept(entry: ElementTree.Element) -> list[TermForm]:
    domain = note = ""
    sections: list[tuple[str, list[str], list[str]]] = []
    for one in entry.iter():
        name = markup.local(one)
        if name == "descrip" and one.get("type") == "subjectField":
            domain = markup.words(one)
        elif name == "note" and not note:
            note = markup.words(one)
        elif name in ("langSec", "langSet"):
            good, bad = _terms(one)
            written = markup.language_of(one)
            sections.append(("" if written == EVERY else languages.tidy(written) or written, good, bad))
    if not sections or not sections[0][1]:
        return []
    source, (term, *_also), _bad = sections[0]
    return [
        TermForm(source, term, target, good[0] if good else "", tuple(bad), domain, note)
        for target, good, bad in sections[1:] if good or bad
    ]  # fmt: skip


def _terms(section: ElementTree.Element) -> tuple[list[str], list[str]]:
    """The wanted and the forbidden terms of a language."""
    good: list[str] = []
    bad: list[str] = []
    for one in section.iter():
        if markup.local(one) not in ("termSec", "tig", "ntig"):
            continue
        term = next((markup.words(part) for part in one.iter() if markup.local(part) == "term"), "")
        states = {markup.words(part) for part in one.iter() if markup.local(part) == "termNote"}
        if term:
            (bad if states & _BAD else good).append(term)
    return good, bad


def head() -> str:
    """A file's beginning."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<tbx type="TBX-Basic" style="dca" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">\n'
        "<tbxHeader><fileDesc><sourceDesc><p>Dragoman</p></sourceDesc></fileDesc></tbxHeader>\n<text><body>\n"
    )


def tail() -> str:
    """A file's end."""
    return "</body></text>\n</tbx>\n"


def written(forms: Iterable[tuple[str, TermForm]]) -> str:
    """Terms with their ids as they stand in a file."""
    return "".join(_entry(name, form) for name, form in forms)


def _entry(name: str, form: TermForm) -> str:
    domain = f'<descrip type="subjectField">{escape(form.domain)}</descrip>' if form.domain else ""
    note = f"<note>{escape(form.note)}</note>" if form.note else ""
    terms = _section(form.rendering, "preferredTerm-admn-sts") if form.rendering else ""
    terms += "".join(_section(one, "deprecatedTerm-admn-sts") for one in form.forbidden)
    return (
        f"<conceptEntry id={quoteattr(f't{name}')}>{domain}{note}"
        f"<langSec xml:lang={quoteattr(form.source)}>{_section(form.term)}</langSec>"
        f"<langSec xml:lang={quoteattr(form.target or EVERY)}>{terms}</langSec></conceptEntry>\n"
    )


def _section(term: str, status: str = "") -> str:
    state = f'<termNote type="administrativeStatus">{status}</termNote>' if status else ""
    return f"<termSec><term>{escape(term)}</term>{state}</termSec>"


def cell(text: str) -> str:
    """A value for a table program: what it would take for a formula is made harmless by an apostrophe (OWASP)."""
    return f"'{text}" if text.startswith((*_RISKY, "'")) else text


def plain(text: str) -> str:
    """A value out of such a table."""
    return text[1:] if text.startswith("'") and text[1:2] in (*_RISKY, "'") else text


def table(forms: Iterable[tuple[TermForm, str]], *, headed: bool = True) -> str:
    """Terms with their status as CSV; forbidden renderings are parted by `|`."""
    out = io.StringIO()
    writer = csv.writer(out)
    if headed:
        writer.writerow(COLUMNS)
    for form, status in forms:
        values = (form.source, form.term, form.target, form.rendering, " | ".join(form.forbidden), form.domain,
                  form.note, "yes" if form.exact else "", status)  # fmt: skip
        writer.writerow([cell(one) for one in values])
    return out.getvalue()


def read_table(content: bytes) -> list[TermForm]:
    """The terms of a CSV file with our columns; `source` and `term` are needed. Raises Invalid beside `file`."""
    text = markup.text_of(content)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        names = [one.strip().lower() for one in next(rows, [])]
        if not {"source", "term"} <= set(names):
            raise Invalid(fields={"file": N_("The table needs the columns source and term.")})
        return [_row(names, one) for one in rows if any(part.strip() for part in one)]
    except csv.Error as error:
        raise Invalid(fields={"file": N_("The table can’t be read.")}) from error


def _row(names: Sequence[str], row: Sequence[str]) -> TermForm:
    value = {name: plain(one.strip()) for name, one in zip(names, row, strict=False)}
    forbidden = tuple(one.strip() for one in value.get("forbidden", "").split("|") if one.strip())
    return TermForm(
        value.get("source", ""), value.get("term", ""), value.get("target", ""),
        value.get("rendering", ""), forbidden, value.get("domain", ""), value.get("note", ""),
        value.get("exact", "").lower() in ("yes", "true", "1"),
    )  # fmt: skip
