"""Own words, quotations and signatures in the languages and programs of the trade."""

from __future__ import annotations

import pytest

from dragoman.channels.email.quotes import own_words, split
from dragoman.channels.email.signatures import is_device_line

pytestmark = pytest.mark.req("R1")

# Language, the line above a quotation, a device line, a closing.
LANGUAGES: list[tuple[str, str, str, str]] = [
    ("en", "On Mon, 9 Nov 2026 at 10:00, Shop <help@shop.example> wrote:", "Sent from my iPhone", "Best regards,"),
    (
        "de",
        "Am Mo., 9. Nov. 2026 um 10:00 Uhr schrieb Shop <help@shop.example>:",
        "Von meinem iPhone gesendet",
        "Mit freundlichen Grüßen",
    ),
    ("fr", "Le lun. 9 nov. 2026 à 10:00, Shop <help@shop.example> a écrit :", "Envoyé de mon iPhone", "Cordialement,"),
    (
        "es",
        "El lun, 9 nov 2026 a las 10:00, Shop (<help@shop.example>) escribió:",
        "Enviado desde mi iPhone",
        "Un saludo,",
    ),
    (
        "it",
        "Il giorno lun 9 nov 2026 alle ore 10:00 Shop <help@shop.example> ha scritto:",
        "Inviato da iPhone",
        "Cordiali saluti",
    ),
    (
        "pt",
        "Em seg., 9 de nov. de 2026 às 10:00, Shop <help@shop.example> escreveu:",
        "Enviado do meu iPhone",
        "Atenciosamente,",
    ),
    (
        "nl",
        "Op ma 9 nov 2026 om 10:00 schreef Shop <help@shop.example>:",
        "Verstuurd vanaf mijn iPhone",
        "Met vriendelijke groet,",
    ),
    ("pl", "pon., 9 lis 2026 o 10:00 Shop <help@shop.example> napisał(a):", "Wysłane z iPhone'a", "Z poważaniem,"),
    (
        "sv",
        "Den mån 9 nov. 2026 kl 10:00 skrev Shop <help@shop.example>:",
        "Skickat från min iPhone",
        "Med vänlig hälsning",
    ),
    (
        "da",
        "Den man. 9. nov. 2026 kl. 10.00 skrev Shop <help@shop.example>:",
        "Sendt fra min iPhone",
        "Med venlig hilsen",
    ),
    ("no", "man. 9. nov. 2026 kl. 10:00 skrev Shop <help@shop.example>:", "Sendt fra min Samsung", "Vennlig hilsen"),
    (
        "fi",
        "ma 9. marrask. 2026 klo 10.00 Shop <help@shop.example> kirjoitti:",
        "Lähetetty iPhonesta",
        "Ystävällisin terveisin",
    ),
    ("cs", "po 9. 11. 2026 v 10:00 odesílatel Shop <help@shop.example> napsal:", "Odesláno z iPhonu", "S pozdravem"),
    ("sk", "po 9. 11. 2026 o 10:00 Shop <help@shop.example> napísal(a):", "Odoslané z iPhonu", "S pozdravom"),
    (
        "hu",
        "Shop <help@shop.example> ezt írta (időpont: 2026. nov. 9., H, 10:00):",
        "iPhone-omról küldve",
        "Üdvözlettel:",
    ),
    ("ro", "Pe lun., 9 nov. 2026 la 10:00, Shop <help@shop.example> a scris:", "Trimis de pe iPhone", "Cu stimă,"),
    (
        "el",
        "Στις Δευ 9 Νοε 2026 στις 10:00 π.μ., ο/η Shop <help@shop.example> έγραψε:",
        "Στάλθηκε από το iPhone μου",
        "Με εκτίμηση,",
    ),
    (
        "tr",
        "Shop <help@shop.example>, 9 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
        "iPhone'umdan gönderildi",
        "Saygılarımla,",
    ),
    ("ru", "пн, 9 нояб. 2026 г. в 10:00, Shop <help@shop.example>:", "Отправлено с iPhone", "С уважением,"),
    ("uk", "пн, 9 лист. 2026 р. о 10:00 Shop <help@shop.example> пише:", "Надіслано з iPhone", "З повагою,"),
    ("bg", "На пн, 9.11.2026 г. в 10:00 Shop <help@shop.example> написа:", "Изпратено от моя iPhone", "С уважение,"),
    (
        "he",
        "\u202bבתאריך יום ב׳, 9 בנוב׳ 2026 ב-10:00 מאת \u202aShop\u202c <\u202ahelp@shop.example\u202c>:\u202c",
        "נשלח מה-iPhone שלי",
        "בברכה,",
    ),
    ("ar", "في الاثنين، 9 نوفمبر 2026 في 10:00 ص، كتب Shop <help@shop.example>:", "أُرسلت من الـ iPhone", "مع التحية،"),
    ("hi", "सोम, 9 नव॰ 2026 को 10:00 am बजे को Shop <help@shop.example> ने लिखा:", "मेरे iPhone से भेजा गया", "सादर,"),
    ("th", "ในวันที่ จ. 9 พ.ย. 2026 เวลา 10:00 Shop <help@shop.example> เขียนว่า:", "ส่งจาก iPhone ของฉัน", "ขอแสดงความนับถือ"),
    (
        "vi",
        "Vào Th 2, 9 thg 11, 2026 vào lúc 10:00 Shop <help@shop.example> đã viết:",
        "Đã gửi từ iPhone của tôi",
        "Trân trọng,",
    ),
    (
        "id",
        "Pada Sen, 9 Nov 2026 pukul 10.00 Shop <help@shop.example> menulis:",
        "Dikirim dari iPhone saya",
        "Hormat saya,",
    ),
    ("ja", "2026年11月9日(月) 10:00 Shop <help@shop.example>:", "iPhoneから送信", "よろしくお願いいたします。"),
    (
        "ko",
        "2026년 11월 9일 (월) 오전 10:00, Shop <help@shop.example>님이 작성:",
        "나의 iPhone에서 보냄",
        "감사합니다.",
    ),
    ("zh-Hans", "Shop <help@shop.example> 于2026年11月9日周一 10:00写道：", "发自我的iPhone", "此致敬礼"),
    ("zh-Hant", "Shop <help@shop.example> 於 2026年11月9日 週一 上午10:00寫道：", "從我的iPhone傳送", "敬祝"),
]
IDS = [item[0] for item in LANGUAGES]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(section.kind, section.text) for section in split(text)]


