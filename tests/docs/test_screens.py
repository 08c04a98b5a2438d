"""The folder of screens holds what its page shows, and stays light."""

from __future__ import annotations

import re

from tests.docs import screens

FOLDERS = {f"{folder}-{theme}" for folder in screens.LANGUAGES for theme in screens.THEMES}


def test_every_screen_is_there_once_in_both_languages_and_themes() -> None:
    names = {*screens.SHOWN, *(f"{name}-phone" for name in screens.ON_PHONE)}
    made = {path.relative_to(screens.SCREENS).as_posix() for path in screens.SCREENS.rglob("*.webp")}
    assert made == {f"{folder}/{name}.webp" for folder in FOLDERS for name in names}
    assert len(screens.SHOWN) == 10
    assert set(screens.TITLES) == set(screens.SHOWN)


def test_the_page_shows_them_all_and_is_as_it_is_made() -> None:
    page = (screens.SCREENS / "README.md").read_text("utf-8")
    assert page == screens.index()
    shown = set(re.findall(r"\(([\w-]+/[\w-]+\.webp)\)", page))
    assert shown == {path.relative_to(screens.SCREENS).as_posix() for path in screens.SCREENS.rglob("*.webp")}


def test_the_folder_stays_light() -> None:
    assert sum(path.stat().st_size for path in screens.SCREENS.rglob("*.webp")) < screens.FITS
