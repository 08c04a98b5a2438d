"""What can be allowed, and what the shipped roles allow. Doors ask for a permission, never for a role."""

from __future__ import annotations

from dragoman.kit.errors import N_
from dragoman.platform.i18n import gettext as _

PERMISSIONS: dict[str, str] = {
    "ticket.read": N_("Read tickets"),
    "ticket.reply": N_("Answer customers"),
    "ticket.note": N_("Write notes"),
    "ticket.change": N_("Change status, priority and tags"),
    "ticket.assign": N_("Assign tickets"),
    "task.work": N_("Answer questions put to one’s department or to oneself"),
    "view.share": N_("Share views and macros with others"),
    "customer.read": N_("See customers"),
    "customer.change": N_("Change customers"),
    "customer.reveal": N_("Have masked addresses of customers shown"),
    "team.manage": N_("Manage teams, skills and presence"),
    "rule.manage": N_("Manage rules"),
    "sla.manage": N_("Manage working hours, clocks and automatic answers"),
    "market.manage": N_("Confirm and correct the rules of markets"),
    "translation.manage": N_("Manage who translates, and the memory"),
    "term.approve": N_("Approve words of the term base"),
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

_reader = ["ticket.read", "ticket.note", "customer.read", "task.work"]
_agent = [*_reader, "ticket.reply", "ticket.change"]
_senior = [*_agent, "ticket.assign", "customer.change", "customer.reveal"]
_lead = [*_senior, "view.share", "shop.manage", "intake.manage", "team.manage", "term.approve"]

ROLES: dict[str, list[str]] = {
    "admin": list(PERMISSIONS),
    "manager": [
        *_lead,
        "mailbox.manage",
        "workspace.manage",
        "audit.read",
        "rule.manage",
        "sla.manage",
        "market.manage",
        "translation.manage",
    ],
    "supervisor": [*_lead, "audit.read", "rule.manage"],
    "lead": _lead,
    "agent3": _senior,
    "agent2": _senior,
    "agent1": [*_agent, "ticket.assign"],
    "presales": _agent,
    "aftersales": _senior,
    "complaints": _senior,
    "care": _senior,
    "social": _agent,
    "multilingual": [*_senior, "term.approve"],
    "orders": _agent,
    "logistics": _agent,
    "trainer": _reader,
    "finance": _agent,
    "legal": [*_agent, "market.manage"],
    "department": ["task.work"],
}
"""What the shipped roles allow at first; a workspace may change them, and what is stored there holds."""

ROLE_NAMES: dict[str, str] = {
    "admin": N_("Administrator"),
    "manager": N_("Manager"),
    "supervisor": N_("Supervisor"),
    "lead": N_("Team lead"),
    "agent3": N_("Agent, tier 3"),
    "agent2": N_("Agent, tier 2"),
    "agent1": N_("Agent, tier 1"),
    "presales": N_("Pre-sales"),
    "aftersales": N_("After-sales"),
    "complaints": N_("Complaints"),
    "care": N_("Customer care"),
    "social": N_("Social media"),
    "multilingual": N_("Multilingual service"),
    "orders": N_("Order coordinator"),
    "logistics": N_("Logistics coordinator"),
    "trainer": N_("Trainer"),
    "finance": N_("Finance"),
    "legal": N_("Legal"),
    "department": N_("Department member"),
}


def role_label(key: str, name: str = "") -> str:
    """What a role is called, in the reader's language; a name of the workspace's own goes before the shipped one."""
    return name or _(ROLE_NAMES.get(key, key))