@pytest.mark.parametrize(("language", "line", "device", "closing"), LANGUAGES, ids=IDS)
def test_marked_quote_with_answer_below(language: str, line: str, device: str, closing: str) -> None:
    text = f"Above\n\n{line}\n\n> first\n> second\n\nAnswer between\n\n> third\n\nBelow"
    assert kinds(text) == [
        ("own", "Above"),
        ("quote", f"{line}\n\n> first\n> second"),
        ("own", "Answer between"),
        ("quote", "> third"),
        ("own", "Below"),
    ]


@pytest.mark.parametrize(("language", "line", "device", "closing"), LANGUAGES, ids=IDS)
def test_unmarked_quote_runs_to_the_end(language: str, line: str, device: str, closing: str) -> None:
    text = f"Own words here\n\n{device}\n\n{line}\n\nTheir words\nand more"
    assert kinds(text) == [
        ("own", "Own words here"),
        ("signature", device),
        ("quote", f"{line}\n\nTheir words\nand more"),
    ]


@pytest.mark.parametrize(("language", "line", "device", "closing"), LANGUAGES, ids=IDS)
def test_wrapped_announcement(language: str, line: str, device: str, closing: str) -> None:
    if language in {"ja", "zh-Hans", "zh-Hant"}:
        head, _, tail = line.partition(" ")
    else:
        cut = line.index("<")
        head, tail = line[:cut].rstrip(), line[cut:]
    if not head:
        head, tail = line, ""
    wrapped = f"{head}\n{tail}" if tail else head
    text = f"Own words\n\n{wrapped}\n\n> theirs"
    assert own_words(split(text)) == "Own words"


