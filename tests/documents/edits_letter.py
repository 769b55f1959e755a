"""Edits of the letter, and what a comparison has to say of them."""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, moved, replaced

LETTER_EDITS = [
    *edit_files(
        "letter-hidden",
        "docx",
        replaced("Conditions", "stocked in Vigo.", "for now]"),
        untouched=("general terms", "Margin"),
    ),
    *edit_files(
        "letter-hidden-changed",
        "docx",
        replaced("Conditions", "Margin is nine percent.", "Margin is twelve percent."),
        untouched=("general terms", "Spare parts"),
    ),
    *edit_files(
        "letter-link",
        "docx libreoffice.docx",
        replaced(
            "Conditions", "[link: https://nordwind.example/terms]", "[link: https://nordwind.invalid/terms]"
        ),
        untouched=("warranty", "Spare parts"),
    ),
    *edit_files(
        "letter-endnote",
        "docx",
        replaced("Offer 311, endnote", "until 30 April 2026.", "until 31 May 2026."),
        untouched=("forty valves", "two weeks"),
    ),
    *edit_files(
        "letter-item",
        "docx",
        replaced("Conditions", "Transport is paid by the buyer.", "Transport is paid by the seller."),
        untouched=("thirty days", "general terms"),
    ),
    *edit_files(
        "letter-paragraph-inserted",
        "docx",
        inserted("Conditions", "Packaging is returned to us."),
        untouched=("Spare parts", "Tests are made"),
    ),
    *edit_files(
        "letter-paragraph-deleted",
        "libreoffice.docx",
        deleted("Conditions", "Spare parts are stocked in Vigo."),
        untouched=("Tests are made", "Transport"),
    ),
    *edit_files(
        "letter-paragraph-moved",
        "docx",
        moved("Conditions", "Payment within thirty days."),
        untouched=("Tests are made", "Spare parts"),
    ),
    *edit_files(
        "letter-comment",
        "docx",
        replaced("Conditions, comment by Jens Holm", "Who pays?", "Who pays for travel?"),
        untouched=("attend", "general terms"),
    ),
    *edit_files(
        "letter-comment-inserted",
        "docx",
        inserted("Offer 311, comment by Ana Ruiz", "Too long."),
        untouched=("Who pays", "two weeks", "forty valves"),
    ),
    *edit_files(
        "letter-tracked-insertion",
        "docx",
        replaced("Conditions", "covers two years.", "covers [inserted: only"),
        untouched=("general terms", "Spare parts"),
    ),
    *edit_files(
        "letter-sentence-inserted",
        "docx",
        inserted("Offer 311", "The price excludes tax."),
        untouched=("forty valves", "two weeks", "30 April"),
    ),
    *edit_files(
        "letter-footer", "docx", replaced("Footer", "GmbH, page", "GmbH & Co. KG, page"), untouched=("Jörg",)
    ),
    *edit_files("letter-picture", "docx"),
    *edit_files("letter-bold", "docx"),
]
