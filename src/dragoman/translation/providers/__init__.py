"""Who can translate: the kinds there are, what each needs to be set up, and whether texts leave the machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dragoman.kit.errors import N_
from dragoman.translation.providers import apertium, neural
from dragoman.translation.providers.base import Access, Provider, Question, Refused
from dragoman.translation.providers.chat import Chat
from dragoman.translation.providers.deepl import DeepL
from dragoman.translation.providers.google import Google
from dragoman.translation.providers.libre import Libre
from dragoman.translation.providers.messages import Messages

__all__ = ["KINDS", "Access", "Kind", "Provider", "Question", "Refused", "build", "missing"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider: its name, what it needs (`key` and `url` may be `needed`, `optional` or ``), and where texts
    go: `here` (this machine), `there` (the company named), `address` (whoever stands behind the address)."""

    name: str
    make: Callable[[Access], Provider]
    key: str = ""
    url: str = ""
    model: bool = False
    privacy: str = "there"
    company: str = ""
    missing: str = ""
    """What must be installed on the machine, in words, when it is not."""


KINDS: dict[str, Kind] = {
    "deepl": Kind("DeepL", DeepL, "needed", "optional", company="DeepL SE"),
    "google": Kind("Google Cloud Translation", Google, "needed", "optional", company="Google LLC"),
    "libre": Kind("LibreTranslate", Libre, "optional", "needed", privacy="address"),
    "chat": Kind(N_("Language model (OpenAI format)"), Chat, "optional", "needed", True, "address"),
    "messages": Kind(N_("Language model (Anthropic)"), Messages, "needed", "optional", True, company="Anthropic PBC"),
    "apertium": Kind(
        "Apertium", apertium.Apertium, privacy="here",
        missing=N_("Apertium is not installed. On Debian: apt-get install apertium apertium-eng-spa."),
    ),
    "neural": Kind(
        N_("Firefox models on this machine"), neural.Neural, privacy="here",
        missing=N_("Not installed: the package fxtranslate and its models, with the desk's Python."),
    ),
}  # fmt: skip


def build(kind: str, access: Access) -> Provider:
    """A provider of a known kind."""
    return KINDS[kind].make(access)


def missing(kind: str) -> str:
    """What is not installed on this machine, as a gettext id; empty where nothing is missing."""
    absent = (kind == "apertium" and apertium.program() is None) or (kind == "neural" and not neural.installed())
    return KINDS[kind].missing if absent else ""
