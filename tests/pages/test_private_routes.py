"""The link to the page may stand in public: what is private is shown to a proven owner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import Identity, Reviewer
from reviews.kinds import Decision
from store.unit_of_work import SqlUnitOfWork
from tests.pages.proving import let_in
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, LINK, OWNER, routes

if TYPE_CHECKING:
    import sqlalchemy as sa

SECRET = "Merger with Globex.docx"
NOTE = "Globex must not stand in section 4."


def prove(visitor: ReviewPageVisitor, email: str) -> None:
    """Have the browser keep what a sign-in leaves there."""
    who = make_proven_person(Reviewer(name="Somebody", email=email), identity=Identity.OIDC)
    let_in(visitor.client, who, at=visitor.desk.clock(), base_url=ADDRESS)


@pytest.mark.parametrize("more", [{}, LINK], ids=["proven", "link"])
def test_someone_who_holds_the_link_alone_sees_no_title_and_no_note(
    engine: sa.Engine, more: dict[str, Any]
) -> None:
    visitor = ReviewPageVisitor(Desk(engine, partial(SqlUnitOfWork, engine), routes(private=True, **more)))
    path = visitor.open(title=SECRET)

    waiting = visitor.get(path).text
    visitor.desk.answers.record_answer(
        build_answer_request(visitor.review(), decision=Decision.REQUEST_CHANGES, note=NOTE)
    )
    answered = visitor.get(path).text
    refused = visitor.post(path, decision="acknowledge").text

    for page in (waiting, answered, refused):
        assert "A file in Compliance" in page
        assert "Globex" not in page


@pytest.mark.parametrize(("email", "sees"), [(OWNER, True), (DEPUTY, True), ("eve@example.com", False)])
def test_owners_and_deputies_see_it_all_once_they_are_known(
    engine: sa.Engine,
    email: str,
    sees: bool,  # noqa: FBT001
) -> None:
    visitor = ReviewPageVisitor(Desk(engine, partial(SqlUnitOfWork, engine), routes(private=True)))
    path = visitor.open(title=SECRET)

    prove(visitor, email)

    assert (SECRET in visitor.get(path).text) is sees
