"""The settings' pages, once: for their navigation, for the way in, and for the palette."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.platform.i18n import N_


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A page of the settings. `permission` empty: for everybody. `alert` names a number of the shell to show."""

    permission: str
    here: str
    href: str
    icon: str
    label: str
    alert: str = ""
    shown: str = ""
    """Names a fact of the shell without which the navigation leaves the page out."""


GROUPS: tuple[tuple[str, tuple[SettingsPage, ...]], ...] = (
    (
        N_("People"),
        (
            SettingsPage("people.manage", "people", "/settings/people", "users", N_("People")),
            SettingsPage("people.manage", "roles", "/settings/roles", "shield-check", N_("Roles")),
            SettingsPage("team.manage", "teams", "/settings/teams", "users-round", N_("Teams")),
            SettingsPage("people.manage", "sign_in", "/settings/sign-in", "log-in", N_("Sign-in")),
        ),
    ),
    (
        N_("Work"),
        (
            SettingsPage("rule.manage", "rules", "/settings/rules", "workflow", N_("Rules")),
            SettingsPage("sla.manage", "policies", "/settings/policies", "timer", N_("Clocks")),
            SettingsPage("sla.manage", "calendars", "/settings/calendars", "calendar-clock", N_("Working hours")),
            SettingsPage("sla.manage", "auto_replies", "/settings/auto-replies", "reply", N_("Automatic answers")),
            SettingsPage("workspace.manage", "departments", "/settings/departments", "boxes", N_("Departments")),
            SettingsPage("sla.manage", "checks", "/settings/checks", "shield-check", N_("Checks")),
            SettingsPage("market.manage", "markets", "/settings/markets", "landmark", N_("Markets")),
            SettingsPage("workspace.manage", "reading", "/settings/reading", "sparkles", N_("Understanding")),
            SettingsPage(
                "translation.manage", "translation", "/settings/translation", "languages", N_("Translation services")
            ),
            SettingsPage("ticket.reply", "terms", "/terms", "tag", N_("Term base")),
            SettingsPage("ticket.note", "macros", "/macros", "slash", N_("Macros")),
        ),
    ),
    (
        N_("Channels"),
        (
            SettingsPage("mailbox.manage", "mailboxes", "/settings/mailboxes", "mail", N_("Mailboxes"), "failing"),
            SettingsPage(
                "intake.manage", "set_aside", "/settings/set-aside", "mail-warning", N_("Set aside"), "set_aside"
            ),
            SettingsPage("shop.manage", "shops", "/settings/shops", "store", N_("Shops")),
        ),
    ),
    (
        N_("Desk"),
        (
            SettingsPage("workspace.manage", "start", "/start", "list-todo", N_("First steps"), shown="start"),
            SettingsPage("workspace.manage", "workspace", "/settings/workspace", "sliders-horizontal", N_("Workspace")),
            SettingsPage("api.manage", "api", "/settings/api", "code", N_("API")),
            SettingsPage("api.manage", "webhooks", "/settings/webhooks", "webhook", N_("Webhooks")),
            SettingsPage("import.manage", "imports", "/settings/imports", "folder-input", N_("Import")),
            SettingsPage("audit.read", "audit", "/settings/audit", "scroll-text", N_("Audit log")),
            SettingsPage("system.read", "system", "/settings/system", "activity", N_("System")),
        ),
    ),
    (
        N_("You"),
        (
            SettingsPage("", "profile", "/settings/profile", "user", N_("Your profile")),
            SettingsPage("", "availability", "/settings/availability", "calendar-clock", N_("Availability")),
            SettingsPage("", "signatures", "/settings/signatures", "pen", N_("Signatures")),
            SettingsPage("", "notices", "/notices/wishes", "bell", N_("How I am told")),
        ),
    ),
)
PAGES: tuple[SettingsPage, ...] = tuple(page for _title, pages in GROUPS for page in pages)
