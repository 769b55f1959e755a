"""Edits of texts without a format, and what a comparison has to say of them."""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, replaced

PLAIN_EDITS = [
    *edit_files(
        "minutes-amount",
        "txt",
        replaced("", "The test costs 1,800 euros.", "The test costs 2,800 euros."),
        untouched=("crane on quay", "second half"),
    ),
    *edit_files(
        "minutes-may",
        "txt",
        replaced("", "The board shall meet", "The board may meet"),
        untouched=("Jens Holm", "foreman"),
    ),
    *edit_files(
        "minutes-inserted",
        "txt",
        inserted("", "The insurer gets a copy."),
        untouched=("Jens Holm", "foreman", "3 March"),
    ),
    *edit_files(
        "minutes-deleted", "txt", deleted("", "Helmets are ordered"), untouched=("foreman", "Present")
    ),
    *edit_files("minutes-wrapped", "txt"),
    *edit_files("minutes-lines", "txt"),
    *edit_files(
        "guide-amount",
        "md",
        replaced("Key cards", "A lost card costs 25 euros.", "A lost card costs 35 euros."),
        untouched=("18:00", "gate 1"),
    ),
    *edit_files(
        "guide-item",
        "md",
        replaced("Areas", "mask needed", "mask and gloves needed"),
        untouched=("escort", "Offices"),
    ),
    *edit_files(
        "guide-link",
        "md",
        replaced("Questions", "desk.ferrol.example/cards", "desk.ferrol.invalid/cards"),
        untouched=("weekdays",),
    ),
    *edit_files(
        "guide-inserted",
        "md",
        inserted("Areas", "Photos are forbidden in all areas."),
        untouched=("Offices", "front desk"),
    ),
    *edit_files(
        "guide-cell", "md", replaced("Questions", "yellow", "orange"), untouched=("Staff", "weekdays")
    ),
    *edit_files("prices-amount", "csv", replaced("", "36.50", "39.50"), untouched=("Bilge pump", "Gasket")),
    *edit_files("prices-row-inserted", "csv", inserted("", "Hose"), untouched=("Check valve", "Gasket")),
    *edit_files("prices-row-deleted", "csv", deleted("", "Grease"), untouched=("Gasket", "Bilge pump")),
    *edit_files(
        "crates-amount",
        "txt",
        replaced("", "Die Gebühr beträgt 40 Euro.", "Die Gebühr beträgt 45 Euro."),
        untouched=("Gewicht", "Ausfahrt"),
    ),
    *edit_files(
        "policy-amount",
        "libreoffice.txt",
        replaced("", "more than 50 euros", "more than 30 euros"),
        untouched=("modest and open", "Cash and vouchers"),
    ),
]
