"""What is asked of names, addresses and passwords before anything is written."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable

from dragoman.accounts import passwords
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import LOCALES

_email = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.?[^@\s<>\".]+")


def clean_email(email: str) -> str:
    """An address in its stored form; raises Invalid beside `email`."""
    email = email.strip().lower()
    if len(email) > 254 or not _email.fullmatch(email):
        raise Invalid(fields={"email": N_("This is not an e-mail address.")})
    return email


def check_locale(locale: str) -> None:
    """Raise Invalid beside `locale` for a language the desk lacks."""
    if locale not in LOCALES:
        raise Invalid(fields={"locale": N_("The desk does not speak this language.")})


def check_person(name: str, locale: str, timezone: str) -> None:
    """Raise Invalid beside whichever of the three is at fault."""
    faults = {}
    if not name.strip() or len(name) > 120:
        faults["name"] = N_("A name is needed, of at most 120 characters.")
    if locale not in LOCALES:
        faults["locale"] = N_("The desk does not speak this language.")
    if timezone not in zoneinfo.available_timezones():
        faults["timezone"] = N_("This time zone is not known.")
    if faults:
        raise Invalid(fields=faults)


def check_password(password: str, *, email: str, name: str, company: str = "", field: str = "password") -> None:
    """Raise Invalid beside `field` for a password that is too short, too long or easily guessed."""
    if fault := passwords.fault(password, email=email, name=name, company=company):
        raise Invalid(fields={field: fault})


def together(*checks: Callable[[], object]) -> None:
    """Run all checks before any fault is raised, so that a form says everything that is wrong with it at once."""
    faults: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except Invalid as error:
            faults |= error.fields
    if faults:
        raise Invalid(fields=faults)
