"""Translating for the desk: what is known already, else by the memory, else by whoever is switched on.

Texts leave the machine only by providers that the workspace has switched on, with everything that names an order, a
link or a person's address taken out as marks (guard.py). Nothing here is called while mail is being filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import procrastinate

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid, Unavailable
from dragoman.kit.text import storable
from dragoman.platform import jobs, logs
from dragoman.platform.db import Database, Session
from dragoman.platform.doors import Permitted
from dragoman.platform.secrets import Keys
from dragoman.translation import chain, guard, languages, memory, queries, sentences
from dragoman.translation.chain import Outcome, Step, Work
from dragoman.translation.guard import Finding, Span, Term
from dragoman.translation.memory import Paragraph
from dragoman.translation.models import ProviderSetting, Translation
from dragoman.translation.providers import Access
from dragoman.translation.sentences import Pair
from dragoman.translation.values import (
    CHECK,
    DONE,
    FAILED,
    OFF,
    READ,
    SAME,
    SET_UP,
    TOO_LONG,
    WAITING,
    Ask,
    Problem,
    Result,
    Similar,
    problem_of,
    text_hash,
)

__all__ = [
    "Ask",
    "Problem",
    "Result",
    "Similar",
    "Translator",
    "add_jobs",
    "correct",
    "set_up",
    "similar",
    "stored",
    "text_hash",
]

log = logs.get(__name__)
RUN, TEND = "translation.run", "translation.tend"
LONGEST = 30_000
"""Characters that are translated at once."""
AGAIN = timedelta(minutes=10)
"""After which a failed or lost translation is tried anew when somebody looks."""
KEPT = timedelta(days=30)
"""How long what was tried in composers is kept."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be asked for a text: its lines, which of them the memory knew, and the work left."""

    ask: Ask
    purpose: str
    lines: tuple[Paragraph, ...]
    known: Mapping[int, str]
    terms: tuple[Term, ...]
    work: Work


