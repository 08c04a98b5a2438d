"""How people are addressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.markets import packs
from dragoman.markets.manners import Person, address, forms, full_name, languages

ANNA = Person(name="Anna Weber", given="Anna", surname="Weber", gender="woman")


@pytest.mark.req("R70")
@pytest.mark.req("R100")
@pytest.mark.parametrize(
    ("iso", "language", "person", "greeting", "closing"),
    [
        ("DE", "de", ANNA, "Sehr geehrte Frau Weber,", "Mit freundlichen Grüßen"),
        ("DE", "de-DE", Person(name="Kim Weber"), "Guten Tag Kim Weber,", "Mit freundlichen Grüßen"),
        ("DE", "de", Person(gender="man"), "Guten Tag,", "Mit freundlichen Grüßen"),
        ("US", "en-US", Person(given="John", surname="Doe"), "Hi John,", "Best regards"),
        ("GB", "en-GB", ANNA, "Dear Ms Weber,", "Kind regards"),
        ("FR", "fr", ANNA, "Bonjour Madame Weber,", "Veuillez agréer nos salutations distinguées."),
        ("JP", "ja", Person(given="太郎", surname="山田"), "山田様", "何卒よろしくお願い申し上げます。"),
        ("JP", "ja", Person(name="山田太郎"), "山田太郎様", "何卒よろしくお願い申し上げます。"),
        ("JP", "ja", Person(), "お客様", "何卒よろしくお願い申し上げます。"),
        ("SE", "sv", ANNA, "Hej Anna,", "Vänliga hälsningar"),
        ("US", "en-US", Person(name="John Doe"), "Dear John Doe,", "Best regards"),
    ],
)
def test_greeting_and_closing(iso: str, language: str, person: Person, greeting: str, closing: str) -> None:
    found = address(packs.load(iso), language, person)
    assert (found.greeting, found.closing) == (greeting, closing)


@pytest.mark.req("R93")
@pytest.mark.req("R98")
def test_what_to_avoid_comes_from_the_market() -> None:
    found = address(packs.load("AE"), "ar", ANNA)
    assert found.right_to_left
    assert {"pork, alcohol", "thumbs-up"} <= {taboo.what for taboo in found.avoid}
    assert found.tone is packs.load("AE").rules["tone"]
    assert not address(None, "de", ANNA).avoid


def test_each_language_of_a_market_has_its_forms() -> None:
    for iso in packs.markets():
        for locale in packs.load(iso).locales:
            assert forms(locale)[0].partition("-")[0] == locale.partition("-")[0]


@given(
    language=st.sampled_from([*languages(), "xx", "de-AT"]),
    name=st.text(),
    surname=st.text(),
    gender=st.sampled_from(["woman", "man", None]),
    formal=st.booleans(),
)
def test_no_name_leaves_a_hole_or_breaks_the_form(
    language: str, name: str, surname: str, gender: object, formal: bool
) -> None:
    person = Person(name=name, surname=surname, gender=gender)  # type: ignore[arg-type]
    greeting = address(None, language, person, formal=formal).greeting
    assert greeting.strip()
    if "{" not in name + surname:
        assert "{" not in greeting


def test_names_are_ordered_as_the_language_does() -> None:
    assert full_name("ja", "太郎", "山田") == "山田太郎"
    assert full_name("vi", "Anh", "Nguyễn") == "Nguyễn Anh"
    assert full_name("de", "Anna", "Weber") == "Anna Weber"
    assert full_name("ko", "", "Kim") == "Kim"
