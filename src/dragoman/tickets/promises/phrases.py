"""How a promise is worded in nine languages. Patterns meet text as `kit.text.fold` leaves it: small, no accents.

`sure` is a promise by itself ("we will get back to you"); `likely` is one only with a time beside it ("wir melden uns
bis morgen": the present tense says as often what is usual). `never` takes a sentence out whatever else it holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """The patterns of one language."""

    sure: re.Pattern[str]
    likely: re.Pattern[str]
    never: re.Pattern[str]
    condition: re.Pattern[str]
    """Begins a condition: a time inside it is the customer's, not ours."""


NOTHING = r"(?!)"


def _wording(sure: str, likely: str = NOTHING, never: str = NOTHING, condition: str = NOTHING) -> Wording:
    return Wording(*(re.compile(one) for one in (sure, likely, never, condition)))


_EN_WHO = (
    r"\b(?:i|we|(?:our|my) (?:\w+ )?(?:team|technicians?|specialists?|colleagues?|manager|warehouse|department|"
    r"experts?))"
)
_EN_DO = (
    r"(?:get back|come back to you|return to you|reply|answer|write|respond|send|let you know|update|call|ring|inform|"
    r"contact|follow up|check|refund|ship|dispatch|resolve|solve|fix|provide|confirm|e-?mail|be in touch|get in touch|"
    r"keep you|find out|look into|investigate|arrange|replace|process|give you|tell you|report back|reach out|issue|"
    r"have (?:an?|the|your|our) (?:\w+ )?(?:answer|solution|update|refund|replacement|result)s?)\b"
)
_DE_DO = (
    r"(?:antworten|schreiben|melden|kontaktieren|informieren|schicken|zuschicken|senden|zusenden|prufen|klaren|"
    r"erstatten|zuruckerstatten|anrufen|zuruckrufen|losen|mitteilen|bescheid geben|ersetzen|uberweisen|versenden|"
    r"benachrichtigen|zukommen lassen|auf sie zukommen|kummern|liefern|nennen)\b"
)
_FR_FUTURE = (
    r"(?:reviendr|repondr|ecrir|recontacter|contacter|tiendr|enverr|informer|appeller|rappeller|rembourser|donner|"
    r"verifier|confirmer|traiter|resoudr|communiquer|adresser|expedier)(?:ai|ons)\b"
)
_ES_FUTURE = (
    r"(?:responder|contestar|escribir|contactar|informar|enviar|avisar|llamar|mantendr|reembolsar|confirmar|resolver|"
    r"actualizar|comunicar|notificar)(?:e|emos)\b"
)
_IT_FUTURE = (
    r"(?:rispond|scriv|contatt|ricontatt|inform|invi|rimbors|aggiorn|richiam|conferm|comunic|risolv|sped)"
    r"(?:er|ir)(?:o|emo)\b"
)
_PT_FUTURE = (
    r"(?:responder|escrever|enviar|informar|retornar|ligar|reembolsar|avisar|confirmar|resolver|atualizar|contatar|"
    r"contactar|comunicar)(?:ei|emos)\b"
)
_ZH_DO = (
    r"(?:回复|答复|联系|通知|告知|反馈|处理|解决|跟进|退款|补发|寄出|发出|发货|回电|致电|给您|给你|安排|核实|更新|"
    r"答案|消息|办理)"
)

