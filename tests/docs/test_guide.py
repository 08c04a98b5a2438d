"""The guide speaks of what exists: its words, its pictures and its pages, in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dragoman.web.manage.pages import PAGES
from tests.docs import guide

GUIDE = guide.ROOT / "docs" / "guide"
PO = guide.ROOT / "src" / "dragoman" / "locale" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
CHAPTERS = sorted(path for folder in guide.LANGUAGES for path in (GUIDE / folder).glob("*.md"))
CATALOGUE = read_po(io.BytesIO(PO.read_bytes()), locale="zh_Hans")
STRESSED = {
    "You were invited?", "Passwords", "You were given a first password?", "for everybody", "for administrators",
}  # fmt: skip
"""Bold words that begin a paragraph, and are none of the screen's."""


def relative(path: Path) -> str:
    return path.relative_to(GUIDE).as_posix()


def words(page: Path) -> list[str]:
    """The bold words of a page, but those that only stress."""
    return [one for one in re.findall(r"\*\*(.+?)\*\*", page.read_text("utf-8")) if one not in STRESSED]


def test_every_page_is_there_in_both_languages_with_the_same_pictures() -> None:
    english, chinese = ({path.name: path for path in (GUIDE / folder).glob("*.md")} for folder in ("en", "zh"))
    assert set(english) == set(chinese)
    assert len(english) == 12
    for name in english:
        shown = [re.findall(r"img/\w+/([\w-]+)\.webp", one[name].read_text("utf-8")) for one in (english, chinese)]
        assert shown[0] == shown[1], name


@pytest.mark.parametrize("page", CHAPTERS, ids=relative)
def test_the_screens_words_are_the_screens(page: Path) -> None:
    if page.parent.name == "en":
        said = {message.id if isinstance(message.id, str) else message.id[0] for message in CATALOGUE if message.id}
    else:
        said = {str(message.string) for message in CATALOGUE if message.id}
    assert [one for one in words(page) if one not in said] == []


@pytest.mark.parametrize("page", CHAPTERS, ids=relative)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert targets or page.name != "README.md"
    assert [one for one in targets if "://" not in one and not (page.parent / one).resolve().exists()] == []
    own = page.parent.name
    assert all(f"img/{own}/" in one for one in targets if "img/" in one), "pictures speak the page's language"


def test_pictures_are_used_of_one_size_and_light() -> None:
    used = {match for page in CHAPTERS for match in re.findall(r"img/(\w+/[\w-]+\.webp)", page.read_text("utf-8"))}
    made = {path.relative_to(guide.PICTURES).as_posix(): path for path in guide.PICTURES.rglob("*.webp")}
    assert used == set(made)
    assert sum(path.stat().st_size for path in made.values()) < 8_000_000
    for path in made.values():
        head = path.read_bytes()[:30]
        assert head[8:16] == b"WEBPVP8X"
        size = tuple(int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))  # RFC 9649 §2.7
        assert size == (guide.SIZE["width"], guide.SIZE["height"])


def test_each_settings_page_has_its_picture() -> None:
    pages = {page.href for page in PAGES if page.permission} - {"/settings/workspace", "/macros", "/terms"}
    assert pages == set(guide.ADMIN_PAGES.values())
