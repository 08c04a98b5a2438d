"""Which letters are common in which encoding's languages, to tell encodings apart by how natural they read."""

from __future__ import annotations

# Frequent characters of running text, compiled for this purpose from general prose and from shops' vocabulary. In
# the alphabets of one script each, the most frequent letters stand first; elsewhere the order has no meaning.
HANS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而"
    "方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好"
    "应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向"
    "道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特"
    "件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处理"
    "快递退款订单收货发货物流客服商品谢谢请您好吗呢吧尺寸颜色地址电话问题麻烦帮忙什么怎么时候东西"
    "收到寄换货买卖家店铺钱付款税关发票质量坏破损保修期"
)
HANT = (
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而"
    "方後多定行學法所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好"
    "應開它合還因由其些然前外天政四日那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣第向"
    "道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特"
    "件長求老頭基資邊流路級少圖山統接知較將組見計別她手角期根論運農指幾九區強放決西被做必戰先回則任取據處快遞"
    "退款訂單收貨發物流客服商品謝請您嗎呢吧尺寸顏色地址電話題麻煩幫忙什麼怎時候東寄換買賣店鋪錢付稅票壞損修"
)
KANJI = (
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川"
    "千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方新場員立開手力問代明動京目通"
    "言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広住"
    "無真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩"
    "風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢注文商品届返交換対応願致確"
    "認連絡様配送住所番号返金不良箱破損"
)
HANGUL = (
    "이다는을의에가고하지를로은한기사도나서리어인자아있들수그대게해시일보라정부전면만여주장원과제것상구와스우"
    "비말거성금려데내마안공동물러습니까세요청감문송배환불교반품상점번호언오저님께바랍드립했됐않없때문받았입확"
    "인부탁빠른연락답변주소결제취소화국신경영소모유치조선최무방중미년월회생실재용적트크프르드"
)
PUNCTUATION = "，。、！？：；（）「」『』《》【】“”‘’…—～・　"

LATIN_1252 = "äöüßéèàçñóáíúêâîôûëïåøæãõìòùÄÖÜÉÀÈÇÑÅØÆÓÁ’‘“”–—…«»¿¡€°´œ£ªº®™·"
LATIN_1250 = "ąęłśżźćńóčřšžýáíéúůěťďňőűöüäăâîđôľŁŚŻČŘŠŽÁÉÍÓÖÜŐŰ„”–’…€°"
LATIN_1254 = "ğışöçüİŞĞÖÇÜâîû’‘“”–…€°"
LATIN_1257 = "āčēģīķļņšūžąęėįųõäöüĀČŠŪŽ„“–’…€°"
CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґ№«»–—"
GREEK = "αοιετσνηυρπκμλωςγδχθφβξζψάέήίόύώ«»–’"
HEBREW = "יוהלארתבשמםנעדקפחכצטגזסןךףץ״׳"
ARABIC = "الينمتورعبدهفسقكحجشطخصغذضزظثئءأإةىآؤ،؟؛"
THAI = "านรอกเงมย่้ลวดทสตะปบคหัิีืขจใชพไำผ็ุูโณศถแธ์ึษญซฐฝฟภฮฉฆฯๆ๊๋"

MULTIBYTE: tuple[tuple[str, str], ...] = (
    ("gb18030", HANS + PUNCTUATION),
    ("big5hkscs", HANT + PUNCTUATION),
    ("cp932", KANJI + PUNCTUATION),
    ("euc_jp", KANJI + PUNCTUATION),
    ("cp949", HANGUL + PUNCTUATION),
)
# Order is preference between equals.
SINGLEBYTE: tuple[tuple[str, str], ...] = (
    ("cp1252", LATIN_1252),
    ("cp1251", CYRILLIC),
    ("koi8_u", CYRILLIC),
    ("cp1250", LATIN_1250),
    ("cp1254", LATIN_1254),
    ("cp1253", GREEK),
    ("cp1255", HEBREW),
    ("cp1256", ARABIC),
    ("cp874", THAI),
    ("cp1257", LATIN_1257),
    ("cp866", CYRILLIC),
    ("iso8859_5", CYRILLIC),
    ("iso8859_2", LATIN_1250),
)

# What programs write for a charset, and the superset that reads it without loss.
ALIASES: dict[str, str] = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "gb-2312": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "chinese": "gb18030",
    "euc-cn": "gb18030",
    "gb18030-2000": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "cp943": "cp932",
    "iso-2022-jp": "iso2022_jp",
    "iso-2022-jp-1": "iso2022_jp",
    "iso-2022-jp-2": "iso2022_jp",
    "iso-2022-jp-3": "iso2022_jp",
    "iso-2022-jp-ms": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "jis": "iso2022_jp",
    "x-euc-jp": "euc_jp",
    "eucjp-ms": "euc_jp",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "korean": "cp949",
    "windows-949": "cp949",
    "uhc": "cp949",
    "koi8-r": "koi8_r",
    "koi8": "koi8_r",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "iso-8859-11": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "utf8": "utf-8",
    "utf-8-mac": "utf-8",
    "utf8mb4": "utf-8",
    "utf_8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "csunicode11utf7": "utf-7",
    "unicode": "utf-16",
    "us-ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "cp-850": "cp850",
    "ibm850": "cp850",
}

# Which encoding a country or language still writes when it does not write UTF-8.
REGIONS: dict[str, str] = {
    "cn": "gb18030",
    "zh": "gb18030",
    "zh-cn": "gb18030",
    "tw": "big5hkscs",
    "hk": "big5hkscs",
    "zh-tw": "big5hkscs",
    "zh-hk": "big5hkscs",
    "jp": "cp932",
    "ja": "cp932",
    "kr": "cp949",
    "ko": "cp949",
    "ru": "cp1251",
    "by": "cp1251",
    "bg": "cp1251",
    "ua": "cp1251",
    "uk": "cp1251",
    "pl": "cp1250",
    "cz": "cp1250",
    "cs": "cp1250",
    "sk": "cp1250",
    "hu": "cp1250",
    "ro": "cp1250",
    "tr": "cp1254",
    "gr": "cp1253",
    "el": "cp1253",
    "il": "cp1255",
    "he": "cp1255",
    "ar": "cp1256",
    "sa": "cp1256",
    "ae": "cp1256",
    "eg": "cp1256",
    "th": "cp874",
    "lt": "cp1257",
    "lv": "cp1257",
    "vn": "cp1258",
    "vi": "cp1258",
}
