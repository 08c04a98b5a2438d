"""Reading XML that strangers made: as text, without entities of its own, within bounds. Pure."""

from __future__ import annotations

from xml.etree import ElementTree

from dragoman.kit.errors import N_, Invalid

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LARGEST = 10 * 1024 * 1024
"""Bytes of a file."""


def text_of(content: bytes) -> str:
    """A file's text by its byte-order mark, else UTF-8. Raises Invalid beside `file`."""
    if len(content) > LARGEST:
        raise Invalid(fields={"file": N_("The file is larger than 10 MB. Bring it in several parts.")})
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(fields={"file": N_("The file can’t be read: it is not in UTF-8.")}) from error


def root_of(content: bytes) -> ElementTree.Element:
    """The root of a file's tree. Entities that a file declares itself are refused: they can grow without end, and may
    name files of the machine. Raises Invalid beside `file`."""
    text = text_of(content)
    if "<!ENTITY" in text:
        raise Invalid(fields={"file": N_("The file declares entities of its own, which are not read.")})
    start = text.find("<?xml")
    if 0 <= start < 5:
        text = text[text.find("?>", start) + 2 :]  # it may name another encoding than it is in by now
    try:
        return ElementTree.fromstring(text.strip())  # noqa: S314
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise Invalid(fields={"file": N_("The file is no well-formed XML.")}) from error


def local(element: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def language_of(element: ElementTree.Element) -> str:
    """The language an element says it is in, as it is written there."""
    return element.get(LANG) or element.get("lang") or ""


def words(element: ElementTree.Element) -> str:
    """All text within an element, on one line."""
    return " ".join("".join(element.itertext()).split())
