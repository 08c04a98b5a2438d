"""What words alone do not tell of an answer's tone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dragoman.replies.checks import HINT, WARN, Context, check
from dragoman.replies.checks.tone import find

BODY = "Ihr Paket wurde gestern an DHL übergeben und kommt voraussichtlich am Freitag, dem 4. Dezember, bei Ihnen an."
GERMAN = Context(language="de", market="DE", signature="")


def tones(text: str, context: Context) -> dict[str, str]:
    """What of the tone is found, with the words it speaks of."""
    return {one.check: text[one.start : one.end] for one in find(text, context)}


@pytest.mark.req("R57", "R100")
def test_a_first_answer_greets_and_closes() -> None:
    assert {"tone.greeting", "tone.closing"} <= tones(BODY, GERMAN).keys()
    whole = f"Guten Tag Frau Schmidt,\n\n{BODY}\n\nMit freundlichen Grüßen\nLena"
    assert tones(whole, GERMAN) == {}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dear Anna,\n\nyour parcel left on Monday and will be with you on Friday, 4 December.\n\nKind regards"),
        ("fr", "Bonjour Madame Dupont,\n\nvotre colis est parti lundi et arrivera vendredi 4 décembre chez vous.\n\n"
               "Veuillez agréer nos salutations distinguées."),
        ("ja", "山田様\n\nお荷物は月曜日に発送いたしました。到着は金曜日の予定でございます。"
               "ご不明な点がございましたらご連絡ください。\n\n何卒よろしくお願い申し上げます。"),
        ("ko", "홍길동 고객님, 안녕하십니까.\n\n소포는 월요일에 발송되었으며 금요일에 도착할 예정입니다.\n\n"
               "감사합니다."),
        ("zh-Hans", "李女士，您好：\n\n您的包裹已于周一寄出，预计周五送达。如有其他问题，请随时告诉我们。\n\n"
                    "祝您生活愉快"),
        ("ar", "السيدة ليلى المحترمة،\n\nتم شحن طلبك يوم الاثنين ومن المتوقع أن يصل يوم الجمعة القادم.\n\n"
               "مع أطيب التحيات"),
        ("th", "เรียน คุณสมชาย\n\nพัสดุของคุณส่งออกเมื่อวันจันทร์และจะถึงวันศุกร์ค่ะ\n\nขอแสดงความนับถือ"),
    ],
)  # fmt: skip
def test_letters_of_every_script_are_told(language: str, text: str) -> None:
    context = Context(language=language, signature="")
    assert not {"tone.greeting", "tone.closing"} & tones(text, context).keys()
    bare = text.split("\n\n")[1] * 2
    assert {"tone.greeting"} <= tones(bare, context).keys()


def test_later_answers_chats_short_ones_and_signed_ones_need_no_letter() -> None:
    assert tones(BODY, replace(GERMAN, earlier=("Guten Tag",))) == {}
    assert tones(BODY, replace(GERMAN, channel="whatsapp")) == {}
    assert tones("Ihr Paket ist da.", GERMAN) == {}
    assert "tone.closing" not in tones(BODY, replace(GERMAN, signature="Viele Grüße\nLena"))
    assert "tone.closing" not in tones(BODY, replace(GERMAN, signature=None))


@pytest.mark.req("R66")
@pytest.mark.parametrize(
    ("language", "market", "text", "name"),
    [
        ("de", "DE", "Hast du das Kabel geprüft?", "tone.informal"),
        ("de", "DE", "Wir helfen Ihnen, schick mir dein Foto.", "tone.mixed"),
        ("fr", "FR", "Tu peux renvoyer la lampe.", "tone.informal"),
        ("pl", "PL", "Czy możesz podać numer?", "tone.informal"),
        ("ru", "RU", "Ты можешь вернуть лампу.", "tone.informal"),
        ("it", "IT", "Il tuo pacco è partito.", "tone.informal"),
        ("nl", "NL", "Uw lamp is klaar, je kunt hem ophalen.", "tone.mixed"),
        ("zh-Hans", "CN", "你的包裹到了。", "tone.informal"),
    ],
)
def test_familiar_address_is_told(language: str, market: str, text: str, name: str) -> None:
    assert name in tones(text, Context(language=language, market=market, earlier=("-",)))


@pytest.mark.parametrize(
    ("language", "market", "text"),
    [
        ("de", "DE", "Wenn Sie das Etikett drucken, holt DHL die Lampe ab."),
        ("de", "DE", "Sie schrieben: „Hast du das geprüft?“ Ja, das haben wir."),
        ("de", "DE", "> kannst du mir helfen\nGern, wir helfen Ihnen."),
        ("nl", "NL", "Je lamp is klaar, je kunt hem ophalen."),
        ("en", "US", "You can pick it up."),
        ("zh-Hans", "CN", "你好，包裹到了。"),
        ("it", "IT", "Può ritirare il pacco."),
    ],
)
def test_right_address_is_left_alone(language: str, market: str, text: str) -> None:
    found = tones(text, Context(language=language, market=market, earlier=("-",)))
    assert not {"tone.informal", "tone.mixed"} & found.keys()


def test_spain_is_formal_at_first() -> None:
    text = "Puedes ver tu pedido en la página."
    assert "tone.informal" in tones(text, Context(language="es", market="ES"))
    assert "tone.informal" not in tones(text, Context(language="es", market="ES", earlier=("Hola",)))


def test_orders_without_please_are_hints_and_listed_steps_are_none() -> None:
    context = Context(language="en", earlier=("-",))
    assert tones("Send us a photo. Thanks.", context)["tone.command"] == "Send"
    assert tones("Please send us a photo.", context) == {}
    assert tones("1. Send the form.\n2. Sign it.", context) == {}
    assert tones("Return of the lamp: it arrived.", context) == {}


@pytest.mark.req("R66")
def test_an_apology_leads_somewhere() -> None:
    context = Context(language="en", earlier=("-",))
    assert tones("We are so sorry about this. We apologise once more.", context)["tone.sorry"] == "apolog"
    assert tones("Sorry about that.", context)["tone.sorry"] == "Sorry"
    assert tones("We are sorry. Again, sorry: a new lamp will leave today.", context) == {}
    assert (
        tones("We are sorry that the glass broke on its way to your house in Leeds, and that it was late.", context)
        == {}
    )


@pytest.mark.req("R104")
def test_in_japan_the_apology_comes_first() -> None:
    context = Context(language="ja", market="JP", earlier=("-",))
    late = "原因は倉庫の混雑でございました。ご迷惑をおかけし、申し訳ございません。明日発送いたします。"
    early = "ご迷惑をおかけし、申し訳ございません。原因は倉庫の混雑でございました。明日発送いたします。"
    assert tones(late, context) == {"tone.apology": "申し訳"}
    assert tones(early, context) == {}


@pytest.mark.req("R70")
def test_the_polite_form_is_kept() -> None:
    japanese = Context(language="ja", market="JP", earlier=("-",))
    assert tones("ランプは昨日発送した。明日届きます。", japanese) == {"tone.polite": "ランプは昨日発送した。"}
    assert tones("ランプは昨日発送いたしました。「もう届いた。」とのこと、安心いたしました。", japanese) == {}
    korean = Context(language="ko", market="KR", earlier=("-",))
    assert tones("램프는 어제 보냈다. 내일 도착합니다.", korean) == {"tone.polite": "램프는 어제 보냈다."}
    assert tones("램프는 어제 보냈습니다. 담당자 김지아.", korean) == {}
    thai = Context(language="th", market="TH", earlier=("-",))
    plain = "พัสดุของคุณส่งออกเมื่อวันจันทร์และจะถึงวันศุกร์ที่สี่ธันวาคม"
    assert tones(plain, thai) == {"tone.polite": ""}
    assert tones(f"{plain}ค่ะ", thai) == {}


@pytest.mark.req("R58")
def test_long_answers_have_parts() -> None:
    context = Context(language="de", market="DE", earlier=("-",))
    assert tones(BODY * 7, context) == {"tone.parts": ""}
    assert tones("\n\n".join([BODY * 3, BODY * 2, BODY * 2]), context) == {}
    assert tones("\n\n".join([BODY * 7, BODY * 6]), context) == {"tone.parts": ""}
    assert tones(BODY * 3, context) == {}


def test_how_sure_each_is() -> None:
    seen = {one.check: one.severity for one in check("Hast du Ihnen geschrieben? Du bist dran.", GERMAN)}
    assert seen["tone.informal" if "tone.informal" in seen else "tone.mixed"] == WARN
    (first, *_rest) = [one for one in check(BODY, GERMAN) if one.group == "tone"]
    assert first.severity == HINT


def test_a_language_without_words_is_left_alone() -> None:
    assert tones("Tere, teie pakk on teel.", Context(language="et", market="EE", signature="")) == {}
