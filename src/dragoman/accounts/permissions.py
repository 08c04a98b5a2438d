"""What can be allowed, and what the shipped roles allow. Doors ask for a permission, never for a role."""

from __future__ import annotations

from dragoman.kit.errors import N_

PERMISSIONS: dict[str, str] = {
    "ticket.read": N_("Read tickets"),
    "ticket.reply": N_("Answer customers"),
    "ticket.note": N_("Write notes"),
    "ticket.change": N_("Change status, priority and tags"),
    "ticket.assign": N_("Assign tickets"),
    "customer.read": N_("See customers"),
    "customer.change": N_("Change customers"),
    "people.manage": N_("Manage people and roles"),
    "mailbox.manage": N_("Manage mailboxes"),
    "shop.manage": N_("Manage shops"),
    "intake.manage": N_("Decide on mails set aside"),
    "workspace.manage": N_("Change workspace settings"),
    "audit.read": N_("Read the audit log"),
    "audit.export": N_("Take the audit log out as a file"),
    "api.manage": N_("Manage access tokens and webhooks"),
    "import.manage": N_("Import from other desks"),
    "system.read": N_("See the state of the installation"),
}

_reader = ["ticket.read", "ticket.note", "customer.read"]
_agent = [*_reader, "ticket.reply", "ticket.change"]

ROLES: dict[str, list[str]] = {
    "admin": list(PERMISSIONS),
    "lead": [*_agent, "ticket.assign", "customer.change", "shop.manage", "intake.manage"],
    "agent3": [*_agent, "ticket.assign", "customer.change"],
    "agent2": [*_agent, "ticket.assign", "customer.change"],
    "agent1": [*_agent, "ticket.assign"],
    "trainer": _reader,
    "finance": [*_reader, "ticket.reply", "ticket.change"],
    "legal": [*_reader, "ticket.reply", "ticket.change"],
    "logistics": [*_reader, "ticket.reply", "ticket.change"],
}

ROLE_NAMES: dict[str, str] = {
    "admin": N_("Administrator"),
    "lead": N_("Team lead"),
    "agent3": N_("Agent, tier 3"),
    "agent2": N_("Agent, tier 2"),
    "agent1": N_("Agent, tier 1"),
    "trainer": N_("Trainer"),
    "finance": N_("Finance"),
    "legal": N_("Legal"),
    "logistics": N_("Logistics"),
}
