"""What is written back into DocSpace comes in as an event too, and asks for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import BOB
from reviews.cards.docspace_comment import MAX_COMMENT_WRITES
from reviews.kinds import ChangeKind, EventState
from reviews.routes.route import Target
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import FILE, both_folders, open_portal_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk


def test_what_is_written_back_into_docspace_opens_nothing(desk: Desk) -> None:
    asked = replace(both_folders(), notify=(Target(notifier="comment", address=""),))
    with open_portal_desk(desk, asked) as portal_desk:
        portal_desk.know_everything()
        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
        desk.answers.record_answer(build_answer_request(review))
        desk.deliver_all()

        [stored] = portal_desk.let_happen()

        assert portal_desk.portal.file(FILE).current.comment == "Reviewed by Dana Ozola, version 2"
        assert stored.state is EventState.IGNORED
        assert stored.reason is not None
        assert stored.reason.startswith("metadata: only the comment of its version changed")
        assert len(desk.reviews()) == 1


def test_our_own_comment_opens_nothing_on_a_route_that_reviews_everything(desk: Desk) -> None:
    asked = replace(
        both_folders(), notify=(Target(notifier="comment", address=""),), review=frozenset(ChangeKind)
    )
    with open_portal_desk(desk, asked) as portal_desk:
        portal_desk.know_everything()
        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
        desk.answers.record_answer(build_answer_request(review))
        desk.deliver_all()

        assert [each.state for each in portal_desk.let_happen()] == [EventState.IGNORED]


@pytest.fixture
def commented(desk: Desk) -> Iterator[PortalDesk]:
    """A desk with a file whose acknowledgement is written into the comment of its version."""
    asked = replace(both_folders(), notify=(Target(notifier="comment", address=""),))
    with open_portal_desk(desk, asked) as portal_desk:
        portal_desk.know_everything()
        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
        desk.answers.record_answer(build_answer_request(review))
        desk.deliver_all()
        portal_desk.let_happen()
        yield portal_desk


def settle(portal_desk: PortalDesk) -> list[str]:
    """Work until nothing comes of it any more; return the comments that were written meanwhile."""
    written: list[str] = []
    for _ in range(10):
        portal_desk.let_happen()
        before = len(portal_desk.portal.emitted)
        portal_desk.desk.deliver_all()
        if len(portal_desk.portal.emitted) == before:
            return written
        written.append(comment_of(portal_desk))
    raise AssertionError(written)


def comment_of(portal_desk: PortalDesk) -> str:
    return portal_desk.portal.file(FILE).current.comment


OURS = "Reviewed by Dana Ozola, version 2"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_comment_that_unlocking_overwrote_is_written_once_more(
    commented: PortalDesk, *, at_once: bool
) -> None:
    commented.portal.lock(FILE, by=BOB.id)
    if not at_once:
        commented.let_happen()
    commented.portal.unlock(FILE, by=BOB.id)
    overwritten = comment_of(commented)

    written = settle(commented)

    assert (overwritten, written) == ("Unlocked", [OURS])
    assert len(commented.desk.reviews()) == 1


def test_each_unlock_is_a_cause_of_its_own(commented: PortalDesk) -> None:
    written: list[str] = []
    for _ in range(2):
        commented.portal.lock(FILE, by=BOB.id)
        commented.portal.unlock(FILE, by=BOB.id)
        written += settle(commented)

    assert written == [OURS, OURS]


def test_whatever_overwrites_the_comment_again_and_again_has_the_last_word(commented: PortalDesk) -> None:
    written: list[str] = []
    for _ in range(MAX_COMMENT_WRITES + 2):
        commented.portal.lock(FILE, by=BOB.id)
        commented.portal.unlock(FILE, by=BOB.id)
        written += settle(commented)

    assert MAX_COMMENT_WRITES - 5 < len(written) < MAX_COMMENT_WRITES
    assert comment_of(commented) == "Unlocked"


def test_what_a_person_writes_over_our_comment_stays(commented: PortalDesk) -> None:
    commented.portal.comment(FILE, "See the appendix.", by=BOB.id)

    assert settle(commented) == []
    assert comment_of(commented) == "See the appendix."


def test_a_version_that_no_one_acknowledged_gets_no_comment_when_it_is_unlocked(
    commented: PortalDesk,
) -> None:
    commented.portal.lock(FILE, by=BOB.id)
    commented.portal.save(FILE, by=BOB.id)
    commented.portal.unlock(FILE, by=BOB.id)

    settle(commented)

    assert comment_of(commented) == "Unlocked"
