"""The question for the folder: a number of a list, part of a room's name, an id, or an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from reviews.text import clean_text, shorten_text
from runtime.setup.answer_settings import build_wiring
from runtime.setup.answers import parse_folder
from runtime.setup.terminal import ask_text, show_line

if TYPE_CHECKING:
    from docspace.client import FolderInfo
    from docspace.rooms import FolderPage, Rooms
    from runtime.setup.answers import Answers

SHOWN_ROWS = 20
MAX_TITLE_LENGTH = 60
_QUESTION = "Which folder? Its number, part of a room's name, or the folder's address in DocSpace"


def ask_folders(answers: Answers) -> tuple[str, ...]:
    """Return the ids that a person chose; ValueError for an address that names no folder."""
    rooms = build_wiring(answers).rooms
    page = _show_rooms(rooms, "")
    while True:
        text = ask_text(_QUESTION, ", ".join(answers.folder))
        if not text:
            continue
        if answers.folder and text == ", ".join(answers.folder):
            return answers.folder
        chosen = _find_row(page, text)
        if chosen is not None:
            return (_choose_within(rooms, chosen),)
        if _is_id_or_address(text):
            return (parse_folder(text),)
        page = _show_rooms(rooms, text)


def _show_rooms(rooms: Rooms, title: str) -> FolderPage | None:
    """Show the first rooms; `None` where the key may not list them."""
    try:
        page = rooms.search_rooms(title, count=SHOWN_ROWS)
    except errors.Forbidden:
        show_line("  ! The key may not list rooms (scope rooms:read): paste the folder's address.")
        return None
    except errors.DocSpaceError as error:
        show_line(f"  ! The rooms can't be listed ({clean_text(str(error))}): paste the folder's address.")
        return None
    if not page.folders:
        show_line(f"  ! The key's user sees no room{' of that name' if title else ''}.")
        return None
    _show_rows(page, first=1)
    return page


def _choose_within(rooms: Rooms, room: FolderInfo) -> str:
    """Return the id of a room, or of one of the folders directly in it."""
    try:
        page = rooms.list_folders_in(room.id, count=SHOWN_ROWS)
    except errors.DocSpaceError:
        return room.id
    if not page.folders:
        return room.id
    show_line("   0  the whole room")
    _show_rows(page, first=1)
    while True:
        text = ask_text("Which part of it? Its number", "0")
        chosen = _find_row(page, text)
        if text == "0" or chosen is not None:
            return room.id if chosen is None else chosen.id
        if _is_id_or_address(text):
            return parse_folder(text)


def _show_rows(page: FolderPage, *, first: int) -> None:
    for number, folder in enumerate(page.folders, first):
        show_line(f"  {number:>2}  {shorten_text(clean_text(folder.title), MAX_TITLE_LENGTH)}")
    if page.total > len(page.folders):
        show_line(f"      and {page.total - len(page.folders):,} more: type part of a name")


def _find_row(page: FolderPage | None, text: str) -> FolderInfo | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(SHOWN_ROWS))
    if page is None or not is_number or not 1 <= int(text) <= len(page.folders):
        return None
    return page.folders[int(text) - 1]


def _is_id_or_address(text: str) -> bool:
    return "://" in text or "|" in text or (text.isascii() and text.isdigit())
