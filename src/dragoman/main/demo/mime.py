"""A customer's mail as the bytes that their own program, or a marketplace's relay, puts on the wire."""

from __future__ import annotations

from dragoman.main.demo.mailers import east, odd, plain, relay, rich
from dragoman.main.demo.mailers.letter import Letter, Program, Quoted, ReplyContext, message_id
from dragoman.main.demo.model import DemoError
from dragoman.main.demo.pdf import paper, render
from dragoman.main.demo.scenes import photograph
from dragoman.main.demo.wire import Blob, stamp

PROGRAMS: dict[str, Program] = {
    "amazon": relay.amazon,
    "amazon_notice": relay.notice,
    "android": rich.android,
    "applemail": rich.applemail,
    "broken": odd.broken,
    "ebay": relay.ebay,
    "gmail": rich.gmail,
    "iphone": rich.iphone,
    "list": odd.mailing_list,
    "naver": east.naver,
    "netease": east.netease,
    "newsletter": odd.newsletter,
    "outlook": rich.outlook,
    "outlook_web": rich.outlook_web,
    "qq": east.qq,
    "spam": odd.spam,
    "thebat": plain.thebat,
    "thunderbird": plain.thunderbird,
    "webmail_legacy": plain.webmail_legacy,
    "yahoo": rich.yahoo,
    "yahoojp": plain.yahoojp,
}

__all__ = ["PROGRAMS", "Letter", "Quoted", "ReplyContext", "build", "drawn", "message_id"]


def build(letter: Letter, context: ReplyContext) -> bytes:
    """The whole mail with CRLF line ends; raises DemoError for a mail program nobody has."""
    if letter.kind == "auto":
        return odd.out_of_office(letter, context)
    if letter.kind == "bounce":
        return odd.bounce(letter, context)
    if letter.via == "form" and not letter.follows:
        return relay.form(letter, context)
    program = PROGRAMS.get(letter.customer.mailer)
    if program is None:
        raise DemoError(f"customer {letter.customer.key}: no mail program {letter.customer.mailer!r}")
    return program(letter, context)


def drawn(kind: str, scene: str, name: str, *, seed: str, order: str, item: str, day: str) -> Blob:
    """An attachment of the content: a photograph's scene or a paper's kind, under its name or a usual one.

    Raises DemoError if there is no such picture or paper.
    """
    number = str(10_000 + int(stamp(seed, 5), 16) % 90_000)
    if kind == "photo":
        return Blob(name or f"IMG_{number[1:]}.png", "image/png", photograph(scene, seed))
    try:
        page = paper(scene, order=order, item=item, number=number, day=day)
    except KeyError as error:
        raise DemoError(f"no paper is called {scene!r}") from error
    return Blob(name or f"{scene}-{order.lstrip('#') or number}.pdf", "application/pdf", render(page))
