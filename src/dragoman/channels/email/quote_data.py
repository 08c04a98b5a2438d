"""How mail programs, in the languages of our customers, introduce a quotation or sign a mail.

Everything is compared in the form that `fold` gives, the patterns too.
"""

from __future__ import annotations


def fold(text: str) -> str:
    """`text` without differences of case; the dot that lower-casing a Turkish capital leaves behind is dropped."""
    return text.casefold().replace("\u0307", "")


# "On Monday … wrote:" : the verbs, and the first words of such lines.
WROTE = (
    "wrote|writes|schrieb|hat geschrieben|schreibt|geschrieben|a écrit|ecrit|écrivait|escribió|escribio|"
    "ha escrito|ha scritto|"
    "scrive|escreveu|schreef|heeft geschreven|het volgende geschreven|napisał(?:\\(a\\)|a|/a)?|pisze|skrev|"
    "kirjoitti|napsal(?:\\(a\\)|a)?|"
    "napísal(?:\\(a\\)|a)?|írta|irta|a scris|έγραψε|yazdı|yazmış|написал(?:\\(а\\)|а)?|пишет|писал(?:а)?|"
    "написав(?:ла)?|пише|написа|"
    "כתב(?:ה)?|כתבו|كتب(?:ت)?|ने लिखा|लिखा|เขียน(?:ว่า)?|đã viết|viết|menulis|wrote on|のメール|のメッセージ|"
    "書きました|さんは書きました|wrote:|"
    "님이 작성|작성함?|작성했습니다|님이 쓴 글|写道|寫道|写到|来信|於|reacted|respondió|a répondu|antwortete"
)
STARTS = (
    "on|at|in|am|den|der|le|el|il|em|no dia|a|op|w dniu|dnia|på|kl|dne|dňa|pe|la data|în data|în|στις|στη|την|τη|"
    "tarihinde|в|во|пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|нд|на|у|"
    "ngày|vào|vào lúc|pada|เมื่อ|בתאריך|ב-|ביום|في|बुध|सोम|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|"
    "lun|mar|mer|jeu|ven|sam|dim|lunes|lunedì|seg|ter|qua|qui|sex|ma|ti|ke|to|pe|la|su|hétfő|from|von|de|da|van"
)
STARTS_CJK = "在|于|於|令和|西暦|平成|오전|오후|보낸|「|『"
# Before a verb of writing these make a sentence of one's own: "on Monday you wrote:".
PRONOUNS = (
    "you|i|we|sie|du|ihr|ich|wir|vous|tu|j'|je|nous|on|usted|ustedes|yo|nosotros|lei|voi|io|noi|você|vocês|"
    "eu|nós|u|jij|jullie|"
    "ik|wij|pan|pani|państwo|ty|ja|ni|jag|vi|de|te|minä|vy|já|my|ön|ön|én|dvs|dumneavoastră|eu|εσείς|εγώ|siz|"
    "sen|ben|вы|я|мы|ти|ви|"
    "אתה|אני|أنت|أنا|आप|मैं|您|你|我|あなた|私"
)

# Between dashes: "-----Original Message-----". The second list announces something passed on.
ORIGINAL = (
    "original message|original mail|original email|original|originalnachricht|ursprüngliche nachricht|"
    "ursprungliche nachricht|"
    "original-nachricht|original-mail|message d'origine|message d’origine|message original|message initial|"
    "mensaje original|"
    "correo original|messaggio originale|mensagem original|oorspronkelijk bericht|oorspronkelijke bericht|"
    "wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|originalmeddelande|ursprungligt meddelande|"
    "ursprungligt mail|oprindelig meddelelse|opprinnelig melding|original besked|alkuperäinen viesti|"
    "alkuperäinen sähköposti|"
    "původní zpráva|pôvodná správa|eredeti üzenet|mesajul original|mesaj original|αρχικό μήνυμα|"
    "πρωτότυπο μήνυμα|özgün ileti|"
    "orijinal mesaj|orijinal ileti|исходное сообщение|исходное письмо|оригинальное сообщение|оригінальне повідомлення|"
    "початкове повідомлення|оригинално съобщение|הודעה מקורית|ההודעה המקורית|الرسالة الأصلية|رسالة أصلية|मूल संदेश|"
    "ข้อความเดิม|ข้อความต้นฉบับ|thư gốc|tin nhắn gốc|thư ban đầu|pesan asli|pesan awal|元のメッセージ|"
    "オリジナルメッセージ|"
    "元のメール|원본 메시지|원본 메일|원본메일|원본 이메일|원본메시지|원문|原始邮件|原邮件|邮件原件|"
    "回复的原邮件|原始信息|原始郵件|原始訊息|原郵件|"
    "replied message|reply message|antwort"
)
FORWARDED = (
    "forwarded message|forwarded by|weitergeleitete nachricht|weitergeleitet|message transféré|message transmis|"
    "mensaje reenviado|messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|doorgestuurd bericht|"
    "przekazana wiadomość|wiadomość przekazana|vidarebefordrat meddelande|vidarebefordrat brev|videresendt meddelelse|"
    "videresendt melding|videresendt besked|välitetty viesti|edelleenlähetetty viesti|přeposlaná zpráva|předaná zpráva|"
    "preposlaná správa|továbbított üzenet|mesaj redirecționat|προωθημένο μήνυμα|yönlendirilen ileti|iletilen mesaj|"
    "пересылаемое сообщение|пересланное сообщение|переслане повідомлення|препратено съобщение|הודעה שהועברה|"
    "رسالة مُعاد توجيهها|رسالة معاد توجيهها|अग्रेषित संदेश|ข้อความที่ส่งต่อ|thư đã chuyển tiếp|tin nhắn được chuyển tiếp|"
    "pesan terusan|pesan yang diteruskan|転送メッセージ|転送されたメッセージ|전달된 메시지|전달된 메일|"
    "转发邮件|转发的邮件|轉寄郵件|轉寄的郵件|轉寄訊息"
)
# Alone on a line with a colon, above what is passed on (Apple Mail).
BEGIN_FORWARDED = (
    "begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:transféré|réexpédié)|"
    "inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem (?:encaminhada|reencaminhada)|"
    "begin doorgestuurd bericht|początek przekazywanej wiadomości|vidarebefordrat mejl|start på videresendt besked|"
    "videresendt melding|välitetty viesti alkaa|začátek přeposílané zprávy|továbbított üzenet kezdete|"
    "начало переадресованного сообщения|початок листа, що пересилається|iletilen e-posta|下面是被转发的邮件|"
    "以下是轉寄的郵件|"
    "転送されたメッセージ|전달된 메시지"
)

