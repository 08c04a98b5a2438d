"""Every page, in both languages and themes, as templates alone make it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dragoman.platform import i18n
from dragoman.web import assets, render, sprite

from . import samples

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
CATALOGUE = "zh_Hans"


def rendered(name: str, locale: str = "en", **more: object) -> str:
    template, here, build = samples.PAGES[name]
    with i18n.use(locale):
        view = build()
    return render.page(template, view, samples.shell(locale, here=here, **more))


@pytest.mark.parametrize("name", samples.PAGES)
@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_pages_carry_nothing_that_the_policy_forbids(name: str, locale: str) -> None:
    html = rendered(name, locale)
    assert html.rstrip().endswith("</html>")
    assert f'lang="{locale.replace("_", "-")}"' in html
    assert not INLINE.search(html)


@pytest.mark.parametrize("name", samples.PAGES)
def test_ids_are_unique_and_labels_point_at_something(name: str) -> None:
    html = rendered(name)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'(?:\sfor|aria-labelledby|aria-controls)="([^"]+)"', html):
        assert target in ids
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(described.split()) <= set(ids)


@pytest.mark.parametrize("name", [name for name in samples.PAGES if name != "styleguide"])
def test_chinese_pages_leave_no_english_of_ours(name: str) -> None:
    """Every sentence of the English catalogue that stands on the English page is another one on the Chinese page."""
    english, chinese = rendered(name), rendered(name, CATALOGUE)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", english, re.S)
    words = {
        "Sign in",
        "Settings",
        "Inbox",
        "Search",
        "Solve",
        "Send",
        "Save",
        "To the inbox",
        "Go on",
        "Open the desk",
    }
    for word in words:
        if f">{word}<" in english:
            assert f">{word}<" not in chinese
    assert heading


def test_customers_words_cannot_become_markup() -> None:
    evil = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
    row = samples.rows()[0]
    text = samples.Message("m1", "in", evil, samples.ago(5), (samples.Section("own", evil),), address=evil, files=(
        samples.File(evil, evil, 10, "/attachments/1"),))  # fmt: skip
    view = samples.TicketPage(
        samples.list_view(), samples.ticket(subject=evil, timeline=(text,), tags=(evil,), shop=evil, assignee=evil)
    )
    html = render.page("desk/ticket/ticket.html", view, samples.shell())
    assert row.subject in html
    assert "<img src=x" not in html
    assert "49" not in re.findall(r'<bdi dir="auto" lang="de">(.*?)</bdi>', html)[0]


def test_a_fragment_is_the_pages_block_alone() -> None:
    view = samples.TicketPage(None, samples.ticket(), "/desk")
    part = render.fragment("desk/ticket/ticket.html", "matter", view, samples.shell())
    assert part.lstrip().startswith("<article")
    assert "<html" not in part
    whole = rendered("ticket")
    assert 'id="timeline"' in part
    assert 'id="timeline"' in whole


def test_a_changed_message_gets_another_mark_and_an_unchanged_one_keeps_it() -> None:
    def marks(**more: object) -> list[str]:
        view = samples.TicketPage(None, samples.ticket(**more), "/desk")
        html = render.fragment("desk/ticket/ticket.html", "matter", view, samples.shell())
        return re.findall(r'id="(i-m1|i-m3)" data-v="(\w+)"', html)

    items = samples.timeline()
    changed = tuple(replace(item, author="Somebody else") if item.id == "m3" else item for item in items)
    before, after = dict(marks(timeline=items)), dict(marks(timeline=changed))
    assert before["i-m1"] == after["i-m1"]
    assert before["i-m3"] != after["i-m3"]


def test_readers_without_rights_see_no_controls() -> None:
    html = rendered("ticket-read-only")
    assert 'id="composer"' not in html
    assert "/tickets/4182/status" not in html
    bare = rendered("profile", can=frozenset())
    assert "/settings/people" not in bare


def test_the_sprite_holds_just_the_icons_that_are_named() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', assets.files()["icons.svg"].body.decode()))
    assert drawn == sprite.ICONS
    sources = [
        path for path in render.FOLDER.rglob("*") if path.suffix in {".html", ".py"} and path.name != "sprite.py"
    ]
    text = "".join(path.read_text("utf-8") for path in sources)
    assert {name for name in sprite.ICONS if f'"{name}"' not in text} == set()


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        render.icon("no-such-icon")


def test_the_first_paint_of_a_ticket_stays_under_a_hundred_kilobytes() -> None:
    import gzip

    html = rendered("ticket")
    names = ["desk.css", "icons.svg", "mark.svg", "vendor/htmx.min.js"]
    names += [name for name in assets.files() if name.startswith("js/")]
    total = len(gzip.compress(html.encode(), 5)) + sum(len(assets.files()[name].packed or b"") for name in names)
    assert total <= 100_000


def test_every_sheet_and_script_is_linked() -> None:
    sheets = {path.name for path in (assets.FOLDER / "css").iterdir()}
    assert sheets == set(assets.SHEETS)
    html = rendered("inbox")
    for name in assets.files():
        if name.startswith("js/"):
            assert assets.asset_url(name) in html


def test_a_form_shows_what_was_typed_and_what_is_wrong_with_it() -> None:
    html = rendered("people")
    assert 'value="nora@"' in html
    assert re.search(r'id="f-email"[^>]*aria-invalid="true"[^>]*aria-describedby="e-email ?"', html)
    assert "This is not an e-mail address." in html
