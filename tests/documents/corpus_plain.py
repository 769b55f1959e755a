"""Writes texts without a format: TXT, Markdown and CSV, and what is changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MINUTES = """Minutes of the safety board, 3 February 2026

Present: Carmen Vidal, Jens Holm, Ana Ruiz.

The crane on quay 2 is closed until it has been tested. The test costs 1,800 euros. The yard pays for it from
the budget of the second half.

The board shall meet again on 3 March 2026. Jens Holm writes the report. It is sent to every foreman.

Helmets are ordered from Nordwind. Forty are needed.
"""
GUIDE = """# Key cards

Every visitor gets a card at gate 1. Cards are returned before 18:00. A lost card costs 25 euros.

## Areas

- Docks: escort needed
- Paint shop: mask needed
- Offices: free

## Questions

Ask the [front desk](https://desk.ferrol.example/cards). It is open on weekdays.

| Card | Color |
|------|-------|
| Guest | yellow |
| Staff | blue |
"""
PRICES = """Article;Unit;Price
Bilge pump BP-20;piece;410.00
Check valve CV-8;piece;36.50
Gasket, round;metre;4.20
Grease;kilogram;11.75
"""
NEWS = "Größe und Gewicht der Kisten sind anzugeben. Die Gebühr beträgt 40 Euro. Ausfahrt nur mit Schein.\n"
HELMETS = "Helmets are ordered from Nordwind. Forty are needed."

TEXTS = {"minutes": MINUTES, "guide": GUIDE, "prices": PRICES, "crates": NEWS}
CHANGES: dict[str, tuple[str, str]] = {
    "minutes-amount": ("1,800 euros", "2,800 euros"),
    "minutes-may": ("board shall meet", "board may meet"),
    "minutes-inserted": (" It is sent to", " The insurer gets a copy. It is sent to"),
    "minutes-deleted": (f"\n{HELMETS}\n", ""),
    "minutes-wrapped": ("from\nthe budget", "from the\nbudget"),
    "minutes-lines": ("\n", "\r\n"),
    "guide-amount": ("costs 25 euros", "costs 35 euros"),
    "guide-item": ("mask needed", "mask and gloves needed"),
    "guide-link": ("desk.ferrol.example/cards", "desk.ferrol.invalid/cards"),
    "guide-inserted": ("\n## Questions", "\nPhotos are forbidden in all areas.\n\n## Questions"),
    "guide-cell": ("| Guest | yellow |", "| Guest | orange |"),
    "prices-amount": ("36.50", "39.50"),
    "prices-row-inserted": ("Gasket, round", "Hose;metre;8.90\nGasket, round"),
    "prices-row-deleted": ("Grease;kilogram;11.75\n", ""),
    "crates-amount": ("40 Euro", "45 Euro"),
}
ENCODINGS = {"crates": "cp1252", "prices": "utf-8-sig"}


def write_plain(kind: str, change: str, path: Path) -> None:
    """Write a text, in Windows' encoding or with a byte order mark where it is one of these."""
    text = TEXTS[kind]
    if change:
        old, new = CHANGES[f"{kind}-{change}"]
        if old not in text:
            raise ValueError(old)
        text = text.replace(old, new)
    path.write_bytes(text.encode(ENCODINGS.get(kind, "utf-8")))