# Header lines of quoted mails, as Outlook and its kin write them.
FROM = (
    "from|von|de|expéditeur|da|van|od|od:|från|fra|lähettäjä|odesílatel|odosielateľ|feladó|de la|expeditor|"
    "από|kimden|gönderen|"
    "от|від|от кого|מאת|من|प्रेषक|द्वारा|จาก|từ|dari|pengirim|差出人|送信者|送信元|보낸 사람|보낸사람|발신|"
    "보낸이|发件人|发信人|寄件者|寄件人|來自|发自|from name"
)
DATE = (
    "sent|date|gesendet|datum|envoyé|date d'envoi|enviado|enviado el|fecha|inviato|data|enviada em|enviada|verzonden|"
    "wysłano|data wysłania|skickat|skickat den|sendt|dato|lähetetty|päivämäärä|päiväys|odesláno|odoslané|"
    "dátum|elküldve|küldve|trimis|"
    "στάλθηκε|ημερομηνία|gönderilme|gönderme tarihi|tarih|отправлено|дата|надіслано|изпратено|נשלח|תאריך|"
    "‏‏נשלח|تاريخ الإرسال|التاريخ|"
    "أُرسلت|تم الإرسال|भेजा गया|दिनांक|วันที่ส่ง|ส่ง|วันที่|đã gửi|ngày|gửi|dikirim|tanggal|送信日時|日付|日時|"
    "送信日|보낸 날짜|보낸날짜|날짜|"
    "발신일|일시|发送时间|发送日期|日期|时间|寄件日期|傳送時間|已傳送"
)
TO = (
    "to|an|à|para|a|destinataire|aan|do|till|til|vastaanottaja|komu|címzett|către|προς|kime|alıcı|кому|до|"
    "до кого|אל|إلى|प्रति|ถึง|"
    "đến|tới|kepada|ke|宛先|宛て先|받는 사람|받는사람|수신|收件人|收信人|收件者|cc|kopie|copie|copia|kopia|"
    "kopio|kopi|másolat|копия|копія|"
    "抄送|副本|参照|참조"
)
SUBJECT = (
    "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|předmět|predmet|tárgy|"
    "subiect|θέμα|konu|"
    "тема|תנאי|נושא|הנדון|الموضوع|विषय|หัวเรื่อง|เรื่อง|chủ đề|tiêu đề|subjek|perihal|件名|題名|제목|主题|主旨|主題"
)