@pytest.mark.parametrize(("language", "line", "device", "closing"), LANGUAGES, ids=IDS)
def test_closing_with_name_is_a_signature(language: str, line: str, device: str, closing: str) -> None:
    text = f"Where is my order 302-1234567-1234567?\n\n{closing}\nAnn Buyer\n+49 30 1234567"
    assert kinds(text) == [
        ("own", "Where is my order 302-1234567-1234567?"),
        ("signature", f"{closing}\nAnn Buyer\n+49 30 1234567"),
    ]


HEADERS: list[tuple[str, str]] = [
    ("en", "From: Shop <h@s.example>\nSent: Monday, November 9, 2026 10:00\nTo: Ann\nSubject: RE: Lamp"),
    ("de", "Von: Shop <h@s.example>\nGesendet: Montag, 9. November 2026 10:00\nAn: Ann\nBetreff: AW: Lampe"),
    ("fr", "De : Shop <h@s.example>\nEnvoyé : lundi 9 novembre 2026 10:00\nÀ : Ann\nObjet : RE: Lampe"),
    ("es", "De: Shop <h@s.example>\nEnviado: lunes, 9 de noviembre de 2026 10:00\nPara: Ann\nAsunto: RE: Lámpara"),
    ("it", "Da: Shop <h@s.example>\nInviato: lunedì 9 novembre 2026 10:00\nA: Ann\nOggetto: R: Lampada"),
    (
        "pt",
        "De: Shop <h@s.example>\nEnviado: segunda-feira, 9 de novembro de 2026 10:00\nPara: Ann\nAssunto: RE: Lâmpada",
    ),
    ("nl", "Van: Shop <h@s.example>\nVerzonden: maandag 9 november 2026 10:00\nAan: Ann\nOnderwerp: RE: Lamp"),
    ("pl", "Od: Shop <h@s.example>\nWysłano: poniedziałek, 9 listopada 2026 10:00\nDo: Ann\nTemat: RE: Lampa"),
    ("sv", "Från: Shop <h@s.example>\nSkickat: den 9 november 2026 10:00\nTill: Ann\nÄmne: Sv: Lampa"),
    ("da", "Fra: Shop <h@s.example>\nSendt: 9. november 2026 10:00\nTil: Ann\nEmne: SV: Lampe"),
    (
        "fi",
        "Lähettäjä: Shop <h@s.example>\nLähetetty: maanantai 9. marraskuuta 2026 10.00\nVastaanottaja: "
        "Ann\nAihe: VS: Lamppu",
    ),
    ("cs", "Od: Shop <h@s.example>\nOdesláno: pondělí 9. listopadu 2026 10:00\nKomu: Ann\nPředmět: RE: Lampa"),
    ("hu", "Feladó: Shop <h@s.example>\nElküldve: 2026. november 9. 10:00\nCímzett: Ann\nTárgy: RE: Lámpa"),
    ("ro", "De la: Shop <h@s.example>\nTrimis: luni, 9 noiembrie 2026 10:00\nCătre: Ann\nSubiect: RE: Lampa"),
    ("el", "Από: Shop <h@s.example>\nΣτάλθηκε: Δευτέρα, 9 Νοεμβρίου 2026 10:00\nΠρος: Ann\nΘέμα: RE: Λάμπα"),
    ("tr", "Kimden: Shop <h@s.example>\nGönderilme: 9 Kasım 2026 10:00\nKime: Ann\nKonu: YNT: Lamba"),
    ("ru", "От: Shop <h@s.example>\nОтправлено: 9 ноября 2026 г. 10:00\nКому: Ann\nТема: RE: Лампа"),
    ("uk", "Від: Shop <h@s.example>\nНадіслано: 9 листопада 2026 р. 10:00\nКому: Ann\nТема: RE: Лампа"),
    ("he", "מאת: Shop <h@s.example>\nנשלח: יום שני 9 נובמבר 2026 10:00\nאל: Ann\nנושא: RE: מנורה"),
    ("ar", "من: Shop <h@s.example>\nتاريخ الإرسال: 9 نوفمبر 2026 10:00\nإلى: Ann\nالموضوع: RE: مصباح"),
    ("vi", "Từ: Shop <h@s.example>\nĐã gửi: 9 tháng 11 2026 10:00\nĐến: Ann\nChủ đề: RE: Đèn"),
    ("th", "จาก: Shop <h@s.example>\nส่ง: 9 พฤศจิกายน 2026 10:00\nถึง: Ann\nเรื่อง: RE: โคมไฟ"),
    ("id", "Dari: Shop <h@s.example>\nDikirim: 9 November 2026 10:00\nKepada: Ann\nSubjek: RE: Lampu"),
    ("ja", "差出人: Shop <h@s.example>\n送信日時: 2026年11月9日 10:00\n宛先: Ann\n件名: RE: ランプ"),
    (
        "ko",
        "보낸 사람: Shop <h@s.example>\n보낸 날짜: 2026년 11월 9일 월요일 오전 10:00\n받는 사람: Ann\n제목: RE: 램프",
    ),
    ("zh-Hans", "发件人: Shop <h@s.example>\n发送时间: 2026年11月9日 10:00\n收件人: Ann\n主题: 回复: 台灯"),
    ("zh-Hant", "寄件者: Shop <h@s.example>\n寄件日期: 2026年11月9日 10:00\n收件者: Ann\n主旨: 回覆: 檯燈"),
    ("bold", "*From:* Shop <h@s.example>\n*Sent:* Monday\n*To:* Ann\n*Subject:* Lamp"),
    ("spaced", "From: Shop\n\nDate: Monday\n\nTo: Ann\n\nSubject: Lamp"),
    ("full width", "发件人：Shop\n日期：2026-11-09\n收件人：Ann\n主题：台灯"),
]


