"""The desk's words for what customers want and how they feel (understanding's taxonomy and moods)."""

from __future__ import annotations

from dragoman.platform.i18n import N_
from dragoman.web.words import Word

GROUP = {
    "presale": N_("Before buying"),
    "order": N_("Order"),
    "delivery": N_("Delivery"),
    "aftersale": N_("After-sales"),
    "complaint": N_("Complaint"),
    "sensitive": N_("Delicate"),
    "business": N_("Business"),
    "other": N_("Other"),
}

INTENT = {
    "presale.product": N_("Product question"),
    "presale.stock": N_("In stock?"),
    "presale.discount": N_("Price and discounts"),
    "presale.transaction": N_("How to buy and pay"),
    "presale.logistics": N_("Delivery before buying"),
    "presale.cost": N_("Shipping cost and duty before buying"),
    "order.status": N_("State of an order"),
    "order.change": N_("Change an order"),
    "order.cancel": N_("Cancel an order"),
    "order.payment": N_("Payment trouble"),
    "order.invoice": N_("Invoice"),
    "order.account": N_("Account of the shop"),
    "delivery.where": N_("Where is the parcel"),
    "delivery.not_scanned": N_("Tracking shows nothing"),
    "delivery.delayed": N_("Late parcel"),
    "delivery.lost": N_("Lost parcel"),
    "delivery.not_received": N_("Delivered, but not received"),
    "delivery.damaged": N_("Damaged on the way"),
    "delivery.address": N_("Address and place of delivery"),
    "delivery.customs": N_("Customs and duty"),
    "aftersale.return": N_("Return or money back"),
    "aftersale.refund_status": N_("Where is the refund"),
    "aftersale.exchange": N_("Exchange"),
    "aftersale.warranty": N_("Warranty and repair"),
    "aftersale.defective": N_("Does not work"),
    "aftersale.wrong_item": N_("Wrong article"),
    "aftersale.quality": N_("Not as described: quality"),
    "aftersale.colour": N_("Not as described: colour"),
    "aftersale.missing_parts": N_("Something is missing"),
    "aftersale.how_to": N_("How to use it"),
    "aftersale.pairing": N_("Connecting with app or phone"),
    "complaint.service": N_("Complaint about service"),
    "complaint.review_threat": N_("Threat of a bad review"),
    "complaint.safety": N_("Danger or injury"),
    "complaint.fraud": N_("Fraud, dispute, chargeback"),
    "sensitive.legal": N_("Lawyer or authority"),
    "sensitive.belief": N_("Religion or politics"),
    "business.wholesale": N_("Wholesale"),
    "business.cooperation": N_("Cooperation"),
    "other.praise": N_("Praise and thanks"),
    "other.suggestion": N_("Suggestion"),
    "other.human": N_("Wants a person"),
    "other.privacy": N_("Personal data"),
    "other.unsubscribe": N_("No more newsletters"),
    "other.spam": N_("Spam"),
    "other.other": N_("Something else"),
}

MOOD = {
    "calm": Word(N_("Calm"), "meh"),
    "pleased": Word(N_("Pleased"), "smile", "green"),
    "confused": Word(N_("Confused"), "circle-help"),
    "worried": Word(N_("Worried"), "frown"),
    "disappointed": Word(N_("Disappointed"), "frown"),
    "angry": Word(N_("Angry"), "angry"),
    "threatening": Word(N_("Threatening"), "siren"),
}
"""No colour but for the good: red, amber and blue are severity alone."""

ENTITY = {
    "order": Word(N_("Order"), "receipt"),
    "tracking": Word(N_("Parcel number"), "truck"),
    "sku": Word(N_("Article number"), "tag"),
    "product": Word(N_("Product"), "package"),
    "money": Word(N_("Sum"), "coins"),
    "date": Word(N_("Day"), "calendar"),
    "deadline": Word(N_("Until"), "calendar-clock"),
    "address": Word(N_("Address"), "map-pin"),
    "phone": Word(N_("Phone"), "phone"),
    "email": Word(N_("E-mail"), "mail"),
    "voucher": Word(N_("Voucher"), "ticket"),
    "card": Word(N_("Payment card"), "credit-card"),
    "iban": Word(N_("Bank account"), "landmark"),
    "national_id": Word(N_("Identity number"), "id-card"),
    "url": Word(N_("Link"), "link"),
}
SHOWN = ("order", "tracking", "deadline", "money", "voucher", "card", "iban", "national_id")
"""What a message's line names of what was found, in this order; the rest is there for checks and rooms to come."""
