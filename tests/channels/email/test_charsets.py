"""Charsets: labelled truly, wrongly, not at all."""

from __future__ import annotations

import base64

import pytest

from dragoman.channels.email.charset import canonical, decode, detect, printable
from dragoman.channels.email.mail import Address
from dragoman.channels.email.parse import parse
from tests.channels.email.mails import multi, part, raw, read

pytestmark = pytest.mark.req("R1")

WORDS = {
    "zh": "您好，我上周订购的台灯到现在还没有收到，请帮忙查一下物流。谢谢！",
    "zh_Hant": "您好，我上週訂購的檯燈到現在還沒有收到，請幫忙查一下物流。謝謝！",
    "ja": "お世話になっております。先週注文した商品がまだ届いていません。ご確認をお願いします。",
    "ko": "안녕하세요. 지난주에 주문한 상품이 아직 도착하지 않았습니다. 확인 부탁드립니다.",
    "ru": "Здравствуйте, заказ до сих пор не пришёл. Проверьте, пожалуйста, где посылка.",
    "uk": "Доброго дня, моє замовлення досі не прийшло. Перевірте, будь ласка, де посилка.",
    "el": "Καλημέρα σας, η παραγγελία μου δεν έχει φτάσει ακόμα. Μπορείτε να το ελέγξετε;",
    "he": "שלום, ההזמנה שלי עדיין לא הגיעה. אפשר לבדוק בבקשה איפה החבילה?",
    "ar": "مرحبا، طلبي لم يصل حتى الآن. هل يمكنكم التحقق من مكان الطرد من فضلكم؟",
    "th": "สวัสดีครับ สินค้าที่สั่งซื้อยังไม่มาถึง กรุณาตรวจสอบให้ด้วยครับ",
    "tr": "Merhaba, siparişim hâlâ gelmedi. Lütfen kargonun nerede olduğunu öğrenir misiniz? İyi günler.",
    "pl": "Dzień dobry, zamówienie wciąż nie dotarło. Proszę sprawdzić, gdzie jest paczka. Dziękuję bardzo.",
    "de": "Guten Tag, die Bestellung ist noch nicht da. Können Sie prüfen, wo das Paket für Köln ist? Grüße",
    "fr": "Bonjour, ma commande n'est pas encore arrivée. Pouvez-vous vérifier où est le colis reçu à Orléans ?",
}


@pytest.mark.parametrize(
    ("language", "codec", "label"),
    [
        ("zh", "gb18030", "gb18030"),
        ("zh", "gbk", "gb2312"),
        ("zh", "gb2312", "GBK"),
        ("zh", "hz", "HZ-GB-2312"),
        ("zh_Hant", "big5", "big5"),
        ("ja", "iso2022_jp", "iso-2022-jp"),
        ("ja", "cp932", "shift_jis"),
        ("ja", "euc_jp", "x-euc-jp"),
        ("ko", "cp949", "euc-kr"),
        ("ko", "euc_kr", "ks_c_5601-1987"),
        ("ko", "iso2022_kr", "iso-2022-kr"),
        ("ru", "koi8_r", "koi8-r"),
        ("uk", "koi8_u", "KOI8-U"),
        ("ru", "cp1251", "windows-1251"),
        ("el", "cp1253", "windows-1253"),
        ("he", "cp1255", "windows-1255"),
        ("he", "iso8859_8", "iso-8859-8-i"),
        ("ar", "cp1256", "windows-1256"),
        ("th", "cp874", "tis-620"),
        ("tr", "cp1254", "iso-8859-9"),
        ("pl", "iso8859_2", "iso-8859-2"),
        ("de", "cp1252", "iso-8859-1"),
        ("fr", "cp1252", "Windows-1252"),
        ("ja", "utf-7", "utf-7"),
        ("ru", "utf-7", "unicode-1-1-utf-7"),
        ("zh", "utf-16", "utf-16"),
        ("ar", "utf-8", '"UTF8"'),
    ],
)
def test_true_labels(language: str, codec: str, label: str) -> None:
    mail = read(WORDS[language].encode(codec), kind=f"text/plain; charset={label}")
    assert mail.text == WORDS[language]
    assert mail.problems == ()


