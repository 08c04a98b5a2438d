"""The words for times that `kit.when` reads, a table a language.

Each line is `kind value: word|word|…` (or, for weekdays, months and numbers, `kinds: first, second, …`), written
as `kit.text.fold` leaves it: small letters, no accents.
A longer phrase wins over a shorter one, so "day after tomorrow" is never read as "tomorrow".
"""

from __future__ import annotations

from dataclasses import dataclass

EN = """
day 0: today
day 1: tomorrow|tmrw|tmr|tomorow
day 2: day after tomorrow|overmorrow
tonight 0: tonight|this evening
weekdays: monday|mon|mondays, tuesday|tues|tue, wednesday|weds|wed, thursday|thurs|thur|thu, friday|fri, \
saturday|sat, sunday|sun
months: january|jan, february|feb, march|mar, april|apr, may, june|jun, july|jul, august|aug, september|sept|sep, \
october|oct, november|nov, december|dec
unit minute: minutes|minute|mins|min|m
unit hour: hours|hour|hrs|hr|h
unit day: days|day|d
unit workday: working days|working day|business days|business day|workdays|workday
unit week: weeks|week|wks|wk|w
unit month: months|month
unit year: years|year
span 30 minute: half an hour|half hour|half a hour
span 15 minute: a quarter of an hour|quarter of an hour|a quarter hour
span 90 minute: an hour and a half|one hour and a half|1 hour and a half
nums: a|an|one, two|a couple of|couple of|a couple, three, four, five, six, seven, eight, nine, ten, eleven, twelve
num 15: fifteen
num 20: twenty
num 30: thirty
num 45: forty five|forty-five
num 24: twenty four|twenty-four
num 48: forty eight|forty-eight
part morning: morning|first thing
part noon: noon|midday|lunchtime|lunch
part afternoon: afternoon
part evening: evening
part night: night
part midnight: midnight
next 1: next|coming
this: this
end: end of|the end of|close of|end of the
endof day: eod|close of business|cob|end of business|end of play
endof week: eow
endof month: eom
weekend: weekend
am: am|a.m.|a.m
pm: pm|p.m.|p.m
within: in|within
at: at|@
before: before
skip: on|by|the|of|until|till|til|no later than|latest|at the latest|o'clock|oclock|from now|later|hence|\
around|about|and|time|max|at most|in the|your time|our time|from today
"""

DE = """
day 0: heute
day 1: morgen
day 2: ubermorgen
tonight 0: heute abend
today_part morning: heute fruh|heute morgen
today_part noon: heute mittag
today_part afternoon: heute nachmittag
weekdays: montag|montags, dienstag, mittwoch, donnerstag, freitag, samstag|sonnabend, sonntag
months: januar|janner|jan, februar|feb, marz, april|apr, mai, juni|jun, juli|jul, august|aug, september|sept|sep, \
oktober|okt, november|nov, dezember|dez
unit minute: minuten|minute|min
unit hour: stunden|stunde|std|h
unit day: tagen|tage|tag|tages
unit workday: werktagen|werktage|werktag|arbeitstagen|arbeitstage|arbeitstag|werktages
unit week: wochen|woche
unit month: monaten|monate|monats|monat
unit year: jahren|jahre|jahres|jahr
span 30 minute: einer halben stunde|eine halbe stunde|halben stunde
span 90 minute: anderthalb stunden|eineinhalb stunden
nums: ein|eine|einer|einem|eines, zwei, drei, vier, funf, sechs, sieben, acht, neun, zehn
num 12: zwolf
num 24: vierundzwanzig
num 48: achtundvierzig
part morning: fruh|vormittag|am morgen|vormittags|am vormittag
part noon: mittag|mittags
part afternoon: nachmittag|nachmittags|am nachmittag
part evening: abend|abends|am abend
part night: nacht|nachts
part midnight: mitternacht
next 1: nachste|nachsten|nachster|nachstes|kommende|kommenden
this: diese|diesen|dieser|dieses
end: ende der|ende des|ende|zum ende der|zum ende des
weekend: wochenende
within: in|innerhalb von|innerhalb|binnen
at: um
skip: bis|am|zum|spatestens|zu|den|dem|der|die|das|des|von|nach|ab jetzt|uhr
before: vor
"""

