"""The webmails of East Asia that keep their countries' charsets: QQ Mail, NetEase 163, Naver."""

from __future__ import annotations

from dragoman.main.demo.mailers.letter import (
    Letter,
    ReplyContext,
    attribution,
    headers,
    label_block,
    paragraphs,
)
from dragoman.main.demo.speech import speech
from dragoman.main.demo.wire import attachment, message, multipart, pick, stamp, text_part


def qq(letter: Letter, context: ReplyContext) -> bytes:
    """QQ Mail: GB18030 in base64, its own line of dashes above the quoted header."""
    plain, html = letter.text, _lines(letter.text)
    if letter.quoted:
        rule = "------------------&nbsp;原始邮件&nbsp;------------------"
        block = label_block(letter)
        plain += f"\n\n\n{rule.replace('&nbsp;', ' ')}\n" + "\n".join(block) + f"\n\n{letter.quoted.text}"
        html += (
            f'<div><br></div><div style="font-size: 12px;font-family: Arial Narrow;">{rule}</div>'
            f'<div style="font-size: 12px;background:#efefef;padding:8px;">{_lines(chr(10).join(block))}</div>'
            f"<div><br></div>{_lines(letter.quoted.text)}"
        )
    extra = (("X-QQ-mid", f"webmail{stamp(letter.seed, 10)}"), ("X-Mailer", "QQMail 2.x"), ("X-Priority", "3"))
    boundary = f"----=_NextPart_{stamp(letter.seed, 8).upper()}_0"
    return _send(letter, context, plain, html, "gb18030", "回复：", extra, boundary)


def netease(letter: Letter, context: ReplyContext) -> bytes:
    """NetEase 163: GBK in base64, one line of attribution above an indented block."""
    plain, html = letter.text, f'<div style="line-height:1.7;color:#000000;font-size:14px">{_lines(letter.text)}</div>'
    if letter.quoted:
        line = attribution(letter, speech("zh-Hans").wrote)
        plain += f"\n\n\n\n{line}\n{letter.quoted.text}"
        html += (
            f'<div id="divNeteaseMailCard"></div><br>{paragraphs(line)[0]}<br>'
            '<blockquote id="isReplyContent" style="padding-left:1ex;margin:0;border-left:#ccc 1px solid">'
            f"{_lines(letter.quoted.text)}</blockquote>"
        )
    extra = (("X-Mailer", "Coremail Webmail Server"), ("X-Priority", "3"))
    return _send(letter, context, plain, html, "gbk", "回复:", extra, f"----=_Part_{int(stamp(letter.seed, 6), 16)}_1")


def naver(letter: Letter, context: ReplyContext) -> bytes:
    """Naver Mail: EUC-KR in base64, "Original Message" with labels in dashes."""
    plain, html = letter.text, f'<div style="font-size:10pt; font-family:Gulim;">{_lines(letter.text)}</div>'
    if letter.quoted:
        rule, block = "-----Original Message-----", label_block(letter)
        plain += f"\n\n{rule}\n" + "\n".join(block) + f"\n\n{letter.quoted.text}"
        html += f"<p>{rule}<br>{'<br>'.join(label_block(letter, bold=True))}</p>{_lines(letter.quoted.text)}"
    extra = (("X-Works-Send-Opt", stamp(letter.seed, 12)), ("X-Naver-CIP", "203.0.113.7"))
    return _send(letter, context, plain, html, "euc-kr", "RE: ", extra, f"----Boundary-WM=_{stamp(letter.seed, 10)}")


def _send(
    letter: Letter,
    context: ReplyContext,
    plain: str,
    html: str,
    charset: str,
    prefix: str,
    extra: tuple[tuple[str, str], ...],
    boundary: str,
) -> bytes:
    used = pick(plain + html, charset)
    body = multipart(
        "alternative",
        boundary,
        [text_part(f"text/{kind}", text, used, "base64") for kind, text in (("plain", plain), ("html", html))],
    )
    if letter.files:
        files = [attachment(blob, charset=used, rfc2231=False) for blob in letter.files]
        body = multipart("mixed", f"{boundary}_M", [body, *files])
    return message(headers(letter, context, charset=used, prefix=prefix, extra=extra), body)


def _lines(text: str) -> str:
    return "".join(f"<div>{row or '<br>'}</div>" for row in "<br>\n<br>\n".join(paragraphs(text)).split("<br>\n"))
