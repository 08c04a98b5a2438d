"""The deeds of the log in words. A test finds every deed the code records here."""

from __future__ import annotations

from dragoman.kit.errors import N_

AREAS: dict[str, str] = {
    "ticket": N_("Tickets"),
    "message": N_("Messages"),
    "customer": N_("Customers"),
    "person": N_("People"),
    "role": N_("Roles"),
    "signin": N_("Sign-ins"),
    "password": N_("Passwords"),
    "second_factor": N_("Second factor"),
    "provider": N_("Sign-in by another service"),
    "profile": N_("Profiles"),
    "workspace": N_("Workspace"),
    "shop": N_("Shops"),
    "mailbox": N_("Mailboxes"),
    "intake": N_("Mails set aside"),
    "token": N_("Access tokens"),
    "webhook": N_("Webhooks"),
    "import": N_("Imports"),
    "export": N_("Exports"),
    "audit": N_("Audit log"),
}

VERBS: dict[str, str] = {
    "ticket.assigned": N_("assigned the ticket"),
    "ticket.status": N_("changed the status"),
    "ticket.priority": N_("changed the priority"),
    "ticket.tags": N_("changed the tags"),
    "ticket.subject": N_("changed the subject"),
    "ticket.note": N_("wrote a note"),
    "ticket.reply": N_("wrote an answer"),
    "ticket.taken_back": N_("took an answer back"),
    "message.sent_again": N_("had a message sent again"),
    "message.called_sent": N_("decided that a message had arrived"),
    "customer.changed": N_("changed the customer's record"),
    "shop.added": N_("added the shop"),
    "shop.changed": N_("changed the shop"),
    "mailbox.added": N_("added the mailbox"),
    "mailbox.changed": N_("changed the mailbox"),
    "intake.retried": N_("had a mail read again"),
    "intake.discarded": N_("discarded a mail"),
    "intake.restored": N_("took a discarded mail back"),
    "intake.revealed": N_("saved a raw mail"),
    "webhook.added": N_("added the webhook"),
    "webhook.changed": N_("changed the webhook"),
    "webhook.new_secret": N_("gave the webhook a new secret"),
    "webhook.removed": N_("removed the webhook"),
    "webhook.replayed": N_("replayed a delivery"),
    "export.audit": N_("took the audit log out as a file"),
    "audit.kept": N_("changed how long the log is kept"),
}
