"""Whoever had a hand in a change is named, and does not review it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, QUARTER
from reviews.errors import Refused
from reviews.model import Decision, EventState, Reviewer
from reviews.routing import SegregationOfDuties
from reviews.tree import FOLDER
from tests.databases import ON_SQLITE
from tests.reviews.desk import attempt
from tests.reviews.portal_desk import DANA, FILE, INNER, both_folders, names, portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


pytestmark = ON_SQLITE


def test_the_whole_session_is_one_review_with_all_its_authors(office: PortalDesk) -> None:
    for _ in range(2):
        office.portal.save(FILE, by=BOB.id, force_save=True)
        office.desk.clock.advance(seconds=20)
    office.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    office.let_happen()

    [review] = office.desk.reviews()
    assert (review.version_from, review.version_to, review.saves) == (1, 2, 3)
    assert names(review) == {"Bob Chen", "Alice Moreau"}
    assert {who.email for who in review.contributors} == {BOB.email, ALICE.email}


def test_whoever_edited_before_the_file_was_brought_in_is_a_contributor(office: PortalDesk) -> None:
    portal = office.portal
    portal.move(FILE, OTHER, by=BOB.id)
    office.let_happen()
    office.know_everything()
    portal.save(FILE, by=DANA.id)
    office.let_happen()

    [review] = office.reviews_of(lambda: portal.move(FILE, COMPLIANCE, by=BOB.id))

    assert names(review) == {"Bob Chen", "Dana Ozola"}


def test_an_edit_in_a_folder_that_comes_back_is_reviewed_and_whoever_made_it_is_known(
    office: PortalDesk,
) -> None:
    found = office.reviews_of(
        lambda: office.portal.trash_folder(QUARTER, by=BOB.id),
        lambda: office.portal.restore_folder(QUARTER, by=BOB.id),
        lambda: office.portal.save(INNER, by=DANA.id),
    )

    inner = next(review for review in found if review.file_id == str(INNER))
    assert "Dana Ozola" in names(inner)
    with pytest.raises(Refused, match="yourself"):
        office.desk.answers.take(attempt(inner))


def test_a_version_that_was_sent_back_stays_under_review(office: PortalDesk) -> None:
    [first] = office.reviews_of(lambda: office.portal.save(FILE, by=DANA.id))
    deputy = Reviewer(name="Deputy", email="deputy@example.com")
    sent_back = {"decision": Decision.REQUEST_CHANGES, "note": "Section 4", "reviewer": deputy}
    office.desk.answers.take(attempt(first, **sent_back))

    [second] = office.reviews_of(lambda: office.portal.save(FILE, by=BOB.id))

    assert (second.version_from, second.version_to) == (1, 3)
    assert names(second) == {"Dana Ozola", "Bob Chen"}


def test_owners_are_told_from_movers_of_folders_too(office: PortalDesk) -> None:
    office.portal.add_person(replace(BOB, email=""))
    [review] = office.reviews_of(lambda: office.portal.trash_folder(QUARTER, by=BOB.id))

    office.desk.answers.take(attempt(review))

    assert office.desk.latest(f"{FOLDER}{QUARTER}").answers


def test_where_nobody_can_tell_warn_marks_the_answer(desk: Desk) -> None:
    warned = replace(both_folders(), segregation_of_duties=SegregationOfDuties.WARN)
    with portal_desk(desk, warned) as office:
        office.portal.add_person(replace(ALICE, email=""))
        office.know_everything()
        [review] = office.reviews_of(lambda: office.portal.save(FILE, by=ALICE.id))

        taken = desk.answers.take(attempt(review))

        assert taken.answers[0].own_change


def test_a_portal_that_does_not_find_accounts_does_not_hold_up_a_review(office: PortalDesk) -> None:
    office.portal.faults.answer(500, path="/people/email", times=None)
    office.portal.save(FILE, by=BOB.id)

    [told] = office.let_happen()

    assert told.state is EventState.DONE
