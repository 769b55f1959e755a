"""A document that is called otherwise while its review is open, where that alone asks for no review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo import BOB
from reviews.kinds import ChangeKind, Decision
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import FILE, both_folders, open_portal_desk
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

CONTENT_ONLY = frozenset({ChangeKind.CONTENT})


def test_a_new_name_is_on_the_card_and_in_the_record_which_still_holds(desk: Desk) -> None:
    with open_portal_desk(desk, replace(both_folders(), review=CONTENT_ONLY)) as portal_desk:
        portal_desk.know_everything()
        portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

        portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "Policy, final.docx", by=BOB.id))

        review = desk.latest(str(FILE))
        assert (review.title, review.revision) == ("Policy, final.docx", 1)
        relabelled = desk.entries()[-1]
        assert (relabelled["type"], relabelled["title"]) == ("review:relabelled", "Policy, final.docx")
        assert desk.verdict().problem is None


def test_what_was_answered_before_the_new_name_stays_on_record_under_the_old_one(desk: Desk) -> None:
    twice = replace(both_folders(), review=CONTENT_ONLY, required=2, deputies=("deputy@example.com",))
    with open_portal_desk(desk, twice) as portal_desk:
        portal_desk.know_everything()
        portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
        desk.answers.record_answer(
            build_answer_request(desk.latest(str(FILE)), decision=Decision.ACKNOWLEDGE)
        )

        portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "Policy, final.docx", by=BOB.id))

        titles = [entry["title"] for entry in desk.entries()]
        assert titles == ["Policy.docx", "Policy.docx", "Policy, final.docx"]
        assert desk.verdict().problem is None


def test_a_save_that_asks_for_no_review_gives_an_open_one_another_address_which_is_on_record(
    desk: Desk,
) -> None:
    with open_portal_desk(
        desk, replace(both_folders(), review=frozenset({ChangeKind.RENAMED}))
    ) as portal_desk:
        portal_desk.know_everything()
        portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "Policy, final.docx", by=BOB.id))
        before = desk.latest(str(FILE)).link

        portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

        link = desk.latest(str(FILE)).link
        [*_, relinked, unrouted] = desk.entries()
        assert link != before
        assert (relinked["type"], relinked["link"]) == ("review:relinked", link)
        assert (unrouted["type"], unrouted["kind"]) == ("change:unrouted", "content")
        assert desk.verdict().problem is None


def test_a_document_that_docspace_does_not_show_keeps_its_address(desk: Desk) -> None:
    """It was thrown away, and the event that says so is still on its way."""
    review = desk.open(event())
    number = desk.receive(event())
    desk.portal.gone.add(review.file_id)

    while desk.intake.process(number) is not None:
        desk.clock.advance(minutes=1)

    assert desk.latest(review.file_id).link == review.link is not None
    assert [entry["type"] for entry in desk.entries()] == ["review:opened"]
