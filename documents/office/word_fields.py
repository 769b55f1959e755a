"""Fields of a Word document, and what of them is content (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from documents.office.word_styles import is_on_value
from documents.xml_names import find_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from documents.passages import Run

_VOLATILE_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "DATE", "TIME", "SECTION"}
"""What a reader's program fills in anew, so a saved value is no content (ECMA-376 part 1, 17.16.5)."""

_INSTRUCTION_TEXT = re.compile(
    r"\s*(?:(?:MACROBUTTON|GOTOBUTTON)\s+\S+|EQ|SYMBOL)\s+(.*)", re.DOTALL | re.IGNORECASE
)
"""Of fields that show what is in their instruction, not a value."""

_LINK = re.compile(r'\s*HYPERLINK\s+(?:"([^"]*)"|([^\s"\\]\S*))', re.IGNORECASE)

_KEEPS_FORMAT = re.compile(r"\\\*\s*MERGEFORMAT", re.IGNORECASE)

_SOURCE = re.compile(
    r"\s*(?:DATABASE|DDE|DDEAUTO|IMPORT|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|LINK|RD)\s+(.*)",
    re.DOTALL | re.IGNORECASE,
)
"""Of fields whose value a program loads from elsewhere: a file, an address, another program."""


@dataclass(slots=True)
class OpenField:
    """A field that is being read.

    Attributes:
        runs: What its value is added to.
        start: How many runs there were before it.
        is_locked: Whether its value stays as it was saved.
    """

    runs: list[Run]
    start: int
    is_locked: bool = False
    instruction: str = ""


def is_volatile(field: OpenField) -> bool:
    """Return whether the saved value of a field is no content."""
    words = field.instruction.split(maxsplit=1)
    return bool(words) and words[0].upper() in _VOLATILE_FIELDS and not field.is_locked


def read_instruction_text(instruction: str) -> str:
    """Return the text that a field shows out of its instruction, or an empty text."""
    match = _INSTRUCTION_TEXT.fullmatch(instruction)
    return match[1] if match else ""


def find_link(instruction: str) -> str:
    """Return the address that a field links to, or where it loads its value from; else an empty text."""
    match = _LINK.match(instruction)
    if match:
        return match[1] or match[2] or ""
    source = _SOURCE.fullmatch(instruction)
    return source[1].strip() if source else ""


def find_formula(instruction: str) -> str:
    """Return the formula that a field computes, with the format of its value; else an empty text."""
    text = instruction.strip()
    return _KEEPS_FORMAT.sub("", text[1:]).strip() if text.startswith("=") else ""


def read_form_field(start: Element) -> str:
    """Return the state of a check box or the choice of a list, by the start of its field (`w:fldChar`)."""
    texts = [_read_check_box(box) for box in start.iter("w:checkBox")]
    texts += [_read_choice(choice) for choice in start.iter("w:ddList")]
    return " ".join(texts)


def _read_check_box(box: Element) -> str:
    for tag in ("w:checked", "w:default"):
        state = box.find(tag)
        if state is not None:
            return "☒" if is_on_value(state.get("w:val", "1")) else "☐"
    return "☐"


def _read_choice(choice: Element) -> str:
    entries = [each.get("w:val", "") for each in choice.findall("w:listEntry")]
    for tag in ("w:result", "w:default"):
        selected = find_path(choice, tag)
        if selected is not None:
            number = selected.get("w:val", "0")
            return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""
    return entries[0] if entries else ""
