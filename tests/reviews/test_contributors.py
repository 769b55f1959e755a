"""Each contributor to a change is named, and does not review it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, QUARTER
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, Decision, EventState
from reviews.routes.route import SegregationOfDuties
from reviews.tree import FOLDER_ID_PREFIX
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import (
    DANA,
    FILE,
    INNER,
    acts,
    both_folders,
    names,
    open_portal_desk,
    other_folder,
)

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


pytestmark = ON_SQLITE


def test_the_whole_session_is_one_review_with_all_its_authors(portal_desk: PortalDesk) -> None:
    for _ in range(2):
        portal_desk.portal.save(FILE, by=BOB.id, force_save=True)
        portal_desk.desk.clock.advance(seconds=20)
    portal_desk.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    portal_desk.let_happen()

    [review] = portal_desk.desk.reviews()
    assert (review.version_from, review.version_to, review.saves) == (1, 2, 3)
    assert names(review) == {"Bob Chen", "Alice Moreau"}
    assert {who.email for who in review.contributors} == {BOB.email, ALICE.email}


def test_someone_who_edited_before_the_file_was_brought_in_is_its_contributor(
    portal_desk: PortalDesk,
) -> None:
    portal = portal_desk.portal
    portal.move(FILE, OTHER, by=BOB.id)
    portal_desk.let_happen()
    portal_desk.know_everything()
    portal.save(FILE, by=DANA.id)
    portal_desk.let_happen()

    [review] = portal_desk.reviews_of(lambda: portal.move(FILE, COMPLIANCE, by=BOB.id))

    assert names(review) == {"Dana Ozola"}
    assert acts(review) == {"moved_in": {"Bob Chen"}}


def test_an_edit_in_a_folder_that_comes_back_is_reviewed_and_its_editor_is_known(
    portal_desk: PortalDesk,
) -> None:
    reviews = portal_desk.reviews_of(
        lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id),
        lambda: portal_desk.portal.restore_folder(QUARTER, by=BOB.id),
        lambda: portal_desk.portal.save(INNER, by=DANA.id),
    )

    inner = next(review for review in reviews if review.file_id == str(INNER))
    assert "Dana Ozola" in names(inner)
    with pytest.raises(Refused, match="yourself"):
        portal_desk.desk.answers.record_answer(build_answer_request(inner))


def test_a_version_that_was_sent_back_stays_under_review(portal_desk: PortalDesk) -> None:
    [first] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=DANA.id))
    deputy = Reviewer(name="Deputy", email="deputy@example.com")
    sent_back = {"decision": Decision.REQUEST_CHANGES, "note": "Section 4", "reviewer": deputy}
    portal_desk.desk.answers.record_answer(build_answer_request(first, **sent_back))

    [second] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

    assert (second.version_from, second.version_to) == (1, 3)
    assert names(second) == {"Dana Ozola", "Bob Chen"}


def test_a_rename_while_a_version_is_sent_back_leaves_its_editors_under_review(
    portal_desk: PortalDesk,
) -> None:
    [first] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=DANA.id))
    deputy = Reviewer(name="Deputy", email="deputy@example.com")
    sent_back = {"decision": Decision.REQUEST_CHANGES, "note": "Section 4", "reviewer": deputy}
    portal_desk.desk.answers.record_answer(build_answer_request(first, **sent_back))

    [second] = portal_desk.reviews_of(
        lambda: portal_desk.portal.rename(FILE, "Policy, final.docx", by=BOB.id)
    )

    assert (second.kind, names(second)) == (ChangeKind.RENAMED, {"Dana Ozola"})
    assert draw_card(second).who == "Bob Chen"
    assert draw_card(second).other_acts == "edited by Dana Ozola"
    with pytest.raises(Refused, match="yourself"):
        portal_desk.desk.answers.record_answer(build_answer_request(second))


def test_content_that_joins_a_rename_has_its_editors_alone(portal_desk: PortalDesk) -> None:
    portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "A.docx", by=DANA.id))
    portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "B.docx", by=ALICE.id))
    [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

    assert (review.kind, review.revision, names(review)) == (ChangeKind.CONTENT, 3, {"Bob Chen"})
    assert acts(review) == {"renamed": {"Dana Ozola", "Alice Moreau"}}
    assert (review.title_before, review.title) == ("Policy.docx", "B.docx")
    assert portal_desk.desk.answers.record_answer(build_answer_request(review)).answers


def test_a_document_that_has_its_old_name_again_was_called_nothing_else(portal_desk: PortalDesk) -> None:
    portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "A.docx", by=BOB.id))

    [review] = portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "Policy.docx", by=BOB.id))

    assert (review.revision, review.title_before) == (2, None)


@pytest.mark.parametrize("uploaded", [False, True])
def test_a_rename_that_asked_no_one_is_not_named_with_the_next_save_nor_are_old_editors(
    desk: Desk, *, uploaded: bool
) -> None:
    """It dates the version anew, in the name of the person who renamed the file."""
    content_only = replace(both_folders(), review=frozenset({ChangeKind.CONTENT}))
    with open_portal_desk(desk, content_only) as portal_desk:
        portal_desk.know_everything()
        [first] = portal_desk.reviews_of(
            lambda: (
                portal_desk.portal.upload("Policy.docx", COMPLIANCE, by=ALICE.id)
                if uploaded
                else portal_desk.portal.save(FILE, by=ALICE.id)
            )
        )
        desk.answers.record_answer(build_answer_request(first))
        portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "A.docx", by=DANA.id))

        [second] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

        assert names(second) == {"Bob Chen"}


def test_where_no_log_is_shown_each_possible_writer_counts_and_no_saves_are_counted(
    portal_desk: PortalDesk,
) -> None:
    portal_desk.portal.faults.answer(403, path=f"/files/file/{FILE}/log", count=None)

    [review] = portal_desk.reviews_of(
        lambda: portal_desk.portal.save(FILE, by=BOB.id), lambda: portal_desk.portal.lock(FILE, by=DANA.id)
    )

    assert (names(review), review.saves) == ({"Bob Chen", "Dana Ozola"}, None)
    assert draw_card(review).version == "1 → 2"


@pytest.mark.parametrize("private", [False, True])
def test_a_route_is_told_of_a_folder_of_another_unless_that_is_private(desk: Desk, *, private: bool) -> None:
    with open_portal_desk(desk, both_folders(), replace(other_folder(), private=private)) as portal_desk:
        portal_desk.know_everything()

        reviews = portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, OTHER, by=BOB.id))

        places = {review.route: (review.path_before, review.moved_to) for review in reviews}
        assert places == {
            "compliance": (None, None if private else "Legal & Compliance / Other"),
            "other": ("Legal & Compliance / Compliance", None),
        }


def test_owners_are_told_from_movers_of_folders_too(portal_desk: PortalDesk) -> None:
    portal_desk.portal.add_person(replace(BOB, email=""))
    [review] = portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id))

    portal_desk.desk.answers.record_answer(build_answer_request(review))

    assert portal_desk.desk.latest(f"{FOLDER_ID_PREFIX}{QUARTER}").answers


def test_where_no_one_can_tell_warn_marks_the_answer(desk: Desk) -> None:
    warned = replace(both_folders(), segregation_of_duties=SegregationOfDuties.WARN)
    with open_portal_desk(desk, warned) as portal_desk:
        portal_desk.portal.add_person(replace(ALICE, email=""))
        portal_desk.know_everything()
        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=ALICE.id))

        taken = desk.answers.record_answer(build_answer_request(review))

        assert taken.answers[0].own_change


def test_a_portal_that_does_not_find_accounts_does_not_hold_up_a_review(portal_desk: PortalDesk) -> None:
    portal_desk.portal.faults.answer(500, path="/people/email", count=None)
    portal_desk.portal.save(FILE, by=BOB.id)

    [stored] = portal_desk.let_happen()

    assert stored.state is EventState.DONE
