"""How to address a person in a language: the greeting, the closing, the tone, what to avoid. Pure.

A name is never split here: where a form needs a part that is not known, the whole name or the nameless form serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from pydantic import BaseModel, ConfigDict, Field

from dragoman.markets.packs import Pack, Rule, parse
from dragoman.markets.values import Taboo

Gender = Literal["woman", "man"]
FAMILY_FIRST = frozenset({"ja", "ko", "zh", "vi", "hu"})
"""Languages that write the family name first."""
UNSPACED = frozenset({"ja", "ko", "zh"})
"""Of these, the ones that write no space between the parts of a name in its own script."""
FALLBACK = "en"


class Forms(BaseModel):
    """The forms of a language, with `{name}`, `{given}` and `{surname}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    woman: str
    man: str
    neutral: str
    informal: str
    nameless: str = Field(pattern=r"^[^{}]+$")
    closing_formal: str = Field(pattern=r"^[^{}]+$")
    closing: str = Field(pattern=r"^[^{}]+$")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is addressed, as far as known. `name` is the name as the person gave it."""

    name: str = ""
    given: str = ""
    surname: str = ""
    gender: Gender | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """How to write to somebody. `language` is the one whose forms are used; they are general knowledge, not sourced."""

    language: str
    greeting: str
    closing: str
    formal: bool
    right_to_left: bool
    honorific: Rule | None
    tone: Rule | None
    avoid: tuple[Taboo, ...]


@cache
def languages() -> dict[str, Forms]:
    """The forms by language, and by locale where one differs."""
    text = Path(__file__).with_name("manners.yaml").read_text(encoding="utf-8")
    return {code: Forms(**fields) for code, fields in parse(text).items()}


def forms(language: str) -> tuple[str, Forms]:
    """The forms of a BCP 47 language and the code they are kept under; English where there are none."""
    known = languages()
    code = language if language in known else language.partition("-")[0]
    code = code if code in known else FALLBACK
    return code, known[code]


def address(pack: Pack | None, language: str, person: Person, *, formal: bool | None = None) -> Address:
    """How to address somebody; as formally as the market does unless told, formally where it is not known."""
    code, found = forms(language)
    honorific = pack.rules.get("honorific") if pack else None
    if formal is None:
        formal = honorific.value.formal if honorific else True
    return Address(
        language=code,
        greeting=_greeting(code, found, person, formal),
        closing=found.closing_formal if formal else found.closing,
        formal=formal,
        right_to_left=Locale.parse(code, sep="-").text_direction == "rtl",
        honorific=honorific,
        tone=pack.rules.get("tone") if pack else None,
        avoid=tuple(pack.value("taboos") or ()) if pack else (),
    )


def _greeting(code: str, found: Forms, person: Person, formal: bool) -> str:
    parts = {"given": person.given.strip(), "surname": person.surname.strip()}
    parts["name"] = person.name.strip() or full_name(code, parts["given"], parts["surname"])
    first = (getattr(found, person.gender) if person.gender else found.neutral) if formal else found.informal
    for form in (first, found.neutral):
        if all(value for key, value in parts.items() if f"{{{key}}}" in form):
            return _fill(form, parts)
    if parts["name"]:  # a form that wants a part we do not know takes the whole name instead
        return _fill(found.neutral, dict.fromkeys(parts, parts["name"]))
    return found.nameless


def _fill(form: str, parts: dict[str, str]) -> str:
    """Braces in a name stay what they are: only the form is a template."""
    return form.format_map(parts)


def full_name(language: str, given: str, surname: str) -> str:
    """The parts in the order in which the language writes them; one that is missing is left out."""
    code = language.partition("-")[0]
    parts = [surname, given] if code in FAMILY_FIRST else [given, surname]
    own_script = code in UNSPACED and not (given + surname).isascii()
    return ("" if own_script else " ").join(part for part in parts if part)
