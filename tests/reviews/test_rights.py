"""What becomes of changes where the API key's user lacks rights in the room (facts on DocSpace, 10.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, ROOM, PortalPerson, Role
from reviews.kinds import CardState
from reviews.routes.route import Target
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import FILE, both_folders, names, open_portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

ADMIN = PortalPerson(
    "a0000000-0000-4000-8000-000000000001", "Ada Admin", "ada@example.com", "ada", is_admin=True
)


def hand_key(portal_desk: PortalDesk, role: Role | None) -> None:
    """Let the key be that of an admin of DocSpace, with a role in the room or without any."""
    portal_desk.portal.add_person(ADMIN)
    portal_desk.portal.hand_key_to(ADMIN.id)
    if role is not None:
        portal_desk.portal.give_role(ROOM, ADMIN.id, role)


@pytest.mark.parametrize(
    ("role", "named"),
    [
        (Role.CONTENT_CREATOR, {"Alice Moreau", "Bob Chen"}),
        (Role.EDITING, {"Alice Moreau", "Bob Chen"}),
        (Role.READ, {"Bob Chen"}),
        (None, {"Bob Chen"}),
    ],
)
def test_co_authors_are_named_to_a_key_that_sees_histories(
    portal_desk: PortalDesk, role: Role | None, named: set[str]
) -> None:
    hand_key(portal_desk, role)

    [review] = portal_desk.reviews_of(
        lambda: portal_desk.portal.save(FILE, by=BOB.id, co_authors=(ALICE.id,))
    )

    assert names(review) == named


@pytest.mark.parametrize(("role", "is_written"), [(Role.CONTENT_CREATOR, True), (Role.EDITING, False)])
def test_a_comment_that_is_refused_is_a_dead_letter_that_names_the_role(
    desk: Desk, role: Role, *, is_written: bool
) -> None:
    asked = replace(both_folders(), notify=(Target(notifier="comment", address=""),))
    with open_portal_desk(desk, asked) as portal_desk:
        hand_key(portal_desk, role)
        portal_desk.know_everything()
        [review] = portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
        desk.answers.record_answer(build_answer_request(review))
        desk.deliver_all()

        comment = portal_desk.portal.file(FILE).current.comment
        [card] = desk.reviews()[0].cards

    assert (comment == "Reviewed by Dana Ozola, version 2") is is_written
    assert card.state is (CardState.POSTED if is_written else CardState.DEAD)
    assert is_written or "content creator" in (card.error or "")
