"""Every room's tables on one metadata, for migrations and their drift check."""

from __future__ import annotations

import dragoman.accounts.departments.models
import dragoman.accounts.models
import dragoman.accounts.notices.models
import dragoman.accounts.presence.models
import dragoman.accounts.skills.models
import dragoman.accounts.teams.models
import dragoman.accounts.tokens.models
import dragoman.api.models
import dragoman.audit.models
import dragoman.channels.email.models
import dragoman.commerce.models
import dragoman.customers.models
import dragoman.delivery.models
import dragoman.imports.models
import dragoman.intake.models
import dragoman.markets.models
import dragoman.platform.alarms
import dragoman.platform.models
import dragoman.replies.macros.models
import dragoman.replies.models
import dragoman.routing.models
import dragoman.routing.rules.models
import dragoman.sla.models
import dragoman.tickets.bulk.models
import dragoman.tickets.models
import dragoman.tickets.moves.models
import dragoman.tickets.promises.models
import dragoman.tickets.tasks.models
import dragoman.tickets.views.models
import dragoman.translation.models
import dragoman.webhooks.models  # noqa: F401 - imported for the tables they declare
from dragoman.platform.db import Base

metadata = Base.metadata

DIRECTORY = frozenset({"workspaces", "mail_addresses", "rate_limits", "alarms"})
"""Tables without a workspace of their own: read before one is known, so they hold nothing of customers."""

NOT_FORCED = frozenset({"search_docs"})
"""Row-level security binds the application's role, not the owner: docs/adr/0003."""