FR = """
day 0: aujourd'hui|aujourd’hui|ce jour
day 1: demain
day 2: apres-demain|apres demain
tonight 0: ce soir
today_part morning: ce matin
today_part afternoon: cet apres-midi|cet apres midi
weekdays: lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche
months: janvier, fevrier, mars, avril, mai, juin, juillet, aout, septembre, octobre, novembre, decembre
unit minute: minutes|minute|min
unit hour: heures|heure|h
unit day: jours|jour
unit workday: jours ouvres|jour ouvre|jours ouvrables|jour ouvrable
unit week: semaines|semaine
unit month: mois
unit year: ans|an|annees|annee
span 30 minute: une demi-heure|une demi heure
nums: un|une, deux, trois, quatre, cinq, six, sept, huit
num 10: dix
num 24: vingt-quatre
num 48: quarante-huit
part morning: matin|matinee
part noon: midi
part afternoon: apres-midi|apres midi
part evening: soir|soiree
part midnight: minuit
next 1: prochain|prochaine
this: ce|cette
end: la fin de la|la fin du|fin de la|fin du|fin de|la fin de|fin
weekend: week-end|weekend
within: sous|dans|en|dans les|d'ici les|sous les
at: a
skip: d'ici|d’ici|avant|le|la|les|de|du|au|plus tard|au plus tard|l'|prochaines|prochains|vers
"""

ES = """
day 0: hoy
day 1: manana
day 2: pasado manana
tonight 0: esta noche
today_part morning: esta manana
today_part afternoon: esta tarde
weekdays: lunes, martes, miercoles, jueves, viernes, sabado, domingo
months: enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre|setiembre, octubre, noviembre, diciembre
unit minute: minutos|minuto|min
unit hour: horas|hora|h
unit day: dias|dia
unit workday: dias laborables|dia laborable|dias habiles|dia habil
unit week: semanas|semana
unit month: meses|mes
unit year: anos|ano
span 30 minute: media hora
nums: un|una, dos, tres, cuatro, cinco, seis, siete, ocho
num 10: diez
num 24: veinticuatro
num 48: cuarenta y ocho
part morning: por la manana|de la manana
part noon: mediodia|al mediodia
part afternoon: por la tarde|de la tarde|tarde
part evening: por la noche|de la noche|noche
part midnight: medianoche
next 1: proximo|proxima|que viene
this: este|esta
end: el final del|final del|el fin de la|fin de la|fin de|finales de|final de la|finales del
weekend: fin de semana
within: en|dentro de|en un plazo de|en menos de|en las proximas|en los proximos|plazo de
at: a las|a la
skip: antes de|antes del|el|la|los|las|de|del|para|al|hasta|mas tardar|a mas tardar
"""

IT = """
day 0: oggi
day 1: domani
day 2: dopodomani
tonight 0: stasera|questa sera
today_part morning: stamattina
today_part afternoon: questo pomeriggio
weekdays: lunedi, martedi, mercoledi, giovedi, venerdi, sabato, domenica
months: gennaio, febbraio, marzo, aprile, maggio, giugno, luglio, agosto, settembre, ottobre, novembre, dicembre
unit minute: minuti|minuto|min
unit hour: ore|ora|h
unit day: giorni|giorno
unit workday: giorni lavorativi|giorno lavorativo
unit week: settimane|settimana
unit month: mesi|mese
unit year: anni|anno
span 30 minute: mezz'ora|mezz’ora|mezzora
nums: un|una|un', due, tre, quattro, cinque, sei, sette, otto
num 10: dieci
num 24: ventiquattro
num 48: quarantotto
part morning: mattina|mattino
part noon: mezzogiorno
part afternoon: pomeriggio
part evening: sera
part midnight: mezzanotte
next 1: prossimo|prossima
this: questo|questa
end: la fine della|fine della|fine del|la fine del|fine|la fine di
weekend: fine settimana|weekend
within: entro|tra|fra|in|entro le prossime|nelle prossime|entro i prossimi
at: alle ore|alle
skip: le|la|il|i|di|del|della|al|per|prima di|massimo|al massimo|a
"""

