"""From a page to the reviews before and after: one look, and links to where the one who looks may go."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.identity import Reviewer
from reviews.kinds import Decision
from reviews.routes.working_time import WorkingHours
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.pages.past import STRANGER, answer, papers, two_routes
from tests.pages.visitor import ReviewPageVisitor
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, NOTE, OWNER, SECRET, event, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.pages.reading import HistoryReader

SUPERSEDED = "Superseded by a newer review"
HOURS = WorkingHours.parse("Mon-Fri 00:00-23:59", ZoneInfo("UTC"))
SAM = Reviewer(name="Sam <Ito>", email=DEPUTY)


def links(page: str, label: str) -> list[str]:
    return re.findall(rf'href="([^"]+)"[^>]*>{label}<', page)


def change(desk: Desk, review: Review) -> Review:
    desk.clock.advance(hours=1)
    desk.portal.versions[review.file_id] += 1
    return desk.open(event(file_id=review.file_id))


def sent_back(desk: Desk) -> tuple[Review, Review]:
    """Have changes requested, and then made; return both reviews."""
    review = desk.open(event())
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="Section 4 <b>\nis old.")
    )
    return review, change(desk, review)


def test_a_card_in_the_inbox_says_what_was_asked_before_and_leads_there_and_back(desk: Desk) -> None:
    desk.follow(inbox_routes())
    earlier, newer = sent_back(desk)
    owner = open_inbox(desk).visitor()

    inbox, before = owner.inbox(), owner.get(f"/inbox/reviews/{earlier.id}").text

    assert "Before this, <bdi>Dana Ozola</bdi> requested changes, <time" in inbox
    assert "<bdi>Section 4 &lt;b&gt;</bdi><br><bdi>is old.</bdi>" in inbox
    assert links(inbox, "Go to the earlier review") == [f"/inbox/reviews/{earlier.id}"]
    assert f'<span class="state superseded">{SUPERSEDED}</span>' in before
    assert links(before, "Go to the newer review") == [f"/inbox/reviews/{newer.id}"]


def test_a_card_in_the_inbox_says_that_it_lapsed(desk: Desk) -> None:
    desk.follow(inbox_routes(due=timedelta(hours=8), working_hours=HOURS))
    desk.open(event())
    desk.clock.advance(days=1)
    while desk.reminders.process_due_reviews():
        pass

    page = open_inbox(desk).visitor().inbox()

    assert '<span class="state lapsed">Lapsed</span>' in page
    assert ">Overdue<" not in page


def test_a_card_in_the_inbox_says_that_it_is_overdue_put_off_and_handed_over(desk: Desk) -> None:
    desk.follow(inbox_routes(due=timedelta(hours=8), working_hours=HOURS))
    review = desk.open(event())
    owner = open_inbox(desk).visitor()
    before = owner.inbox()
    desk.hand_over.snooze(make_review_request(review), until=desk.clock() + timedelta(days=2))
    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(SAM))
    desk.clock.advance(days=1)

    after = open_inbox(desk).visitor().inbox()

    assert "Overdue" not in before
    assert '<span class="state late">Overdue</span>' in after
    assert "<dt>Overdue since</dt><dd><time" in after
    assert re.search("snoozed until <time[^>]*>[^<]*</time> by <bdi>Dana Ozola</bdi>", after)
    assert "to <bdi>Sam &lt;Ito&gt;</bdi> by <bdi>Dana Ozola</bdi>, <time" in after


def test_the_acknowledge_page_says_what_was_asked_before_and_leads_there_and_on(desk: Desk) -> None:
    visitor = ReviewPageVisitor(desk)
    before, after = sent_back(desk)

    newer = visitor.get(visitor.path(after)).text
    [back] = links(newer, "Go to the earlier review")
    earlier = visitor.get(back).text
    [on] = links(earlier, "Go to the newer review")

    assert "Before this, <bdi>Dana Ozola</bdi> requested changes, <time" in newer
    assert "<bdi>Section 4 &lt;b&gt;</bdi><br><bdi>is old.</bdi>" in newer
    assert f'<span class="state superseded">{SUPERSEDED}</span>' in earlier
    assert visitor.links.read_token(back.rpartition("/")[2]).review_id == before.id
    assert visitor.links.read_token(on.rpartition("/")[2]).review_id == after.id


def test_where_the_link_is_enough_to_answer_an_old_one_does_not_lead_on(visitor: ReviewPageVisitor) -> None:
    first = visitor.open()
    visitor.desk.answers.record_answer(build_answer_request(visitor.review()))
    change(visitor.desk, visitor.review())

    page = visitor.get(first).text

    assert SUPERSEDED in page
    assert links(page, "Go to the newer review") == []


def test_the_note_of_a_private_document_is_not_on_the_page_of_the_next_review(desk: Desk) -> None:
    desk.follow(routes(private=True))
    visitor = ReviewPageVisitor(desk)
    review = desk.open(event(title=SECRET))
    desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note=NOTE))

    page = visitor.get(visitor.path(change(desk, review))).text

    assert "Before this, <bdi>Dana Ozola</bdi> requested changes" in page
    assert "Globex" not in page


def test_the_history_says_so_in_its_list_and_leads_both_ways(reader: HistoryReader) -> None:
    papers(reader, 1)
    answer(reader, "f1", decision=Decision.REQUEST_CHANGES, note="Section 4.")
    change(reader.desk, reader.desk.latest("f1"))
    reader.sign_in(OWNER)

    listed, newer, earlier = (reader.get(f"/reviews{path}").text for path in ("", "/rev-2", "/rev-1"))

    assert f'<span class="state superseded">{SUPERSEDED}</span>' in listed
    assert links(listed, "Go to the newer review") == ["/reviews/rev-2"]
    assert links(newer, "Go to the earlier review") == ["/reviews/rev-1"]
    assert "Section 4." in newer
    assert links(earlier, "Go to the newer review") == ["/reviews/rev-2"]
    assert f'<span class="state superseded">{SUPERSEDED}</span>' in earlier


def test_someone_who_only_answered_is_led_to_no_review_that_is_not_theirs(reader: HistoryReader) -> None:
    reader.desk.follow(two_routes())
    papers(reader, 1)
    handed = Reviewer(name="Juris", email=STRANGER)
    reader.desk.hand_over.reassign(
        make_review_request(reader.desk.latest("f1")), new_owner=make_proven_person(handed)
    )
    answer(reader, "f1", STRANGER)
    change(reader.desk, reader.desk.latest("f1"))
    reader.sign_in(STRANGER)

    listed, whole = reader.get("/reviews").text, reader.get("/reviews/rev-1").text

    for page in (listed, whole):
        assert SUPERSEDED in page
        assert links(page, "Go to the newer review") == []


@pytest.mark.parametrize("own", [True, False])
def test_the_deputies_stand_on_the_page_where_no_owner_can_answer(desk: Desk, *, own: bool) -> None:
    owners = ("alice@example.com",) if own else (OWNER,)
    desk.follow(inbox_routes(owners=owners))
    desk.open(event())

    page = open_inbox(desk).visitor(DEPUTY).inbox()

    assert (f"<dt>May answer</dt><dd>{DEPUTY}</dd>" in page) is own
