"""Real-looking mails in any number: 12 languages and charsets, HTML and plain, quotes, pictures, attachments."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from email.header import Header
from email.utils import formatdate

SPEECH: list[tuple[str, str, str]] = [
    (
        "de",
        "iso-8859-1",
        "Guten Tag, mein Paket ist seit zwei Wochen unterwegs und nicht angekommen. Können Sie bitte prüfen?",
    ),
    (
        "fr",
        "iso-8859-15",
        "Bonjour, la lampe est arrivée cassée. Je souhaite être remboursé ou recevoir une nouvelle pièce.",
    ),
    ("es", "utf-8", "Hola, el pedido no ha llegado todavía y el seguimiento no cambia desde el día doce. ¿Qué pasa?"),
    (
        "it",
        "windows-1252",
        "Buongiorno, manca una vite nella confezione, non riesco a montare lo scaffale. Grazie mille.",
    ),
    ("pl", "iso-8859-2", "Dzień dobry, otrzymałem zły kolor zamówienia. Proszę o wymianę lub zwrot pieniędzy."),
    ("ru", "koi8-r", "Здравствуйте, посылка пришла с повреждённой упаковкой, зарядное устройство не работает."),
    ("uk", "windows-1251", "Доброго дня, коли буде відправлено моє замовлення? Чекаю вже десять днів."),
    ("ja", "iso-2022-jp", "お世話になっております。注文した商品がまだ届いておりません。ご確認をお願いいたします。"),
    ("zh", "gb18030", "您好，我的包裹一直没有收到，请帮我查询一下物流状态，如果丢失请尽快退款。谢谢。"),
    ("zh-Hant", "big5", "您好，請問我的訂單什麼時候會出貨？已經等了一個星期了，麻煩您儘快回覆。"),
    ("ko", "euc-kr", "안녕하세요, 주문한 상품이 아직 도착하지 않았습니다. 배송 상태를 확인해 주세요."),
    ("tr", "iso-8859-9", "Merhaba, siparişim hâlâ gelmedi, kargo takip numarası çalışmıyor. Lütfen yardım edin."),
]


def _word(text: str, charset: str) -> str:
    return Header(text, charset).encode()


def _encoded(text: str, charset: str) -> str:
    return base64.encodebytes(text.encode(charset, "replace")).decode("ascii")


def _html(paragraphs: list[str], filler: int) -> str:
    cells = "".join(
        f'<tr style="font-family:Calibri,sans-serif"><td class="MsoNormal" style="padding:0 8px">{n}</td>'
        f'<td style="color:#1f497d"><span lang="DE" style="font-size:11pt">Position {n}</span></td></tr>'
        for n in range(filler)
    )
    body = "".join(f'<p class="MsoNormal" style="margin:0 0 8pt">{one}</p>' for one in paragraphs)
    return f"<html><head><style>p.MsoNormal{{margin:0}}</style></head><body>{body}<table>{cells}</table></body></html>"


def generate(count: int, to: str, *, seed: int = 7) -> Iterator[bytes]:
    """`count` mails for the address `to`; every fourth answers an earlier one, every fourth has an attachment."""
    chance = random.Random(seed)
    blob = base64.encodebytes(chance.randbytes(140_000)).decode("ascii")
    for number in range(count):
        language, charset, sentence = SPEECH[number % len(SPEECH)]
        reply_to = number - 1 - chance.randrange(min(number, 400)) if number % 4 == 3 and number > 20 else None
        if reply_to is not None and reply_to % 4 == 3:
            reply_to -= 1
        sender = number if reply_to is None else reply_to
        order = f"302-{sender:07d}-{sender % 9973:07d}"
        paragraphs = [f"{sentence} ({chance.randrange(10_000)})" for _ in range(chance.randint(1, 6))]
        paragraphs += [f"Order {order}", f"#{number} {chance.getrandbits(40):x}"]
        quoted = "".join(f"> {sentence}\r\n" for _ in range(6)) if reply_to is not None else ""
        text = "\r\n\r\n".join(paragraphs) + (
            f"\r\n\r\nOn Mon, 2 Nov 2026 at 10:00, Shop wrote:\r\n{quoted}" if quoted else ""
        )
        head = [
            "Received: from mx.provider.example (mx.provider.example [192.0.2.7]) by in.example with ESMTPS; "
            + formatdate(1_795_000_000 + number),
            f"From: {_word(f'Käufer {sender}', 'utf-8')} <b{sender}@buyer{sender % 97}.example>",
            f"To: <{to}>",
            f"Subject: {_word(('Re: ' if reply_to is not None else '') + sentence[:40] + f' {sender}', charset)}",
            f"Date: {formatdate(1_795_000_000 + number)}",
            f"Message-ID: <m{number}@buyer{sender % 97}.example>",
            "MIME-Version: 1.0",
            f"Content-Language: {language}",
        ]
        if reply_to is not None:
            head.append(f"In-Reply-To: <m{reply_to}@buyer{sender % 97}.example>")
            head.append(f"References: <m{reply_to}@buyer{sender % 97}.example>")
        filler = chance.randint(4, 60)
        alternative = (
            f'--alt\r\nContent-Type: text/plain; charset="{charset}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            f"{_encoded(text, charset)}\r\n"
            f'--alt\r\nContent-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
            f"{_encoded(_html(paragraphs, filler), charset)}\r\n--alt--\r\n"
        )
        if number % 4 == 1:
            head.append('Content-Type: multipart/mixed; boundary="mix"')
            start = chance.randrange(len(blob) // 4) // 77 * 77
            part = blob[start : start + chance.randint(75_000, 120_000) // 77 * 77]
            body = (
                '--mix\r\nContent-Type: multipart/alternative; boundary="alt"\r\n\r\n' + alternative
                + f'--mix\r\nContent-Type: image/jpeg; name="photo{number}.jpg"\r\nContent-Transfer-Encoding: base64\r\n'
                f'Content-Disposition: attachment; filename="photo{number}.jpg"\r\n\r\n{part}\r\n--mix--\r\n'
            )  # fmt: skip
        elif number % 4 == 2:
            head.append(f'Content-Type: text/plain; charset="{charset}"')
            head.append("Content-Transfer-Encoding: base64")
            body = _encoded(text, charset)
        else:
            head.append('Content-Type: multipart/alternative; boundary="alt"')
            body = alternative
        yield ("\r\n".join(head) + "\r\n\r\n" + body).replace("\r\n", "\n").replace("\n", "\r\n").encode("ascii")