PT = """
day 0: hoje
day 1: amanha
day 2: depois de amanha
tonight 0: hoje a noite|esta noite
weekdays: segunda-feira|segunda, terca-feira|terca, quarta-feira|quarta, quinta-feira|quinta, sexta-feira|sexta, \
sabado, domingo
months: janeiro, fevereiro, marco, abril, maio, junho, julho, agosto, setembro, outubro, novembro, dezembro
unit minute: minutos|minuto|min
unit hour: horas|hora|h
unit day: dias|dia
unit workday: dias uteis|dia util
unit week: semanas|semana
unit month: meses|mes
unit year: anos|ano
span 30 minute: meia hora
nums: um|uma, dois|duas, tres, quatro, cinco, seis, sete, oito
num 10: dez
num 24: vinte e quatro
num 48: quarenta e oito
part morning: de manha|pela manha|da manha
part noon: meio-dia|meio dia
part afternoon: a tarde|da tarde|tarde
part evening: a noite|da noite|noite
part midnight: meia-noite
next 1: proximo|proxima|que vem
this: este|esta|nesta|neste
end: o final da|o fim da|final da|fim da|fim do|final do|o final do|o fim do
weekend: fim de semana|final de semana
within: em|dentro de|no prazo de|em ate|nas proximas|nos proximos|prazo de
at: as
skip: ate|antes de|a|o|as|os|de|do|da|no|na|ao|para
"""

NL = """
day 0: vandaag
day 1: morgen
day 2: overmorgen
tonight 0: vanavond
today_part morning: vanochtend|vanmorgen
today_part afternoon: vanmiddag
tomorrow_part morning: morgenochtend
tomorrow_part afternoon: morgenmiddag
tomorrow_part evening: morgenavond
weekdays: maandag, dinsdag, woensdag, donderdag, vrijdag, zaterdag, zondag
months: januari, februari, maart, april, mei, juni, juli, augustus, september, oktober, november, december
unit minute: minuten|minuut|min
unit hour: uur|uren|h
unit day: dagen|dag
unit workday: werkdagen|werkdag
unit week: weken|week
unit month: maanden|maand
unit year: jaren|jaar
span 30 minute: een half uur|half uur
nums: een, twee, drie, vier, vijf, zes, zeven, acht
num 10: tien
num 24: vierentwintig
num 48: achtenveertig
part morning: ochtend
part afternoon: middag
part evening: avond
part midnight: middernacht
next 1: volgende|komende
this: deze
end: het einde van de|einde van de|eind van de|het eind van de|eind
weekend: weekend|weekeinde
within: binnen|in|over
at: om
skip: voor|uiterlijk|de|het|van|op|tot|aan
"""

