"""Edits of the supply agreement, and what a comparison has to say of them."""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, moved, replaced

ALL = "docx odt libreoffice.docx libreoffice.odt"
PAYMENT = (
    "Invoices are due",
    "Late payments bear",
    "The Buyer may set off",
    "by electronic mail",
    "Bilge pump",
    "Prices hold",
)
ROWS = ("Article", "Bilge pump", "Seal kit", "Lead time")

AGREEMENT_EDITS = [
    *edit_files(
        "agreement-amount",
        ALL,
        replaced(
            "Payment terms",
            "The Buyer pays a yearly fee of EUR 48,000 in four instalments.",
            "The Buyer pays a yearly fee of EUR 52,500 in four instalments.",
        ),
        untouched=PAYMENT,
    ),
    *edit_files(
        "agreement-date",
        "odt",
        replaced("Supply Agreement", "effect on 1 March 2026.", "effect on 1 May 2026."),
        untouched=("earlier understanding",),
    ),
    *edit_files(
        "agreement-may",
        "odt",
        replaced("Delivery", "The Supplier shall deliver", "The Supplier may deliver"),
        untouched=("note with the number", "counted from", "five business days"),
    ),
    *edit_files(
        "agreement-not",
        "odt",
        replaced("Delivery", "Title passes when", "Title does not pass when"),
        untouched=("Risk passes",),
    ),
    *edit_files(
        "agreement-name",
        "odt",
        replaced("Contact", "Carmen Vidal signs for the Buyer.", "Lucía Outeiro signs for the Buyer."),
        untouched=("Petersen", "order desk"),
    ),
    *edit_files(
        "agreement-paragraph-inserted",
        "odt",
        inserted(
            "Delivery", "The Supplier insures the Goods against theft and fire until they are unloaded."
        ),
        untouched=("Risk passes", "yearly fee"),
    ),
    *edit_files(
        "agreement-paragraph-deleted",
        "odt",
        deleted("Payment terms", "Prices hold until the end of the calendar year"),
        untouched=("Seal kit", "Confidentiality"),
    ),
    *edit_files(
        "agreement-paragraph-moved",
        "odt",
        moved("Confidentiality", "Force majeure frees a party from its duties"),
        untouched=("Employees and advisers", "Neither party", "six months"),
    ),
    *edit_files(
        "agreement-section-moved",
        "odt",
        moved("", "Information that is public already is not covered."),
        untouched=("Neither party", "six months", "Prices hold", "Carmen Vidal"),
    ),
    *edit_files(
        "agreement-sentence-inserted",
        "odt",
        inserted("Termination", "The Buyer may audit the Supplier's quality records once a year."),
        untouched=("six months", "Notice is given", "Orders that were confirmed"),
    ),
    *edit_files(
        "agreement-sentence-deleted",
        "odt",
        deleted("Delivery", "Each delivery carries a note with the number of the order."),
        untouched=("shall deliver", "counted from", "inspects the Goods"),
    ),
    *edit_files(
        "agreement-item",
        "odt",
        replaced("Definitions", "banks in Bremen are open", "banks in Bremen and Ferrol are open"),
        untouched=("Goods means", "Site means"),
    ),
    *edit_files(
        "agreement-item-inserted",
        "odt",
        inserted("Definitions", "Order means a written request for Goods."),
        untouched=("Business day", "Site means"),
    ),
    *edit_files(
        "agreement-cell",
        "docx odt",
        replaced("Payment terms, table 1, row 3, column 2", "EUR 36.50", "EUR 39.50"),
        untouched=("Check valve", "7 days", *ROWS),
    ),
    *edit_files(
        "agreement-row-inserted",
        "odt",
        inserted("Payment terms, table 1, row 4", "Strainer ST-2 | EUR 21.40 | 5 days"),
        untouched=("Check valve", "Ball valve", *ROWS),
    ),
    *edit_files(
        "agreement-row-deleted",
        "odt",
        deleted("Payment terms, table 1, row 4", "Ball valve BV-15 | EUR 58.20 | 10 days"),
        untouched=("Check valve", *ROWS),
    ),
    *edit_files(
        "agreement-header",
        "odt libreoffice.docx",
        replaced("Header", "2026-117", "2026-118"),
        untouched=("Nordwind",),
    ),
    *edit_files(
        "agreement-footer",
        "odt",
        replaced("Footer", "Bremen", "Hamburg"),
        untouched=("confidential",),
    ),
    *edit_files(
        "agreement-footnote",
        "odt",
        replaced("Delivery, footnote", "written confirmation", "receipt"),
        untouched=("shall deliver", "Each delivery"),
    ),
    *edit_files(
        "agreement-footnote-inserted",
        "docx",
        inserted("Supply Agreement, footnote", "The day on which the last party has signed, if later."),
        untouched=("takes effect", "counted from", "Trade secrets"),
    ),
    *edit_files(
        "agreement-endnote",
        "odt",
        replaced("Confidentiality, endnote", "Trade secrets stay", "Trade secrets and recipes stay"),
        untouched=("three years", "counted from"),
    ),
    *edit_files(
        "agreement-box",
        "docx odt libreoffice.odt",
        replaced("Delivery, text box", "from 7:00 to 15:30 at", "from 7:00 to 14:00 at"),
        untouched=("shall deliver", "Risk passes"),
    ),
    *edit_files(
        "agreement-comment",
        "odt libreoffice.odt",
        replaced("Confidentiality, comment by Ana Ruiz", "forecasts?", "forecasts and budgets?"),
        untouched=("drawings", "three years"),
    ),
    *edit_files(
        "agreement-comment-inserted",
        "odt",
        inserted("Liability, comment by Jens Holm", "Our insurer asks for an exception."),
        untouched=("loss of profit", "include forecasts"),
    ),
    *edit_files(
        "agreement-tracked-insertion",
        "odt",
        replaced("Payment terms", "claims that are undisputed.", "or final]"),
        untouched=("Late payments", "yearly fee", "Invoices are due", "electronic mail"),
    ),
    *edit_files(
        "agreement-tracked-deletion",
        "docx odt libreoffice.odt",
        replaced("Payment terms", "five percent a year.", "a year]"),
        untouched=("undisputed", "yearly fee", "Invoices are due", "electronic mail"),
    ),
    *edit_files(
        "agreement-hidden",
        "odt",
        replaced("Termination", "to the end of a year.", ", says Ana,]"),
        untouched=("Notice is given", "Internal note"),
    ),
    *edit_files(
        "agreement-hidden-changed",
        "odt",
        replaced("Liability", "asked for three times", "asked for five times"),
        untouched=("loss of profit", "times the yearly fee"),
    ),
    *edit_files(
        "agreement-link",
        "odt",
        replaced(
            "Contact",
            "[link: https://orders.nordwind.example/help]",
            "[link: https://orders.nordwind.invalid/help]",
        ),
        untouched=("Carmen Vidal", "Petersen"),
    ),
    *edit_files(
        "agreement-several",
        "odt",
        replaced("Payment terms", "EUR 48,000", "EUR 52,500"),
        deleted("Payment terms", "Prices hold until"),
        inserted("Delivery", "The Supplier insures the Goods"),
        replaced("Termination", "with six months' notice", "with three months' notice"),
        untouched=("Invoices are due", "Risk passes", "Notice is given", "Seal kit"),
    ),
    *edit_files("agreement-bold", "odt"),
    *edit_files("agreement-font", "odt"),
    *edit_files("agreement-split", "odt"),
]
