"""Edits of the training deck, and what a comparison has to say of them."""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, moved, replaced

TRAINING_EDITS = [
    *edit_files(
        "training-point",
        "odp",
        replaced("slide 3", "Leave the hold within 4 minutes", "Leave the hold within 3 minutes"),
        untouched=("stairs", "gate 2", "112", "alarm"),
    ),
    *edit_files(
        "training-not",
        "odp",
        replaced("slide 3", "Take the stairs, not the lift", "Take the stairs or the lift"),
        untouched=("4 minutes", "gate 2"),
    ),
    *edit_files(
        "training-title",
        "odp libreoffice.odp",
        replaced("slide 2, title", "What starts a fire", "What causes a fire"),
        untouched=("Welding", "burnt cabin"),
    ),
    *edit_files(
        "training-point-inserted",
        "odp",
        inserted("slide 2", "Batteries that are charged overnight"),
        untouched=("Rags", "Welding", "burnt cabin"),
    ),
    *edit_files(
        "training-notes",
        "pptx odp libreoffice.pptx",
        replaced(
            "slide 2, notes", "Show the picture of the burnt cabin.", "Show the picture of the burnt galley."
        ),
        untouched=("Ask who", "Welding"),
    ),
    *edit_files(
        "training-notes-inserted",
        "odp",
        inserted("slide 7, notes", "Hand out the sheets."),
        untouched=("safety@ferrol.example", "Friday"),
    ),
    *edit_files(
        "training-cell",
        "odp libreoffice.odp",
        replaced("slide 4, table 1, row 2, column 3", "Oil and gas", "Oil and petrol"),
        untouched=("Blue", "Powder", "Used on", "9 kilograms"),
    ),
    *edit_files("training-box", "odp", replaced("slide 3", "112", "080"), untouched=("4 minutes", "gate 2")),
    *edit_files(
        "training-slide-inserted",
        "odp",
        inserted("slide 4", "Lunch break until one o'clock"),
        untouched=("Extinguishers", "4 minutes", "Exits", "240,000"),
    ),
    *edit_files(
        "training-slide-deleted",
        "odp",
        deleted("slide 6", "Exits are marked in green"),
        untouched=("Questions", "240,000", "Extinguishers"),
    ),
    *edit_files(
        "training-slide-moved",
        "pptx odp",
        moved("slide 5", "Leave the hold within 4 minutes"),
        untouched=("Extinguishers", "Powder", "240,000", "Welding", "Exits"),
    ),
    *edit_files(
        "training-slide-hidden",
        "pptx odp",
        replaced("slide 7", "", "[hidden: "),
        untouched=("Exits", "240,000"),
    ),
    *edit_files(
        "training-hidden-slide",
        "odp",
        replaced("slide 5", "240,000", "420,000"),
        untouched=("Three fires",),
    ),
    *edit_files("training-bold", "odp"),
]