@pytest.mark.parametrize("label", [None, "x-unknown", "us-ascii", "utf-8", "default_charset"])
@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("zh", "gb18030"),
        ("zh_Hant", "big5"),
        ("ja", "cp932"),
        ("ja", "euc_jp"),
        ("ko", "cp949"),
        ("ru", "koi8_r"),
        ("ru", "cp1251"),
        ("ru", "cp866"),
        ("el", "cp1253"),
        ("he", "cp1255"),
        ("ar", "cp1256"),
        ("th", "cp874"),
        ("tr", "cp1254"),
        ("pl", "cp1250"),
        ("de", "cp1252"),
        ("fr", "cp1252"),
        ("ja", "iso2022_jp"),
        ("de", "utf-8"),
    ],
)
def test_missing_unknown_and_wrong_labels(language: str, codec: str, label: str | None) -> None:
    kind = f"text/plain; charset={label}" if label else "text/plain"
    mail = read(WORDS[language].encode(codec), kind=kind)
    assert mail.text == WORDS[language]
    if (codec, label) != ("utf-8", "utf-8"):
        assert any(problem.startswith("charset-") for problem in mail.problems)


@pytest.mark.parametrize(
    ("language", "codec", "label"),
    [
        ("de", "utf-8", "iso-8859-1"),
        ("zh", "utf-8", "gb2312"),
        ("zh", "gb18030", "iso-8859-1"),
        ("ru", "cp1251", "iso-8859-1"),
        ("ja", "cp932", "iso-2022-jp"),
        ("ko", "utf-8", "euc-kr"),
        ("zh_Hant", "big5", "gb2312"),
    ],
)
def test_labels_that_lie(language: str, codec: str, label: str) -> None:
    mail = read(WORDS[language].encode(codec), kind=f"text/plain; charset={label}")
    assert mail.text == WORDS[language]
    assert any(problem.startswith("charset-wrong:") for problem in mail.problems)


def test_microsofts_iso_2022_jp() -> None:
    # Circled digits, NEC and IBM characters, half-width kana: none of them in the standard's tables.
    data = b"\x1b$B-!-j|b\x1b(B and \x1b(I1\x1b(B"
    text, problem = decode(data, "iso-2022-jp")
    assert text.startswith("①㈱")
    assert text.endswith("and ｱ")
    assert problem is None


def test_jis_run_broken_off() -> None:
    text, _ = decode("日本".encode("iso2022_jp")[:-3] + b"\x24", "iso-2022-jp")
    assert text.startswith("日本")


def test_a_damaged_byte_does_not_change_the_charset() -> None:
    data = WORDS["zh"].encode("utf-8") * 3
    text, problem = decode(data[:-1] + b" tail", "utf-8")
    assert text.startswith(WORDS["zh"])
    assert problem == "charset-errors:utf-8"
    text, problem = decode(WORDS["zh"].encode("gb18030") * 3 + b"\xff", "gbk")
    assert text.startswith(WORDS["zh"])
    assert problem == "charset-errors:gb18030"


def test_senders_country_decides_the_undecided() -> None:
    data = "Příliš".encode("cp1250")
    assert decode(data, None, "cz")[0] == "Příliš"
    mail = parse(raw(b"x", kind=None, subject="Příliš".encode("cp1250"), **{"from": "a@example.cz"}))
    assert mail.subject == "Příliš"


def test_html_meta_charset_counts_where_the_header_is_silent() -> None:
    html = f'<html><head><meta charset="gbk"></head><body><p>{WORDS["zh"]}</p></body></html>'
    mail = read(html.encode("gbk"), kind="text/html")
    assert mail.text == WORDS["zh"]
    assert mail.problems == ()


def test_parts_may_differ_in_charset() -> None:
    body = multi(
        part(WORDS["ru"].encode("koi8_r"), "text/plain; charset=koi8-r"),
        part(WORDS["ja"].encode("cp932"), "text/plain; charset=shift_jis"),
    )
    assert parse(raw(body, kind="multipart/mixed; boundary=b1")).text == f"{WORDS['ru']}\n\n{WORDS['ja']}"


@pytest.mark.parametrize(
    "label", ["rot13", "zip", "base64", "undefined", "unicode_escape", "idna", "../../x", "a" * 500]
)
def test_codecs_that_are_no_charsets(label: str) -> None:
    assert canonical(label) == ""
    assert decode(b"plain", label) == ("plain", f"charset-unknown:{label[:40]}")


