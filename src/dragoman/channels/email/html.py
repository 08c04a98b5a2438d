"""HTML of mails: made harmless for storing, then fitted for showing.

Stored HTML contains no address that a browser would fetch: images keep theirs aside in `data-cid` (a part of the
mail), `data-remote-src` (the web) or `data-inline-src` (a data: picture) until `render` decides. The sanitiser
(nh3, a binding of ammonia) writes canonical HTML, in which `<` and `>` stand only around tags; everything after it
relies on that.
"""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from collections.abc import Callable

import nh3

from dragoman.channels.email import css
from dragoman.channels.email.charset import printable

MAX_HTML = 4 * 1024 * 1024
MAX_CONTAINERS = 20_000
MAX_DEPTH = 1000
MAX_ATTRIBUTES = 2000
MAX_QUOTED_ANGLES = 20
LONG_TAG = 3000
ID_PREFIX = "m-"
SCOPE = "mail-body"

TAGS = frozenset(
    [
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "dir",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
_DROPPED_WHOLE = frozenset(
    [
        "applet",
        "audio",
        "canvas",
        "embed",
        "frameset",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
        "xml",
        "xmp",
    ]
)
_ATTRIBUTES = {
    "*": {"align", "class", "dir", "id", "lang", "style", "title", "valign"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "hr": {"color", "noshade", "size", "width"},
    "img": {"alt", "border", "height", "hspace", "src", "vspace", "width"},
    "li": {"type", "value"},
    "ol": {"reversed", "start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "frame", "height", "rules", "summary", "width"},
    "tbody": {"bgcolor"},
    "td": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "scope", "width"},
    "time": {"datetime"},
    "tr": {"bgcolor", "height"},
    "ul": {"type"},
}
_LINK = re.compile(r"(?:https?|mailto|tel):", re.I)
_REMOTE = re.compile(r"https?://", re.I)
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]+\Z", re.I)
_STYLE_OPEN = re.compile(r"<style\b[^<>]{0,500}>", re.I)
_STYLE_CLOSE = re.compile(r"</style", re.I)
_BODY = re.compile(r"<(/?)body(?=[\s>])", re.I)
_CONTAINER = re.compile(
    r"<(/?)(a|abbr|address|article|aside|b|big|blockquote|center|details|div|dl|em|fieldset|figure|font|footer|form"
    r"|header|i|main|nav|ol|pre|section|small|span|strong|sub|sup|table|tt|u|ul)(?=[\s>/])",
    re.I,
)
_TAG_OPEN = re.compile(r"<[a-zA-Z]")
_IN_TAG = re.compile(r"=\s*[\"']|[\s/]+|>")
_QUOTED_ANGLE = re.compile(r"=\s*[\"'][^\"'<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_IMG = re.compile(r"<img\b[^>]*>")
_IMG_SOURCE = re.compile(r' data-(cid|remote-src|inline-src)="([^"]*)"')
_MARK = ' src="dragoman-'
# A transparent pixel: it keeps the picture's box without asking anybody for it.
PLACEHOLDER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def _filter(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return css.inline(value) or None
    if attribute in {"href", "src"}:
        value = value.strip()
        return (_link if attribute == "href" else _picture)(f"https:{value}" if value.startswith("//") else value)
    return value if len(value) < 2000 else None


def _link(value: str) -> str | None:
    return value if _LINK.match(value) else None


def _picture(value: str) -> str | None:
    if value[:4].lower() == "cid:":
        return f"dragoman-cid:{value[4:].strip()}"
    if _REMOTE.match(value):
        return f"dragoman-remote-src:{value}"
    return f"dragoman-inline-src:{value}" if _INLINE_IMAGE.match(value) else None


def _refuse(_url: str) -> None:
    return None


_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes=_ATTRIBUTES,
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    # Not "deny": that would refuse "//host/…" before the filter can complete it.
    url_relative=_refuse,
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    id_prefix=ID_PREFIX,
)


def sanitise(html: str) -> str:
    """`html` reduced to a safe subset that still looks like the mail; fit to be stored, shown only by `render`.

    HTML built to exhaust a reader (too long, or tens of thousands of nested elements) comes back as its bare text.
    """
    html = printable(html)
    if is_bomb(html):
        return f"<pre>{entities.escape(_bare(html))}</pre>"
    sheet = _sheets(html)
    clean = _cleaner.clean(_BODY.sub(r"<\1div", html))
    if _MARK in clean:
        for kind in ("cid", "remote-src", "inline-src"):
            clean = clean.replace(f"{_MARK}{kind}:", f' data-{kind}="')
    return f'<style>{sheet}</style><div class="{SCOPE}">{clean}</div>' if sheet else clean


def is_bomb(html: str) -> bool:
    """Whether `html` is built in a way that tree building could take more than linear time over."""
    if len(html) > MAX_HTML:
        return True
    if _attribute_bomb(html):
        return True
    if html.count("<") <= MAX_DEPTH:
        return False
    opened = 0
    depth: Counter[str] = Counter()
    for closing, tag in _CONTAINER.findall(html):
        tag = tag.lower()
        if not closing:
            opened += 1
            depth[tag] += 1
            if depth[tag] > MAX_DEPTH or opened > MAX_CONTAINERS:
                return True
        elif depth[tag]:
            depth[tag] -= 1
    return False


def _attribute_bomb(html: str) -> bool:
    """Whether a tag has more attributes than mails have; each is compared with all before it."""
    longest = max(map(len, html.split(">")))
    if longest < LONG_TAG and len(_QUOTED_ANGLE.findall(html)) <= MAX_QUOTED_ANGLES:
        return False
    position = 0
    while tag := _TAG_OPEN.search(html, position):
        position, attributes = tag.end(), 0
        while token := _IN_TAG.search(html, position):
            position = token.end()
            if token.group() == ">":
                break
            attributes += 1
            if attributes > MAX_ATTRIBUTES:
                return True
            if token.group()[0] == "=":
                close = html.find(token.group()[-1], position)
                if close < 0:
                    return False
                position = close + 1
    return False


def _bare(html: str) -> str:
    return entities.unescape(_TAG.sub(" ", html[:MAX_HTML]))


def _sheets(html: str) -> str:
    out: list[str] = []
    position = 0
    while opening := _STYLE_OPEN.search(html, position):
        closing = _STYLE_CLOSE.search(html, opening.end())
        if not closing:
            break
        out.append(css.stylesheet(html[opening.end() : closing.start()], f".{SCOPE}", ID_PREFIX))
        position = closing.end()
    return "".join(out)[: css.MAX_SHEET] if out else ""


def has_remote(html: str) -> bool:
    """Whether stored `html` asks for pictures from the web."""
    return any(' data-remote-src="' in img for img in _IMG.findall(html))


def render(
    html: str,
    *,
    cid_url: Callable[[str], str | None],
    remote_url: Callable[[str], str] | None = None,
) -> str:
    """Stored `html` as the body of the frame that shows it.

    `cid_url` gives the desk's address for a content id, or None where the mail has no such part. Pictures from the
    web show a placeholder unless `remote_url` says where to load an address from.
    """

    def show(match: re.Match[str]) -> str:
        def source(found: re.Match[str]) -> str:
            kind, value = found.group(1), entities.unescape(found.group(2))
            url: str | None = None
            if kind == "cid":
                url = cid_url(value)
            elif kind == "inline-src" and _INLINE_IMAGE.match(value):
                url = value
            elif kind == "remote-src" and remote_url is not None and _REMOTE.match(value):
                url = remote_url(value)
            if url is None:
                return f' src="{PLACEHOLDER}" data-blocked="{kind}"'
            return f' src="{entities.escape(url)}"'

        return _IMG_SOURCE.sub(source, match.group())

    return _IMG.sub(show, html)
