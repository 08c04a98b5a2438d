"""Translation memories as TMX 1.4b files (gala-global.org/tmx-14b), by which other translation tools exchange them.

Facts are placeholders there: `⟦0⟧` is `<ph x="1"/>`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import regex

from dragoman import __version__
from dragoman.kit.errors import N_, Invalid
from dragoman.translation import languages, markup

MOST = 20_000
"""Units of one file."""
_MARK = regex.compile(r"⟦(\d+)⟧")
_CODES = frozenset(("ph", "bpt", "ept", "it", "ut"))
"""Elements that stand for formatting or placeholders of the original; their content is no text."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and its translation; facts as marks where the file has placeholders."""

    source: str
    target: str
    original: str
    text: str
    at: datetime | None = None


def read(content: bytes) -> list[Unit]:
    """The units of a file: the first language of each (or the header's) against every other. Raises Invalid."""
    root = markup.root_of(content)
    if markup.local(root) != "tmx":
        raise Invalid(fields={"file": N_("This is no TMX file.")})
    header = next((one for one in root if markup.local(one) == "header"), None)
    usual = languages.tidy(header.get("srclang", "") if header is not None else "")
    found: list[Unit] = []
    for tu in root.iter():
        if markup.local(tu) != "tu":
            continue
        said = [(language, text) for language, text in _variants(tu) if language and text]
        own = languages.tidy(tu.get("srclang", "")) or usual
        first = next((one for one in said if one[0] == own), said[0] if said else None)
        found += [Unit(first[0], one[0], first[1], one[1]) for one in said if first and one[0] != first[0]]
        if len(found) > MOST:
            raise Invalid(fields={"file": N_("At most 20,000 units at once. Bring them in several files.")})
    return found


def _variants(tu: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for tuv in tu:
        if markup.local(tuv) == "tuv":
            seg = next((one for one in tuv if markup.local(one) == "seg"), None)
            if seg is not None:
                yield languages.tidy(markup.language_of(tuv)), _text(seg).strip()


def _text(seg: ElementTree.Element) -> str:
    """A segment's text: placeholders with a number as marks, formatting dropped, highlighted text kept."""
    out = seg.text or ""
    for one in seg:
        name = markup.local(one)
        if name == "ph" and one.get("x", "").isdigit() and int(one.get("x", "0")) > 0:
            out += f"⟦{int(one.get('x', '1')) - 1}⟧"
        elif name not in _CODES:
            out += _text(one)
        out += one.tail or ""
    return out


def head() -> str:
    """A file's beginning."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="Dragoman" creationtoolversion={quoteattr(__version__)} segtype="block" '
        'o-tmf="Dragoman" adminlang="en" srclang="*all*" datatype="plaintext"/>\n<body>\n'
    )


def tail() -> str:
    """A file's end."""
    return "</body>\n</tmx>\n"


def written(units: Iterable[Unit]) -> str:
    """Units as they stand in a file."""
    return "".join(_written(one) for one in units)


def _written(unit: Unit) -> str:
    when = f' creationdate="{unit.at:%Y%m%dT%H%M%SZ}"' if unit.at else ""
    here, there = quoteattr(unit.source or "und"), quoteattr(unit.target)
    return (
        f"<tu srclang={here}{when}><tuv xml:lang={here}><seg>{_seg(unit.original)}</seg></tuv>"
        f"<tuv xml:lang={there}><seg>{_seg(unit.text)}</seg></tuv></tu>\n"
    )


def _seg(text: str) -> str:
    plain = regex.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)  # XML 1.0 has no way to write these
    return _MARK.sub(lambda found: f'<ph x="{int(found[1]) + 1}"/>', escape(plain))
