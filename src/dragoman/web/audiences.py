"""Who is to have a view or macro, as a choice of a form."""

from __future__ import annotations

from dragoman.accounts.access import Actor
from dragoman.accounts.audiences import EVERYBODY, ME
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.names import team_label
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.web.forms import Choice


async def choices(session: Session, actor: Actor) -> tuple[Choice, ...]:
    """Oneself; for whoever may share also everybody, and each team."""
    if not actor.may("view.share"):
        return (Choice(ME, _("Only me")),)
    known = await teams.list_teams(session, active_only=True)
    named = (Choice(str(one.id), _("Team: {name}", name=team_label(one.key, one.name))) for one in known)
    return (Choice(ME, _("Only me")), Choice(EVERYBODY, _("Everybody")), *named)
