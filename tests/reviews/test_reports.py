"""What operators are told of work that is done: once an event, a card and an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from reviews.errors import Permanent, TryLater
from reviews.ports.reports import CardDelivered, EventSettled, Report, ReviewAnswered
from reviews.routes.route import Routes, Target
from runtime.observe import event_log
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, event, route

if TYPE_CHECKING:
    import sqlalchemy as sa


class ReportingDesk(Desk):
    """A desk whose reports are kept."""

    def __init__(self, engine: sa.Engine) -> None:
        one = route(notify=(Target(notifier="paper", address="P"),))
        super().__init__(engine, partial(SqlUnitOfWork, engine), Routes([one]))
        self.reports: list[Report] = []
        self.intake = replace(self.intake, report=self.reports.append)
        self.delivery = replace(self.delivery, report=self.reports.append)
        self.answers = replace(self.answers, report=self.reports.append)


@pytest.fixture
def desk(engine: sa.Engine) -> ReportingDesk:
    return ReportingDesk(engine)


def written(reports: list[Report]) -> list[dict[str, object]]:
    with capture_logs() as lines:
        for report in reports:
            event_log.write(report)
    return [dict(line) for line in lines]


def test_an_event_a_card_and_an_answer_have_a_line_each(desk: ReportingDesk) -> None:
    number = desk.receive(event())
    desk.clock.advance(seconds=90)
    desk.intake.process(number)
    review = desk.reviews()[0]
    desk.deliver_all()
    posted = desk.clock()
    desk.clock.advance(seconds=600)
    desk.answers.record_answer(build_answer_request(review))

    settled, card, answer = written(desk.reports)

    assert settled == {
        "event": "event_settled", "log_level": "info", "id": number, "trigger": event().trigger,
        "file_id": review.file_id, "state": "done", "reason": f"review {review.id}, revision 1",
        "attempts": 0, "ms": 90_000,
    }  # fmt: skip
    assert {name: card[name] for name in ("event", "route", "channel", "what", "outcome", "attempts")} == {
        "event": "card_delivered", "route": review.route, "channel": "paper", "what": "card",
        "outcome": "posted", "attempts": 1,
    }  # fmt: skip
    assert answer == {
        "event": "review_answered", "log_level": "info", "review_id": review.id, "route": review.route,
        "decision": "acknowledge", "identity": "slack", "revision": 1, "state": "acknowledged", "late": False,
        "ms": round((desk.clock() - posted).total_seconds() * 1000),
    }  # fmt: skip


def test_a_card_that_is_drawn_anew_says_so_and_one_that_is_up_to_date_says_nothing(
    desk: ReportingDesk,
) -> None:
    review = desk.open(event())
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()
    desk.deliver_all()

    outcomes = [line["outcome"] for line in written(desk.reports) if line["event"] == "card_delivered"]

    assert outcomes == ["posted", "redrawn"]


def test_what_is_given_up_is_a_warning_with_the_reason_and_what_is_tried_again_has_no_line(
    desk: ReportingDesk,
) -> None:
    desk.open(event())
    card = desk.latest(event().file_id).cards[0]
    with desk.transactions() as work:
        work.cards.claim(card.id, "job")
        work.commit()
    desk.delivery.count_failure(card.id, "job", TryLater("not now"))
    with desk.transactions() as work:
        work.cards.claim(card.id, "job")
        work.commit()
    desk.delivery.count_failure(card.id, "job", Permanent(f"{OWNER} has no account there"))

    [line] = [each for each in written(desk.reports) if each["event"] == "card_delivered"]

    assert (line["log_level"], line["outcome"], line["attempts"]) == ("warning", "given_up", 2)
    assert line["reason"] == f"{OWNER[0]}…@{OWNER.partition('@')[2]} has no account there"


def test_a_dead_letter_and_each_event_of_a_burst_have_their_line(desk: ReportingDesk) -> None:
    numbers = [desk.receive(event()) for _ in range(2)]

    desk.intake.count_failure(numbers[0], Permanent("the key was revoked"))

    assert [(each["id"], each["state"], each["attempts"]) for each in written(desk.reports)] == [
        (number, "dead", 1) for number in numbers
    ]


def test_lines_name_no_document_no_person_and_no_note(desk: ReportingDesk) -> None:
    number = desk.receive(event())
    desk.intake.process(number)
    review = desk.reviews()[0]
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review, note="For your eyes only"))
    [stood] = [each for each in desk.reports if isinstance(each, CardDelivered)]
    alone = replace(stood, card=replace(stood.card, target="@U0DANA"), duration=timedelta())
    mailed = replace(stood, card=replace(stood.card, notifier="mail", target=OWNER))

    text = str(written([*desk.reports, alone, mailed]))

    assert {type(each) for each in desk.reports} == {EventSettled, CardDelivered, ReviewAnswered}
    hidden = (review.title, OWNER, "U0DANA", "Dana", "For your eyes only")
    assert [word for word in hidden if word in text] == []
    assert "'target': 'somebody'" in text