@dataclass(frozen=True, slots=True)
class Translator:
    """The translating of one installation; `main/wiring.py` makes it."""

    db: Database
    keys: Keys
    jobs: procrastinate.App
    allow_private: bool

    async def translate(
        self, session: Session, *, text: str, source: str, target: str, spans: Iterable[Span] = (), purpose: str = READ,
        formality: str = "", message_id: UUID | None = None,
    ) -> Result:  # fmt: skip
        """Translate within the caller's transaction, which stays open meanwhile; pages take `now`."""
        ask = _ask(text, source, target, spans, message_id, formality)
        plan = await self._begin(session, ask, purpose)
        if isinstance(plan, Result):
            return plan
        return await self._settle(session, plan, await chain.ask(plan.work))

    async def now(
        self, workspace_id: UUID, *, text: str, source: str, target: str, spans: Iterable[Span] = (),
        purpose: str = READ, formality: str = "", message_id: UUID | None = None,
    ) -> Result:  # fmt: skip
        """Translate at once; no transaction is open while somebody else's service thinks."""
        return await self._now(workspace_id, _ask(text, source, target, spans, message_id, formality), purpose)

    async def back_translate(self, workspace_id: UUID, *, text: str, source: str, target: str) -> Result:
        """What a text for a customer says in the agent's own language (`target`), to check it before it is sent."""
        return await self.now(workspace_id, text=text, source=source, target=target, purpose=CHECK)

    async def request(
        self, session: Session, *, number: int, asks: Sequence[Ask], target: str, again: bool = False
    ) -> dict[bytes, Result]:
        """What is known of a ticket's texts, by their hashes; what is not, a job translates, and open pages of the
        ticket are told. `again` has failed ones tried anew. Never calls out; one job and three statements at most."""
        there = languages.tidy(target)
        tidy = [replace(one, target=there, source=languages.tidy(one.source), formality="") for one in asks]
        found = await stored(session, {one.hash: one.source for one in tidy}, target)
        left: dict[bytes, Ask] = {}
        for one in tidy:
            if one.hash not in found and (plain := _plainly(one)):
                found[one.hash] = plain
            elif one.hash not in found or (again and found[one.hash].state == FAILED):
                left[one.hash] = one
        if not left:
            return found
        if not await set_up(session):
            return found | {key: Result(OFF, problem=SET_UP, hash=key) for key in left}
        at = clock.now()
        rows = [_row(one, READ) | {"state": "wanted", "number": number, "at": at} for one in left.values()]
        wanted = await queries.want(session, rows)
        if wanted:
            await jobs.defer(session, self.jobs, RUN, rows=[str(one) for one in wanted])
        return found | {key: _bare(one, WAITING) for key, one in left.items()}

    async def run(self, workspace: str, rows: list[str]) -> None:
        """The job: make some wanted translations, and tell the pages of their ticket after each."""
        workspace_id = UUID(workspace)
        for one in rows:
            async with self.db.work(workspace_id) as session:
                row = await queries.load_wanted(session, UUID(one))
            if row is None:
                continue
            spans = tuple((int(start), int(end), str(kind)) for start, end, kind in row.spans)
            await self._now(workspace_id, Ask(row.original, row.source, row.target, spans, row.message_id), row.purpose)
            async with self.db.work(workspace_id) as session:
                if row.number is not None:
                    await session.notify("ticket", number=row.number, by=None)

    async def tend(self) -> None:
        """The job: drop what was only tried."""
        async with self.db.work(None) as session:
            workspaces = await queries.list_workspaces(session)
        for workspace_id in workspaces:
            async with self.db.work(workspace_id) as session:
                await queries.prune(session, clock.now() - KEPT)

    async def _now(self, workspace_id: UUID, ask: Ask, purpose: str) -> Result:
        async with self.db.work(workspace_id) as session:
            plan = await self._begin(session, ask, purpose)
        if isinstance(plan, Result):
            return plan
        outcome = await chain.ask(plan.work)
        async with self.db.work(workspace_id) as session:
            return await self._settle(session, plan, outcome)

    async def _begin(self, session: Session, ask: Ask, purpose: str) -> Result | Plan:
        """What is known already, or what is to be asked."""
        if plain := _plainly(ask):
            return plain
        found = await stored(session, {ask.hash: ask.source}, ask.target)
        if ask.hash in found and found[ask.hash].state == DONE:
            return found[ask.hash]
        terms = await terms_for(session, ask.source, ask.target)
        lines = tuple(memory.paragraphs(ask.text, facts_of(ask, terms)))
        units = await queries.find_units(session, memory.wanted_keys(lines, ask.source, ask.target))
        known: dict[int, str] = {}
        for at, one in enumerate(lines):
            text = _silent(one) if one.silent else memory.recall(one, ask.source, ask.target, units)
            if text is not None:
                known[at] = text
        left = tuple(one for at, one in enumerate(lines) if at not in known)
        used = tuple(dict.fromkeys(term for _start, _end, term in guard.find_terms(ask.text, terms)))
        work = Work(left, ask.source, ask.target, ask.formality, used)
        plan = Plan(ask, purpose, lines, known, used, work)
        if not left:
            return await self._keep(session, plan, Outcome())
        return await self._with_steps(session, plan)

    async def _with_steps(self, session: Session, plan: Plan) -> Result | Plan:
        """The plan with those who can be asked now."""
        settings = await queries.list_providers(session, active=True)
        if not settings:
            return _bare(plan.ask, OFF, SET_UP)
        own = await queries.find_chain(session, plan.ask.source, plan.ask.target)
        used = await queries.used(session, month_of(clock.now()))
        steps, passed = [], []
        for one in chain.in_order(settings, own.steps if own else ()):
            reason = chain.passed_over(one, clock.now(), used.get(one.id, 0), plan.work.characters)
            if reason is not None:
                passed.append(reason)
                continue
            try:
                steps.append(self.step(one))
            except Unavailable as error:
                passed.append(Problem(error.message, dict(error.values), one.name))
        return replace(plan, work=replace(plan.work, steps=tuple(steps), passed=tuple(passed)))

    def step(self, setting: ProviderSetting) -> Step:
        """A provider as it is asked. Raises Unavailable where its key can't be opened."""
        key = self.keys.open(setting.secret, context=f"translator:{setting.id}") if setting.secret else ""
        access = Access(setting.base_url, setting.model, key, float(setting.time_limit), self.allow_private)
        return Step(setting.id, setting.name, setting.kind, access, setting.price)

    async def _settle(self, session: Session, plan: Plan, outcome: Outcome) -> Result:
        """Keep what asking led to: usage, who failed, the translation."""
        await note(session, outcome)
        return await self._keep(session, plan, outcome)

    async def _keep(self, session: Session, plan: Plan, outcome: Outcome) -> Result:
        if outcome.problem is not None:
            failed = _bare(plan.ask, FAILED, outcome.problem)
            values = _row(plan.ask, plan.purpose) | {"state": FAILED, "problem": outcome.problem.facts()}
            await queries.put(session, values | {"at": clock.now()})
            return failed
        fresh = iter(outcome.lines)
        lines = [plan.known[at] if at in plan.known else next(fresh) for at in range(len(plan.lines))]
        text, findings = guard.mend(plan.ask.text, "\n".join(lines), plan.terms)
        name = outcome.step.name if outcome.step else ""
        return await _put(session, plan.ask, plan.purpose, text, findings, provider=name, memory=outcome.step is None)


