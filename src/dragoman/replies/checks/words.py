"""Why a check that depends on words speaks up, by its key."""

from __future__ import annotations

from dragoman.kit.errors import N_

WHY: dict[str, str] = {
    "promises.guarantee": N_("Nobody can promise this for certain: say what you will do and what it depends on."),
    "promises.beyond": N_("This goes beyond what policy allows: have it approved first, or leave it out."),
    "liability.fault": N_("This admits a fault before anything is examined: describe the next step instead."),
    "liability.blame": N_("This blames somebody else: say what you do about it instead."),
    "liability.advice": N_("This reads as legal advice: pass the case on to those who answer for it."),
    "platform.marketing": N_("The marketplace forbids advertising in messages: leave it out."),
    "platform.review": N_("The marketplace forbids asking for good reviews: ask neutrally or not at all."),
    "platform.bought": N_("Reviews must not be bought or changed for a favour: settle the case without naming them."),
    "platform.outside": N_("The marketplace forbids dealing outside of it: settle payment and return there."),
    "clarity.vague": N_("This is vague: name a day or a figure."),
    "clarity.jargon": N_("Customers may not know this term: explain it in plain words."),
    "wording.cheap": N_("This sounds like poor quality: speak of good value for the price."),
    "wording.presale": N_(
        "Customers read this as a delay: speak of the first batch of a new product and name the days."
    ),
}