def test_no_surrogates_and_controls() -> None:
    assert printable("a\ud800b\x00c\x1b\tx\n") == "abc\tx\n"
    assert decode(b"+2AA-", "utf-7")[0].encode("utf-8", "replace")
    assert detect(bytes(range(128, 256))) != ""


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?Q?Caf=C3=A9_au_lait?=", "Café au lait"),
        ("=?UTF-8?B?Q2Fmw6k=?= plain =?UTF-8?B?Q2Fmw6k=?=", "Café plain Café"),
        ("=?UTF-8?B?Q2Fm?=\r\n =?UTF-8?B?w6k=?=", "Café"),
        # A character split between two words, in base64 and in quoted form.
        ("=?UTF-8?B?5L0=?= =?UTF-8?B?oOWlvQ==?=", "你好"),
        ("=?utf-8?q?=E4=BD?= =?utf-8?b?oA==?=", "你"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        # Spaces within, no padding, bare question marks, words glued together.
        ("=?utf-8?Q?Where is it?=", "Where is it"),
        ("=?utf-8?B?Q2Fmw6k?=", "Café"),
        ("=?utf-8?Q?Where=3F?==?utf-8?Q?_Here!?=", "Where? Here!"),
        ("=?utf-8?Q?Where?=20is?=", "Where? is"),
        ('"=?utf-8?Q?Quoted?="', '"Quoted"'),
        ("=?x-nonsense?Q?abc?=", "abc"),
        ("=?unknown-8bit?B?xOO6w6OstqmltbO1u7nDu8rVtb2jrNC70LujoQ==?=", None),
        ("=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?X?abc?= stays", "=?utf-8?X?abc?= stays"),
        ("=?utf-8?Q?unclosed", "=?utf-8?Q?unclosed"),
        ("a =?= b", "a =?= b"),
    ],
)
def test_encoded_words(value: str, subject: str | None) -> None:
    found = read(subject=value).subject
    assert found
    assert subject is None or found == subject


def test_bare_8_bit_headers() -> None:
    assert read(subject="Größe".encode()).subject == "Größe"
    assert read(subject=WORDS["zh"].encode("gb18030")).subject == WORDS["zh"]
    assert read(subject=WORDS["ja"].encode("iso2022_jp")).subject == WORDS["ja"]
    mail = read(WORDS["ru"].encode("koi8_r"), kind="text/plain; charset=koi8-r", subject="Заказ".encode("koi8_r"))
    assert mail.subject == "Заказ"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ann@example.org", [("", "ann@example.org")]),
        ("Ann <ann@EXAMPLE.org>", [("Ann", "ann@example.org")]),
        (
            '"Buyer, Ann" <ann@example.org>, bob@example.org',
            [("Buyer, Ann", "ann@example.org"), ("", "bob@example.org")],
        ),
        ("ann@example.org (Ann Buyer)", [("Ann Buyer", "ann@example.org")]),
        ("=?utf-8?Q?M=C3=BCller,_Ann?= <ann@example.org>", [("Müller, Ann", "ann@example.org")]),
        ('"=?utf-8?B?5L2g5aW9?=" <a@example.org>', [("你好", "a@example.org")]),
        (
            "Team: a@example.org, b@example.org;, c@example.org",
            [("", "a@example.org"), ("", "b@example.org"), ("", "c@example.org")],
        ),
        ("undisclosed-recipients:;", []),
        ("a@example.org; b@example.org", [("", "a@example.org"), ("", "b@example.org")]),
        ("<@relay.example:ann@example.org>", [("", "ann@example.org")]),
        ("'ann@example.org' <ann@example.org>", [("", "ann@example.org")]),
        ("Ann <mailto:ann@example.org>", [("Ann", "ann@example.org")]),
        ('"Unclosed <ann@example.org>', [("Unclosed", "ann@example.org")]),
        ("just a name", [("just a name", "")]),
        ("", []),
    ],
)
def test_address_lists(value: str, expected: list[tuple[str, str]]) -> None:
    found = read(to=value).to
    if value.startswith('"Unclosed'):
        assert found[0].email == "ann@example.org"
    else:
        assert found == tuple(Address(*item) for item in expected)


def test_base64_words_of_long_subject_are_whole() -> None:
    long = WORDS["zh"] * 5
    words = " ".join(
        f"=?utf-8?B?{base64.b64encode(long.encode()[i : i + 40]).decode()}?=" for i in range(0, len(long.encode()), 40)
    )
    assert read(subject=words).subject == long