def add_jobs(app: procrastinate.App, translator: Translator) -> None:
    """Register the room's jobs."""
    jobs.add(app, RUN, translator.run)
    jobs.add(app, TEND, translator.tend, cron="31 3 * * *")


def month_of(moment: datetime) -> Any:
    """The month that usage is counted in, as its first day (UTC)."""
    return moment.date().replace(day=1)


async def set_up(session: Session) -> bool:
    """Whether anybody is switched on who translates."""
    return await queries.has_active(session)


async def stored(session: Session, wanted: Mapping[bytes, str], target: str) -> dict[bytes, Result]:
    """What is known of texts in a language, by their hashes (`wanted`: hash to the original's language), in one
    statement. Those never asked for are not in it, nor those whose failure is some minutes old."""
    found: dict[bytes, Result] = {}
    if not wanted:
        return found
    for row in await queries.list_translations(session, list(wanted), languages.tidy(target)):
        fresh = row.state == DONE or row.at > clock.now() - AGAIN
        if fresh and row.source == languages.tidy(wanted[row.hash]):
            found[row.hash] = _result(row)
    return found


async def correct(session: Session, actor: Permitted, *, ask: Ask, text: str, noted: bool = True) -> Result:
    """Keep a person's own translation of a text: it stands from now on, and the memory learns from it. `noted` writes
    it into the audit log; what is part of another deed (an answer that is sent) stands there with that one.

    Raises Invalid, Forbidden.
    """
    actor.require("ticket.reply")
    text = storable(text).strip()
    if not text or len(text) > 2 * LONGEST:
        raise Invalid(fields={"text": N_("Write the translation first.")})
    ask = _ask(ask.text, ask.source, ask.target, ask.spans, ask.message_id, ask.formality)
    terms = await terms_for(session, ask.source, ask.target)
    lines = memory.paragraphs(ask.text, facts_of(ask, terms))
    await memory.keep(
        session, memory.units_of(lines, text), ask.source, ask.target, person_id=actor.person_id, origin="correction",
        over=True,
    )  # fmt: skip
    if noted:
        audit.record(session, actor, "memory.corrected", Subject("translation", ask.hash.hex()), language=ask.target)
    findings = guard.forbidden_in(ask.text, text, terms)
    return await _put(session, ask, READ, text, findings, corrected_by=actor.person_id)


async def similar(session: Session, text: str, source: str, target: str, spans: Iterable[Span] = ()) -> list[Similar]:
    """Earlier texts much like this one and what people made of them, best first."""
    ask = _ask(text, source, target, spans)
    terms = await terms_for(session, ask.source, ask.target)
    return await memory.similar(session, memory.paragraphs(text, facts_of(ask, terms)), ask.source, ask.target)


async def terms_for(session: Session, source: str, target: str) -> tuple[Term, ...]:
    """The approved terms of a pair of languages; one that names it more closely replaces a more general one."""
    if not source:
        return ()
    found = {row.folded: row for row in await queries.list_approved(session, source, target)}
    return tuple(Term(one.term, one.rendering, tuple(one.forbidden), one.note, one.exact) for one in found.values())


