"""The list of a bulk review's files on a page: what is asked for in its address, and the lines to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, get_flashed_messages, request, url_for

from pages.links import FILES
from reviews.acts import merge_people
from reviews.cards.bulk_card import MOST_PEOPLE, ListedFile, list_file
from reviews.wording.labels import names, versions
from reviews.wording.placeholders import titled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.bulk import BulkFile
    from reviews.lists.file_lists import FileLists, FilePage
    from reviews.model import Review

SOUGHT, PAGE = "title", "page"
_TAKEN_OUT = "taken out: "
MOST_PAGES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """A file as its line shows it; `apart` is the address of the review that it has of its own."""

    listed: ListedFile
    version: str
    who: str
    is_apart: bool
    apart: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A page of files; `taken_out` is the title of the one that was just taken out, and where it is now."""

    page: FilePage
    rows: tuple[Row, ...]
    taken_out: tuple[str, str] | None = None

    @property
    def earlier(self) -> dict[str, str] | None:
        """What stands in the address of the page before this one."""
        return self._asked(self.page.number - 1) if self.page.number > 1 else None

    @property
    def later(self) -> dict[str, str] | None:
        return self._asked(self.page.number + 1) if self.page.number < self.page.last_page else None

    @property
    def last(self) -> int:
        """The number of the last file here, among those that were found."""
        return self.page.first + len(self.rows) - 1

    def _asked(self, number: int) -> dict[str, str]:
        return written(self.page.sought, number)


def read_table(
    lists: FileLists, review: Review, way_to: Callable[[Review], str], *, asked: Mapping[str, str]
) -> Table | None:
    """Return the page of files that is asked for; `None` where none may be shown.

    `review` is as whoever came may see it, `way_to` returns the address of the review of one file.
    """
    page = lists.page(review, sought=asked.get(SOUGHT, ""), number=_number(asked.get(PAGE, "")))
    if page is None:
        return None
    rows = tuple(_row(file, review, page, way_to) for file in page.files)
    return Table(page=page, rows=rows, taken_out=_taken_out())


def written(sought: str, number: int) -> dict[str, str]:
    """Return what stands in an address for a page of the files."""
    return {**({SOUGHT: sought} if sought else {}), **({PAGE: str(number)} if number > 1 else {})}


def address_back(endpoint: str, **names: Any) -> str:
    """Return the address of the page of files that a form stood on."""
    asked: dict[str, Any] = dict(written(request.form.get(SOUGHT, ""), _number(request.form.get(PAGE, ""))))
    return url_for(endpoint, **names, **asked, _anchor=FILES)


def tell_taken_out(review: Review, address: str) -> None:
    """Keep for the next page that a file was taken out, and where its review is."""
    flash(titled(review.title), f"{_TAKEN_OUT}{address}")


def _taken_out() -> tuple[str, str] | None:
    flashed: Any = get_flashed_messages(with_categories=True)
    found = [(title, kind.removeprefix(_TAKEN_OUT)) for kind, title in flashed if kind.startswith(_TAKEN_OUT)]
    return found[-1] if found else None


def _row(file: BulkFile, review: Review, page: FilePage, way_to: Callable[[Review], str]) -> Row:
    apart = page.apart.get(file.apart) if file.apart else None
    people = merge_people((*file.contributors, *(who for act in file.acts for who in act.people)))
    return Row(
        listed=list_file(file, review),
        version=versions(file.version_from, file.version_to),
        who=names(people, most=MOST_PEOPLE),
        is_apart=file.apart is not None,
        apart=way_to(apart) if apart else "",
    )


def _number(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
