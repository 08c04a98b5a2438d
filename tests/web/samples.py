# ruff: noqa: E501 - the texts of the samples read better unbroken
"""Views as the desk shows them on a busy morning: sample pages for tests, one callable a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import segno

from dragoman.accounts.alerts import KINDS
from dragoman.accounts.permissions import PERMISSIONS, ROLE_NAMES, ROLES
from dragoman.imports.models import Import
from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.sla import autoreply
from dragoman.sla.models import SlaPolicy, WorkCalendar
from dragoman.web.builders import Names
from dragoman.web.desk.customer.view import CustomerPage
from dragoman.web.desk.inbox.view import InboxPage, ListView, Option, Row
from dragoman.web.desk.search.view import Part, Result, SearchPage
from dragoman.web.desk.ticket.view import (
    Clash,
    Composer,
    Customer,
    Delivery,
    Event,
    File,
    Frame,
    Link,
    Message,
    Planned,
    Section,
    TicketPage,
    TicketView,
)
from dragoman.web.entry.view import CodePage, InvitationPage, NewPasswordPage, OutsidePage, SetUpPage, SignInPage
from dragoman.web.errors.view import KNOWN, ErrorPage
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.calendars import build as calendars
from dragoman.web.manage.calendars.view import CalendarsPage
from dragoman.web.manage.imports.build import form_of, page_of
from dragoman.web.manage.imports.view import STATES, ImportPage, ImportRow, ImportsPage, NewPage, Way
from dragoman.web.manage.mailboxes.view import Account as Tally
from dragoman.web.manage.mailboxes.view import MailboxesPage, MailboxPage, MailboxRow, Step
from dragoman.web.manage.people.view import InvitationRow, NewLink, PeoplePage, PersonPage, PersonRow, SignInRow
from dragoman.web.manage.policies import build as policies
from dragoman.web.manage.policies.view import LanguageRow, Owed, PoliciesPage, RepliesPage, TextRow, Tried
from dragoman.web.manage.profile.view import Alert, Enrolment, ProfilePage
from dragoman.web.manage.roles.view import Holder, PermissionRow, RoleColumn, RolePage, RolesPage, Tick
from dragoman.web.manage.setaside.view import Mail, SetAsidePage
from dragoman.web.manage.shops.view import ShopRow, ShopsPage
from dragoman.web.manage.signin.view import Pair, SignInSettingsPage
from dragoman.web.manage.system.view import Group, Line, ProcessRow, SystemPage
from dragoman.web.render import Me, Shell, Toast
from dragoman.web.styleguide import view as styleguide
from dragoman.web.words import KIND, PRIORITY, SEVERITY, STATUS
from tests.web import desk_samples, promise_samples, routing_samples

ME = UUID("01890000-0000-7000-8000-000000000001")


def ago(minutes: int) -> datetime:
    return clock.now() - timedelta(minutes=minutes)


def shell(locale: str = "en", theme: str = "light", here: str = "inbox", **more: object) -> Shell:
    values: dict[str, object] = {
        "csrf": "sample-token",
        "me": Me(ME, "Mei Lin", "Team lead"),
        "workspace": "Lantern & Loom",
        "locale": locale,
        "zone": ZoneInfo("Asia/Shanghai"),
        "theme": theme,
        "here": here,
        "can": frozenset({"people.manage", "mailbox.manage", "intake.manage", "shop.manage"}),
        "unread": 7,
        "set_aside": 2,
        "failing": 1,
    }
    return Shell(**(values | more))  # type: ignore[arg-type]


def rows() -> tuple[Row, ...]:
    def row(number: int, subject: str, snippet: str, customer: str, shop: str, **more: object) -> Row:
        base: dict[str, object] = {"status": "open", "priority": "normal", "last_at": ago(60)}
        return Row(number, f"/tickets/{number}", subject, snippet, customer, shop, **(base | more))  # type: ignore[arg-type]

    return (
        row(4182, "Paket seit 12 Tagen beim Zoll", "Guten Tag, mein Paket 302-5518214-0091733 liegt seit 12 Tagen", "Ruth Köhler", "Amazon.de",
            lang="de", priority="urgent", waiting_since=ago(49), unread=True, assignee="Mei Lin", current=True, severity="red", due_at=ago(-11), due_what="First reply"),
        row(4180, "Llegó roto, quiero mi dinero", "La lámpara llegó con el cristal roto. Quiero mi dinero hoy o pongo una estrella", "Iñaki Sarasola", "Amazon.es",
            lang="es", priority="urgent", waiting_since=ago(36), unread=True),
        row(4177, "カップのサイズ交換のお願い", "先日注文したカップが思ったより小さく、交換できますか。送料はどちらの負担でしょうか", "佐久間 由紀", "Amazon.co.jp",
            lang="ja", priority="high", waiting_since=ago(92), assignee="田中 陽介", mentioned=True),
        row(4171, "متى يصل طلبي؟", "السلام عليكم، طلبت سماعات قبل أسبوعين ولم تصل حتى الآن", "هدى العلي", "Our own store",
            lang="ar", priority="high", waiting_since=ago(110), unread=True),
        row(4169, "Bulk order, 300 pcs of the brass desk lamp with engraved logo for our hotel rooms", "Hello, we run two small hotels and would like a quote", "Tom Ashworth", "eBay UK",
            lang="en", waiting_since=ago(400), assignee="Jonas Weber"),
        row(4163, "Facture avec TVA", "Bonjour, il me faut une facture avec la TVA pour ma société", "Camille Renaud", "Our own store",
            lang="fr", status="pending", last_at=ago(60 * 9), assignee="Mei Lin"),
        row(4158, "Перегревается аккумулятор", "Здравствуйте! Во время зарядки аккумулятор становится очень горячим", "Олена Шевчук", "eBay UK",
            lang="uk", priority="urgent", status="on_hold", last_at=ago(60 * 20), assignee="Yasmin Aydın"),
        row(4150, "Fatto! Grazie", "È arrivato tutto, grazie mille per la gentilezza", "Giulia Ferrante", "Amazon.it",
            lang="it", priority="low", status="solved", last_at=ago(60 * 40), assignee="Mei Lin"),
        row(4149, "", "(ohne Text)", "Unbekannt", "Amazon.de", status="new", priority="low", last_at=ago(60 * 60 * 3)),
    )  # fmt: skip


def list_view(title: str = "", empty: bool = False, filtered: bool = False) -> ListView:
    return ListView(
        title=title or _("Inbox"),
        href="/desk?view=unread",
        tabs=(
            Option(_("Unread"), "/desk?view=unread", True, 7, tone="accent"),
            Option(_("Mine"), "/desk?view=mine", count=9, key="g m"),
            Option(_("Unassigned"), "/desk?view=unassigned", count=140, key="g u"),
            Option(_("All"), "/desk?view=all"),
            Option(_("Mentions"), "/desk?view=mentions", count=2, icon="at-sign"),
        ),
        shops=(Option(_("All shops"), "/desk", True), Option("Amazon.de", "/desk?shop=1", count=31), Option("eBay UK", "/desk?shop=2")),
        statuses=(Option(_("Any status"), "/desk", True), *(Option(_(word.label), f"/desk?status={key}") for key, word in STATUS.items())),
        sorts=(Option(_("Most urgent"), "/desk", True), Option(_("Newest"), "/desk?sort=newest"), Option(_("Oldest"), "/desk?sort=oldest")),
        rows=() if empty else rows(),
        more="" if empty else "/desk?after=abc",
        filtered=filtered,
        clear="/desk",
        further=(Option(_("Since I left"), "/desk?view=overnight", key="g o"), Option(_("Snoozed"), "/desk?view=snoozed")),
        shared=(Option("Zoll, DE", "/desk?view=1", count=12),), own=(Option("Geschenke", "/desk?view=2", edit="/views/2"),),
        chooses=True, save="/views/new", table="/desk/table", problems=("This field no longer exists.",), edit="/views/1",
    )  # fmt: skip


PEOPLE = (
    Choice(str(ME), "Mei Lin", True, "Team lead"),
    Choice("2", "Jonas Weber", hint="Agent, tier 2"),
    Choice("3", "田中 陽介", hint="Agent, tier 2"),
    Choice("4", "Yasmin Aydın", hint="Legal"),
)


def customer() -> Customer:
    return Customer(
        id="c1",
        name="Ruth Köhler",
        address="x7k2m9+A1B2C3@marketplace.amazon.example",
        lang="de",
        market="DE",
        zone=ZoneInfo("Europe/Berlin"),
        place="Berlin",
        since=ago(60 * 24 * 400),
        tickets=(
            Link("Lampe flackert", "/tickets/3911", ago(60 * 24 * 60), "solved"),
            Link("Rechnung für Bestellung 302-4419921-1120934 mit ausgewiesener Mehrwertsteuer", "/tickets/3200", ago(60 * 24 * 200), "closed"),
        ),
        orders=(Link("302-5518214-0091733", "/search?q=302-5518214-0091733"), Link("302-4419921-1120934", "")),
        note="Prefers an exchange to a refund. Write formally (Sie).",
        note_href="/customers/c1/note",
        more_href="/search?q=koehler",
    )  # fmt: skip


def timeline() -> tuple[Message | Event, ...]:
    return (
        Message("m1", "in", "Ruth Köhler", ago(60 * 27), (
            Section("own", "Guten Tag,\n\nmein Paket 302-5518214-0091733 liegt seit 12 Tagen beim Zoll. Es ist das Geburtstagsgeschenk meiner Tochter, ihr Geburtstag ist am Samstag. Niemand hat mich informiert!!\n\nWenn es bis Freitag nicht da ist, verlange ich mein Geld zurück."),
            Section("signature", "Mit freundlichen Grüßen\nRuth Köhler\n\nVon meinem iPhone gesendet"),
        ), address="x7k2m9+A1B2C3@marketplace.amazon.example", to="amazon-de@lantern.example", lang="de",
           files=(File("Sendungsverlauf.png", "image/png", 184_220, "/files/1"), File("Zollbescheid vom 12. November, eingescannt.pdf", "application/pdf", 1_204_000, "/files/2")),
           frame=Frame("/messages/m1/frame", "s", "/messages/m1/frame?images=1")),
        Event("e1", "Mei Lin took this ticket", ago(60 * 26 + 30), "user-check"),
        Event("e2", "Priority: Normal → Urgent", ago(60 * 26 + 29), "chevrons-up"),
        Message("m2", "note", "Jonas Weber", ago(60 * 26), (Section("own", "@Mei Lin DHL wartet auf die Steuernummer der Empfängerin – bitte direkt fragen, 同批还有 6 单。"),)),
        Message("m3", "out", "Mei Lin", ago(60 * 25), (), to="x7k2m9+A1B2C3@marketplace.amazon.example", lang="de",
                html="<p>Guten Tag Frau Köhler,</p><p>es tut mir leid, dass das Geschenk Ihrer Tochter beim Zoll liegt und wir uns nicht früher gemeldet haben. DHL braucht noch <b>Ihre Steuernummer</b>:</p><ul><li>per Antwort auf diese Mail oder</li><li>unter <a href=\"https://example.com/zoll\">dieser Adresse</a>.</li></ul><p>Danach gibt der Zoll ein Paket meist binnen 24 Stunden frei.</p>",
                delivery=Delivery("sent", ago(60 * 25))),
        Message("m4", "in", "Ruth Köhler", ago(49), (
            Section("own", "Die Nummer habe ich gestern geschickt. Passiert da noch etwas?"),
            Section("quote", "Am 20.11.2026 um 09:14 schrieb Lantern & Loom:\n> Guten Tag Frau Köhler,\n> es tut mir leid, dass das Geschenk\n> Ihrer Tochter beim Zoll liegt"),
        ), address="x7k2m9+A1B2C3@marketplace.amazon.example", lang="de"),
        Message("m5", "in", "هدى العلي", ago(40), (Section("own", "السلام عليكم، رقم الطلب هو 302-5518214 وأرجو الرد قبل يوم الجمعة. شكراً لكم!"),), address="huda@example.org", lang="ar"),
        Message("m6", "out", "Mei Lin", ago(12), (Section("own", "Die Sendung ist frei und wird morgen zugestellt."),), to="ruth@example.org",
                delivery=Delivery("failed", ago(12), reason="550 5.1.1 No such mailbox", retry="/messages/m6/retry")),
        Message("m7", "out", "Mei Lin", ago(8), (Section("own", "Die Sendung ist frei."),), to="ruth@example.org",
                delivery=Delivery("uncertain", ago(8), reason="The connection broke after the mail was handed over.", retry="/messages/m7/retry", settle="/messages/m7/settle")),
        Message("m8", "out", "Mei Lin", ago(0), (Section("own", "Guten Morgen Frau Köhler, Ihre Sendung ist heute um 06:12 freigegeben worden und kommt morgen vor 12 Uhr."),), to="ruth@example.org",
                delivery=Delivery("queued", ago(0), until=clock.now() + timedelta(seconds=9), undo="/messages/m8/undo")),
    )  # fmt: skip


def ticket(**more: object) -> TicketView:
    values: dict[str, object] = {
        "number": 4182,
        "id": "01890000-0000-7000-8000-00000000aaaa",
        "href": "/tickets/4182",
        "version": 7,
        "subject": "Paket seit 12 Tagen beim Zoll",
        "status": "open",
        "priority": "urgent",
        "shop": "Amazon.de",
        "channel": "amazon-de@lantern.example",
        "customer": customer(),
        "composer": Composer("/tickets/4182/messages", "/tickets/4182/draft", "/tickets/4182/files", "Ruth Köhler <ruth@example.org>", people=PEOPLE, seen="m8", variables=(Choice("customer.name", "The customer’s name", hint="Ruth Köhler"),), clash=(Clash("Jonas Weber", ago(2), True, (("Ihr Paket ist ", True), ("unterwegs.", False))), Clash("Ruth Köhler", ago(1), False, (("Es ist da!", False),)))),
        "timeline": timeline(),
        "lang": "de",
        "assignee": "Mei Lin",
        "tags": ("customs", "gift"),
        "waiting_since": ago(49),
        "earlier": "/tickets/4182?before=m1",
        "linked": Link("#3911 Lampe flackert", "/tickets/3911"),
        "assignee_choices": PEOPLE,
        "status_choices": tuple(Choice(key, _(word.label), key == "open") for key, word in STATUS.items()),
        "priority_choices": tuple(Choice(key, _(word.label), key == "urgent") for key, word in PRIORITY.items()),
        "severity": "red",
        "team": "After-sales",
        "tier": 2,
        "due_at": ago(-95),
        "due_what": "First reply",
        "severity_choices": tuple(Choice(key, _(word.label), key == "red") for key, word in SEVERITY.items()),
        "kind_choices": tuple(Choice(key, _(word.label), key == "delivery") for key, word in KIND.items()),
        "team_choices": (Choice("", "No queue"), Choice("1", "After-sales", True)),
        "snooze_choices": (Choice("60", "1 hour"), Choice("1440", "1 day")),
        "planned": (Planned("Wir melden uns morgen wieder.", ago(-600), "Mei Lin", mine=True, href="/planned/1"),
                    Planned("Noch ein Wort dazu.", ago(10), "Jonas Weber", problem="The customer has written since.")),
        "participants": ("forwarder@dhl.example", "berater@kanzlei.example"),
        "why": "The queue “After-sales” gives work to whoever it fits: “Whoever suits best”.",
        "grounds": ("speaks German (native)", "has 4 of 12 open"),
    }  # fmt: skip
    return TicketView(**(values | more))  # type: ignore[arg-type]


def inbox() -> InboxPage:
    return InboxPage(list_view())


def search() -> SearchPage:
    return SearchPage(
        "Zoll",
        (
            Result(4182, "/tickets/4182", (Part("Paket seit 12 Tagen beim "), Part("Zoll", True)), (Part("… mein Paket liegt seit 12 Tagen beim "), Part("Zoll", True), Part(". Es ist das Geburtstagsgeschenk meiner Tochter, ihr Geburtstag ist am Samstag.")), "Ruth Köhler", "Amazon.de", "open", ago(49), "de"),
            Result(3911, "/tickets/3911", (Part("Lampe flackert"),), (Part("… "), Part("Zoll", True), Part("gebühren habe ich schon gezahlt …")), "Ruth Köhler", "Amazon.de", "solved", ago(60 * 24 * 60), "de"),
        ),
        count=2,
    )  # fmt: skip


def people() -> PeoplePage:
    def person(number: int, name: str, role: str, **more: object) -> PersonRow:
        return PersonRow(
            str(number),
            name,
            f"person{number}@lantern.example",
            _(ROLE_NAMES[role]),
            f"/settings/people/{number}",
            **more,
        )  # type: ignore[arg-type]

    return PeoplePage(
        (
            person(1, "Mei Lin", "lead", second_factor=True, me=True),
            person(2, "Jonas Weber", "agent2"),
            person(3, "田中 陽介", "agent2", waits=True),
            person(4, "Yasmin Aydın", "legal"),
            person(5, "陈国强", "finance", active=False),
        ),
        roles(),
        locales(),
        Form(
            {"email": "nora@", "role": "agent1", "locale": "en"},
            {"email": _("This is not an e-mail address.")},
        ),
        (
            invitation(1, "nora@lantern.example", "open"), invitation(2, "tom@lantern.example", "expired"),
            invitation(3, "eve@lantern.example", "revoked"),
        ),
        NewLink("https://desk.lantern.example/invitation/0123456789abcdef.k3Jd82hslQ", "nora@lantern.example", True),
    )  # fmt: skip


def invitation(number: int, email: str, state: str) -> InvitationRow:
    base = f"/settings/people/invitations/{number}"
    role = _(ROLE_NAMES["agent1"])
    return InvitationRow(str(number), email, role, "Mei Lin", state, ago(-60 * 24), f"{base}/renew", f"{base}/revoke")


def sign_ins() -> tuple[SignInRow, ...]:
    return (
        SignInRow("Firefox, Windows", "192.0.2.7", ago(60 * 30), ago(1), "/x/1/end", here=True),
        SignInRow("Chrome, Android", "2001:db8::7", ago(60 * 90), ago(60 * 5), "/x/2/end", outside=True),
    )


def roles() -> tuple[Choice, ...]:
    return tuple(Choice(key, _(label)) for key, label in ROLE_NAMES.items())


def locales() -> tuple[Choice, ...]:
    return (Choice("en", "English"), Choice("zh_Hans", "简体中文"))


def zones() -> tuple[Choice, ...]:
    return (Choice("Asia/Shanghai", "Asia/Shanghai"), Choice("Europe/Berlin", "Europe/Berlin"))


def person() -> PersonPage:
    row = PersonRow("2", "Jonas Weber", "jonas@lantern.example", _(ROLE_NAMES["agent2"]), "/settings/people/2")
    return PersonPage(
        row, roles(), Form({"name": "Jonas Weber", "role": "agent2", "active": "yes"}), reset="/settings/people/2/reset",
        sign_ins=sign_ins(), end_all="/settings/people/2/sign-ins/end",
    )  # fmt: skip


def mailboxes() -> MailboxesPage:
    failure = _("The server refused the user name or password. Many providers want an app password. It said: {detail}")
    return MailboxesPage(
        (
            MailboxRow("1", "amazon-de@lantern.example", "Amazon.de", "ok", "/settings/mailboxes/1", Tally(12_718, 12_670, 12_668, 2, 12_670), ago(1)),
            MailboxRow("2", "ebay@lantern.example", "eBay UK", "failing", "/settings/mailboxes/2", Tally(91, 91, 91, 0, 91), ago(90),
                       error=failure.format(detail="NO [AUTHENTICATIONFAILED]"), error_at=ago(90), next_at=clock.now() + timedelta(minutes=4)),
            MailboxRow("3", "hello@lantern.example", "Our own store", "ok", "/settings/mailboxes/3", Tally(None, 40, 40, 0, 40), forwarded=True),
        )
    )  # fmt: skip


def mailbox() -> MailboxPage:
    values = {"address": "ebay@lantern.example", "imap_host": "imap.lantern.example", "imap_port": "993", "imap_security": "tls",
              "imap_user": "ebay@lantern.example", "smtp_host": "smtp.lantern.example", "smtp_port": "99999", "smtp_security": "tls",
              "inbound": "imap", "imap_folders": "INBOX", "active": "yes"}  # fmt: skip
    return MailboxPage(
        action="/settings/mailboxes/2",
        test="/settings/mailboxes/2/test",
        form=Form(values, {"smtp_port": _("A port is a number from 1 to 65535.")}),
        shops=(Choice("1", "Amazon.de"), Choice("2", "eBay UK")),
        ways=(Choice("imap", _("Fetched by IMAP")), Choice("forward", _("Forwarded to the desk"))),
        security=(Choice("tls", "TLS"), Choice("starttls", "STARTTLS"), Choice("none", _("None"))),
        id="2",
        address="ebay@lantern.example",
        steps=(
            Step(_("Fetching mail (IMAP)"), "failed", "", _("{host} did not answer in time. A firewall may be in between, or the port is wrong.", host="imap.lantern.example")),
            Step(_("Sending mail (SMTP)"), "done", "smtp.lantern.example"),
        ),
        check="/settings/mailboxes/2/check",
    )  # fmt: skip


def set_aside() -> SetAsidePage:
    def mail(key: str, sender: str, source: str, reason: str, detail: str) -> Mail:
        box, base = "amazon-de@lantern.example", f"/settings/set-aside/{key}"
        return Mail(
            key,
            ago(200),
            sender,
            source,
            box,
            reason,
            f"{base}/retry",
            f"{base}/raw",
            f"{base}/discard",
            "Paket beschädigt",
            48_213,
            detail,
            3,
        )

    return SetAsidePage(
        (
            mail("1", "seller@example.net", "INBOX", _("Its parts are nested too deeply to be read safely."), "nesting-bomb: depth 211"),
            mail("2", "", "", _("It has no readable header at all."), "no-header"),
        ),
        more="/settings/set-aside?before=2",
        retry_all="/settings/set-aside/retry",
    )  # fmt: skip


def shops() -> ShopsPage:
    return ShopsPage(
        (
            ShopRow("1", "Amazon.de", "Amazon", "DE", "/settings/shops/1", ("amazon-de@lantern.example",)),
            ShopRow("2", "eBay UK", "eBay", "GB", "/settings/shops/2", ("ebay@lantern.example",)),
            ShopRow("3", "Our own store", "Shopify", "", "/settings/shops/3", (), False),
        ),
        (Choice("amazon", "Amazon"), Choice("ebay", "eBay")),
        (Choice("", "—"), Choice("DE", "Germany")),
    )


def profile(**more: object) -> ProfilePage:
    values: dict[str, object] = {
        "form": Form({"name": "Mei Lin", "locale": "en", "timezone": "Asia/Shanghai", "theme": "system", "letters": "yes", "signature": "Mei Lin\nLantern & Loom"}),
        "password": Form(),
        "off": Form(),
        "locales": locales(),
        "themes": (Choice("light", _("Light")), Choice("dark", _("Dark")), Choice("system", _("As the system"))),
        "zones": zones(),
        "second_factor": True,
        "codes": tuple(f"k{n}m4x-p{n}r7w" for n in range(10)),
        "codes_left": 2,
        "sign_ins": sign_ins(),
        "alerts": (Alert(_(KINDS["place"]), "Chrome, Android", "2001:db8::7", ago(60 * 90), "/x/close", "/x/2/end"),),
    }  # fmt: skip
    return ProfilePage(**(values | more))  # type: ignore[arg-type]


def enrolling() -> ProfilePage:
    qr = segno.make("otpauth://totp/Dragoman:mei?secret=JBSWY3DPEHPK3PXP").svg_data_uri(scale=4, border=0)
    return profile(
        enrolment=Enrolment(
            qr, "JBSW Y3DP EHPK 3PXP", Form({}, {"code": _("That code does not match. Is the phone’s clock right?")})
        )
    )


def role_columns() -> RolesPage:
    def column(key: str, people: int) -> RoleColumn:
        return RoleColumn(_(ROLE_NAMES[key]), f"/settings/roles/{key}", people, frozenset(ROLES[key]))

    return RolesPage(
        (column("admin", 1), column("agent1", 4), column("trainer", 0)),
        tuple(
            PermissionRow(key, _(label), (Holder("Mei Lin", _(ROLE_NAMES["admin"])),) if key in ROLES["admin"] else ())
            for key, label in PERMISSIONS.items()
        ),
        Form({"name": ""}, {"name": _("A name is needed, of at most 60 characters.")}),
    )


def role() -> RolePage:
    ticks = tuple(Tick(key, _(label), key in ROLES["agent1"]) for key, label in PERMISSIONS.items())
    name = _(ROLE_NAMES["agent1"])
    return RolePage(name, "/settings/roles/1", Form({"name": name}), ticks, ("Mei Lin", "田中 陽介"), name)


def outside_sign_in() -> SignInSettingsPage:
    values = {
        "issuer": "ftp://x",
        "client_id": "desk",
        "label": _("Company sign-in"),
        "claim": "groups",
        "active": "yes",
    }
    fault = {"issuer": _("Give the issuer's address, for example https://login.example.com.")}
    return SignInSettingsPage(
        Form(values, fault), (Pair("cs", "agent1"), Pair("", "agent1")), roles(), (Choice("", "—"), *roles()),
        "https://desk.lantern.example/sign-in/outside/return", stored=True, tested=_("Save the issuer first."),
    )  # fmt: skip


def invited() -> InvitationPage:
    form = Form(
        {"name": "", "locale": "en", "timezone": "Europe/Berlin"},
        {"name": _("A name is needed, of at most 120 characters.")},
    )
    return InvitationPage(
        form,
        "/invitation/x.y",
        "nora@lantern.example",
        _(ROLE_NAMES["agent1"]),
        "Mei Lin",
        "Lantern & Loom",
        locales(),
        zones(),
    )


def sign_in() -> SignInPage:
    return SignInPage(
        Form({"email": "mei@lantern.example"}, problem=_("The e-mail address or the password is wrong.")),
        outside="/sign-in/outside",
        label="Lantern Login",
    )


def customer_page() -> CustomerPage:
    form = Form(
        {"name": "Ruth Köhler", "language": "de", "market": "DEU", "timezone": "Europe/Berlin", "notes": "Sie"},
        {"market": _("Use the two letters of the country, for example DE.")},
    )
    return CustomerPage("/customers/c1", "Ruth Köhler", ("ruth@example.org",), customer().tickets, form, zones(), True)


def set_up() -> SetUpPage:
    return SetUpPage(
        Form({"locale": "en", "zone": "Asia/Shanghai", "email": "me"}, {"email": _("This is not an e-mail address.")}),
        locales(),
        zones(),
    )


def error(status: int) -> ErrorPage:
    title, text, icon = KNOWN[status]
    return ErrorPage(status, _(title), _(text), icon, "01JD-8841")


def system(looked: bool = True) -> SystemPage:
    return SystemPage(
        version="0.1.0", wrong=1, warnings=1,
        groups=(
            Group("Mailboxes", (Line("wrong", "support@lantern.example: imap.lantern.example answers nothing on port 993.", "Look at it under Settings › Mailboxes."), Line("ok", "hilfe@lantern.example: looked at 1 minutes ago."))),
            Group("Sending domains", (Line("warning", "lantern.example: no DMARC.", "Add a TXT record at _dmarc.lantern.example: v=DMARC1; p=none; rua=mailto:… and make it stricter."), Line("unknown", "lantern.example: no DKIM key under the usual names."))),
        ),
        tally=(("Mails to file", "3"), ("Set aside", "2"), ("Database", "1.02 GiB")),
        processes=(ProcessRow("web 4242@desk-1", ago(60 * 30), here=True), ProcessRow("worker 4243@desk-1", ago(9))), looked=looked,
    )  # fmt: skip


def imported(**more: object) -> ImportPage:
    values: dict[str, object] = {
        "id": ME,
        "source": "csv",
        "identity": "csv:old desk",
        "file_name": "old.csv",
        "state": "done",
        "trial": True,
        "via": "web",
        "settings": {
            "header": ["Ticket", "Text", "Wer"],
            "samples": [["7", "Wo ist sie?", "anna@buyer.example"]],
            "columns": {"ticket_id": "Ticket", "body": "Text", "customer_email": "Wer"},
        },
        "counters": {"tickets.new": 1204, "messages.new": 4810, "problems": 1, "macros.kept": 3, "files.missing": 2},
        "problem": "",
        "problem_values": {},
        "report": {
            "words": {"status:Beim Zoll": 3, "priority:asap": 2},
            "agents": {"li@old.example": {"name": "Li Wei", "here": "", "tickets": 40}},
            "problems": [{"where": "old.csv:17", "what": "This row names no ticket. It was left out.", "values": {}}],
        },
        "share": 0.4,
        "touched_at": ago(0),
        "created_at": ago(5),
    } | more
    row = Import(**values)
    return page_of(row, form_of(row))


CONDITIONS = {
    "all": [{"field": "severity", "op": "is", "value": ["red"]}, {"field": "tag", "op": "has", "value": ["lamp"]}],
    "any": [],
}
NAMES = Names({str(ME): "Mei Lin"}, {str(ME): "Beschwerden"}, {str(ME): "Amazon.de"})


def sla_policy(**more: object) -> SlaPolicy:
    values: dict[str, object] = {
        "id": ME, "key": "", "name": "Rote Fälle", "position": 1, "conditions": CONDITIONS, "languages": "minor",
        "targets": {"first_response": 900, "resolution": 259200}, "hours": "always", "warn": {"percent": 25},
        "on_warning": {"notify": ["owner"]}, "calendar_id": None, "active": True, "confidence": "H",
        "on_breach": {"notify": ["owner", "leads"], "raise": True, "changes": [{"kind": "tags_add", "value": "late"}]},
        "source": "Amazon Seller Central", "as_of": date(2026, 11, 21),
    } | more  # fmt: skip
    return SlaPolicy(**values)


def work_calendar(**more: object) -> WorkCalendar:
    values: dict[str, object] = {
        "id": ME, "key": "business", "name": "", "zone": "Asia/Shanghai", "market": "CN",
        "week": [[[540, 720], [780, 1080]]] * 5 + [[], []],
        "days": [{"day": "2027-03-08", "kind": "closed", "name": "三八节"}],
    } | more  # fmt: skip
    return WorkCalendar(**values)


def clock_policies() -> PoliciesPage:
    rows = [
        sla_policy(),
        sla_policy(key="email", name="", conditions={}, languages="", active=False),
        sla_policy(conditions={"all": [{"field": "colour"}]}),
    ]
    owed = Owed(
        _("First reply"),
        _("Running"),
        ago(-40),
        "40 minutes left",
        _("Round the clock"),
        "",
        ("“Rote Fälle” asks for 15 minutes", "“E-mail” asks for 4 hours"),
    )
    return PoliciesPage(
        tuple(policies.row_of(one, NAMES, [], place, len(rows)) for place, one in enumerate(rows)),
        Tried("4182", "/tickets/4182", ("Rote Fälle: First reply 15 minutes",), (owed,)),
        _(
            "First replies of the last 24 hours: {kept} of {count} in time, the middle one after {time} of working time.",
            kept=40,
            count=43,
            time="12 minutes",
        ),
    )


def clock_policy(**errors: str) -> object:
    return policies.page_of(sla_policy(), NAMES, [work_calendar()], ("en", "de"), None, errors, "", spare=1)


def auto_replies() -> RepliesPage:
    def text(language: str, kind: str, error: str = "") -> TextRow:
        said = autoreply.text_of(autoreply.Choices(), language, kind)
        return TextRow(
            kind, _(autoreply.KINDS[kind]), Form({"text": said}, {"text": error} if error else {}), bool(error), said
        )

    return RepliesPage(
        Form({"off_hours": "yes", "holiday_days": "3", "common": "en, zh"}),
        tuple(
            LanguageRow(code, name, False, True, own, tuple(text(code, kind, _("Say by when: the text needs {time}.") if own else "") for kind in autoreply.KINDS), open=bool(own))
            for code, name, own in (("en", "English", 0), ("ar", "العربية", 1))
        ),
    )  # fmt: skip


PAGES: dict[str, tuple[str, str, Callable[[], object]]] = {
    **desk_samples.PAGES,
    **routing_samples.PAGES,
    **promise_samples.PAGES,
    "inbox": ("desk/inbox/inbox.html", "inbox", inbox),
    "inbox-fresh": ("desk/inbox/inbox.html", "inbox", lambda: InboxPage(list_view(empty=True), fresh=True, mailbox_href="/settings/mailboxes/new")),
    "inbox-filtered": ("desk/inbox/inbox.html", "inbox", lambda: InboxPage(list_view(empty=True, filtered=True))),
    "ticket": ("desk/ticket/ticket.html", "inbox", lambda: TicketPage(list_view(), ticket())),
    "ticket-read-only": ("desk/ticket/ticket.html", "inbox", lambda: TicketPage(list_view(), ticket(composer=None, status="closed", assignee="", assignee_choices=(), status_choices=(), priority_choices=(), linked=None, earlier=""))),
    "search": ("desk/search/search.html", "search", search),
    "search-empty": ("desk/search/search.html", "search", lambda: SearchPage("")),
    "search-none": ("desk/search/search.html", "search", lambda: SearchPage("xyzzy")),
    "customer": ("desk/customer/customer.html", "customer", customer_page),
    "people": ("manage/people/people.html", "manage.people", people),
    "person": ("manage/people/person.html", "manage.people", person),
    "imports": ("manage/imports/imports.html", "manage.imports", lambda: ImportsPage((ImportRow("Zendesk", "acme.zendesk.com", "/settings/imports/1", STATES["running"], 1204, ago(9)),), "/settings/imports?cursor=x")),
    "imports-empty": ("manage/imports/imports.html", "manage.imports", lambda: ImportsPage(())),
    "import-choose": ("manage/imports/new.html", "manage.imports", lambda: NewPage((Way("csv", "CSV", _("A table from any other desk"), "file-spreadsheet", "/settings/imports/new?from=csv"),))),
    "import-new": ("manage/imports/new.html", "manage.imports", lambda: NewPage((), Way("zendesk", "Zendesk", _("By its API, with an API token"), "link", ""), Form({}, {"token": _("Give the API token of your desk.")}), login=True, domain="zendesk.com", largest=25_000_000)),
    "import-file": ("manage/imports/new.html", "manage.imports", lambda: NewPage((), Way("csv", "CSV", _("A table from any other desk"), "file-spreadsheet", ""), Form({}, {"file": _("Choose the file that the other desk has exported.")}), by_file=True, table=True, largest=25_000_000)),
    "import-tried": ("manage/imports/import.html", "manage.imports", imported),
    "import-running": ("manage/imports/import.html", "manage.imports", lambda: imported(state="running", trial=False, waits_until=ago(-5))),
    "import-failed": ("manage/imports/import.html", "manage.imports", lambda: imported(source="zendesk", identity="zendesk:acme.zendesk.com", file_name="", state="failed", trial=False, problem="{host} sends us elsewhere. Give the address that your desk really has.", problem_values={"host": "acme"})),
    "import-done": ("manage/imports/import.html", "manage.imports", lambda: imported(trial=False)),
    "mailboxes": ("manage/mailboxes/mailboxes.html", "manage.mailboxes", mailboxes),
    "mailbox": ("manage/mailboxes/mailbox.html", "manage.mailboxes", mailbox),
    "policies": ("manage/policies/policies.html", "manage.policies", clock_policies),
    "policies-empty": ("manage/policies/policies.html", "manage.policies", lambda: PoliciesPage((), Tried("9", problem=_("There is no ticket with this number.")))),
    "policy": ("manage/policies/policy.html", "manage.policies", clock_policy),
    "policy-wrong": ("manage/policies/policy.html", "manage.policies", lambda: clock_policy(**{"targets.first_response": _("A whole number is needed."), "conditions.all.0": _("Say which."), "targets": _("Give at least one time: a policy that owes nothing does nothing.")})),
    "policy-new": ("manage/policies/policy.html", "manage.policies", lambda: policies.page_of(None, NAMES, [], ("en",), None, {}, "", spare=2)),
    "calendars": ("manage/calendars/calendars.html", "manage.calendars", lambda: CalendarsPage((calendars.row_of(work_calendar()), calendars.row_of(work_calendar(name="Night", week=[[]] * 7))))),
    "calendar": ("manage/calendars/calendar.html", "manage.calendars", lambda: calendars.page_of(work_calendar(), None, {"hours.0": _("Two spans of this day overlap."), "days": _("A day stands there twice.")}, "", "UTC")),
    "calendar-new": ("manage/calendars/calendar.html", "manage.calendars", lambda: calendars.page_of(None, None, {"hours": _("A calendar needs opening hours on at least one day of the week.")}, "", "UTC")),
    "auto-replies": ("manage/policies/replies.html", "manage.auto_replies", auto_replies),
    "set-aside": ("manage/setaside/setaside.html", "manage.set_aside", set_aside),
    "set-aside-empty": ("manage/setaside/setaside.html", "manage.set_aside", lambda: SetAsidePage(())),
    "shops": ("manage/shops/shops.html", "manage.shops", shops),
    "profile": ("manage/profile/profile.html", "manage.profile", profile),
    "profile-enrol": ("manage/profile/profile.html", "manage.profile", enrolling),
    "profile-on": ("manage/profile/profile.html", "manage.profile", lambda: profile(second_factor=True)),
    "sign-in": ("entry/sign_in.html", "", sign_in),
    "code": ("entry/code.html", "", CodePage),
    "new-password": ("entry/new_password.html", "", NewPasswordPage),
    "outside": ("entry/outside.html", "", lambda: OutsidePage(_("Please sign in to go on."))),
    "roles": ("manage/roles/roles.html", "manage.roles", role_columns),
    "role": ("manage/roles/role.html", "manage.roles", role),
    "sign-in-settings": ("manage/signin/signin.html", "manage.sign_in", outside_sign_in),
    "system": ("manage/system/system.html", "manage.system", system),
    "system-first": ("manage/system/system.html", "manage.system", lambda: system(looked=False)),
    "invitation": ("entry/invitation.html", "", invited),
    "set-up": ("entry/set_up.html", "", set_up),
    "error-403": ("errors/error.html", "", lambda: error(403)),
    "error-404": ("errors/error.html", "", lambda: error(404)),
    "error-500": ("errors/error.html", "", lambda: error(500)),
    "error-503": ("errors/error.html", "", lambda: error(503)),
    "styleguide": ("styleguide/styleguide.html", "styleguide", styleguide.build),
}  # fmt: skip

TOASTS = (Toast("Solved", undo="/tickets/4182/undo"),)
