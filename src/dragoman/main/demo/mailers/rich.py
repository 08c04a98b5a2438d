"""Programs that write HTML: Gmail, Android, Apple, Outlook, Outlook on the web, Yahoo."""

from __future__ import annotations

from dragoman.main.demo.mailers.letter import (
    Letter,
    ReplyContext,
    angle,
    attribution,
    economical,
    headers,
    label_block,
    paragraphs,
    rewrap,
)
from dragoman.main.demo.pictures import logo
from dragoman.main.demo.speech import speech
from dragoman.main.demo.wire import Blob, attachment, message, multipart, pick, stamp, text_part

_RTL = frozenset({"ar", "he"})


def gmail(letter: Letter, context: ReplyContext) -> bytes:
    """Gmail in the browser: UTF-8, plain and HTML, quotations in `gmail_quote`."""
    plain, html = rewrap(letter.text), _divs(letter.text)
    if letter.quoted:
        line = attribution(letter, speech(letter.customer.lang).wrote)
        plain += f"\n\n{line}\n\n{angle(rewrap(letter.quoted.text))}\n"
        html += (
            '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
            f'{paragraphs(line)[0]}<br></div><blockquote class="gmail_quote" '
            'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
            f"{_divs(letter.quoted.text)}</blockquote></div>"
        )
    direction = "rtl" if letter.customer.lang in _RTL else "ltr"
    html = f'<div dir="{direction}">{html}</div>'
    mark = stamp(f"b/{letter.seed}", 28)
    body = multipart(
        "alternative",
        f"000000000000{mark[:16]}",
        [
            text_part("text/plain", plain, "UTF-8", economical(plain)),
            text_part("text/html", html, "UTF-8", economical(html)),
        ],
    )
    if letter.files:
        extras = [attachment(blob, rfc2231=False) for blob in letter.files]
        body = multipart("mixed", f"000000000000{mark[12:28]}", [body, *extras])
    return message(headers(letter, context), body)


def android(letter: Letter, context: ReplyContext) -> bytes:
    """The mail program of an Android telephone: HTML in base64, factory signature, "Original message"."""
    signature = speech(letter.customer.lang).galaxy
    plain = f"{letter.text}\n\n\n{signature}"
    html = f'<div dir="auto">{_divs(letter.text)}</div><br><br><div>{signature}</div>'
    if letter.quoted:
        block = label_block(letter)
        plain += "\n\n-------- Original message --------\n" + "\n".join(block) + f"\n\n{letter.quoted.text}"
        html += (
            '<div style="font-size:100%;color:#000000"><div>-------- Original message --------</div>'
            + "".join(f"<div>{paragraphs(line)[0]}</div>" for line in block)
            + f"</div><br>{_divs(letter.quoted.text)}"
        )
    mark = stamp(f"b/{letter.seed}", 20)
    body = multipart(
        "alternative",
        f"--_com.example.mail_{mark}",
        [text_part(f"text/{kind}", text, "utf-8", "base64") for kind, text in (("plain", plain), ("html", html))],
    )
    if letter.files:
        body = multipart("mixed", f"--_mixed_{mark}", [body, *(attachment(blob) for blob in letter.files)])
    return message(headers(letter, context), body)


def iphone(letter: Letter, context: ReplyContext) -> bytes:
    """Mail on an iPhone: quoted-printable, pictures between the text, the well-known last line."""
    phrases = speech(letter.customer.lang)
    return _apple(letter, context, phrases.iphone, "iPhone Mail (23B85)")


def applemail(letter: Letter, context: ReplyContext) -> bytes:
    """Mail on a Mac, with the writer's own signature."""
    return _apple(letter, context, letter.customer.signature, "Apple Mail (2.3864.300.41)")