WORDINGS: dict[str, Wording] = {
    "en": _wording(
        rf"{_EN_WHO}(?:['’]ll| will| shall| am going to| are going to| is going to| promise (?:to|that (?:i|we) will))"
        rf"(?: (?!not\b|never\b)[\w'’-]+){{0,4}}? {_EN_DO}"
        r"|\byou(?:['’]ll| will) (?:hear (?:back )?from (?:me|us)|(?:have|get|receive) (?:my|our) (?:answer|reply|"
        r"response))"
        r"|\blet me (?:\w+ ){0,3}(?:get|come) back to you",
        r"\bexpect (?:to hear (?:back )?from (?:me|us)|(?:my|our) (?:answer|reply|response|update))"
        r"|\byou can expect (?:an?|our|my) (?:answer|reply|response|update)",
        r"\b(?:will not|won['’]t|never|cannot|can['’]t|unable|would have|you said|you told|you wrote)\b",
        r"\b(?:if|unless|once|when|as soon as you|after you)\b",
    ),
    "de": _wording(
        rf"\b(?:ich werde|wir werden|werde ich|werden wir)\b[^.!?]{{1,90}}?\b{_DE_DO}",
        r"\b(?:melde ich mich|melden wir uns|ich melde mich|wir melden uns)\b"
        r"|\b(?:ich|wir) (?:antworten?|schreiben?|informieren?|schicken?|senden?|geben?|klaren?|kummern?|erstatten?|"
        r"prufen?|rufen?|kontaktieren?|teilen?)\b[^.!?]{0,60}\b(?:ihnen|sie|dir|dich|darum|mit|bescheid)\b"
        r"|\b(?:antworte|schreibe|informiere|schicke|sende)n? (?:ich|wir)\b"
        r"|\bsie (?:horen|erhalten|bekommen)\b[^.!?]{0,70}\b(?:von (?:mir|uns)|(?:unsere|meine) (?:antwort|"
        r"ruckmeldung))",
        r"\b(?:nicht|kein|keine|keinen|nie|konnten|wurden)\b",
        r"\b(?:wenn|falls|sobald|sofern)\b",
    ),
    "fr": _wording(
        rf"\b(?:je|nous)\b(?: (?:vous|te|y|en|le|la|les))*[ ']?{_FR_FUTURE}|\b(?:je vais|nous allons) (?:vous )?"
        r"(?:repondre|ecrire|envoyer|contacter|recontacter|informer|rembourser|tenir|revenir|rappeler)\b",
        r"\b(?:je reviens|nous revenons) vers vous\b|\b(?:je|nous) vous (?:reponds|repondons|envoie|envoyons|"
        r"recontacte|recontactons|tiens|tenons|informe|informons|rappelle|rappelons)\b"
        r"|\bvous (?:recevrez|aurez) (?:notre|ma|une) reponse\b",
        r"\b(?:ne|n'|pas|jamais)\b",
        r"\b(?:si|des que vous|lorsque)\b",
    ),
    "es": _wording(
        rf"\b{_ES_FUTURE}|\b(?:me pondre|nos pondremos) en contacto\b|\b(?:dare|daremos) (?:una |nuestra )?"
        r"(?:respuesta|solucion)\b|\b(?:voy|vamos) a (?:responder|escribir|enviar|contactar|informar|llamar)\w*",
        r"\brecibira (?:nuestra|una|mi) respuesta\b|\b(?:le|te|les) (?:respondo|respondemos|escribo|escribimos|aviso|"
        r"avisamos|llamo|llamamos|envio|enviamos|informo|informamos)\b",
        r"\b(?:no (?!prazo|dia)|nunca|jamas\b)",
        r"\b(?:si|cuando|en cuanto)\b",
    ),
    "it": _wording(
        rf"\b{_IT_FUTURE}|\b(?:faro|faremo) sapere\b|\b(?:daro|daremo) (?:una )?risposta\b",
        r"\briceverai? (?:una|la nostra|la mia) risposta\b|\b(?:le|ti|vi) (?:rispondo|rispondiamo|scrivo|scriviamo|"
        r"invio|inviamo|faccio sapere|facciamo sapere|aggiorno|aggiorniamo)\b",
        r"\b(?:non|mai)\b",
        r"\b(?:se|quando|appena)\b",
    ),
    "pt": _wording(
        rf"\b{_PT_FUTURE}|\b(?:entrarei|entraremos) em conta(?:c)?to\b|\b(?:darei|daremos) (?:uma )?(?:resposta|"
        r"retorno)\b|\b(?:vou|vamos) (?:lhe |te )?(?:responder|enviar|escrever|entrar em conta(?:c)?to|informar|"
        r"verificar|retornar|ligar)\b",
        r"\b(?:recebera|tera) (?:a )?(?:nossa|uma|minha) resposta\b|\b(?:respondo|respondemos|retorno|retornamos)\b",
        r"\b(?:nao|nunca)\b",
        r"\b(?:se|quando|assim que)\b",
    ),
    "nl": _wording(
        r"\b(?:ik zal|we zullen|wij zullen|zal ik|zullen we|zullen wij)\b[^.!?]{1,80}?\b(?:antwoorden|beantwoorden|"
        r"schrijven|weten|contact|sturen|toesturen|informeren|terugbellen|bellen|terugkomen|oplossen|terugbetalen|nakijken)\b",
        r"\b(?:ik laat|we laten|wij laten|laat ik|laten we|laten wij)\b[^.!?]{0,50}\bweten\b"
        r"|\b(?:ik kom|we komen|wij komen|kom ik|komen we|komen wij)\b[^.!?]{0,50}\bterug\b"
        r"|\b(?:ik neem|we nemen|wij nemen|neem ik|nemen we|nemen wij)\b[^.!?]{0,50}\bcontact\b"
        r"|\bu (?:hoort|ontvangt|krijgt)\b[^.!?]{0,50}\b(?:van (?:mij|ons)|antwoord)\b"
        r"|\b(?:ik|we|wij) (?:antwoorden?|sturen|stuur|bellen|bel|beantwoorden?)\b",
        r"\b(?:niet|geen|nooit)\b",
        r"\b(?:als|indien|zodra)\b",
    ),
    "zh": _wording(
        r"(?:我们?|我司|本店|这边|小编|客服|我方|咱们?|我会|同事|主管|专员)[^，。！？,.!?\n]{0,14}(?:会|将|一定|保证|承诺)"
        rf"[^。！？.!?\n]{{0,26}}{_ZH_DO}",
        rf"(?:给您|给你|向您|为您|和您|与您|跟您|帮您)[^，。！？,.!?\n]{{0,8}}{_ZH_DO}|(?:回复|答复|联系|通知|告知)(?:您|你)"
        rf"|(?:我们?|这边|本店)[^，。！？,.!?\n]{{0,16}}(?:给您|给你){_ZH_DO}",
        r"不会|不能|无法|没法|没有办法|已经|已于|已为|已在|请(?:您|你)?[^我]{0,16}(?:回复|答复|联系|通知|告知)|麻烦(?:您|你)|感谢您的联系",
        r"如果|若|假如|要是|只要|一旦|等您|当您|收到您",
    ),
    "ja": _wording(
        NOTHING,
        r"(?:ご連絡|ご返信|ご回答|回答|返信|連絡|ご報告|お返事|ご案内|発送|返金|対応|確認|お知らせ|お届け)を?"
        r"(?:いたします|致します|させていただきます|差し上げます|します|申し上げます)",
        r"ません|できかね|ですか|でしょうか",
        r"場合|もし|次第",
    ),
}

GREETINGS = re.compile(
    r"\bgood (?:morning|afternoon|evening|day|night)\b|\bguten (?:morgen|tag|abend)\b|\bbuenos dias\b|\bbuenas "
    r"(?:tardes|noches)\b|\bbom dia\b|\bboa (?:tarde|noite)\b|\bgoede(?:morgen|middag|navond)\b"
    r"|(?:早上|上午|中午|下午|晚上)好"
)
BELONGS_ELSEWHERE = re.compile(
    r"(?:\b(?:of|from|dated|since|ordered|placed|shipped|sent|bought|received|delivered|vom|seit|du|depuis|del|desde|dal|"
    r"da|van|sinds)(?: (?:on|am|le|el|il|op|em))?|(?:于|自|从))\s*$"
)
ELSEWHERE = re.compile(r"(?:of|from|vom|du|del|dal|da|van|de)\b")
"""Just before a time, or as its first word, says that it is another thing's: "your order of 28 November"."""
