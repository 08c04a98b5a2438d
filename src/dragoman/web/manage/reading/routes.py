"""The workspace's wishes about reading, and its teaching."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.flow import reading
from dragoman.flow.teaching import MOST, TEACH
from dragoman.kit.errors import N_, Conflict, Invalid
from dragoman.platform import jobs
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import queries
from dragoman.understanding import queries as taught
from dragoman.understanding.figures import by_language
from dragoman.understanding.models import TaughtHead
from dragoman.understanding.reader import FULL, OFF
from dragoman.understanding.teaching import FEWEST
from dragoman.web import formats, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.reading.view import Measured, ReadingPage, Round

BASE = "/settings/reading"
TOO_FEW = N_("There are too few corrections yet. Correct or confirm more intents on tickets first.")
router = APIRouter(prefix=BASE)


async def _show(reader: Reader, form: Form | None = None) -> Response:
    reader.actor.require("workspace.manage")
    setting = reader.desk.settings.reading
    async with reader.work() as session:
        wishes = await reading.load_wishes(session)
        corrections, _newest = await queries.count_corrections(session, "intent", limit=MOST)
        rounds = await taught.list_rounds(session, setting)
        around = await respond.shell(reader, session, "manage.reading")
    values = {"threshold": str(round(100 * wishes.threshold)), "feelings": "yes" if wishes.feelings else "no"}
    view = ReadingPage(
        form or Form(values), setting, tuple(Choice(str(one), f"{one} %") for one in reading.THRESHOLDS), corrections,
        FEWEST, tuple(_round(one) for one in rounds), _measured(setting),
    )  # fmt: skip
    return respond.page(reader.request, "manage/reading/reading.html", view, around, status=422 if form else 200)


def _round(row: TaughtHead) -> Round:
    share = {name: round(100 * float(row.figures.get(name, 0))) for name in ("before", "after")}
    kept = {name: round(100 * float(row.figures.get(name, 0))) for name in ("kept_before", "kept_after")}
    return Round(row.at, row.lessons, share["before"], share["after"], kept["kept_before"], kept["kept_after"],
                 row.active, row.weights is not None)  # fmt: skip


def _measured(setting: str) -> tuple[Measured, ...]:
    found = by_language(setting if setting != OFF else FULL)
    rows = [
        Measured(formats.language(tag), one.count, round(100 * one.intent), round(100 * one.language))
        for tag, one in found.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.intent))


@router.get("")
async def page(reader: SignedIn) -> Response:
    """How customers' words are read."""
    return await _show(reader)


@router.post("")
async def change(reader: SignedIn, data: Posted) -> Response:
    """Change from which confidence on the desk sets an intent, and whether feelings are read."""
    typed = {"threshold": field(data, "threshold", 4), "feelings": field(data, "feelings", 4)}
    try:
        async with reader.work() as session:
            await reading.save_wishes(
                session, reader.actor, threshold=typed["threshold"], feelings=typed["feelings"] == "yes"
            )
    except Invalid as error:
        return await _show(reader, Form(typed, said_fields(error)))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/teach")
async def teach(reader: SignedIn) -> Response:
    """Teach the desk from the corrections now instead of at night."""
    reader.actor.require("workspace.manage")
    async with reader.work() as session:
        corrections, _newest = await queries.count_corrections(session, "intent", limit=MOST)
        if corrections < FEWEST:
            raise Conflict(TOO_FEW)
        await jobs.defer(
            session, reader.desk.jobs, TEACH, lock=f"teach {session.workspace_id}", workspace=str(session.workspace_id)
        )
    flash = Flash(_("The desk is learning; the figures appear here in a minute."))
    return respond.redirect(reader.request, BASE, flash)


@router.post("/forget")
async def forget(reader: SignedIn) -> Response:
    """Go back to the shipped reading; corrections stay."""
    reader.actor.require("workspace.manage")
    async with reader.work() as session:
        await taught.retire(session, reader.desk.settings.reading)
    return respond.redirect(reader.request, BASE, Flash(_("The shipped reading is in use again.")))
