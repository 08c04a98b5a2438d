"""What a token may be given: reading or writing one area each. A token's permissions are those that its scopes name
and its person's role has, whichever is less."""

from __future__ import annotations

from collections.abc import Iterable

from dragoman.kit.errors import N_

SCOPES: dict[str, str] = {
    "tickets:read": N_("Read tickets, messages and attachments"),
    "tickets:write": N_("Open, answer and change tickets"),
    "views:write": N_("Add and change saved views and macros"),
    "customers:read": N_("See customers"),
    "customers:write": N_("Add and change customers"),
    "people:read": N_("See the people of the desk and their roles"),
    "settings:read": N_("See shops, mailboxes, clocks and the workspace"),
    "settings:write": N_("Add and change shops, clocks and working hours"),
    "routing:read": N_("See teams, skills, presence and rules"),
    "routing:write": N_("Change teams, skills, presence and rules"),
    "markets:read": N_("See the rules of markets"),
    "markets:write": N_("Confirm and correct the rules of markets"),
    "terms:read": N_("See the term base"),
    "terms:write": N_("Propose and approve terms"),
    "audit:read": N_("Read the audit log"),
    "webhooks:write": N_("Manage webhooks"),
}

PERMISSIONS_OF: dict[str, tuple[str, ...]] = {
    "tickets:read": ("ticket.read",),
    "tickets:write": ("ticket.read", "ticket.reply", "ticket.note", "ticket.change", "ticket.assign", "task.work"),
    "views:write": ("ticket.read", "ticket.note", "view.share"),
    "customers:read": ("customer.read",),
    "customers:write": ("customer.read", "customer.change"),
    "people:read": ("people.manage",),
    "settings:read": ("sla.manage", "shop.manage", "mailbox.manage", "workspace.manage"),
    "settings:write": ("sla.manage", "shop.manage", "workspace.manage"),
    "routing:read": ("team.manage", "rule.manage"),
    "routing:write": ("team.manage", "rule.manage"),
    "markets:read": ("ticket.read",),
    "markets:write": ("ticket.read", "market.manage"),
    "terms:read": ("ticket.read",),
    "terms:write": ("ticket.read", "ticket.reply", "term.approve"),
    "audit:read": ("audit.read",),
    "webhooks:write": ("api.manage",),
}


def permissions_of(scopes: Iterable[str]) -> frozenset[str]:
    """All permissions that some scopes name."""
    return frozenset(permission for scope in scopes for permission in PERMISSIONS_OF.get(scope, ()))
