"""HTML that we send: what the composer may make, and nothing a reader's program would have to fear or fetch."""

from __future__ import annotations

import nh3

from dragoman.channels.email import css, html_text
from dragoman.channels.email.charset import printable
from dragoman.channels.email.html import is_bomb
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import N_

_TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "hr",
        "i",
        "img",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "style"},
    "a": {"href"},
    "blockquote": {"type"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return css.inline(value) or None
    if attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute == "href":
        return None if value.lower().startswith("cid:") else value
    return value


_cleaner = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "title", "svg", "math", "template", "noscript", "iframe"},
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
    link_rel=None,
)


def sanitise_outgoing(html: str) -> str:
    """`html` of the composer reduced to what mails need; pictures only as parts of the mail (cid:).

    Raises Invalid for HTML that is absurdly large or deep.
    """
    if is_bomb(html):
        raise Invalid(N_("The text is too large for a mail."))
    return _cleaner.clean(printable(html))


def html_to_text(html: str) -> str:
    """The plain part for `html`."""
    return html_text.plain(sanitise_outgoing(html))
