"""Edits of the budget, and what a comparison has to say of them.

LibreOffice calculates: where a value changes, so do the results that it goes into. The libraries write
formulas without results.
"""

from __future__ import annotations

from tests.documents.edit import deleted, edit_files, inserted, replaced

LIBRARIES, OFFICE = "xlsx ods", "libreoffice.xlsx libreoffice.ods"
BUDGET_EDITS = [
    *edit_files(
        "budget-amount",
        LIBRARIES,
        replaced("sheet Budget, cell B4", "1200 €", "1500 €"),
        untouched=("Paint", "1450", "SUM"),
    ),
    *edit_files(
        "budget-amount",
        OFFICE,
        replaced("sheet Budget, cell B4", "1200 €", "1500 €"),
        replaced("sheet Budget, cell D4", "2650 €", "2950 €"),
        replaced("sheet Budget, cell B7", "71400 €", "71700 €"),
        replaced("sheet Budget, cell D7", "134450 €", "134750 €"),
        replaced("sheet Budget, cell D8", "162684.5 €", "163047.5 €"),
        untouched=("Paint", "1450", "63050"),
    ),
    *edit_files(
        "budget-date",
        "ods libreoffice.ods",
        replaced("sheet Budget, cell E3", "2026-03-15", "2026-04-15"),
        untouched=("Steel", "Jens Holm"),
    ),
    *edit_files(
        "budget-name",
        "ods",
        replaced("sheet Budget, cell F5", "Ana Ruiz", "Lucía Outeiro"),
        untouched=("Travel", "2300"),
    ),
    *edit_files(
        "budget-formula",
        "libreoffice.xlsx",
        replaced("sheet Budget, cell D5", "[formula: B5+C5]", "[formula: SUM(B5:C5)]"),
        untouched=("Travel", "B4+C4"),
    ),
    *edit_files(
        "budget-formula",
        "ods",
        replaced("sheet Budget, cell D5", "[formula: ", "SUM("),
        untouched=("Travel",),
    ),
    *edit_files(
        "budget-fixed",
        "libreoffice.xlsx",
        replaced("sheet Budget, cell D6", "7400 € [formula: B6+C6]", "7400 €"),
        untouched=("Crane", "B5+C5"),
    ),
    *edit_files(
        "budget-rate",
        "ods",
        replaced("sheet Rates, cell B5", "5%", "8%"),
        untouched=("Interest", "0.05", "21%"),
    ),
    *edit_files(
        "budget-tax",
        "libreoffice.xlsx",
        replaced("sheet Rates, cell B3", "21%", "19%"),
        replaced("sheet Budget, cell D8", "162684.5 €", "159995.5 €"),
        untouched=("Value added", "With tax", "134450"),
    ),
    *edit_files(
        "budget-currency",
        "ods libreoffice.ods",
        replaced("sheet Rates, cell B4", "35 $", "35 €"),
        untouched=("Bank fee", "2025-07-01"),
    ),
    *edit_files(
        "budget-row-inserted",
        "xlsx ods",
        inserted("sheet Budget, row 4", "Insurance | 0 € | 0 €"),
        untouched=("Paint", "Steel", "SUM", "Travel"),
    ),
    *edit_files(
        "budget-row-inserted",
        "libreoffice.xlsx",
        inserted("sheet Budget, row 4", "Insurance | 0 € | 0 €"),
        untouched=("Paint", "Steel", "71400", "Travel"),
    ),
    *edit_files(
        "budget-row-counted",
        "libreoffice.ods",
        inserted("sheet Budget, row 5", "Safety audit | 900 € | 600 €"),
        replaced("sheet Budget, cell B8", "71400 €", "72300 €"),
        replaced("sheet Budget, cell C8", "63050 €", "63650 €"),
        replaced("sheet Budget, cell D8", "134450 €", "135950 €"),
        replaced("sheet Budget, cell D9", "162684.5 €", "164499.5 €"),
        untouched=("Paint", "Travel", "4600"),
    ),
    *edit_files(
        "budget-row-deleted",
        "xlsx ods",
        deleted("sheet Suppliers, row 3", "Galmetal | Vigo | B"),
        untouched=("Nordwind", "Pinturas"),
    ),
    *edit_files(
        "budget-row-hidden",
        "xlsx ods libreoffice.ods",
        replaced("sheet Budget, row 5", "Travel", "[hidden: "),
        untouched=("Paint", "Crane"),
    ),
    *edit_files(
        "budget-column",
        "ods",
        inserted("sheet Suppliers, column C", "Country"),
        untouched=("Bremen", "Class", "Pinturas"),
    ),
    *edit_files(
        "budget-renamed",
        "ods",
        replaced("sheet Partners", "Suppliers", "Partners"),
        untouched=("Nordwind", "Vigo"),
    ),
    *edit_files(
        "budget-sheet-added",
        "ods",
        inserted("sheet Approval", "Approved by the board"),
        untouched=("Nordwind", "990"),
    ),
    *edit_files(
        "budget-sheet-hidden",
        "ods",
        replaced("sheet Suppliers", "", "[hidden: "),
        untouched=("Interest", "Old prices"),
    ),
    *edit_files(
        "budget-comment",
        "xlsx libreoffice.ods",
        replaced("sheet Rates, cell B2, comment", "from the central bank.", "from the daily paper."),
        untouched=("1.1",),
    ),
    *edit_files(
        "budget-comment-inserted",
        "ods",
        inserted("sheet Rates, cell B3, comment", "Reduced rate for ships?"),
        untouched=("21%", "central bank"),
    ),
    *edit_files(
        "budget-hidden-sheet",
        "ods",
        replaced("sheet Old prices, cell B2", "990", "1090"),
        untouched=("2024",),
    ),
    *edit_files("budget-bold", "ods"),
    *edit_files(
        "budget-name",
        "libreoffice.csv",
        replaced("", "Ana Ruiz", "Lucía Outeiro"),
        untouched=("Paint", "Crane"),
    ),
]