# Lines that phones and apps put under a mail.
DEVICE = (
    "iphon|ipad|ipod|mac|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|vivo|oneplus|pixel|nokia|"
    "xperia|smartphone|handy|"
    "mobiltelefon|blackberry|outlook|yahoo|gmail|gmx|web\\.de|mail\\.ru|thunderbird|windows|telefon|mobile|"
    "mobil|phone|apple|"
    "tablet|proton ?mail|airmail|spark|aol|t-online|mailbox|email app|mail app|手机|手機|华为|小米|荣耀|"
    "网易邮箱|qq邮箱|"
    "foxmail|携帯|スマートフォン|갤럭시|아이폰|휴대폰|휴대전화|айфон|телефон[аеу]?|яндекс|почт[аы]|киштай|"
    "מכשיר|جهاز|هاتفي|tel[ée]fono|téléphone|"
    "cellulare|telemóvel|celular|puhelimesta|puhelimeni|telefonu|telefonum|điện thoại|มือถือ|โทรศัพท์"
)
SENT_FROM = (
    "sent from|sent via|sent with|sent using|get outlook for|von meinem|gesendet (?:von|mit|aus)|"
    "diese nachricht wurde von|"
    "envoyé (?:de|depuis|à partir de|avec)|télécharger outlook|enviado (?:desde|do|a partir|de|con|com)|"
    "obtener outlook|obter o outlook|inviato (?:da|dal|con)|"
    "ottieni outlook|verstuurd vanaf|verzonden (?:vanaf|met|via)|verstuurd met|outlook voor|wysłane (?:z|"
    "przy)|wysłano z|pobierz outlook|"
    "skickat från|skickades från|sendt fra|sendt via|hämta outlook|lähetetty|odesláno z|odoslané z|"
    "iphone-omról|ipadről|küldve|"
    "trimis de pe|στάλθηκε από|gönderildi|отправлено (?:с|из)|послано с|надіслано (?:з|із)|изпратено от|"
    "נשלח מ|أُ?رسلت? من|مرسل من|تم الإرسال من|से भेजा गया|"
    "ส่งจาก|đã gửi từ|được gửi từ|gửi từ|dikirim dari|から送信|より送信|에서 보냄|에서 보낸|에서 전송|发自|"
    "发自我的|从我的|發自|從我的|来自|由我的|获取 outlook"
)

# Closings after which only a name and contacts follow. Mere thanks are the customer's own words and not here.
CLOSINGS = (
    "best regards|kind regards|kindest regards|warm regards|warmest regards|many regards|with (?:best|kind|"
    "warm) regards|regards|best wishes|"
    "all the best|yours sincerely|yours faithfully|sincerely(?: yours)?|yours truly|respectfully(?: yours)?|"
    "cordially|br|kr|rgds|cheers|"
    "mit freundlichen gr(?:ü|ue)(?:ß|ss)en|mit freundlichem gru(?:ß|ss)|freundliche gr(?:ü|ue)(?:ß|ss)e|"
    "viele gr(?:ü|ue)(?:ß|ss)e|"
    "(?:mit )?beste[nr]? gr(?:ü|ue)(?:ß|ss)en?|liebe gr(?:ü|ue)(?:ß|ss)e|herzliche gr(?:ü|ue)(?:ß|ss)e|"
    "sch(?:ö|oe)ne gr(?:ü|ue)(?:ß|ss)e|gr(?:u|ü)(?:ß|ss)e?|mfg|vg|lg|hochachtungsvoll|"
    "cordialement|bien cordialement|très cordialement|bien à vous|sincères salutations|"
    "salutations(?: distinguées| cordiales)?|meilleures salutations|"
    "saludos(?: cordiales)?|un (?:cordial )?saludo|atentamente|cordialmente|muy atentamente|"
    "cordiali saluti|distinti saluti|saluti|un cordiale saluto|in fede|"
    "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|abraços|att|"
    "met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|hartelijke groet(?:en)?|groeten|groetjes|mvg|"
    "z poważaniem|pozdrawiam(?: serdecznie)?|serdecznie pozdrawiam|z wyrazami szacunku|pozdrowienia|"
    "med vänliga? hälsning(?:ar)?|vänliga? hälsning(?:ar)?|bästa hälsningar|hälsningar|mvh|med venlig hilsen|"
    "venlig hilsen|de bedste hilsner|"
    "(?:med )?vennlig(?:e)? hilsen(?:er)?|hilsen|ystävällisin terveisin|parhain terveisin|terveisin|yst\\. ?terv\\.?|"
    "s pozdravem|s přátelským pozdravem|s úctou|s pozdravom|üdvözlettel|tisztelettel|szívélyes üdvözlettel|üdv|"
    "cu stimă|cu respect|toate cele bune|cu drag|με εκτίμηση|με φιλικούς χαιρετισμούς|φιλικά|"
    "ευχαριστώ εκ των προτέρων και με εκτίμηση|"
    "saygılarımla|saygılarımızla|iyi günler dilerim|iyi çalışmalar|selamlar|"
    "с уважением|с наилучшими пожеланиями|с почтением|з повагою|з найкращими побажаннями|с уважение|поздрави|"
    "בברכה|בכבוד רב|תודה ובברכה|מע التحية|مع التحية|مع خالص التحيات|تحياتي|مع أطيب التحيات|وتفضلوا بقبول فائق الاحترام|"
    "सादर|भवदीय|धन्यवाद सहित|ขอแสดงความนับถือ|ด้วยความเคารพ|trân trọng|thân ái|kính thư|hormat saya|salam hormat|salam|"
    "敬具|以上|よろしくお願い(?:いた)?します|宜しくお願い(?:いた|致)?します|何卒よろしくお願い(?:いた|"
    "申し上げ)(?:し)?ます|"
    "드림|올림|감사합니다|此致敬礼|此致|敬礼|祝好|顺祝商祺|祝商祺|顺颂商祺|此致敬禮|敬祝|順頌商祺|謹上"
)
POSTSCRIPT = "p\\.? ?s\\.?|ps|nb|n\\.b\\.|p\\.s\\.:|post scriptum|附言|又及|追伸|추신"
