"""Each revision that ends without an answer is in the ledger, with what is known of how it was shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from reviews.errors import OutcomeUnknown, Permanent
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, ReviewState
from reviews.ledger.ledger_entries import format_moment
from reviews.ledger.unanswered_revisions import was_revision_posted
from reviews.ports.cards import CardDrawing
from reviews.routes.working_time import WorkingHours
from tests.databases import ON_SQLITE
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import handle
from tests.reviews.samples import DEPUTY, OWNER, START, event, routes
from tests.reviews.unanswered import DEPARTURES, depart, describe_last, get_last_unanswered, save

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
MINUTE = timedelta(minutes=1)
SAM = Reviewer(name="Sam Ito", email=DEPUTY)


def test_a_replaced_revision_is_recorded_with_how_long_it_waited(desk: Desk, review: Review) -> None:
    save(desk)

    assert get_last_unanswered(desk) == {
        "cause": "content",
        "revision": 1,
        "version": 8,
        "content": True,
        "since": format_moment(review.changed_at),
        "due_at": None,
        "overdue": False,
        "acknowledged": 0,
        "required": 1,
        "was_posted": False,
    }
    assert describe_last(desk) == (
        "Alice Moreau changed AML Policy 2026.docx. The review moved to revision 2, version 9. "
        "Revision 1, version 8, was not answered. No card had shown it."
    )
    assert desk.verdict().intact


def test_an_answered_revision_is_not_recorded_as_unanswered(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))
    save(desk)

    assert [entry["type"] for entry in desk.entries()][1:] == [
        "review:acknowledged",
        "review:opened",
        "review:superseded",
    ]
    assert not any("unanswered" in entry for entry in desk.entries())


def test_a_revision_whose_card_was_posted_says_so(desk: Desk, review: Review) -> None:
    desk.deliver_all()
    second = save(desk)
    first_was_posted = get_last_unanswered(desk)["was_posted"]
    save(desk)
    second_was_posted = get_last_unanswered(desk)["was_posted"]
    desk.deliver_all()
    save(desk)

    assert (first_was_posted, second_was_posted, get_last_unanswered(desk)["was_posted"]) == (
        True,
        False,
        True,
    )
    assert get_last_unanswered(desk)["since"] == format_moment(second.changed_at + MINUTE)
    assert review.id == second.id


def test_one_card_of_two_is_enough(desk: Desk, review: Review) -> None:
    deliver_card(desk.delivery, review.cards[1].id)
    save(desk)

    assert get_last_unanswered(desk)["was_posted"] is True


def test_after_a_post_without_an_outcome_it_is_not_known(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [OutcomeUnknown("no answer")]
    deliver_card(desk.delivery, review.cards[0].id)
    save(desk)

    assert get_last_unanswered(desk)["was_posted"] is None


def test_a_refused_post_was_not_posted(desk: Desk) -> None:
    first = desk.open(event())
    desk.paper.trouble = [Permanent("the channel is archived")] * 2
    for card in first.cards:
        deliver_card(desk.delivery, card.id)
    save(desk)

    assert get_last_unanswered(desk)["was_posted"] is False


@pytest.mark.parametrize(
    ("drawn_at", "is_uncertain", "expected"),
    [
        (None, False, False),
        (None, True, None),
        (START - MINUTE, False, False),
        (START - MINUTE, True, None),
        (START + MINUTE, False, None),
    ],
)
def test_a_later_revision_is_posted_for_certain_only_by_a_current_card(
    *, drawn_at: Any, is_uncertain: bool, expected: bool | None
) -> None:
    outdated = CardDrawing(drawn_at=drawn_at, is_current=False, is_uncertain=is_uncertain)
    current = CardDrawing(drawn_at=START, is_current=True, is_uncertain=False)

    assert was_revision_posted([outdated], since=START) is expected
    assert was_revision_posted([outdated, current], since=START) is True
    assert was_revision_posted([outdated], since=START, is_first=True) is (
        expected if drawn_at is None else True
    )
    assert was_revision_posted([], since=START) is False


@ON_SQLITE
def test_a_deadline_that_had_passed_is_recorded_also_before_the_clock_looks(desk: Desk) -> None:
    desk.follow(routes(due=timedelta(seconds=30), working_hours=HOURS))
    first = desk.open(event())
    save(desk)

    unanswered = get_last_unanswered(desk)
    assert (unanswered["due_at"], unanswered["overdue"]) == (format_moment(first.due_at), True)
    assert "Its deadline had passed." in describe_last(desk)


@ON_SQLITE
@pytest.mark.parametrize("owners", [(OWNER, DEPUTY), (OWNER,)])
def test_partial_answers_are_counted(desk: Desk, owners: tuple[str, ...]) -> None:
    desk.follow(routes(owners=owners, required=2))
    first = desk.open(event())
    desk.answers.record_answer(build_answer_request(first))
    save(desk)

    assert (get_last_unanswered(desk)["acknowledged"], get_last_unanswered(desk)["required"]) == (1, 2)
    assert "1 of 2 people had acknowledged it." in describe_last(desk)
    assert desk.verdict().intact


@ON_SQLITE
def test_where_each_owner_has_to_answer_so_many_are_required(desk: Desk) -> None:
    desk.follow(routes(owners=(OWNER, DEPUTY, "juris@example.com"), required=None))
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    save(desk)

    assert (get_last_unanswered(desk)["acknowledged"], get_last_unanswered(desk)["required"]) == (1, 3)


@ON_SQLITE
def test_a_withdrawn_answer_does_not_count(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))
    desk.answers.withdraw(make_review_request(review))
    save(desk)

    assert get_last_unanswered(desk)["acknowledged"] == 0


@pytest.mark.parametrize(("trigger", "cause"), DEPARTURES.items())
def test_a_document_that_goes_before_its_review_says_which_version_had_none(
    desk: Desk, review: Review, trigger: str, cause: str
) -> None:
    entry = depart(desk, trigger)

    assert (entry["type"], entry["kind"], entry["review_id"]) == ("review:revised", cause, review.id)
    unanswered = entry["unanswered"]
    assert (unanswered["cause"], unanswered["version"], unanswered["content"]) == (cause, 8, True)
    sentence = describe_last(desk)
    assert "before version 8 was reviewed. No card had shown it." in sentence
    assert desk.verdict().intact


@pytest.mark.parametrize(("trigger", "cause"), DEPARTURES.items())
def test_where_the_route_does_not_review_that_an_entry_of_its_own_says_so(
    desk: Desk, trigger: str, cause: str
) -> None:
    desk.follow(routes(review=frozenset({ChangeKind.CONTENT, ChangeKind.CREATED})))
    review = desk.open(event())
    entry = depart(desk, trigger)

    assert (entry["type"], entry["kind"], entry["review_id"]) == ("review:document_gone", cause, review.id)
    assert (entry["unanswered"]["revision"], entry["unanswered"]["version"]) == (1, 8)
    with desk.transactions(reading=True) as work:
        after = work.reviews.get(review.id)
    assert after is not None
    assert (after.state, after.revision) == (ReviewState.OPEN, 1)
    assert describe_last(desk).endswith("because the route asks for no review of that.")
    assert desk.verdict().intact


@ON_SQLITE
def test_of_an_answered_review_the_document_that_went_is_a_change_without_review(desk: Desk) -> None:
    desk.follow(routes(review=frozenset({ChangeKind.CONTENT})))
    desk.answers.record_answer(build_answer_request(desk.open(event())))

    assert depart(desk, "file.deleted")["type"] == "change:unrouted"


@ON_SQLITE
def test_a_document_that_is_made_and_deleted_in_one_burst_had_no_revision(desk: Desk) -> None:
    desk.receive(event(trigger="file.created", occurred_at=START))
    number = desk.receive(event(trigger="file.deleted", occurred_at=START + timedelta(seconds=5)))
    handle(desk, [number])

    [opened] = desk.entries()
    assert (opened["type"], opened["kind"]) == ("review:opened", "deleted")
    assert "unanswered" not in opened


@ON_SQLITE
def test_a_second_departure_is_of_the_revision_of_the_first(desk: Desk, review: Review) -> None:
    depart(desk, "file.trashed")
    depart(desk, "file.deleted")

    assert (get_last_unanswered(desk)["cause"], get_last_unanswered(desk)["revision"]) == ("deleted", 2)
    assert desk.latest(review.file_id).revision == 3
