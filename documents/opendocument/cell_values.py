"""Values of OpenDocument cells as text, the same as of other formats (OpenDocument 1.3, part 3, 19.385)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from documents.office.number_formats import format_plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CURRENCIES = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹",
    "RUB": "₽", "UAH": "₴", "TRY": "₺", "KRW": "₩",
}  # fmt: skip
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


def read_value(cell: Element, currency_sign: str = "") -> str | None:
    """Return the value of a cell; None if it is the text of its paragraphs.

    Args:
        currency_sign: What the cell's format writes beside a number that has no currency of its own.
    """
    kind = cell.get("office:value-type")
    number = cell.get("office:value")
    if kind in {"float", "currency", "percentage"} and number is not None:
        return _format_number(float(number), kind, cell.get("office:currency", currency_sign))
    if kind == "boolean":
        return "TRUE" if cell.get("office:boolean-value") == "true" else "FALSE"
    if kind == "date":
        return _format_date(cell.get("office:date-value", ""))
    if kind == "time":
        return _format_duration(cell.get("office:time-value", ""))
    return None if cell.find("text:p") is not None else cell.get("office:string-value")


def _format_number(value: float, kind: str, currency: str) -> str:
    if kind == "percentage":
        return f"{format_plain(value * 100)}%"
    return f"{format_plain(value)} {_CURRENCIES.get(currency, currency)}".strip()


def _format_date(value: str) -> str:
    """Return `2026-03-15 10:00` for `2026-03-15T10:00:00`; midnight and zero seconds are left out."""
    day, _, clock = value.partition("T")
    clock = clock.partition(".")[0].removesuffix(":00")
    return day if clock in {"", "00:00"} else f"{day} {clock}"


def _format_duration(value: str) -> str:
    """Return `10:30` for `PT10H30M00S`, a time of the day; with seconds if it is longer."""
    match = _DURATION.fullmatch(value)
    if match is None:
        return value
    days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
    hours += days * 24
    if hours >= 24:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
