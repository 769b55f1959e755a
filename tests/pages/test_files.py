"""The page of a bulk review lists all its files, a hundred at a time, and takes single ones out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pages.links import SelectedRevision
from reviews.identity import Identity, Reviewer
from reviews.kinds import ReviewState
from reviews.lists.file_lists import FILES_PER_PAGE
from tests.pages.proving import let_in
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import build_answer_request
from tests.reviews.flood import Floods, flood
from tests.reviews.people import make_proven_person
from tests.reviews.samples import LINK, OWNER, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.model import Review
    from tests.databases import SqliteDatabases
    from tests.reviews.desk import Desk

    Flooded = Callable[..., tuple[ReviewPageVisitor, Review]]

FILES = 130
_TITLES = re.compile(r"<bdi>(f\d+\.docx)</bdi>")
_BUTTON = "Review separately"


def titles(page: str) -> list[str]:
    return _TITLES.findall(page)


def prove(visitor: ReviewPageVisitor, email: str = OWNER) -> None:
    who = make_proven_person(Reviewer(name="Dana Ozola", email=email), identity=Identity.OIDC)
    let_in(visitor.client, who, at=visitor.desk.clock(), base_url=ADDRESS)


def newest(visitor: ReviewPageVisitor, review: Review) -> str:
    """Return the path of the page of a review as it is now."""
    with visitor.desk.transactions(reading=True) as work:
        current = work.reviews.get(review.id)
    assert current
    return visitor.path(current)


@pytest.fixture(scope="module")
def floods(sqlite_databases: SqliteDatabases) -> Floods:
    return Floods(sqlite_databases)


@pytest.fixture
def flooded(floods: Floods) -> Iterator[Flooded]:
    """Yield what brings a person who has proven nothing to the review of so many files."""

    def bring(count: int, **more: Any) -> tuple[ReviewPageVisitor, Review]:
        desk, review = floods.desk(count, bulk=5, **more)
        return ReviewPageVisitor(desk), review

    yield bring
    floods.close()


@pytest.fixture
def owned(flooded: Flooded) -> Flooded:
    """Return what brings the owner there, known by a sign-in."""

    def bring(count: int) -> tuple[ReviewPageVisitor, Review]:
        owner, review = flooded(count)
        prove(owner)
        return owner, review

    return bring


def test_a_page_has_a_hundred_files_and_says_how_many_there_are(owned: Flooded) -> None:
    owner, review = owned(FILES)
    path = owner.path(review)

    first, second = owner.get(path).text, owner.get(f"{path}?page=2").text

    assert titles(first) == [f"f{number:03}.docx" for number in range(FILES_PER_PAGE)]
    assert titles(second) == [f"f{number:03}.docx" for number in range(FILES_PER_PAGE, FILES)]
    assert "· <bdi>Compliance" not in first  # which is the folder of all of them
    assert "1 to 100 of 130" in first
    assert "101 to 130 of 130" in second
    assert 'rel="next"' in first
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("0", "f000"),
        ("-1", "f000"),
        ("9" * 9, "f100"),
        ("9" * 4000, "f000"),
        ("²", "f000"),
        ("x", "f000"),
        ("1 or 1=1", "f000"),
    ],
)
def test_a_page_that_there_is_not_leads_to_one_that_there_is(owned: Flooded, page: str, first: str) -> None:
    owner, review = owned(FILES)
    path = owner.path(review)

    shown = owner.client.get(path, query_string={"page": page}, base_url=ADDRESS)

    assert (shown.status_code, titles(shown.text)[0]) == (200, f"{first}.docx")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("f01", [f"f{number:03}.docx" for number in range(10, 20)]),
        ("F019", ["f019.docx"]),
        (" f019 ", ["f019.docx"]),
        ("%", []),
        ("_", []),
        ("\0", ["f000.docx"]),
        ("no such file", []),
    ],
)
def test_files_are_found_by_a_part_of_their_title(owned: Flooded, search: str, expected: list[str]) -> None:
    owner, review = owned(20)
    path = owner.path(review)

    shown = owner.client.get(path, query_string={"title": search}, base_url=ADDRESS)

    assert shown.status_code == 200
    assert titles(shown.text)[: len(expected) or None] == expected
    assert ("This review has no file with that name." in shown.text) is (not expected)


def test_a_file_that_is_taken_out_has_a_review_of_its_own_and_the_page_leads_there(owned: Flooded) -> None:
    owner, review = owned(8)
    path = owner.path(review)
    owner.get(path)

    answer = owner.post(f"{path}/apart", file_id="f003")
    page = owner.get(answer.headers["Location"]).text
    again = owner.get(answer.headers["Location"]).text

    apart = owner.desk.latest("f003")
    assert (answer.status_code, apart.state, apart.title) == (303, ReviewState.OPEN, "f003.docx")
    assert answer.headers["Location"].endswith("#files")
    assert "<bdi>f003.docx</bdi> is now reviewed separately." in page
    assert "is now reviewed separately" not in again
    assert again.count("Reviewed separately") == 1
    assert again.count(_BUTTON) == 7
    assert "7 files in Compliance" in again
    [way] = set(re.findall(r'href="(/ack/[^"#?]+)"[^>]*>Go to its review', again))
    assert owner.links.read_token(way.removeprefix("/ack/")) == SelectedRevision(
        review_id=apart.id, revision=1
    )
    assert "f003.docx" in owner.get(way).text


def test_someone_who_takes_a_file_out_is_back_on_the_page_of_files_where_it_was(owned: Flooded) -> None:
    owner, review = owned(FILES)
    path = owner.path(review)
    owner.get(path)

    answer = owner.post(f"{path}/apart", file_id="f120", title="docx", page="2")

    assert answer.headers["Location"].endswith("?title=docx&page=2#files")


def test_someone_who_has_proven_nothing_sees_the_files_and_no_button(flooded: Flooded) -> None:
    stranger, review = flooded(8)
    path = stranger.path(review)

    page = stranger.get(path).text

    assert titles(page)[0] == "f000.docx"
    assert _BUTTON not in page
    assert "Confirm who you are to review one of them separately" in page


def test_someone_who_has_waited_too_long_proves_again_who_they_are(owned: Flooded) -> None:
    owner, review = owned(8)
    path = owner.path(review)
    owner.get(path)
    owner.desk.clock.advance(minutes=31)

    refused = owner.post(f"{path}/apart", file_id="f003")

    assert refused.status_code == 401
    assert owner.desk.latest("f003").is_file_view


def test_a_form_without_its_token_takes_nothing_out(owned: Flooded) -> None:
    owner, review = owned(8)
    path = owner.path(review)

    refused = owner.send(f"{path}/apart", file_id="f003")

    assert refused.status_code == 400
    assert owner.desk.latest("f003").is_file_view


@pytest.mark.parametrize(
    ("file_id", "sentence"),
    [
        ("unknown", "This file is not part of a bulk review."),
        ("", "This file is not part of a bulk review."),
        ("\0", "This file is not part of a bulk review."),
        ("f004", "This file already has its own review."),
    ],
)
def test_what_can_not_be_taken_out_is_refused_with_a_sentence(
    owned: Flooded, file_id: str, sentence: str
) -> None:
    owner, review = owned(8)
    owner.get(owner.path(review))
    owner.post(f"{owner.path(review)}/apart", file_id="f004")
    path = newest(owner, review)

    refused = owner.post(f"{path}/apart", file_id=file_id)

    assert refused.status_code == 403
    assert f'role="alert">{sentence}' in refused.text


def test_a_stranger_who_is_known_is_refused_as_with_an_answer(flooded: Flooded) -> None:
    visitor, review = flooded(8)
    prove(visitor, "eve@example.com")
    path = visitor.path(review)
    visitor.get(path)

    refused = visitor.post(f"{path}/apart", file_id="f003")

    assert refused.status_code == 403
    assert "Only the owners of this folder and their deputies may answer." in refused.text
    assert visitor.desk.latest("f003").is_file_view


def test_where_the_link_is_enough_it_is_enough_to_take_a_file_out(flooded: Flooded) -> None:
    visitor, review = flooded(8, **LINK)
    path = visitor.path(review)

    assert visitor.get(path).text.count(_BUTTON) == 8
    assert visitor.post(f"{path}/apart", file_id="f003").status_code == 303


def test_an_answered_review_lists_its_files_and_lets_none_go(owned: Flooded) -> None:
    owner, review = owned(8)
    path = owner.path(review)
    owner.desk.answers.record_answer(build_answer_request(review))

    page = owner.get(path).text
    refused = owner.post(f"{path}/apart", file_id="f003")

    assert len(titles(page)) == 8
    assert _BUTTON not in page
    assert refused.status_code == 409
    assert "These files have been answered. None can be reviewed separately any more." in refused.text


def test_someone_who_came_by_an_older_card_is_told_that_files_joined(owned: Flooded) -> None:
    owner, review = owned(8)
    old = f"/ack/{owner.links.make_token(SelectedRevision(review_id=review.id, revision=1))}"

    page = owner.get(old).text

    assert "Files were added or changed after the card that you came from." in page
    assert "Go to the current files" in page
    assert _BUTTON not in page


@pytest.mark.parametrize("more", [{}, LINK], ids=["proven", "link"])
def test_of_a_private_route_an_outsider_sees_no_file_and_searches_none(
    flooded: Flooded, more: dict[str, Any]
) -> None:
    visitor, review = flooded(8, private=True, **more)
    path = visitor.path(review)

    for page in (visitor.get(path).text, visitor.get(f"{path}?title=f003").text):
        assert "8 files in Compliance" in page
        assert titles(page) == []
        assert 'id="files"' not in page


def test_of_a_private_route_its_owner_sees_all_files(flooded: Flooded) -> None:
    visitor, review = flooded(8, private=True)
    prove(visitor)

    assert len(titles(visitor.get(visitor.path(review)).text)) == 8


def test_the_page_of_one_document_lists_no_files(visitor: ReviewPageVisitor) -> None:
    prove(visitor)

    page = visitor.get(visitor.open()).text

    assert "Acknowledge review" in page
    assert 'id="files"' not in page
    assert "Show all files" not in page


def test_hostile_titles_and_links_stay_text(desk: Desk) -> None:
    desk.follow(routes(bulk=5))
    visitor = ReviewPageVisitor(desk)
    prove(visitor)
    review = flood(desk, 8, title="<script>alert(1)</script>", link="javascript:alert(1)")

    page = visitor.get(visitor.path(review)).text

    assert "<script>" not in page
    assert "javascript:" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 8