def _apple(letter: Letter, context: ReplyContext, signature: str, program: str) -> bytes:
    plain = f"{letter.text}\n\n{signature}".strip()
    html = f'{_divs(letter.text)}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{signature}</div>'
    if letter.quoted:
        line = attribution(letter, speech(letter.customer.lang).apple)
        plain += f"\n\n> {line}\n> \n{angle(letter.quoted.text)}\n"
        html += (
            f'<div dir="ltr"><br><blockquote type="cite">{paragraphs(line)[0]}<br><br></blockquote></div>'
            f'<blockquote type="cite"><div dir="ltr">{_divs(letter.quoted.text)}</div></blockquote>'
        )
    page = (
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head>'
        f'<body dir="auto">{html}</body></html>'
    )
    mark = stamp(f"b/{letter.seed}", 32).upper()
    body = multipart(
        "alternative",
        f"Apple-Mail-{mark[:8]}-{mark[8:20]}",
        [
            text_part("text/plain", plain, "utf-8", "quoted-printable"),
            text_part("text/html", page, "utf-8", "quoted-printable"),
        ],
    )
    if letter.files:
        body = multipart("mixed", f"Apple-Mail-{mark[20:]}", [body, *map(attachment, letter.files)])
    return message(headers(letter, context, extra=(("X-Mailer", program),)), body)


def outlook(letter: Letter, context: ReplyContext) -> bytes:
    """Outlook with Exchange: Word's HTML in the language's old charset, the header block above quotations.

    A house signature carries its logo as an inline picture, and pasted pictures stand in the text.
    """
    lang, customer = letter.customer.lang, letter.customer
    plain, html = letter.text, _word(letter.text)
    mark = stamp(f"b/{letter.seed}", 32).upper()
    inline = [
        (f"image{n:03}.png@01DC{mark[:4]}.{mark[4:12]}", blob)
        for n, blob in enumerate(letter.files, 2)
        if blob.type == "image/png"
    ]
    for cid, _blob in inline:
        html += f'<p class=MsoNormal><img width=420 src="cid:{cid}" alt=""><o:p></o:p></p>'
    if customer.signature:
        cid = f"image001.png@01DC{mark[12:16]}.{mark[16:24]}"
        inline.append((cid, Blob("image001.png", "image/png", logo(customer.key))))
        plain += f"\n\n{customer.signature}"
        html += f'{_word(customer.signature)}<p class=MsoNormal><img width=96 src="cid:{cid}" alt=""></p>'
    if letter.quoted:
        plain += "\n\n" + "\n".join(label_block(letter)) + f"\n\n{letter.quoted.text}"
        html += (
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
            f"<p class=MsoNormal>{'<br>'.join(label_block(letter, bold=True))}<o:p></o:p></p></div>"
            + _word(letter.quoted.text)
        )
    charset = pick(plain, speech(lang).charset, _windows(speech(lang).charset))
    body = _outlook_body(_word_page(html, lang, charset), plain, charset, mark, inline)
    papers = [attachment(b, charset=charset, rfc2231=False) for b in letter.files if b.type != "image/png"]
    if papers:
        body = multipart("mixed", f"_004_{mark[8:]}_", [body, *papers])
    extra = (("Thread-Index", f"AdzY{mark[:18]}"), ("X-MS-Has-Attach", "yes" if papers else ""))
    prefix = speech(lang).re
    return message(headers(letter, context, charset=charset, prefix=prefix, extra=extra), body)


def outlook_web(letter: Letter, context: ReplyContext) -> bytes:
    """Outlook in the browser: `elementToProof` blocks, a rule and `divRplyFwdMsg` above quotations."""
    plain = rewrap(letter.text)
    style = 'style="font-family: Aptos, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);"'
    html = "".join(f'<div class="elementToProof" {style}>{p}</div><div><br></div>' for p in paragraphs(letter.text))
    if letter.quoted:
        rule = "_" * 32
        plain += f"\n\n{rule}\n" + "\n".join(label_block(letter)) + f"\n\n{letter.quoted.text}"
        html += (
            '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
            '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt">'
            f"{'<br>'.join(label_block(letter, bold=True))}</font><div>&nbsp;</div></div>"
            f'<div class="BodyFragment">{_divs(letter.quoted.text)}</div>'
        )
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head>'
        f'<body dir="ltr">{html}</body></html>'
    )
    mark = stamp(f"b/{letter.seed}", 24).upper()
    body = multipart(
        "alternative",
        f"_000_{mark}_",
        [
            text_part("text/plain", plain, "utf-8", "quoted-printable"),
            text_part("text/html", page, "utf-8", "quoted-printable"),
        ],
    )
    if letter.files:
        body = multipart("mixed", f"_004_{mark}_", [body, *map(attachment, letter.files)])
    return message(headers(letter, context, prefix=speech(letter.customer.lang).re), body)


