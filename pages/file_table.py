"""List of a bulk review's files on a page: its address parameters, and the rows to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import flash, get_flashed_messages, request, url_for

from pages.links import FILES_ANCHOR
from reviews.acts import merge_people
from reviews.cards.bulk_card import MAX_NAMED_PEOPLE, ListedFile, list_file
from reviews.wording.labels import format_people, format_versions
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.bulk import BulkFile
    from reviews.lists.file_lists import FileLists, FilePage
    from reviews.model import Review

SEARCH_PARAMETER, PAGE_PARAMETER = "title", "page"
_TAKEN_OUT = "taken out: "
MAX_PAGES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class FileRow:
    """A file as its row shows it; `review_address` is the address of its own review."""

    file: ListedFile
    version: str
    contributors: str
    is_separate: bool
    review_address: str


@dataclass(frozen=True, kw_only=True)
class FileTable:
    """A page of files; `taken_out` is the title of the file just taken out, and the address of its review."""

    page: FilePage
    rows: tuple[FileRow, ...]
    taken_out: tuple[str, str] | None = None

    @property
    def earlier(self) -> dict[str, str] | None:
        """The address parameters of the previous page."""
        return self._build_page_parameters(self.page.number - 1) if self.page.number > 1 else None

    @property
    def later(self) -> dict[str, str] | None:
        return (
            self._build_page_parameters(self.page.number + 1)
            if self.page.number < self.page.last_page
            else None
        )

    @property
    def last(self) -> int:
        """The number of the last file here, among the matches."""
        return self.page.first + len(self.rows) - 1

    def _build_page_parameters(self, number: int) -> dict[str, str]:
        return write_parameters(self.page.search_text, number)


def read_table(
    lists: FileLists,
    review: Review,
    make_review_address: Callable[[Review], str],
    *,
    parameters: Mapping[str, str],
) -> FileTable | None:
    """Return the requested page of files; `None` if none may be shown.

    `review` is as the visitor may see it; `make_review_address` returns the address of the review of one
    file.
    """
    page = lists.fetch_page(
        review,
        search_text=parameters.get(SEARCH_PARAMETER, ""),
        number=_parse_page_number(parameters.get(PAGE_PARAMETER, "")),
    )
    if page is None:
        return None
    rows = tuple(_build_row(file, review, page, make_review_address) for file in page.files)
    return FileTable(page=page, rows=rows, taken_out=_read_flashed_review())


def write_parameters(title: str, number: int) -> dict[str, str]:
    """Return the address parameters for a page of the files."""
    return {
        **({SEARCH_PARAMETER: title} if title else {}),
        **({PAGE_PARAMETER: str(number)} if number > 1 else {}),
    }


def return_address(endpoint: str, **names: Any) -> str:
    """Return the address of the page of files that contained a form."""
    parameters: dict[str, Any] = dict(
        write_parameters(
            request.form.get(SEARCH_PARAMETER, ""), _parse_page_number(request.form.get(PAGE_PARAMETER, ""))
        )
    )
    return url_for(endpoint, **names, **parameters, _anchor=FILES_ANCHOR)


def flash_taken_out(review: Review, address: str) -> None:
    """Store for the next page that a file was taken out, and where its review is."""
    flash(format_title(review.title), f"{_TAKEN_OUT}{address}")


def _read_flashed_review() -> tuple[str, str] | None:
    flashed: Any = get_flashed_messages(with_categories=True)
    taken_out = [
        (title, kind.removeprefix(_TAKEN_OUT)) for kind, title in flashed if kind.startswith(_TAKEN_OUT)
    ]
    return taken_out[-1] if taken_out else None


def _build_row(
    file: BulkFile, review: Review, page: FilePage, make_review_address: Callable[[Review], str]
) -> FileRow:
    separate_review = page.separate_reviews.get(file.apart) if file.apart else None
    people = merge_people((*file.contributors, *(person for act in file.acts for person in act.people)))
    return FileRow(
        file=list_file(file, review),
        version=format_versions(file.version_from, file.version_to),
        contributors=format_people(people, limit=MAX_NAMED_PEOPLE),
        is_separate=file.apart is not None,
        review_address=make_review_address(separate_review) if separate_review else "",
    )


def _parse_page_number(text: str) -> int:
    return min(int(text), MAX_PAGES) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