def facts_of(ask: Ask, terms: Iterable[Term]) -> tuple[guard.Fact, ...]:
    """What must survive in a text."""
    return guard.find_facts(ask.text, ask.spans, terms, ask.source, ask.target)


async def note(session: Session, outcome: Outcome) -> None:
    """Count what providers were given, and remember who failed."""
    now = clock.now()
    month = month_of(now)
    for one in outcome.failures:
        price = chain.cost(one.characters, one.step.price)
        await queries.count_use(session, month, one.step.id, characters=one.characters, cost=price, failed=True)
        setting = await queries.load_provider(session, one.step.id, lock=True)
        if setting is not None:
            until = chain.rest(setting.failures, one, now)
            await queries.note_failure(
                session, one.step.id, at=now, until=until, problem=one.problem.facts(), counts=one.blamed
            )
    if outcome.step is not None:
        price = chain.cost(outcome.characters, outcome.step.price)
        await queries.count_use(
            session, month, outcome.step.id, characters=outcome.characters, cost=price, failed=False
        )
        await queries.note_success(session, outcome.step.id)


def _ask(
    text: str, source: str, target: str, spans: Iterable[Span] = (), message_id: UUID | None = None, formality: str = ""
) -> Ask:
    """A question in tidy form. Raises Invalid where the target is no language."""
    if not (there := languages.tidy(target)):
        raise Invalid(fields={"target": N_("Choose a language.")})
    return Ask(storable(text), languages.tidy(source), there, tuple(spans), message_id, formality)


def _plainly(ask: Ask) -> Result | None:
    """The result for a text that needs nobody: empty, without words, or in the reader's language."""
    if languages.same(ask.source, ask.target) or not any(one.isalpha() for one in ask.text):
        return _bare(ask, SAME, text=ask.text)
    if len(ask.text) > LONGEST:
        return _bare(ask, FAILED, replace(TOO_LONG, values={"n": len(ask.text)}))
    return None


def _bare(ask: Ask, state: str, problem: Problem | None = None, text: str = "") -> Result:
    return Result(state, text, problem=problem, hash=ask.hash, source=ask.source, target=ask.target)


def _silent(line: Paragraph) -> str:
    """A line without words: only its figures are written anew."""
    masked = guard.mask(line.text, line.facts)
    return guard.restore(masked, masked.text)


def _row(ask: Ask, purpose: str) -> dict[str, Any]:
    return {
        "message_id": ask.message_id, "hash": ask.hash, "source": ask.source, "target": ask.target,
        "purpose": purpose, "original": ask.text, "spans": [list(one) for one in ask.spans], "problem": {},
        "text": "", "sentences": [], "findings": [], "provider": "", "memory": False,
    }  # fmt: skip


async def _put(
    session: Session, ask: Ask, purpose: str, text: str, findings: Sequence[Finding], *, provider: str = "",
    memory: bool = False, corrected_by: UUID | None = None,
) -> Result:  # fmt: skip
    """Keep a made translation and give it back."""
    pairs = sentences.pair_up(ask.text, text)
    values = _row(ask, purpose) | {
        "state": DONE, "text": text, "provider": provider, "memory": memory, "corrected_by_id": corrected_by,
        "sentences": [[one.source, one.target] for one in pairs], "at": clock.now(),
        "findings": [[one.word, one.preferred, one.note] for one in findings],
    }  # fmt: skip
    await queries.put(session, values, over=corrected_by is not None)
    return Result(
        DONE, text, provider, pairs, memory, corrected_by is not None, None, tuple(findings), ask.hash, ask.source,
        ask.target,
    )  # fmt: skip


def _result(row: Translation) -> Result:
    pairs = tuple(Pair(str(here), str(there)) for here, there in row.sentences)
    findings = tuple(Finding(*(str(part) for part in one)) for one in row.findings)
    state = {"wanted": WAITING}.get(row.state, row.state)
    return Result(
        state, row.text, row.provider, pairs, row.memory, row.corrected_by_id is not None, problem_of(row.problem),
        findings, row.hash, row.source, row.target,
    )  # fmt: skip
