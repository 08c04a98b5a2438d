"""Who is asked, in which order, and who is left alone for now. Pure but for the asking itself.

The first that works wins. One that fails is left alone for a while, longer each time (a circuit breaker); one whose
month is used up, or that does not know the languages, is passed over.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dragoman.kit.errors import N_
from dragoman.platform import logs
from dragoman.translation import guard, providers, variants
from dragoman.translation.guard import BRACKETS, Broken, Term
from dragoman.translation.memory import Paragraph
from dragoman.translation.models import ProviderSetting
from dragoman.translation.providers import Access, Provider, Question, Refused
from dragoman.translation.values import NO_PAIR, Problem

log = logs.get(__name__)
WAITS = [timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800)]
LONG = timedelta(hours=1)
"""How long one is left alone that will go on refusing until somebody changes its settings."""
TRIES = 2
"""Answers that broke something after which nobody else is asked: the text itself is then hard to translate."""
BROKEN = {
    "lost": N_("The translation lost something that must stay: {words}."),
    "doubled": N_("The translation repeated something that must stand once: {words}."),
    "made up": N_("The translation brought something that is not in the original: {words}."),
    "told": N_("The answer was no translation."),
    "empty": N_("The answer was empty."),
    "length": N_("The answer is far longer or shorter than the original."),
    "script": N_("The answer is not in the language asked for."),
}
USED_UP = N_("Its characters of this month are used up.")
RESTING = N_("It has failed and is left alone for a while.")


@dataclass(frozen=True, slots=True)
class Step:
    """A provider as a translation asks it."""

    id: UUID
    name: str
    kind: str
    access: Access
    price: Decimal


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong at a step, for its settings page; `until`: how long it is left alone."""

    step: Step
    problem: Problem
    blamed: bool
    permanent: bool = False
    wait: int | None = None
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking led to: lines in the order of the question, by whom; or none, and why."""

    lines: tuple[str, ...] = ()
    step: Step | None = None
    characters: int = 0
    failures: tuple[Failure, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Lines to translate, with what must survive in them and the terms their text uses."""

    lines: tuple[Paragraph, ...]
    source: str
    target: str
    formality: str = ""
    terms: tuple[Term, ...] = ()
    steps: tuple[Step, ...] = ()
    passed: tuple[Problem, ...] = field(default=())

    @property
    def characters(self) -> int:
        """What a provider would be given."""
        return sum(len(one.masked) for one in self.lines)


def in_order(settings: Sequence[ProviderSetting], steps: Sequence[str]) -> list[ProviderSetting]:
    """The providers that are asked: those of a pair's own order, else all in theirs."""
    by_id = {str(one.id): one for one in settings}
    return [by_id[one] for one in steps if one in by_id] if steps else list(settings)


def passed_over(setting: ProviderSetting, now: datetime, used: int, characters: int) -> Problem | None:
    """Why a provider is not asked now; None: it is."""
    if setting.paused_until and setting.paused_until > now:
        return Problem(RESTING, {}, setting.name)
    if setting.monthly_limit is not None and used + characters > setting.monthly_limit:
        return Problem(USED_UP, {}, setting.name)
    return None


def rest(failures: int, failure: Failure, now: datetime) -> datetime:
    """Until when one is left alone that has failed `failures` times before, this one not counted."""
    if failure.permanent:
        return now + LONG
    own = WAITS[min(failures, len(WAITS) - 1)]
    return now + max(own, timedelta(seconds=failure.wait or 0))


def cost(characters: int, price: Decimal) -> Decimal:
    """What characters cost at a price for a million."""
    return (price * characters / Decimal(1_000_000)).quantize(Decimal("0.000001"))


async def ask(work: Work) -> Outcome:
    """Ask one after another until one translates well."""
    failures: list[Failure] = []
    passed, broken = list(work.passed), 0
    for step in work.steps:
        provider = providers.build(step.kind, step.access)
        try:
            async with asyncio.timeout(step.access.timeout):
                if not await provider.supports(work.source, work.target):
                    continue
                lines = await _translate(provider, work)
            return Outcome(lines, step, work.characters, tuple(failures))
        except Refused as error:
            problem = Problem(error.message, error.values, step.name)
            failures.append(Failure(step, problem, error.blamed, error.permanent, error.wait))
        except TimeoutError:
            problem = Problem(N_("It took too long."), {}, step.name)
            failures.append(Failure(step, problem, True, characters=work.characters))
        except Broken as error:
            words = ", ".join(error.words)[:200] or "–"
            problem = Problem(BROKEN[error.reason], {"words": words}, step.name)
            failures.append(Failure(step, problem, False, characters=work.characters))
            broken += 1
            if broken == TRIES:
                break
    if failures:
        log.info("not translated", providers=[one.step.kind for one in failures], target=work.target)
    last = failures[-1].problem if failures else (passed[-1] if passed else NO_PAIR)
    return Outcome(failures=tuple(failures), problem=last)


async def _translate(provider: Provider, work: Work) -> tuple[str, ...]:
    """Lines by one provider, with all that must survive back in its place. Raises Refused, Broken."""
    marks = BRACKETS if provider.html else provider.marks
    masked = [guard.mask(one.text, one.facts, marks) for one in work.lines]
    texts = tuple(guard.to_html(one.text) if provider.html else one.text for one in masked)
    secret = secrets.token_hex(8) if provider.model else ""
    question = Question(texts, work.source, work.target, work.formality, work.terms, secret)
    answers = await provider.translate(question)
    out = []
    for one, asked, answer in zip(work.lines, masked, answers, strict=True):
        plain = " ".join((guard.from_html(answer) if provider.html else answer).split())
        guard.check_numbers(asked.text, plain)
        plain = plain if provider.model else variants.adapt(plain, work.target)
        restored = guard.restore(asked, plain)
        guard.check(one.text, restored, secret)
        out.append(restored)
    guard.check_script("\n".join(out), work.target)
    return tuple(out)