ZH = """
day 0: 今天|今日|当天|本日|今
day 1: 明天|明日
day 2: 后天|後天
day 3: 大后天|大後天
today_part morning: 今早|今晨
tonight 0: 今晚|今夜
tomorrow_part morning: 明早|明晨
tonight 1: 明晚
week 0: 这周|本周|这个星期|这星期|本星期|这个礼拜|这一周
week 1: 下周|下星期|下个星期|下礼拜|下个礼拜|下一周|下週
week 2: 下下周|下下星期|下下个星期
month_shift 0: 这个月|本月|这月
month_shift 1: 下个月|下月
unit minute: 分钟|分|分鐘
unit hour: 个小时|小时|个钟头|钟头|個小時|小時|个钟
unit day: 天|日
unit workday: 个工作日|工作日|個工作日
unit week: 个星期|星期|周|个礼拜|礼拜|週
unit month: 个月|月
unit year: 年
unit_half hour: 个半小时|个半钟头|個半小時
span 15 minute: 一刻钟
span 30 minute: 半小时|半个小时|半个钟头|半小時|半個小時|半个钟
part dawn: 凌晨|清晨
part morning: 早上|早晨|早|上午|一早
part noon: 中午|正午
part afternoon: 下午|午后
part dusk: 傍晚
part evening: 晚上|晚间|晚
part night: 夜里|深夜|半夜
part midnight: 午夜
endof day: 下班前|下班|今天下班|今天下班前|今天内|今日内|当天内
endof week: 本周内|这周内|本周末前
endof month: 月底|月末|本月底|这个月底|月底前|本月内
endof nextmonth: 下月底|下个月底
endof year: 年底|年末
weekend 0: 周末|本周末|这个周末|这周末
weekend 1: 下周末|下个周末
within: 在
before: 前|之前|以前
skip: 的|后|之后|以后|内|以内|之内|过|再过|于|到|至|左右|最晚|最迟|整|钟|後|之後|以後|將
"""

JA = """
day 0: 今日|本日|きょう
day 1: 明日|あした|翌日
day 2: 明後日|あさって
today_part morning: 今朝
tonight 0: 今夜|今晩
week 0: 今週
week 1: 来週
week 2: 再来週
month_shift 0: 今月
month_shift 1: 来月
weekdays: 月曜日|月曜, 火曜日|火曜, 水曜日|水曜, 木曜日|木曜, 金曜日|金曜, 土曜日|土曜, 日曜日|日曜
unit minute: 分|分間
unit hour: 時間
unit day: 日|日間
unit workday: 営業日
unit week: 週間
unit month: か月|ヶ月|カ月
unit year: 年
part morning: 朝|午前中
am: 午前
pm: 午後
part noon: 正午|昼
part dusk: 夕方
part evening: 夜
endof week: 週末|今週中
endof month: 月末|今月末|今月中
endof nextmonth: 来月末
endof day: 本日中|今日中
skip: の|に|までに|まで|以内|以内に|後|後に|中|中に|頃|ごろ|お|ご|は
"""


FIRST = {"weekdays": 0, "months": 1, "nums": 1}
"""What the first of a counted list stands for: Monday is 0, January 1."""


@dataclass(frozen=True)
class Words:
    """One language's table: `spaced` where words stand apart, `clock_h` where "14h" is a time of day."""

    entries: dict[str, tuple[str, str]]
    spaced: bool = True
    clock_h: bool = False


def _read(table: str, *, spaced: bool = True, clock_h: bool = False) -> Words:
    entries: dict[str, tuple[str, str]] = {}
    for line in table.replace("\\\n", "").strip().splitlines():
        head, _, words = line.partition(": ")
        kind, _, value = head.partition(" ")
        if kind in FIRST:
            for at, some in enumerate(words.split(", "), FIRST[kind]):
                entries |= {word.strip(): (kind[:-1], str(at)) for word in some.split("|")}
        else:
            entries |= {word.strip(): (kind, value) for word in words.split("|")}
    return Words(entries, spaced, clock_h)


LANGUAGES: dict[str, Words] = {
    "en": _read(EN),
    "de": _read(DE),
    "fr": _read(FR, clock_h=True),
    "es": _read(ES, clock_h=True),
    "it": _read(IT, clock_h=True),
    "pt": _read(PT, clock_h=True),
    "nl": _read(NL),
    "zh": _read(ZH, spaced=False),
    "ja": _read(JA, spaced=False),
}