@pytest.mark.parametrize(("language", "block"), HEADERS, ids=[item[0] for item in HEADERS])
def test_header_blocks(language: str, block: str) -> None:
    assert own_words(split(f"Own words\n\n________________________________\n{block}\n\nTheirs\nand on")) == "Own words"
    assert own_words(split(f"Own words\n{block}\n\nTheirs")) == "Own words"


@pytest.mark.parametrize(
    "separator",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-------- Message d'origine --------",
        "-------- Mensaje original --------",
        "-----Messaggio originale-----",
        "-----Mensagem original-----",
        "-----Oorspronkelijk bericht-----",
        "-----Wiadomość oryginalna-----",
        "-----Исходное сообщение-----",
        "-----Özgün İleti-----",
        "------------------ 原始邮件 ------------------",
        "------------------&nbsp;Original&nbsp;------------------".replace("&nbsp;", " "),
        "-----邮件原件-----",
        "---- 回复的原邮件 ----",
        "-----元のメッセージ-----",
        "--------- 원본 메일 ---------",
        "----- Original Message -----",
        "-------- Originalnachricht --------",
        "---------- Forwarded message ---------",
        "-----הודעה מקורית-----",
        "-----الرسالة الأصلية-----",
    ],
)
def test_separators(separator: str) -> None:
    assert kinds(f"Own\n\n{separator}\nTheirs") == [("own", "Own"), ("quote", f"{separator}\nTheirs")]


