"""Why a check that depends on words or on the tone speaks up, by its key."""

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
    "culture.pork": N_(
        "Pork is unclean to many people in this market: leave it out, or say plainly that there is none."
    ),
    "culture.alcohol": N_(
        "Alcohol gives offence to many people in this market: leave it out, or state the exact share and its purpose."
    ),
    "culture.beef": N_(
        "Beef and cowhide offend many people in India: speak of the material only where the customer asks for it."
    ),
    "culture.left_hand": N_("The left hand counts as unclean in this market: speak of the hand, or of the right one."),
    "culture.thumb": N_("A thumb up is rude to many people in the Middle East: write the word instead."),
    "culture.ok_hand": N_("This sign of the hand is vulgar in this market: write a word instead."),
    "culture.emoji": N_("This picture has a second, unpleasant meaning: leave it out."),
    "culture.affection": N_("Intimate words and pictures are out of place in this market: leave them out."),
    "culture.festival": N_("Many people in this market do not keep this feast: wish them something neutral."),
    "culture.faith": N_("The customer’s faith is not known: leave the blessing out or wish something neutral."),
    "culture.colour": N_("This colour stands for mourning or danger in this market: choose another."),
    "culture.number": N_("Four sounds like death in this market: give three or five."),
    "culture.clock": N_("To give a clock sounds like attending a burial in Chinese: choose another present."),
    "culture.throne": N_("The monarchy and Buddha are protected by law and custom in Thailand: leave them out."),
    "culture.place": N_(
        "Governments dispute this place’s name: write it as the customer does, and pass questions on to legal."
    ),
    "tone.blame": N_("This blames the customer: say what helps now."),
    "tone.command": N_("This orders the customer about: ask or suggest, and say what for."),
    "tone.dismissive": N_("This brushes the customer off: show that you understand, then say what is possible."),
    "tone.casual": N_("This is too familiar for letters in this market: use the usual formal words."),
    "tone.greeting": N_("A first answer opens with a greeting."),
    "tone.closing": N_("A first answer closes with a greeting and a name."),
    "tone.informal": N_("Customers of this market are addressed formally ({formal})."),
    "tone.mixed": N_("Formal and familiar address are mixed ({formal}, {word}): keep to one."),
    "tone.polite": N_("This sentence is not in the polite form that customers expect."),
    "tone.sorry": N_("An apology alone does not help: say what you understand and what happens next."),
    "tone.apology": N_("In Japan the apology comes before the explanation."),
    "tone.parts": N_(
        "A long answer reads best in three parts: the result first, then the reasons, then the next steps."
    ),
    "law.quiet": N_(
        "Advertising rests just now where the customer is (Ramadan’s daytime, quiet hours): leave it out or wait."
    ),
    "law.refusal": N_("This refuses what the law may grant: name the legal exception, or accept the return."),
    "law.warranty": N_("The legal guarantee is longer: say that the maker’s warranty comes on top of it."),
    "law.odr": N_("The European platform for disputes closed on 20 July 2025: remove it."),
    "law.risk": N_("The seller bears the risk until a consumer holds the goods: leave this out."),
    "law.return_cost": N_("A defective item is repaired or returned at the seller’s cost."),
    "law.return_period": N_("The law grants {days} days here; this names fewer."),
    "law.health": N_("A health claim needs verified proof: leave it out or quote the proof."),
    "law.water": N_("Protection from water is not fitness for diving or swimming: state the tested rating only."),
    "law.customs": N_("A false customs declaration is an offence: declare what it is and what it cost."),
    "sensitive.politics": N_("Politics: pass it on to legal, and give no judgement of our own."),
    "sensitive.religion": N_("Religion: pass it on to legal, and give no judgement of our own."),
    "sensitive.people": N_("This judges people by what they are: leave it out."),
    "clarity.idiom": N_("Readers of a foreign language may not know this expression: say it plainly."),
}
