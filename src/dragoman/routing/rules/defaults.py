"""The rule that every desk starts with: who asks for wholesale or cooperation comes into the wholesale queue."""

from __future__ import annotations

from dragoman.accounts import queries as accounts
from dragoman.accounts.teams import queries as teams
from dragoman.kit.errors import N_
from dragoman.platform import i18n
from dragoman.platform.db import Session
from dragoman.routing.rules.models import Rule

WHOLESALE_NAME = N_("Wholesale and cooperation go to the wholesale team")
WHOLESALE = (
    "wholesale", "bulk order", "bulk purchase", "reseller", "distributor", "dropship", "become a partner",
    "批发", "经销商", "代理商", "分销", "大货采购", "商务合作", "批發", "經銷商",
    "großhandel", "grosshandel", "wiederverkäufer", "großbestellung", "vertriebspartner",
    "vente en gros", "grossiste", "revendeur", "distributeur", "al por mayor", "mayorista", "distribuidor",
    "atacado", "revenda", "all'ingrosso", "rivenditore", "grossista", "groothandel", "wederverkoper",
    "hurtow", "dystrybutor", "оптов", "дилер", "дистрибьютор", "toptan", "bayilik", "卸売", "仕入れ", "代理店",
    "도매", "총판", "ขายส่ง", "bán buôn", "بالجملة", "grosir",
)  # fmt: skip
"""Words of wholesale and cooperation enquiries, beginnings of words where a language bends them."""


async def install(session: Session) -> None:
    """Add the shipped rule to a new workspace, named in its language."""
    team = await teams.find_by_key(session, "wholesale")
    if team is None:
        return
    workspace = await accounts.find_workspace(session, session.workspace_id)
    words = list(WHOLESALE)
    with i18n.use(workspace.locale if workspace else i18n.SOURCE):
        name = i18n.gettext(WHOLESALE_NAME)
    conditions = {
        "all": [{"field": "team", "op": "is", "value": ["none"]}],
        "any": [{"field": field, "op": "contains", "value": words} for field in ("subject", "text")],
    }
    changes = [{"kind": "kind", "value": "wholesale"}, {"kind": "team", "value": str(team.id)}]
    session.add(Rule(name=name, event="created", conditions=conditions, changes=changes, position=1, active=True))
    await session.flush()