@pytest.mark.parametrize(
    "text",
    [
        "On Monday you wrote:\nWe will refund you within 3 days.\nThat was 2 weeks ago!",
        "Am 3.11.2026 schrieben Sie:\nWir erstatten sofort.\nNichts ist passiert.",
        "My address changed:\nAnn Buyer\nNew Street 5\n12345 Berlin",
        "Order: 302-1234567-1234567\nDate: 3 November\nItem: lamp\nProblem: broken",
        "I sent it from Germany on 5 Nov and it came back. Why?",
        "Sent from Hamburg, it should have arrived at my phone shop by now?",
        "Thanks for the quick answer!",
        "Please call me.\nBest regards is what your last mail said, but nobody helped me with the refund of 30 euros.",
        "Hello\n--\nwhat is going on with my order?\nIs it lost?",
        "P.S. the box is open\n\nBest regards",
        "> 50 % of the pieces are broken, see the photo\nWhat now?",
        "We are 3 people: you, me and our dog wrote this :",
        "两个问题：\n1. 什么时候发货？\n2. 可以开发票吗？",
        "質問があります。\nいつ届きますか？",
        "Contacted by phone 10:30 on 3.11.2026, agent told me:\nwait two days.",
    ],
)
def test_own_words_stay(text: str) -> None:
    words = own_words(split(text))
    if text.startswith(">"):
        assert "What now?" in words
    else:
        for line in text.split("\n"):
            assert line.strip() in words or line in {"Best regards", "--"}


def test_second_person_announcement_counts_when_marked_lines_follow() -> None:
    assert own_words(split("On Monday you wrote:\n> We will refund\n\nNot true.")) == "Not true."


def test_postscript_below_a_closing_is_not_lost() -> None:
    text = "Where is it?\n\nBest regards\nAnn\n\nP.S. My order is 302-1234567-1234567"
    assert "302-1234567-1234567" in own_words(split(text))
    text = "Where is it?\n\nBest regards\nAnn\n\nOne more thing: can you send an invoice?"
    assert "invoice" in own_words(split(text))


def test_signature_delimiter() -> None:
    assert kinds("Words\n-- \nAnn Buyer\nBuyer GmbH\nhttps://b.example") == [
        ("own", "Words"),
        ("signature", "-- \nAnn Buyer\nBuyer GmbH\nhttps://b.example"),
    ]
    assert kinds("Words\n--\nAnn") == [("own", "Words"), ("signature", "--\nAnn")]
    long = "Words\n-- \n" + "\n".join(f"Line {i}" for i in range(50))
    assert [kind for kind, _ in kinds(long)] == ["own"]


def test_nothing_own_gives_everything_but_signatures() -> None:
    text = (
        "---------- Forwarded message ---------\nFrom: Shop <h@s.example>\nDate: Mon\nSubject: Lamp\nTo: Ann\n\n"
        "Your order 302-1234567-1234567"
    )
    assert "302-1234567-1234567" in own_words(split(text))
    assert own_words(split("Sent from my iPhone")) == "Sent from my iPhone"
    assert own_words(split("")) == ""


def test_answers_below_a_marked_original_message() -> None:
    text = (
        "-----Original Message-----\nFrom: Shop <h@s.example>\nSent: Monday\nTo: Ann\nSubject: Lamp\n\n"
        "> Is it blue?\n\nNo, red."
    )
    assert own_words(split(text)) == "No, red."


def test_mbox_escape_is_not_a_quote() -> None:
    assert (
        own_words(split("Hi\n>From Hamburg it went to Kiel\nWhere now?"))
        == "Hi\n>From Hamburg it went to Kiel\nWhere now?"
    )


def test_no_word_is_lost() -> None:
    for _language, line, device, closing in LANGUAGES:
        text = (
            f"A b c\n\n{closing}\nAnn\n\n{device}\n\n{line}\n> q1\n\nown\n\n"
            "-----Original Message-----\nFrom: x\nSent: y\nTo: z\n\nrest"
        )
        joined = " ".join(section.text for section in split(text))
        assert joined.split() == text.split()


@pytest.mark.parametrize(
    "line",
    [
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Sent from Yahoo Mail for iPhone",
        "Sent via the Samsung Galaxy S24, an AT&T 5G smartphone",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.",
        "Envoyé depuis mon téléphone Orange",
        "发自我的华为手机",
        "从我的 iPhone 发送",
        "来自 Foxmail",
        "تم الإرسال من الـ iPhone",
        "Отправлено из мобильной Почты Mail.ru",
    ],
)
def test_device_lines(line: str) -> None:
    assert is_device_line(line)
    assert kinds(f"Own\n\n{line}") == [("own", "Own"), ("signature", line)]
