"""HTML of strangers: inert, still like the mail, and readable as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from dragoman.channels.email import css
from dragoman.channels.email.html import MAX_CONTAINERS, has_remote, is_bomb, render, sanitise
from dragoman.channels.email.html_text import plain
from dragoman.channels.email.outgoing_html import sanitise_outgoing
from dragoman.channels.email.quotes import split
from tests.channels.email.mails import read
from tests.channels.email.xss_corpus import VECTORS

_FORBIDDEN_TAGS = frozenset(
    [
        "script",
        "style",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "base",
        "meta",
        "link",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "svg",
        "math",
        "template",
        "noscript",
        "audio",
        "video",
        "source",
        "track",
        "portal",
        "dialog",
        "keygen",
        "isindex",
        "xml",
        "title",
        "image",
        "picture",
        "map",
        "area",
    ]
)
_FETCHING = {
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "action",
    "formaction",
    "ping",
    "cite",
    "longdesc",
    "lowsrc",
    "dynsrc",
}


class _Audit(HTMLParser):
    """Collects what could run or fetch."""

    def __init__(self, *, allow_style_tag: bool, allow_src: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.allow_style_tag = allow_style_tag
        self.allow_src = allow_src

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FORBIDDEN_TAGS and not (tag == "style" and self.allow_style_tag):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            value = value or ""
            if name.startswith(("on", "hx-", "x-", "v-", "ng-", "@", "xlink", "data-hx")):
                self.faults.append(name)
            if name in _FETCHING and not (
                self.allow_src and name == "src" and value.startswith("data:image/gif;base64,R0lGOD")
            ):
                self.faults.append(f"{name}={value}")
            if name == "href" and not re.match(r"(?:https?|mailto|tel):", value):
                self.faults.append(f"href={value}")
            if name == "style":
                self.faults += re.findall(
                    r"url|expression|import|binding|behavior|fixed|absolute|\\|@|var\(|image", value, re.I
                )
            if name == "target" and value != "_blank":
                self.faults.append("target")


def _faults(html: str, *, outgoing: bool = False, rendered: bool = False) -> list[str]:
    audit = _Audit(allow_style_tag=not outgoing, allow_src=rendered)
    audit.feed(html)
    audit.close()
    faults = audit.faults
    for sheet in re.findall(r"<style>(.*?)</style>", html, re.S):
        faults += re.findall(r"url|expression|@import|@font|behavior|fixed|<|\\", sheet, re.I)
        for selector in re.findall(r"(?:^|\})([^{}@]+)\{", sheet):
            faults += [part for part in selector.split(",") if not part.strip().startswith(".mail-body")]
    return faults


def test_the_corpus_is_large_and_named() -> None:
    assert len(VECTORS) >= 120
    assert len({name for name, _ in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize(("name", "vector"), VECTORS, ids=[name for name, _ in VECTORS])
def test_vector_is_inert(name: str, vector: str) -> None:
    stored = sanitise(vector)
    assert _faults(stored) == []
    shown = render(stored, cid_url=lambda _cid: None)
    assert _faults(shown, rendered=True) == []
    assert not re.search(r"(?:src|srcset|href)\s*=\s*[\"']?\s*(?:javascript|vbscript|data:text)", shown, re.I)
    # Sanitising is settled: what comes out does not change when read and cleaned again.
    body = re.sub(r'^<style>.*?</style><div class="mail-body">(.*)</div>\Z', r"\1", stored, flags=re.S)
    again = sanitise(re.sub(r" data-(?:remote-src|cid|inline-src)=\"[^\"]*\"", "", body))
    assert _faults(again) == []
    # Nothing in it keeps the rest of the mail from being read.
    mail = read(f"<p>Before</p>{vector}".encode("utf-8", "replace"), kind="text/html; charset=utf-8")
    assert mail.text.startswith("Before")


@pytest.mark.parametrize(("name", "vector"), VECTORS, ids=[name for name, _ in VECTORS])
def test_vector_is_not_sent_on(name: str, vector: str) -> None:
    sent = sanitise_outgoing(vector)
    faults = [fault for fault in _faults(sent, outgoing=True) if not fault.startswith("src=cid:")]
    assert faults == []


def test_the_mail_still_looks_like_itself() -> None:
    html = (
        '<table width="600" bgcolor="#ffffff" cellpadding="4"><tr><td align="center" style="padding:8px;COLOR: #333">'
        '<font color="red" size="2">Hi</font> <a href="https://shop.example/p?a=1&amp;b=2">shop</a>'
        ' <a href="mailto:a@b.example">write</a> <a href="tel:+49301234">call</a></td></tr></table>'
    )
    clean = sanitise(html)
    assert 'bgcolor="#ffffff"' in clean
    assert 'style="padding:8px;color:#333"' in clean
    assert '<font color="red" size="2">Hi</font>' in clean
    assert 'href="https://shop.example/p?a=1&amp;b=2"' in clean
    assert 'target="_blank"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'href="mailto:a@b.example"' in clean
    assert 'href="tel:+49301234"' in clean


def test_style_sheets_stay_in_their_box() -> None:
    clean = sanitise(
        "<style>p.MsoNormal,a{margin:0;color:red;position:fixed} body{color:blue} #id{color:green}"
        "@media (max-width:600px){td{width:100%!important}} @import 'x'; .z{background:url(x)}</style><p clas"
        "s=MsoNormal id=id>x"
    )
    assert clean.startswith(
        "<style>.mail-body p.MsoNormal,.mail-body a{margin:0;color:red}.mail-body{color:blue}.mail-body #m-id"
        "{color:green}"
        "@media (max-width:600px){.mail-body td{width:100%!important}}</style>"
    )
    assert '<p class="MsoNormal" id="m-id">x</p>' in clean
    assert css.inline("background:#fff url(https://x/y) no-repeat") == "background-color:#fff"
    assert css.inline("margin-left:-9999px;color:rgb(1, 2, 3);width:calc(100% - 1px)") == "color:rgb(1, 2, 3)"


def test_pictures_wait_until_asked_for() -> None:
    stored = sanitise(
        '<img src="https://cdn.example/a.png?x=1&amp;y=2" width=10><img src="cid:Pic@1"><img src="cid:gone">'
        '<img src="data:image/png;base64,iVBORw0KGgo="><img src="//cdn.example/b.png"><p title=\' src="x"\'>t</p>'
    )
    assert not re.search(r"<img[^>]* src=", stored)
    assert has_remote(stored)
    blocked = render(stored, cid_url={"Pic@1": "/files/1"}.get)
    assert '<img src="/files/1">' in blocked
    assert "cdn.example" not in blocked
    assert blocked.count('data-blocked="remote-src"') == 2
    assert blocked.count('data-blocked="cid"') == 1
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in blocked
    shown = render(stored, cid_url=lambda _cid: None, remote_url=lambda url: f"/proxy?u={url}")
    assert 'src="/proxy?u=https://cdn.example/a.png?x=1&amp;y=2"' in shown
    assert 'src="/proxy?u=https://cdn.example/b.png"' in shown
    assert not has_remote(sanitise("<p>text about data-remote-src=</p>"))


def test_remote_addresses_cannot_break_out_of_the_proxy_address() -> None:
    stored = sanitise('<img src="https://x.example/&quot; onerror=&quot;alert(1)">')
    assert (
        _faults(
            render(stored, cid_url=lambda _c: None, remote_url=lambda url: f"/p?{url}").replace(
                "/p?", "data:image/gif;base64,R0lGOD"
            ),
            rendered=True,
        )
        == []
    )


def test_text_written_like_a_marker_changes_nothing_live() -> None:
    stored = sanitise('<p>write src="dragoman-remote-src:https://x.example/" or data-cid="a"</p>')
    assert "<img" not in render(stored, cid_url=lambda _cid: "/live")
    assert "/live" not in render(stored, cid_url=lambda _cid: "/live")


def test_bombs_become_text() -> None:
    bomb = "<div>" * 30_000 + "deep words"
    assert is_bomb(bomb)
    assert "deep words" in sanitise(bomb)
    assert sanitise(bomb).startswith("<pre>")
    assert is_bomb("<b></i>" * (MAX_CONTAINERS + 1))
    assert not is_bomb("<table><tr><td>x</td></tr></table>" * 2000)


TEXTS: list[tuple[str, str, str]] = [
    ("paragraphs", "<p>One</p><p>Two</p>", "One\n\nTwo"),
    ("outlook paragraphs", '<p class="MsoNormal">One</p><p class="MsoNormal">Two</p>', "One\nTwo"),
    ("gmail lines", "<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
    ("breaks", "One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
    ("white space", "<p>  One \n  and&nbsp;  more </p>", "One and more"),
    ("entities", "<p>5 &lt; 6 &amp; &euro;7 &#8364;</p>", "5 < 6 & €7 €"),
    ("link with other words", '<a href="https://a.example/x">here</a>', "here <https://a.example/x>"),
    ("link that shows itself", '<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
    ("link shown without scheme", '<a href="https://www.a.example/">www.a.example</a>', "www.a.example"),
    ("mail link", '<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
    ("bullets", "<ul><li>One</li><li>Two<ul><li>Deep</li></ul></li></ul>", "- One\n- Two\n  - Deep"),
    ("numbers", '<ol start="3"><li>Three</li><li>Four</li></ol>', "3. Three\n4. Four"),
    (
        "table",
        "<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Lamp</td><td>2</td></tr></table>",
        "Item | Qty\nLamp | 2",
    ),
    ("preformatted", "<pre>a  b\n  c</pre>", "a  b\n  c"),
    (
        "quote",
        "<p>Mine</p><blockquote><p>Theirs</p><blockquote>Older</blockquote></blockquote>",
        "Mine\n\n> Theirs\n>\n> > Older",
    ),
    ("indent is no quote", '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">Mine</blockquote>', "Mine"),
    ("hidden preheader", '<div style="display:none">secret <b>words</b></div><p>Seen</p>', "Seen"),
    ("picture words", '<img alt="Photo of lamp" src="cid:x">', "[Photo of lamp]"),
    ("rule", "<p>A</p><hr><p>B</p>", "A\n\n________________________________\n\nB"),
    ("cjk", "<p>你好</p><p>再见</p>", "你好\n\n再见"),
]


@pytest.mark.parametrize(("name", "html", "text"), TEXTS, ids=[item[0] for item in TEXTS])
def test_text_of_html(name: str, html: str, text: str) -> None:
    assert plain(sanitise(html)) == text


PROGRAMS: list[tuple[str, str]] = [
    (
        "gmail",
        '<div dir="ltr">Mine<br clear="all"><div class="gmail_signature" '
        'data-smartmail="gmail_signature"><div>Ann</div></div></div><br>'
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 9 Nov 2026 at 10:00, Shop '
        '&lt;<a href="mailto:h@s.example">h@s.example</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid '
        'rgb(204,204,204);padding-left:1ex">Theirs</blockquote></div>',
    ),
    (
        "outlook desktop",
        '<div class="WordSection1"><p class="MsoNormal">Mine</p><div><div '
        'style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal"><b>Von:</b> Shop &lt;h@s.example&gt;<br><b>Gesendet:</b> Montag, 9. '
        "November 2026 10:00<br><b>An:</b> Ann<br><b>Betreff:</b> Lampe</p></div></div>"
        '<p class="MsoNormal">Theirs</p></div>',
    ),
    (
        "outlook web",
        '<div>Mine</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>From:</b> Shop '
        "&lt;h@s.example&gt;<br><b>Sent:</b> Monday, November 9, 2026 10:00<br>"
        "<b>To:</b> Ann<br><b>Subject:</b> Lamp</font><div>&nbsp;</div></div><div>Theirs</div>",
    ),
    (
        "apple mail",
        '<div>Mine<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote '
        'type="cite">On 9 Nov 2026, at 10:00, Shop &lt;h@s.example&gt; wrote:<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">Theirs</div></blockquote></div>',
    ),
    (
        "yahoo",
        '<div class="ydp1yahoo-style-wrap"><div>Mine</div></div><div id="yahoo_quoted_1" '
        'class="yahoo_quoted"><div>On Monday, November 9, 2026 at 10:00:00 AM GMT+1, Shop '
        "&lt;h@s.example&gt; wrote:</div><div>Theirs</div></div>",
    ),
    (
        "proton",
        '<div>Mine</div><div class="protonmail_signature_block"><div>Sent with Proton Mail</div></div>'
        '<div class="protonmail_quote">On Monday, November 9th, 2026 at 10:00, Shop &lt;h@s.example&gt; '
        "wrote:<br>"
        '<blockquote class="protonmail_quote" type="cite">Theirs</blockquote></div>',
    ),
    (
        "qq",
        '<div>Mine</div><div><br></div><div style="font-size:12px;font-family:Arial Narrow;padding:2px 0">-'
        "-----------------&nbsp;原始邮件&nbsp;------------------</div>"
        '<div style="font-size:12px;background:#efefef;padding:8px"><div><b>发件人:</b> "Shop" '
        "&lt;h@s.example&gt;;</div><div><b>发送时间:</b> 2026年11月9日(星期一) 上午10:00</div>"
        '<div><b>收件人:</b> "Ann" &lt;a@b.example&gt;;</div><div><b>主题:</b> 台灯</div></div><div>Theirs</div>',
    ),
    (
        "netease",
        '<div>Mine</div><div id="isForwardContent"></div><p>在 2026-11-09 10:00:00，"Shop" '
        "&lt;h@s.example&gt; 写道：</p>"
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; '
        'BORDER-LEFT: #ccc 1px solid">Theirs</blockquote>',
    ),
    (
        "foxmail",
        '<div>Mine</div><blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em"><div>&nbsp;</div>'
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div><b>'
        "发件人：</b> Shop</div><div><b>发送时间：</b> 2026-11-09 10:00</div><div><b>收件人：</b> "
        "Ann</div><div><b>主题：</b> 台灯</div></div><div>Theirs</div></blockquote>",
    ),
    (
        "naver",
        '<div><p>Mine</p></div><p>-----Original Message-----<br><b>From:</b> "Shop"&lt;h@s.example&gt;<br><'
        'b>To:</b> "Ann"&lt;a@b.example&gt;<br><b>Cc:</b> <br><b>Sent:</b> 2026-11-09 (월) 10:00:00 (GMT+09'
        ":00)<br><b>Subject:</b> 램프</p><div>Theirs</div>",
    ),
    (
        "yahoo japan",
        "<div>Mine</div><br>----- Original Message -----<br>From: Shop &lt;h@s.example&gt;<br>To: Ann<br>Date"
        ": 2026/11/09 10:00<br>Subject: ランプ<br><br>Theirs",
    ),
    (
        "thunderbird",
        '<p>Mine</p><div class="moz-cite-prefix">Am 09.11.26 um 10:00 schrieb Shop:<br></div>'
        '<blockquote type="cite" cite="mid:x@y">Theirs</blockquote><pre class="moz-signature" cols="72">'
        "-- \nAnn</pre>",
    ),
]


@pytest.mark.req("R1")
@pytest.mark.parametrize(("program", "html"), PROGRAMS, ids=[item[0] for item in PROGRAMS])
def test_quotes_of_programs(program: str, html: str) -> None:
    mail = read(html, kind="text/html; charset=utf-8", in_reply_to="<a@b>")
    assert mail.text_reply.strip() == "Mine"
    quoted = "\n".join(section.text for section in mail.sections if section.kind == "quote")
    assert "Theirs" in quoted
    assert "Theirs" in mail.text


def test_words_below_a_signature_container_are_not_lost() -> None:
    html = '<div>Mine</div><div class="gmail_signature">Ann</div><div>And one more question below?</div>'
    mail = read(html, kind="text/html; charset=utf-8")
    assert mail.text_reply == "Mine\n\nAnd one more question below?"
    assert [section.kind for section in mail.sections] == ["own", "signature", "own"]
    assert split("") == ()
