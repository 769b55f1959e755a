"""The differences on a page: who sees them, who is told why not, and that they are text alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from pages.changes import MAX_SHOWN_PARTS, read_changes
from reviews.comparisons.parts import PART_KINDS, ChangedWords
from reviews.identity import Reviewer
from reviews.privacy.redaction import redact_review
from reviews.wording.place_phrases import PartPlace
from store.schema import comparisons
from tests.pages.inboxes import STRANGER, inbox_routes, open_inbox
from tests.pages.proving import let_in
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.compared import AFTER, BEFORE, make_part, make_summary, make_views, store_comparison
from tests.reviews.desk import Desk, hand_over, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from reviews.identity import ProvenPerson
    from reviews.model import Review

HANDED = "successor@example.com"
MARKUP = '<script>alert(1)</script><b onclick="x">&amp;'
TURNED = "pay \u202e001 RUE\u202c\x1b[2J\x07 now"
CONFIRM = "Confirm who you are to see the differences."
NOT_YOURS = "Only those who may answer, and the people who changed it, see the differences."
GONE = "The differences are no longer stored."
NOT_OPENED = "the key is another one, or they were stored for another review."


def prove(email: str) -> ProvenPerson:
    return make_proven_person(Reviewer(name="Somebody", email=email))


def open_compared(desk: Desk, *parts: Any, **more: Any) -> Review:
    return store_comparison(desk, desk.open(event()), parts or [make_part()], **more)


def _read_sealed(desk: Desk, review: Review) -> sa.Row[Any]:
    query = sa.select(comparisons).where(comparisons.c.review_id == review.id)
    with desk.engine.connect() as connection:
        return connection.execute(query).one()


def visit(desk: Desk, review: Review, email: str | None = None, **more: Any) -> str:
    """Return the acknowledge page as a person sees it."""
    views = make_views(desk.transactions, desk.routes, **more)
    visitor = ReviewPageVisitor(desk, comparison_views=views)
    if email:
        let_in(visitor.client, prove(email), at=desk.clock(), base_url=ADDRESS)
    page = visitor.get(visitor.path(review))
    assert page.status_code == 200
    return page.text


def get_section(page: str) -> str:
    return page.partition('<section class="changes"')[2].partition("</section>")[0]


@pytest.mark.parametrize("email", [OWNER, DEPUTY, ALICE.email])
def test_owners_deputies_and_contributors_see_the_differences(desk: Desk, email: str) -> None:
    section = get_section(visit(desk, open_compared(desk), email))

    assert "The fee is EUR <del>100</del>." in section
    assert "The fee is EUR <ins>250</ins>." in section
    assert "Payment terms" in section
    assert "1 changed; 1 amount" in section


def test_the_person_it_was_reassigned_to_sees_the_differences(desk: Desk) -> None:
    review = open_compared(desk)
    hand_over(desk).reassign(make_review_request(review), new_owner=prove(HANDED))

    assert "<del>100</del>" in visit(desk, desk.latest(review.file_id), HANDED)


def test_an_owner_who_reassigned_a_review_still_sees_the_differences(desk: Desk) -> None:
    review = open_compared(desk)
    hand_over(desk).reassign(make_review_request(review), new_owner=prove(HANDED))

    assert "<del>100</del>" in visit(desk, desk.latest(review.file_id), OWNER)


@pytest.mark.parametrize(("email", "sentence"), [(None, CONFIRM), (STRANGER, NOT_YOURS)])
def test_others_are_told_why_they_do_not_see_them(desk: Desk, email: str | None, sentence: str) -> None:
    page = visit(desk, open_compared(desk), email)

    assert sentence in get_section(page)
    assert "100" not in get_section(page)
    assert BEFORE not in page


@pytest.mark.parametrize("secret_key", [None, "another-key-Zq8vN3rW6yKf0bXs2LmT"])
def test_what_can_not_be_opened_any_more_is_said(desk: Desk, secret_key: str | None) -> None:
    page = visit(desk, open_compared(desk), OWNER, secret_key=secret_key)

    assert NOT_OPENED in get_section(page)


@pytest.mark.parametrize("source", ["another review", "another column", "an earlier revision"])
def test_what_was_stored_for_another_place_is_not_shown(desk: Desk, source: str) -> None:
    earlier = open_compared(desk, make_part(before="Secret of A."), has_snippets=True)
    sealed = _read_sealed(desk, earlier)
    change = event(file_id="another") if source == "another review" else event()
    if source == "an earlier revision":
        desk.portal.versions[earlier.file_id] += 1
    review = earlier
    if source != "another column":
        review = store_comparison(desk, desk.open(change), [make_part()])
    is_revised = source == "an earlier revision"
    assert (review.id == earlier.id, review.revision) == (source != "another review", 1 + is_revised)
    copied = sealed.snippets if source == "another column" else sealed.parts
    with desk.engine.begin() as connection:
        of_review = comparisons.c.review_id == review.id
        connection.execute(sa.update(comparisons).where(of_review).values(parts=copied))

    page = visit(desk, review, OWNER)

    assert NOT_OPENED in get_section(page)
    assert "Secret of A." not in page


def test_what_retention_removed_is_said(desk: Desk) -> None:
    review = open_compared(desk)
    with desk.engine.begin() as connection:
        connection.execute(sa.update(comparisons).values(parts=b"", text=b"", text_at=None))

    assert GONE in get_section(visit(desk, review, OWNER))


def test_without_differences_there_is_no_section(desk: Desk) -> None:
    assert '<section class="changes"' not in visit(desk, desk.open(event()), OWNER)


def test_a_redacted_review_shows_nothing_of_them(desk: Desk) -> None:
    redacted = redact_review(open_compared(desk), "Compliance")

    assert redacted.changes is None
    assert (
        read_changes(make_views(desk.transactions, desk.routes), redacted, prove(OWNER), parameters={})
        is None
    )


def test_the_inbox_shows_the_differences_of_its_review(desk: Desk) -> None:
    desk.follow(inbox_routes())
    review = open_compared(desk)
    views = make_views(desk.transactions, desk.routes)
    application = open_inbox(desk, comparison_views=views)

    page = application.visitor().get(f"/inbox/reviews/{review.id}").text

    assert "<ins>250</ins>" in get_section(page)


def test_the_history_shows_the_differences_to_owners(desk: Desk) -> None:
    review = open_compared(desk)
    views = make_views(desk.transactions, desk.routes)
    reader = HistoryReader(desk, comparison_views=views).sign_in(OWNER)

    page = reader.get(f"/reviews/{review.id}").text
    german = reader.get(f"/reviews/{review.id}", "de").text

    assert "<ins>250</ins>" in get_section(page)
    assert "1 geändert; 1 Betrag" in get_section(german)
    assert "Geändert" in get_section(german)


@pytest.mark.parametrize("kind", PART_KINDS)
def test_hostile_text_is_text_alone(desk: Desk, kind: str) -> None:
    hostile = MARKUP + TURNED
    place = PartPlace(area="body", heading=hostile, name=hostile, sheet=hostile)
    words = (ChangedWords(change="same", text=hostile), ChangedWords(change="inserted", text=hostile))
    part = make_part(kind=kind, place=place, before=hostile, after=hostile, words=words)
    plain = make_part(kind=kind, before=hostile, after=hostile, words=())

    section = get_section(visit(desk, open_compared(desk, part, plain), OWNER))

    assert "&lt;script&gt;" in section
    assert "<script" not in section
    assert "onclick=&#34;" in section
    assert re.findall(r"[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\x7f]", section) == []
    assert "\\u202e" in section


def test_a_page_lists_so_many_and_counts_the_others(desk: Desk) -> None:
    parts = [make_part(before=f"{number}", after="x", words=()) for number in range(MAX_SHOWN_PARTS + 7)]
    review = open_compared(desk, *parts, summary=make_summary(2600))

    section = get_section(visit(desk, review, OWNER))

    assert section.count('<article class="change"') == MAX_SHOWN_PARTS
    assert "2,100 more differences are not shown here." in section


def test_the_largest_comparison_makes_a_page_of_few_megabytes(desk: Desk) -> None:
    text = "&" * 500
    parts = [make_part(before=text, after=text, words=()) for _ in range(2_000)]

    page = visit(desk, open_compared(desk, *parts), OWNER)

    assert len(page) < 5_000_000


def test_a_kind_of_part_that_a_newer_release_stored_is_left_out(desk: Desk) -> None:
    newer = make_part(kind="recoloured", matters=("tone",))

    section = get_section(visit(desk, open_compared(desk, newer, make_part(matters=("tone",))), OWNER))

    assert section.count('<article class="change"') == 1
    assert AFTER[:11] in section


def test_a_route_that_is_gone_leaves_its_reviews_owners(desk: Desk) -> None:
    review = open_compared(desk)
    desk.follow(routes(name="another", watch=("1",)))

    assert "<del>100</del>" in visit(desk, review, OWNER)
    assert NOT_YOURS in visit(desk, review, DEPUTY)
