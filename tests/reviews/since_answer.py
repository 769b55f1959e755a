"""People who answer documents of a comparing desk, and what each of them is shown afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.answers.change_pages import ChangePages
from reviews.identity import Reviewer
from reviews.kinds import Decision
from reviews.review_request import ReviewRequest
from store.schema import answered_texts, earlier_comparisons
from tests.reviews.desk import DANA, build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY

if TYPE_CHECKING:
    from reviews.answers.change_pages import ChangesPage
    from reviews.comparisons.viewing import ReadableComparison
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from tests.reviews.comparing_desk import ComparingDesk

PAGE = "https://reviews.example.com/ack/token"
STELLA = Reviewer(name="Stella Berg", email=DEPUTY)


def acknowledge(desk: ComparingDesk, review: Review, who: Reviewer = DANA) -> Review:
    desk.desk.answers.record_answer(build_answer_request(review, reviewer=who))
    return desk.review(review)


def send_back(desk: ComparingDesk, review: Review, who: Reviewer = DANA) -> Review:
    desk.desk.answers.record_answer(
        build_answer_request(
            review, reviewer=who, decision=Decision.REQUEST_CHANGES, note="The date is wrong."
        )
    )
    return desk.review(review)


def compare(desk: ComparingDesk, review: Review) -> Review:
    """Compare what is due, and return the review with its summary."""
    desk.compare_due()
    return desk.review(review)


def show(desk: ComparingDesk, review: Review, who: Reviewer | ProvenPerson) -> ReadableComparison | None:
    person = make_proven_person(who) if isinstance(who, Reviewer) else who
    return desk.views.show_to(desk.review(review), person).readable


def get_texts(desk: ComparingDesk, review: Review, who: Reviewer | ProvenPerson) -> list[tuple[str, str]]:
    """Return the differences that a person sees first: the text before and after each."""
    shown = show(desk, review, who)
    return [(part.before, part.after) for part in shown.parts] if shown else []


def get_version(desk: ComparingDesk, review: Review, who: Reviewer | ProvenPerson) -> int | None:
    """Return the version that they answered, if they are shown what changed since; `None` otherwise."""
    shown = show(desk, review, who)
    if shown is None or shown.answered_at is None or shown.comparison.before is None:
        return None
    return shown.comparison.before.version


def load_page(
    desk: ComparingDesk, review: Review, who: Reviewer, *, since_own_answer: bool = True
) -> ChangesPage:
    """Return what a chat shows a person, with an address of the page."""
    comparing = desk.comparing
    pages = ChangePages(
        transactions=comparing.transactions,
        routes=comparing.routes,
        clock=comparing.clock,
        views=desk.views,
        openings=desk.desk.openings,
        find_page=lambda _card: PAGE,
    )
    request = ReviewRequest(review_id=review.id, person=make_proven_person(who))
    return pages.load_page(request, start=0, limit=5, since_own_answer=since_own_answer)


def count_earlier(desk: ComparingDesk, review: Review) -> int:
    """Return how many comparisons with earlier states are stored of a review."""
    query = sa.select(sa.func.count()).select_from(earlier_comparisons)
    with desk.desk.engine.connect() as connection:
        return int(connection.execute(query.where(earlier_comparisons.c.review_id == review.id)).scalar_one())


def list_kept_revisions(desk: ComparingDesk, review: Review) -> list[int]:
    """Return the earlier revisions of a review whose texts are stored."""
    query = sa.select(answered_texts.c.revision).order_by(answered_texts.c.revision)
    with desk.desk.engine.connect() as connection:
        return list(connection.execute(query.where(answered_texts.c.review_id == review.id)).scalars())
