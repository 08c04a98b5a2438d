"""Promises in answers, found in nine languages, and what is none."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.tickets.promises.detect import find

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 19, 10, 30, tzinfo=ZONE)
"""A Thursday."""

PROMISES = [
    ("I will write by tomorrow noon.", "11-20 12:00"),
    ("We'll get back to you within 24 hours.", "11-20 10:30"),
    ("I’ll let you know by Friday.", "11-20 18:00"),
    ("We will send you a new lamp next week.", "11-27 18:00"),
    ("I will personally check this with our warehouse and reply by end of day.", "11-19 18:00"),
    ("You will hear from us by Monday at 10.", "11-23 10:00"),
    ("Our technical team will contact you within 2 business days.", "11-23 10:30"),
    ("Let me check and get back to you tomorrow.", "11-20 18:00"),
    ("Good morning, we will answer you tomorrow morning.", "11-20 12:00"),
    ("We will refund you today by 5pm.", "11-19 17:00"),
    ("You can expect our answer within 48 hours.", "11-21 10:30"),
    ("As for the lamp of 3 November, I will write to you in 3 days.", "11-22 10:30"),
    ("We will get back to you as soon as possible.", None),
    ("I will look into this right away.", None),
    ("I will get back to you about your order of 28 November.", None),
    ("Wir melden uns bis morgen.", "11-20 18:00"),
    ("Ich werde Ihnen bis Freitag um 15 Uhr schreiben.", "11-20 15:00"),
    ("Wir werden Ihnen innerhalb von 24 Stunden antworten.", "11-20 10:30"),
    ("Bis morgen Mittag melde ich mich bei Ihnen.", "11-20 12:00"),
    ("Sie hören bis Ende der Woche von uns.", "11-20 18:00"),
    ("Wir werden Sie so bald wie möglich informieren.", None),
    ("Nous vous répondrons sous 24h.", "11-20 10:30"),
    ("Je reviens vers vous demain matin.", "11-20 12:00"),
    ("Nous reviendrons vers vous d'ici vendredi.", "11-20 18:00"),
    ("Je vais vous envoyer une réponse avant lundi.", "11-23 18:00"),
    ("Le responderemos en 24 horas.", "11-20 10:30"),
    ("Nos pondremos en contacto con usted mañana.", "11-20 18:00"),
    ("Le escribiré antes del viernes.", "11-20 18:00"),
    ("Le risponderemo entro 48 ore.", "11-21 10:30"),
    ("Ti farò sapere entro domani.", "11-20 18:00"),
    ("Responderemos até amanhã.", "11-20 18:00"),
    ("Entraremos em contato em 24 horas.", "11-20 10:30"),
    ("Wij laten u binnen 24 uur weten hoe het verder gaat.", "11-20 10:30"),
    ("Ik kom hier morgen op terug.", "11-20 18:00"),
    ("We zullen u uiterlijk vrijdag antwoorden.", "11-20 18:00"),
    ("我们会在24小时内回复您。", "11-20 10:30"),
    ("我明天中午前给您答复。", "11-20 12:00"),
    ("亲，我们将在周五下午3点前给您解决方案", "11-20 15:00"),
    ("您好，我会在两天内联系您", "11-21 10:30"),
    ("这边一定会在今天下班前给您反馈。", "11-19 18:00"),
    ("下午好，我们会尽快回复您。", None),
    ("仓库核实后，48小时内给您回复。", "11-21 10:30"),
    ("24時間以内にご連絡いたします。", "11-20 10:30"),
    ("明日中にご返信いたします。", "11-20 18:00"),
    ("来週の月曜日までにご回答させていただきます。", "11-23 18:00"),
]
NONE = [
    "You will receive your parcel tomorrow.",
    "Will you be home tomorrow?",
    "Can we write to you by tomorrow?",
    "> I will write by tomorrow noon.",
    "We will not be able to answer before Monday.",
    "We won't reply tomorrow.",
    "The carrier delivers on Friday.",
    "Please reply within 24 hours.",
    "I was told you will write by tomorrow.",
    "Thank you for your order of 28 November.",
    "We are closed until Monday.",
    "We wrote to you yesterday.",
    "You said we will get the refund by tomorrow.",
    "I hope you have a good evening.",
    "Sie erhalten Ihr Paket morgen.",
    "Wir haben Ihnen gestern geschrieben.",
    "Wir können das nicht bis morgen klären.",
    "Antworten Sie uns bitte bis morgen.",
    "Wir melden uns gern.",
    "Melden Sie sich bis Freitag?",
    "Vous recevrez votre colis demain.",
    "Nous ne pourrons pas vous répondre demain.",
    "Su paquete llegará mañana.",
    "No le responderemos mañana.",
    "Il pacco arriva domani.",
    "A encomenda chega amanhã.",
    "Uw pakket komt morgen aan.",
    "包裹预计明天送达。",
    "请您在24小时内回复。",
    "您明天会收到包裹。",
    "请问明天可以回复我吗？",
    "我们已经在昨天回复您。",
    "我们无法在24小时内回复您。",
    "如果您在24小时内联系我们，可以退款。",
    "商品は明日届きます。",
    "明日までにご連絡ください。",
    "いつご連絡いたしますか？",
    "",
]


@pytest.mark.req("R43")
@pytest.mark.parametrize(("text", "due"), PROMISES)
def test_promises_are_found_with_their_time(text: str, due: str | None) -> None:
    (found,) = find(text, now=NOW, zone=ZONE)
    assert (found.due and f"{found.due.at.astimezone(ZONE):%m-%d %H:%M}") == due
    assert text[found.start : found.end] == found.text
    assert bool(found.phrase) == (due is not None)
    assert found.phrase in found.text


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_promise(text: str) -> None:
    assert find(text, now=NOW, zone=ZONE) == []


def test_in_a_whole_answer_the_sentence_is_found() -> None:
    text = (
        "Hello Anna,\n\nthank you for the photo. It shows the broken switch of your order of 3 November.\n"
        "I will ask our warehouse and write to you by tomorrow noon. Your parcel will be collected on Friday.\n\n"
        "> we will reply by Monday\n\nBest regards\nLi Wei"
    )
    (found,) = find(text, now=NOW, zone=ZONE)
    assert found.text == "I will ask our warehouse and write to you by tomorrow noon."
    assert found.phrase == "by tomorrow noon"


def test_a_condition_keeps_its_time() -> None:
    (found,) = find("If you send us a photo by Friday, we will refund you.", now=NOW, zone=ZONE)
    assert found.due is None
    (found,) = find("If you send us a photo, we will refund you within 24 hours.", now=NOW, zone=ZONE)
    assert found.due is not None


def test_tomorrow_is_the_writers() -> None:
    late = datetime(2026, 11, 19, 23, 30, tzinfo=ZONE)
    (found,) = find("I will write tomorrow at 9.", now=late, zone=ZONE)
    assert found.due is not None
    assert f"{found.due.at.astimezone(ZONE):%m-%d %H:%M}" == "11-20 09:00"
    (found,) = find("I will write tomorrow at 9.", now=late, zone=ZoneInfo("Europe/Berlin"))
    assert found.due is not None
    assert f"{found.due.at.astimezone(ZoneInfo('Europe/Berlin')):%m-%d %H:%M}" == "11-20 09:00"


@given(st.text(max_size=200), st.sampled_from(["", *(one for one, _due in PROMISES)]))
def test_never_raises(text: str, known: str) -> None:
    for found in find(text + known, now=NOW, zone=ZONE):
        assert found.due is None or found.due.at > NOW
