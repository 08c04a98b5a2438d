"""The topics that markets have rules on: how each is called, where it is shown and how fast it grows old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dragoman.kit.errors import N_

Group = Literal["rights", "tax", "privacy", "marketing", "manners", "formats", "days", "channels", "restricted"]

GROUPS: dict[Group, str] = {
    "rights": N_("Rights of the customer"),
    "tax": N_("Tax and duty"),
    "privacy": N_("Privacy"),
    "marketing": N_("Advertising"),
    "manners": N_("Manners"),
    "formats": N_("Formats and languages"),
    "days": N_("Days"),
    "channels": N_("Channels"),
    "restricted": N_("Restricted goods"),
}
"""The groups in the order in which they are shown."""
BINDING: frozenset[Group] = frozenset({"rights", "tax", "privacy", "marketing", "restricted"})
"""Law, tax and the rules of platforms: what is not sure here is always shown as to be confirmed."""
FRESH_DAYS, FRESH_TAX_DAYS = 365, 90
"""So many days after its date a rule counts as known; tax and duty move faster."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic; `label` is a msgid."""

    label: str
    group: Group

    @property
    def binding(self) -> bool:
        """Whether a wrong word here breaks a law, a tax rule or a platform's rule."""
        return self.group in BINDING

    @property
    def fresh_days(self) -> int:
        """How long a rule on it counts as known."""
        return FRESH_TAX_DAYS if self.group == "tax" else FRESH_DAYS


TOPICS: dict[str, Topic] = {
    "withdrawal": Topic(N_("Withdrawal"), "rights"),
    "withdrawal_return_cost": Topic(N_("Cost of sending back"), "rights"),
    "withdrawal_exclusions": Topic(N_("Goods without withdrawal"), "rights"),
    "withdrawal_form": Topic(N_("Withdrawal form"), "rights"),
    "withdrawal_function": Topic(N_("Withdrawal button"), "rights"),
    "withdrawal_function_data": Topic(N_("What the withdrawal button may ask"), "rights"),
    "refund_deadline": Topic(N_("Refund"), "rights"),
    "legal_guarantee": Topic(N_("Legal guarantee"), "rights"),
    "legal_guarantee_extra": Topic(N_("More on the legal guarantee"), "rights"),
    "faulty_goods": Topic(N_("Faulty goods"), "rights"),
    "repair": Topic(N_("Repair"), "rights"),
    "complaint_deadline": Topic(N_("Answer to a complaint"), "rights"),
    "customer_service_law": Topic(N_("Law on customer service"), "rights"),
    "call_centre": Topic(N_("Law on call centres"), "rights"),
    "mediation": Topic(N_("Mediation"), "rights"),
    "odr_link": Topic(N_("Link to the dispute platform"), "rights"),
    "shipping_rule": Topic(N_("Shipping in time"), "rights"),
    "delivery_rule": Topic(N_("Late delivery"), "rights"),
    "order_correction": Topic(N_("Correcting an order"), "rights"),
    "display_duty": Topic(N_("What the shop must show"), "rights"),
    "imprint": Topic(N_("Imprint"), "rights"),
    "dmcc": Topic(N_("Fair trading"), "rights"),
    "accessibility": Topic(N_("Accessibility"), "rights"),
    "vat": Topic(N_("Value added tax"), "tax"),
    "vat_crossborder": Topic(N_("Value added tax across the border"), "tax"),
    "gst": Topic(N_("Goods and services tax"), "tax"),
    "sales_tax": Topic(N_("Sales tax"), "tax"),
    "deminimis_duty": Topic(N_("Low-value parcels"), "tax"),
    "deminimis_2026": Topic(N_("Tariffs of 2026"), "tax"),
    "postal_duty": Topic(N_("Duty on post"), "tax"),
    "lowvalue_scheme": Topic(N_("Tax on low-value goods"), "tax"),
    "ioss": Topic(N_("Import one-stop shop"), "tax"),
    "handling_fee": Topic(N_("Handling fee"), "tax"),
    "parcel_fee": Topic(N_("Parcel fee"), "tax"),
    "tax_id": Topic(N_("Tax number of the recipient"), "tax"),
    "northern_ireland": Topic(N_("Northern Ireland"), "tax"),
    "nz_note": Topic(N_("New Zealand"), "tax"),
    "trade_rule": Topic(N_("Trade rule"), "tax"),
    "privacy_law": Topic(N_("Privacy law"), "privacy"),
    "dsar_deadline": Topic(N_("Answer to a data request"), "privacy"),
    "breach_notice": Topic(N_("Notice of a data breach"), "privacy"),
    "privacy_desk_actions": Topic(N_("What the desk does for privacy"), "privacy"),
    "ai_disclosure": Topic(N_("Telling that a machine answers"), "privacy"),
    "marketing": Topic(N_("Advertising"), "marketing"),
    "honorific": Topic(N_("Form of address"), "manners"),
    "tone": Topic(N_("Tone"), "manners"),
    "taboos": Topic(N_("What to avoid"), "manners"),
    "language": Topic(N_("Law on languages"), "formats"),
    "languages": Topic(N_("Languages"), "formats"),
    "calendar": Topic(N_("Calendar"), "formats"),
    "weekend": Topic(N_("Weekend"), "days"),
    "peaks": Topic(N_("Busy times"), "days"),
    "channels": Topic(N_("Channels"), "channels"),
    "restricted": Topic(N_("Restricted goods"), "restricted"),
    "product_safety": Topic(N_("Product safety"), "restricted"),
    "packaging": Topic(N_("Packaging"), "restricted"),
    "sanctions": Topic(N_("Sanctions"), "restricted"),
}
