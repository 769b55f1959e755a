"""A supply agreement with everything a text document can have, and what is changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.documents.corpus_model import (
    Block,
    Story,
    both,
    delete,
    delete_row,
    insert,
    insert_row,
    move,
    reword,
    set_font,
    split,
)

if TYPE_CHECKING:
    from tests.documents.corpus_model import WordChange

AGREEMENT = Story(
    header="Supply Agreement 2026-117, confidential",
    footer="Nordwind Components GmbH, Bremen. Page <<page:1>>",
    blocks=(
        Block("title", "Supply Agreement"),
        Block(
            "text",
            "This agreement is made between Nordwind Components GmbH and Ferrol Marine S.A. It takes effect "
            "on 1 March 2026. It replaces every earlier understanding between the parties.",
        ),
        Block("picture", "navy"),
        Block("heading", "Definitions"),
        Block("text", "In this agreement the following words have the meanings given here."),
        Block("item", "Goods means the pumps and valves listed in the price table."),
        Block("item", "Business day means a day on which banks in Bremen are open."),
        Block("item", "Site means the shipyard of the Buyer in Ferrol."),
        Block("heading", "Delivery"),
        Block(
            "text",
            "The Supplier shall deliver the Goods to the Site within thirty days of each order.<<note:Days "
            "are counted from the written confirmation of the order.>> Each delivery carries a note with "
            "the number of the order. The Buyer inspects the Goods within five business days. Defects that "
            "could be seen are reported in that time.",
        ),
        Block("box", "Deliveries are accepted from 7:00 to 15:30 at gate 4."),
        Block(
            "text",
            "Risk passes to the Buyer when the Goods have been unloaded. Title passes when they have been "
            "paid in full.",
        ),
        Block("heading", "Payment terms"),
        Block(
            "text",
            "The Buyer pays a yearly fee of EUR 48,000 in four instalments. Invoices are due on 30 June "
            "2026 and at the end of each quarter after that. Late payments bear interest of five percent a "
            "year. The Buyer may set off claims that are undisputed. The Supplier sends invoices by "
            "electronic mail only.",
        ),
        Block(
            "table",
            rows=(
                ("Article", "Unit price", "Lead time"),
                ("Bilge pump BP-20", "EUR 410.00", "14 days"),
                ("Check valve CV-8", "EUR 36.50", "7 days"),
                ("Ball valve BV-15", "EUR 58.20", "10 days"),
                ("Seal kit SK-3", "EUR 12.90", "3 days"),
            ),
        ),
        Block("text", "Prices hold until the end of the calendar year and exclude value added tax."),
        Block("heading", "Confidentiality"),
        Block(
            "text",
            "Each party keeps the other's drawings, prices and plans secret.<<comment:Ana Ruiz|Should plans "
            "include forecasts?>> This duty lasts for three years after the end of the agreement.<<endnote:"
            "Trade secrets stay protected for as long as the law protects them.>> Information that is public "
            "already is not covered.",
        ),
        Block(
            "text",
            "Employees and advisers may be told what they need to know. They are bound by the same duty "
            "beforehand, in writing.",
        ),
        Block("heading", "Liability"),
        Block(
            "text",
            "Neither party is liable for loss of profit. The total liability of either party is limited to "
            "<<deleted:Ana Ruiz|one>><<inserted:Ana Ruiz|two>> times the yearly fee. The limit does not "
            "apply to intent or to injury of persons.<<hidden: Internal note: legal asked for three times.>>",
        ),
        Block(
            "text",
            "Force majeure frees a party from its duties for as long as the event lasts. The other party is "
            "told of the event without delay.",
        ),
        Block("heading", "Termination"),
        Block(
            "text",
            "Either party may end this agreement with six months' notice to the end of a year. Notice is "
            "given in writing. Orders that were confirmed before are still carried out.",
        ),
        Block("heading", "Contact"),
        Block(
            "text",
            "Questions about orders are answered on the <<link:https://orders.nordwind.example/help|order "
            "desk's page>> on every business day. Carmen Vidal signs for the Buyer. Jörg Petersen signs for "
            "the Supplier.",
        ),
    ),
)

INSURANCE = "The Supplier insures the Goods against theft and fire until they are unloaded."
AUDIT = "The Buyer may audit the Supplier's quality records once a year."

AGREEMENT_CHANGES: dict[str, WordChange] = {
    "amount": reword("EUR 48,000", "EUR 52,500"),
    "date": reword("1 March 2026", "1 May 2026"),
    "may": reword("The Supplier shall deliver", "The Supplier may deliver"),
    "not": reword("Title passes when they have been paid", "Title does not pass when they have been paid"),
    "name": reword("Carmen Vidal", "Lucía Outeiro"),
    "paragraph-inserted": insert(Block("text", INSURANCE), after="Risk passes"),
    "paragraph-deleted": delete(begins="Prices hold"),
    "paragraph-moved": move(begins="Force majeure", after="Employees and advisers"),
    "section-moved": move(begins="Confidentiality", after="Either party may end", blocks=3),
    "sentence-inserted": reword("Notice is given in writing.", f"Notice is given in writing. {AUDIT}"),
    "sentence-deleted": reword(" Each delivery carries a note with the number of the order.", ""),
    "item": reword("banks in Bremen are open", "banks in Bremen and Ferrol are open"),
    "item-inserted": insert(Block("item", "Order means a written request for Goods."), after="Business day"),
    "cell": reword("EUR 36.50", "EUR 39.50"),
    "row-inserted": insert_row(("Strainer ST-2", "EUR 21.40", "5 days"), after="Check valve CV-8"),
    "row-deleted": delete_row("Ball valve BV-15"),
    "header": reword("2026-117, confidential", "2026-118, confidential"),
    "footer": reword("Bremen. Page", "Hamburg. Page"),
    "footnote": reword("written confirmation", "receipt"),
    "footnote-inserted": reword(
        "on 1 March 2026.", "on 1 March 2026.<<note:The day on which the last party has signed, if later.>>"
    ),
    "endnote": reword("Trade secrets stay protected", "Trade secrets and recipes stay protected"),
    "box": reword("to 15:30 at gate 4", "to 14:00 at gate 4"),
    "comment": reword("include forecasts?", "include forecasts and budgets?"),
    "comment-inserted": reword(
        "loss of profit.", "loss of profit.<<comment:Jens Holm|Our insurer asks for an exception.>>"
    ),
    "tracked-insertion": reword(
        "The Buyer may set off claims that are undisputed.",
        "The Buyer may set off claims that are undisputed<<inserted:Jens Holm| or final>>.",
    ),
    "tracked-deletion": reword(
        "Late payments bear interest of five percent a year.",
        "Late payments bear interest of five percent<<deleted:Jens Holm| a year>>.",
    ),
    "hidden": reword("to the end of a year", "to the end<<hidden:, says Ana,>> of a year"),
    "hidden-changed": reword("legal asked for three times", "legal asked for five times"),
    "link": reword("orders.nordwind.example/help", "orders.nordwind.invalid/help"),
    "bold": reword("within five business days", "within <<bold:five business days>>"),
    "font": set_font("Georgia"),
    "split": split(before="Late payments"),
    "several": both(
        reword("EUR 48,000", "EUR 52,500"),
        delete(begins="Prices hold"),
        insert(Block("text", INSURANCE), after="Risk passes"),
        reword("six months' notice", "three months' notice"),
    ),
}
