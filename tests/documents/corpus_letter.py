"""A short letter, so that what is rare in it takes little room, and what is changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.documents.corpus_model import Block, Story, delete, insert, move, reword

if TYPE_CHECKING:
    from tests.documents.corpus_model import WordChange

LETTER = Story(
    footer="Nordwind Components GmbH, page <<page:1>>",
    blocks=(
        Block("title", "Offer 311"),
        Block("picture", "navy"),
        Block(
            "text",
            "Dear Ms Vidal, thank you for your visit. We offer forty valves at EUR 36.50 each.<<endnote:The "
            "offer holds until 30 April 2026.>> Delivery takes two weeks.",
        ),
        Block("heading", "Conditions"),
        Block("item", "Payment within thirty days."),
        Block("item", "Transport is paid by the buyer."),
        Block(
            "text",
            "Our <<link:https://nordwind.example/terms|general terms>> apply. The warranty covers two years."
            "<<hidden: Margin is nine percent.>> Spare parts are stocked in Vigo.",
        ),
        Block(
            "text", "Tests are made at our works. You are welcome to attend.<<comment:Jens Holm|Who pays?>>"
        ),
        Block("heading", "Signature"),
        Block("text", "We look forward to your order. Jörg Petersen, head of sales."),
    ),
)
LETTER_CHANGES: dict[str, WordChange] = {
    "hidden": reword("stocked in Vigo", "stocked<<hidden: for now>> in Vigo"),
    "hidden-changed": reword("nine percent", "twelve percent"),
    "link": reword("nordwind.example/terms", "nordwind.invalid/terms"),
    "endnote": reword("30 April 2026", "31 May 2026"),
    "item": reword("paid by the buyer", "paid by the seller"),
    "paragraph-inserted": insert(Block("text", "Packaging is returned to us."), after="Our "),
    "paragraph-deleted": delete(begins="Our "),
    "paragraph-moved": move(begins="Our ", after="Dear Ms Vidal"),
    "comment": reword("Who pays?", "Who pays for travel?"),
    "comment-inserted": reword("two weeks.", "two weeks.<<comment:Ana Ruiz|Too long.>>"),
    "tracked-insertion": reword("covers two years", "covers <<inserted:Ana Ruiz|only >>two years"),
    "sentence-inserted": reword("Delivery takes", "The price excludes tax. Delivery takes"),
    "footer": reword("GmbH, page", "GmbH & Co. KG, page"),
    "picture": reword("navy", "maroon"),
    "bold": reword("two weeks", "<<bold:two weeks>>"),
}
