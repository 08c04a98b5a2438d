"""Mail domains that anybody can have an address at: sharing one says nothing of belonging together."""

PUBLIC_MAIL_DOMAINS = frozenset(
    """
    126.com 139.com 163.com 189.cn aol.com aol.de arcor.de bigpond.com bluewin.ch bol.com.br btinternet.com
    centrum.cz daum.net docomo.ne.jp email.cz ezweb.ne.jp fastmail.com foxmail.com free.fr freenet.de gmail.com
    gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.jp hotmail.co.uk
    hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru interia.pl iol.pt
    kakao.com laposte.net libero.it list.ru live.co.uk live.com live.de live.fr live.it live.nl mac.com mail.com
    mail.de mail.ru me.com msn.com mynet.com naver.com nate.com o2.pl onet.pl optusnet.com.au orange.fr
    outlook.com outlook.de outlook.es outlook.fr outlook.it outlook.jp proton.me protonmail.com qq.com
    rambler.ru rediffmail.com sapo.pt seznam.cz sfr.fr sina.cn sina.com softbank.ne.jp sohu.com t-online.de
    telenet.be telia.com terra.com.br tiscali.it tuta.com tutanota.com uol.com.br virgilio.it vip.qq.com
    wanadoo.fr walla.co.il web.de wp.pl ya.ru yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com
    yahoo.com.br yahoo.com.tw yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru yeah.net ymail.com
    zoho.com
    """.split()  # noqa: SIM905 - a list of a hundred words reads best as words
)