def yahoo(letter: Letter, context: ReplyContext) -> bytes:
    """Yahoo Mail: its own wrapping classes, plain text beside."""
    plain = letter.text
    style = "font-family:Helvetica Neue, Arial, sans-serif;font-size:16px;"
    html = f'<div class="yahoo-style-wrap" style="{style}">{_divs(letter.text)}</div>'
    if letter.quoted:
        line = attribution(letter, speech(letter.customer.lang).wrote)
        plain += f"\n\n    {line}\n\n {letter.quoted.text}"
        mark = stamp(letter.seed, 10)
        html += (
            f'<div id="ydp{mark}yahoo_quoted" class="yahoo_quoted"><div>{paragraphs(line)[0]}</div>'
            f"<div><br></div>{_divs(letter.quoted.text)}</div>"
        )
    body = multipart(
        "alternative",
        f"----=_Part_{int(stamp(letter.seed, 6), 16)}_{int(stamp(letter.seed, 8), 16)}",
        [
            text_part("text/plain", plain, "UTF-8", economical(plain)),
            text_part("text/html", html, "UTF-8", economical(html)),
        ],
    )
    return message(headers(letter, context, extra=(("X-Mailer", "WebService/1.1.24485 YMailNorrin"),)), body)


def _divs(text: str) -> str:
    return "<div><br></div>".join(f"<div>{paragraph}</div>" for paragraph in paragraphs(text))


def _word(text: str) -> str:
    gap = "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
    return "".join(f"<p class=MsoNormal>{paragraph}<o:p></o:p></p>{gap}" for paragraph in paragraphs(text))


def _word_page(html: str, lang: str, charset: str) -> str:
    direction = " dir=RTL" if lang in _RTL else ""
    return (
        '<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"><head>'
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        '<meta name=Generator content="Microsoft Word 15 (filtered medium)"><style><!--\n'
        "@font-face {font-family:Aptos;}\n"
        "p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0cm;font-size:12.0pt;font-family:Aptos,sans-serif;}\n"
        "div.WordSection1 {page:WordSection1;}\n--></style></head>"
        f'<body lang={lang} link="#467886" style="word-wrap:break-word"{direction}>'
        f"<div class=WordSection1>\n{html}\n</div></body></html>"
    )


def _outlook_body(page: str, plain: str, charset: str, mark: str, inline: list[tuple[str, Blob]]) -> bytes:
    encoding = "7bit" if charset == "iso-2022-jp" else economical(plain)
    html_charset = pick(page, charset)
    body = multipart(
        "alternative",
        f"_000_{mark[:24]}_",
        [
            text_part("text/plain", plain, charset, encoding),
            text_part("text/html", page, html_charset, "quoted-printable" if encoding == "7bit" else encoding),
        ],
    )
    if not inline:
        return body
    pictures = [attachment(blob, cid=cid, rfc2231=False) for cid, blob in inline]
    return multipart("related", f"_005_{mark[4:28]}_", [body, *pictures], extra=';\r\n\ttype="multipart/alternative"')


def _windows(charset: str) -> str:
    """The Windows code page that holds a little more than an ISO one."""
    wider = {"iso-8859-1": "windows-1252", "iso-8859-2": "windows-1250", "iso-8859-9": "windows-1254"}
    return wider.get(charset, charset)
